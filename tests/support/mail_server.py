"""A real SMTP server of the test's own (aiosmtpd), which can be told to refuse."""

import asyncio
import ssl
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.ports import free_tcp_port

USER, PASSWORD = "desk", "only-for-tests"


@dataclass(frozen=True)
class Arrived:
    """A mail as it came over the wire."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """Parsed."""
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


class MailServer:
    """Listens on a port of its own; keeps what comes. `recipients` are answers by address, `data`
    is the answer to every mail."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        auth: bool = False,
        port: int = 0,
        implicit: bool = False,
    ) -> None:
        self.arrived: list[Arrived] = []
        self.recipients: dict[str, str] = {}
        self.data = ""
        self.tried = 0
        """Connections that got as far as a greeting."""
        self.port = port
        self._tls = None if implicit else tls
        self._implicit = tls if implicit else None
        """TLS from the first byte on (RFC 8314), not by STARTTLS."""
        self._auth = auth
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def open(self) -> None:
        """Listen, on the port that it had."""
        loop = asyncio.get_running_loop()
        self.port = self.port or free_tcp_port()
        self._server = await loop.create_server(
            self._protocol, "127.0.0.1", self.port, ssl=self._implicit
        )

    def close(self) -> None:
        """Whoever comes now is refused by the network."""
        if self._server is not None:
            self._server.close()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.test",
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            auth_required=self._auth,
            auth_require_tls=False,
            authenticator=_authenticate if self._auth else None,
            data_size_limit=40 * 1024 * 1024,
        )

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        """Somebody is here."""
        self.tried += 1
        session.host_name = hostname
        return lines

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether this recipient is taken."""
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep it, unless nothing is taken."""
        if self.data:
            return self.data
        content = envelope.content
        assert isinstance(content, bytes)
        self.arrived.append(Arrived(str(envelope.mail_from), list(envelope.rcpt_tos), content))
        return "250 kept"


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
) -> AuthResult:
    good = isinstance(given, LoginPassword) and given == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    return AuthResult(success=good, handled=False)
