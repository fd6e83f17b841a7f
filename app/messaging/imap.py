"""One folder of an IMAP server, followed for ever: fetched, stored by us, marked as seen, in this
order. So a connection that breaks anywhere, or a kill -9, fetches again what was not noted, and the
store knows what it has.

IMAPClient does the protocol, in a thread of its own for each mailbox: it blocks, and is one that
many rely on. IDLE (RFC 2177) tells of new mail; a server without it is asked now and then.
"""

import asyncio
import contextlib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from imapclient import SEEN, IMAPClient, SocketTimeout

from app.domain.mail import MAIL_LIMIT, MailServer, Security
from app.messaging.smtp import one_line

log = logging.getLogger("ringdesk.mail")
T = TypeVar("T")

CONNECT_SECONDS = 15.0
READ_SECONDS = 60.0
IDLE_SECONDS = 30.0
"""Then the server is asked: it may be gone, and what came just before IDLE it need not tell."""
POLL_SECONDS = 15.0
"""Of a server without IDLE."""
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Before the next connection, after one failure, two, and so on."""
HEAD = b"BODY[HEADER]"
WHOLE = b"BODY[]"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail, or its head alone where it is too large. `size` in bytes."""

    uid: int
    raw: bytes
    size: int
    whole: bool


async def try_out(server: MailServer, seconds: float, tls: ssl.SSLContext | None = None) -> str:
    """Connect, sign in and look at the folder, and change nothing: what is wrong, or an empty
    text."""
    session = _Session(server, tls)
    try:
        async with asyncio.timeout(seconds):
            await session.call(session.open)
            await session.call(session.look)
    except TimeoutError:
        return f"{server.host} does not answer within {seconds:g} s"
    except Exception as error:  # IMAPClient raises its own, imaplib's and the socket's
        return one_line(f"{server.host}: {_words(error)}")
    finally:
        session.abort()
    return ""


def _words(error: Exception) -> str:
    """What the server said; imaplib gives some of it as the text of bytes."""
    text = str(error) or type(error).__name__
    return re.sub(r"^b(['\"])(.*)\1$", r"\2", text)


class Watch:
    """Follows one folder. `store` keeps a mail, `noted` that all up to a UID are kept."""

    def __init__(
        self,
        server: MailServer,
        place: tuple[int, int],
        store: Callable[[Fetched], Awaitable[None]],
        noted: Callable[[int, int], Awaitable[None]],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._place = place
        """UIDVALIDITY, and the highest UID that is stored."""
        self._store = store
        self._noted = noted
        self._tls = tls
        self.connected = False
        self.error: str | None = None
        """What went wrong last; None while it is connected."""

    async def run(self) -> None:
        """Follow it for ever."""
        failures = 0
        while True:
            session = _Session(self._server, self._tls)
            try:
                await session.call(session.open)
                failures = 0
                self.connected, self.error = True, None
                await self._follow(session)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # IMAPClient raises its own, imaplib's and the socket's
                self.error = f"{type(error).__name__}: {error}"[:300]
                log.warning("%s: mail cannot be fetched (%s)", self._server.host, self.error)
            finally:
                self.connected = False
                session.abort()
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def _follow(self, session: "_Session") -> None:
        validity, next_uid = await session.call(session.select)
        if self._place[0] != validity:
            # never read, or its UIDs are others now: what nobody has seen; the store knows repeats
            for uid in await session.call(session.unseen):
                await self._take(session, uid)
            await self._note(validity, next_uid - 1)
        while True:
            for uid in await session.call(partial(session.after, self._place[1])):
                await self._take(session, uid)
                await self._note(validity, uid)
            await session.call(session.wait)

    async def _take(self, session: "_Session", uid: int) -> None:
        mail = await session.call(partial(session.fetch, uid))
        if mail is not None:  # else somebody deleted it meanwhile
            await self._store(mail)
            await session.call(partial(session.mark, uid))

    async def _note(self, validity: int, uid: int) -> None:
        await self._noted(validity, uid)
        self._place = (validity, uid)


class _Session:
    """One connection in a thread of its own; its methods block, and run there by `call`."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._tls = tls
        self._client: Any = None
        self._over = threading.Event()
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # a daemon: a server that does not answer does not hold up our end
        threading.Thread(target=self._work, name="imap", daemon=True).start()

    async def call(self, what: Callable[[], T]) -> T:
        """In the thread of this connection. Raises what it raises."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: Exception | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(cast(T, result))

        def job() -> None:
            result, error = None, None
            try:
                result = what()
            except Exception as fault:
                error = fault
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know
                loop.call_soon_threadsafe(tell, result, error)

        self._jobs.put(job)
        return await answer

    def abort(self) -> None:
        """Break the connection: whatever waits in the thread ends, and the thread."""
        self._over.set()
        self._jobs.put(None)
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.socket().shutdown(socket.SHUT_RDWR)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.shutdown()

    def open(self) -> None:
        """Connect and sign in."""
        server = self._server
        context = self._tls or ssl.create_default_context()
        tls = server.security is Security.TLS
        self._client = client = IMAPClient(
            server.host,
            port=server.port,
            use_uid=True,
            ssl=tls,
            ssl_context=context if tls else None,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )
        if server.security is Security.STARTTLS:
            client.starttls(context)
        client.login(server.user, server.password)

    def select(self) -> tuple[int, int]:
        """UIDVALIDITY and UIDNEXT."""
        told = self._client.select_folder(self._server.folder or "INBOX")
        return int(told[b"UIDVALIDITY"]), int(told.get(b"UIDNEXT", 1))

    def look(self) -> None:
        """Whether the folder is there; nothing is marked (EXAMINE, RFC 9051, 6.3.3)."""
        self._client.select_folder(self._server.folder or "INBOX", readonly=True)

    def unseen(self) -> list[int]:
        """UIDs of what nobody has seen."""
        return sorted(self._client.search(["UNSEEN"]))

    def after(self, uid: int) -> list[int]:
        """UIDs above this one; `n:*` is the newest at the least (RFC 9051, 6.4.4)."""
        return sorted(n for n in self._client.search(["UID", f"{uid + 1}:*"]) if n > uid)

    def fetch(self, uid: int) -> Fetched | None:
        """One mail; None if it is gone."""
        size = self._client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is None:
            return None
        whole = size <= MAIL_LIMIT
        part = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"
        raw = self._client.fetch([uid], [part]).get(uid, {}).get(WHOLE if whole else HEAD)
        return None if raw is None else Fetched(uid, raw, size, whole)

    def mark(self, uid: int) -> None:
        """As seen, for those who look into the mailbox otherwise."""
        self._client.add_flags([uid], [SEEN], silent=True)

    def wait(self) -> None:
        """Until something may be new. Raises when nobody is there any more."""
        if not self._client.has_capability("IDLE"):
            self._over.wait(POLL_SECONDS)
            return
        self._client.idle()
        self._client.idle_check(timeout=IDLE_SECONDS)
        self._client.idle_done()
