"""Gives one mail to an SMTP server (RFC 5321), and says for each recipient what became of it.

    taken    the server has it; it is never sent to this recipient again
    refused  for good (a 5yz answer to this recipient, to the sender or to the mail itself)
    later    not now: no connection, no sign-in, a 4yz answer, or silence

A server that takes the mail and dies before it can say so gets it again: SMTP knows no other way
(RFC 5321, 4.5.3.2.6 and RFC 1047). It is the same mail then, under the same Message-ID.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from app.domain.mail import MailServer, Security

QUIT_SECONDS = 5.0
WORDS = 300
"""Characters that are kept of what a server says."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a mail, recipient by recipient, with the server's words."""

    taken: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)


async def deliver(
    server: MailServer,
    sender: str,
    recipients: Sequence[str],
    mail: bytes,
    seconds: float,
    tls: ssl.SSLContext | None = None,
) -> Delivery:
    """Send it within so many seconds; nothing is raised for what a server or a network does."""
    try:
        async with asyncio.timeout(seconds):
            return await _deliver(server, sender, recipients, mail, seconds, tls)
    except SMTPRecipientsRefused as none:
        return _sorted(
            recipients, {one.recipient: (one.code, one.message) for one in none.recipients}
        )
    except SMTPResponseException as error:
        of_the_server = (SMTPAuthenticationError, SMTPConnectResponseError, SMTPHeloError)
        words = _words(error.code, error.message)
        if error.code < 500 or isinstance(error, of_the_server):
            return Delivery(later=dict.fromkeys(recipients, words))
        return Delivery(refused=dict.fromkeys(recipients, words))
    except TimeoutError:
        words = f"{server.host} does not answer within {seconds:g} s"
    except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
        words = f"{server.host}: {str(error) or type(error).__name__}"
    return Delivery(later=dict.fromkeys(recipients, one_line(words)))


async def try_out(server: MailServer, seconds: float, tls: ssl.SSLContext | None = None) -> str:
    """Connect and sign in, and send nothing: what is wrong, or an empty text."""
    try:
        async with asyncio.timeout(seconds):
            client = _client(server, "localhost", seconds, tls)
            async with client:
                await client.noop()
    except SMTPResponseException as error:
        return _words(error.code, error.message)
    except TimeoutError:
        return f"{server.host} does not answer within {seconds:g} s"
    except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
        return one_line(f"{server.host}: {str(error) or type(error).__name__}")
    return ""


async def _deliver(
    server: MailServer,
    sender: str,
    recipients: Sequence[str],
    mail: bytes,
    seconds: float,
    tls: ssl.SSLContext | None,
) -> Delivery:
    client = _client(server, sender.rpartition("@")[2], seconds, tls)
    try:
        await client.connect()
        answers, _ = await client.sendmail(sender, list(recipients), mail)
    finally:
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=QUIT_SECONDS) if client.is_connected else client.close()
    return _sorted(recipients, {to: (said.code, said.message) for to, said in answers.items()})


def _client(server: MailServer, own_name: str, seconds: float, tls: ssl.SSLContext | None) -> SMTP:
    """`own_name` is what EHLO says: asking the machine for its name may wait for DNS."""
    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password if server.user else None,
        local_hostname=own_name,
        timeout=seconds,
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
        tls_context=tls,
    )


def _sorted(recipients: Sequence[str], answers: dict[str, tuple[int, str]]) -> Delivery:
    """By the server's answers about single recipients; who is not named has the mail."""
    said = {to: (code, _words(code, text)) for to, (code, text) in answers.items()}
    return Delivery(
        taken=tuple(one for one in recipients if one not in said),
        refused={to: words for to, (code, words) in said.items() if code >= 500},
        later={to: words for to, (code, words) in said.items() if code < 500},
    )


def _words(code: int, text: str) -> str:
    return one_line(f"{code} {text}" if code > 0 else text)


def one_line(text: str) -> str:
    """One line, for a page and for a log."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:WORDS]
