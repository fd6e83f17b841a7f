"""Mail on its way to the whole service: brought by SMTP, fetched over a line that can be cut."""

import asyncio
import secrets
import smtplib
import sqlite3
from contextlib import closing
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from tests.support.letters import letter
from tests.support.mail_server import Arrived
from tests.support.people import Agent
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.stack import Stack

PATIENCE = 60.0


def new_customer() -> str:
    """An address that no other story has."""
    return f"dora{secrets.token_hex(5)}@kunde.example"


async def bring(
    stack: Stack, mail: EmailMessage | bytes, to: str, sender: str = "mail@kunde.example"
) -> None:
    """Give a mail to the service's own listener; a bounce has no sender (RFC 5321, 4.5.5). Raises
    what smtplib does."""
    raw = mail if isinstance(mail, bytes) else bytes(mail)
    host, _, port = stack.smtp.rpartition(":")

    def brought() -> None:
        with smtplib.SMTP(host, int(port), local_hostname="kunde.example", timeout=30) as client:
            client.sendmail(sender, [to], raw)

    await asyncio.to_thread(brought)


async def taken(agent: Agent, customer: str) -> str:
    """The agent is offered this customer's email, and accepts it; the conversation's id."""

    async def mine() -> str | None:
        for shown in (await agent.get("inbox"))["conversations"]:
            offer = shown["offer"]
            theirs = shown["customer"]["email"] == customer
            if theirs and offer and offer["agent"]["id"] == agent.id:
                return str(shown["id"])
        return None

    talk = await eventually(mine, within=PATIENCE, every=0.05)
    await agent.accept(talk)
    return talk


async def emails_of(agent: Agent, talk: str, count: int) -> list[Json]:
    """The emails of a conversation, once there are so many."""

    async def all_here() -> list[Json] | None:
        items: list[Json] = (await agent.get(f"conversations/{talk}/emails"))["items"]
        return items if len(items) >= count else None

    return await eventually(all_here, within=PATIENCE, every=0.1)


def stored(stack: Stack, query: str, *given: object) -> list[tuple[object, ...]]:
    """Rows of the service's database."""
    with closing(sqlite3.connect(stack.folder / "ringdesk.db", timeout=30)) as database:
        return database.execute(query, given).fetchall()


def reply(before: EmailMessage, text: str, customer: str, **more: object) -> EmailMessage:
    """A customer's answer to a mail, to where its Reply-To says."""
    refs = str(before["References"] or "").split()
    ids = (*(one.strip("<>") for one in refs), str(before["Message-ID"]).strip().strip("<>"))
    to = before["Reply-To"].addresses[0].addr_spec
    new_id = f"{secrets.token_hex(8)}@kunde.example"
    return letter(new_id, text, replies=ids, to=to, address=customer, **more)  # type: ignore[arg-type]


def bounce(sent: Arrived, customer: str, number: int = 0) -> bytes:
    """A report that this mail could not be delivered, as a server farther on writes it."""
    head = sent.raw.partition(b"\r\n\r\n")[0]
    return (
        (
            "From: MAILER-DAEMON@mx.kunde.example\r\nTo: support@ringdesk.example\r\n"
            f"Message-ID: <bounce{number}-{customer}>\r\nAuto-Submitted: auto-replied\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.kunde.example\r\n\r\n"
            f"Final-Recipient: rfc822; {customer}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        ).encode()
        + head
        + b"\r\n\r\n--b--\r\n"
    )


class Cut:
    """A line to a server, cut the moment the client says one of `words`: the server never hears
    it, or, every second time, the client never hears the answer."""

    def __init__(self, port: int, words: bytes, times: int) -> None:
        self._to = port
        self._words = words
        self.left = times
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._line, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        down = asyncio.create_task(_pump(there, writer))
        self._tasks.add(down)
        try:
            while data := await reader.read(65536):
                if self.left and self._words in data:
                    self.left -= 1
                    if self.left % 2:  # the server does it, and nobody is told
                        down.cancel()
                        back.write(data)
                        await back.drain()
                        await there.read(1)
                    return
                back.write(data)
                await back.drain()
        except (ConnectionError, OSError):
            pass
        finally:
            down.cancel()
            for each in (writer, back):
                each.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
    except (ConnectionError, OSError):
        pass
