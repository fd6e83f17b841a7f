"""Mail that is brought to us: SMTP (RFC 5321) and LMTP (RFC 2033), for addresses of ours alone.

A mail is stored before it is acknowledged (RFC 5321, 4.2.5: with the 250 it is ours to lose). What
cannot be stored now gets a 451, and whoever brings it keeps it and comes again.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.domain.mail import MAIL_LIMIT, Mailbox

log = logging.getLogger("ringdesk.mail")

RECIPIENTS = 50
"""Of one mail; RFC 5321, 4.5.3.1.8, asks for 100, of servers that take mail for many."""
CONNECTIONS = 50
IDLE_SECONDS = 60.0
COMMANDS = 200
"""Of one kind and connection."""
LINE = 1024 * 1024
"""Bytes; 998 are allowed (RFC 5322, 2.1.1), and programs that make HTML do not know it."""

Find = Callable[[str], Awaitable[Mailbox | None]]
Take = Callable[[Mailbox, bytes, str, bytes], Awaitable[object]]


class MailListener:
    """What both protocols do: refuse strangers' addresses, store, answer."""

    def __init__(self, find: Find, take: Take, tls: ssl.SSLContext | None = None) -> None:
        self._find = find
        self._take = take
        self._tls = tls
        self._open: set[object] = set()

    async def listen(self, host: str, port: int, lmtp: bool = False) -> asyncio.Server:
        """A server on this address. Raises OSError."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: self._session(lmtp), host, port)

    def _session(self, lmtp: bool) -> SMTP:
        kind = _counted(LMTP if lmtp else SMTP, self._open)
        return kind(
            _Handler(self._find, self._take, lmtp),
            data_size_limit=MAIL_LIMIT,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            tls_context=self._tls,
            ident="Ringdesk",
            hostname="ringdesk",
            command_call_limit=COMMANDS,
        )


def _counted(kind: type[SMTP], open_now: set[object]) -> type[SMTP]:
    """The protocol, which closes on those who are too many."""

    class Counted(kind):  # type: ignore[valid-type,misc]
        line_length_limit = LINE

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            # STARTTLS makes the same connection again
            if len(open_now) >= CONNECTIONS and self not in open_now:
                assert isinstance(transport, asyncio.Transport)
                transport.write(b"421 4.3.2 too many connections, come again\r\n")
                transport.close()
                return
            open_now.add(self)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            if self in open_now:
                open_now.discard(self)
                super().connection_lost(error)

    return Counted


class _Handler:
    def __init__(self, find: Find, take: Take, lmtp: bool) -> None:
        self._find = find
        self._take = take
        self._lmtp = lmtp

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 too many recipients"
        try:
            mailbox = await self._find(address)
        except Exception as error:  # whatever the database raises while it is away
            log.warning("a recipient cannot be looked up (%s)", type(error).__name__)
            return "451 4.3.0 try again later"
        if mailbox is None:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content: Any = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")
        taken: dict[str, str] = {}
        answers = [await self._answer(envelope, to, raw, taken) for to in envelope.rcpt_tos]
        if self._lmtp:  # one answer for each recipient (RFC 2033, 4.2)
            return "\r\n".join(answers)
        return next((one for one in answers if not one.startswith("250")), answers[0])

    async def _answer(self, envelope: Envelope, to: str, raw: bytes, taken: dict[str, str]) -> str:
        try:
            mailbox = await self._find(to)
            if mailbox is None:
                return "550 5.1.1 no such mailbox here"
            if mailbox.id not in taken:
                sender = (envelope.mail_from or "").strip("<>")
                head = f"Return-Path: <{sender}>\r\nDelivered-To: {to}\r\n"
                await self._take(mailbox, raw, to, head.encode("utf-8", "replace"))
                taken[mailbox.id] = to
        except Exception as error:  # whatever the disk and the database raise
            log.warning("a mail cannot be stored now (%s)", type(error).__name__)
            return "451 4.3.0 it cannot be stored now, try again later"
        return "250 2.0.0 stored"
