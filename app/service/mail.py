"""Email's side of the house: who fetches, who listens, who files."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from functools import partial

from app.acd import Distributor
from app.config import Address, Refusal, Settings
from app.desk.attachments import Attachments
from app.desk.chats import Chats
from app.desk.dispatch import Dispatch
from app.desk.mail_aside import MailAside
from app.desk.mail_fetch import MailFetch
from app.desk.mail_in import Bounced, MailIn
from app.desk.mail_out import MailOut
from app.domain.mail import Mailbox
from app.domain.mail_sending import SendingRules
from app.domain.service_settings import Value
from app.messaging import FileStore
from app.messaging.mail_listener import MailListener
from app.records import Records


class MailSide:
    """What comes in by email."""

    def __init__(
        self,
        settings: Settings,
        distributor: Distributor,
        dispatch: Dispatch,
        records: Records,
        chats: Chats,
        attachments: Attachments,
        setting: Callable[[str], Value],
        hold: Callable[[], Awaitable[bool]],
        bounced: Bounced | None = None,
    ) -> None:
        self._settings = settings
        self.mail_in = MailIn(
            distributor,
            dispatch,
            records,
            chats,
            attachments,
            FileStore(settings.mails),
            setting,
            hold,
            settings.language,
            bounced,
        )
        self.aside = MailAside(self.mail_in, records)
        self._fetch = MailFetch(self.mail_in, records, hold)

    @property
    def loops(self) -> Mapping[str, Callable[[], Coroutine[None, None, None]]]:
        """What runs for as long as the process does, by name."""
        return {"mail in": self.mail_in.run, "mail fetch": self._fetch.run}

    async def open(self, stack: AsyncExitStack) -> None:
        """Listen, where a setting says so. Raises Refusal."""
        listener = MailListener(self.mail_in.mailbox, self._take, self._tls())
        for name, address in (
            ("SMTP_LISTEN", self._settings.smtp_listen),
            ("LMTP_LISTEN", self._settings.lmtp_listen),
        ):
            if address is not None:
                await _listen(listener, name, address, stack)

    async def _take(self, mailbox: Mailbox, raw: bytes, to: str, head: bytes) -> None:
        await self.mail_in.receive(mailbox, raw, to, head)

    def _tls(self) -> ssl.SSLContext | None:
        settings = self._settings
        if settings.tls_cert is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(settings.tls_cert, settings.tls_key)
        except (ssl.SSLError, OSError) as error:
            text = f"RINGDESK_TLS_CERT and RINGDESK_TLS_KEY do not fit: {error}"
            raise Refusal(text) from None
        return context


def mail_out(
    settings: Settings,
    chats: Chats,
    records: Records,
    attachments: Attachments,
    now: Callable[[], int],
) -> MailOut:
    """What goes out by email."""
    return MailOut(
        chats,
        records,
        attachments,
        FileStore(settings.mails),
        settings.smtp,
        SendingRules(settings.mail_pauses, settings.mail_give_up_hours * 3600),
        settings.smtp_seconds,
        now,
    )


async def _listen(
    listener: MailListener, name: str, address: Address, stack: AsyncExitStack
) -> None:
    try:
        server = await listener.listen(address.host, address.port, lmtp=name == "LMTP_LISTEN")
    except OSError as error:
        raise Refusal(f"RINGDESK_{name}: {address} cannot be used ({error.strerror})") from None
    stack.push_async_callback(partial(_close, server))


async def _close(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
