"""Fetches the mail of every mailbox that has an IMAP server, one process at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.desk.mail_in import MailIn
from app.domain.mail import Mailbox, MailServer
from app.messaging.imap import Fetched, Watch
from app.records import Records

log = logging.getLogger("ringdesk.mail")

LOOK_SECONDS = 2.0
"""How late a changed mailbox is seen at the most."""


class MailFetch:
    """Owns one watch for each mailbox."""

    def __init__(
        self, mail_in: MailIn, records: Records, hold: Callable[[], Awaitable[bool]]
    ) -> None:
        self._mail_in = mail_in
        self._records = records
        self._hold = hold
        self._tasks: dict[str, tuple[MailServer, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Fetch for ever."""
        try:
            while True:
                try:
                    mine = await self._hold()
                    await self._keep(await self._records.mailboxes.all() if mine else [])
                except (RedisError, SQLAlchemyError, OSError) as error:
                    log.warning("mailboxes cannot be read (%s)", type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._keep([])

    async def _keep(self, mailboxes: list[Mailbox]) -> None:
        """These are watched, as they are set now, and no others."""
        wanted = {one.id: one for one in mailboxes if one.enabled and one.imap is not None}
        for one, (server, task) in list(self._tasks.items()):
            if one not in wanted or wanted[one].imap != server or task.done():
                del self._tasks[one]
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        for one, mailbox in wanted.items():
            if one not in self._tasks and mailbox.imap is not None:
                watch = self._watch(mailbox, mailbox.imap)
                task = asyncio.create_task(watch.run(), name=f"mailbox {mailbox.address}")
                self._tasks[one] = (mailbox.imap, task)

    def _watch(self, mailbox: Mailbox, server: MailServer) -> Watch:
        async def store(mail: Fetched) -> None:
            note = ""
            if not mail.whole:
                size = mail.size / 1024 / 1024
                note = f"It has {size:.0f} MB: only its head was fetched; it is in the mailbox."
            await self._mail_in.receive(mailbox, mail.raw, note=note)

        async def noted(validity: int, uid: int) -> None:
            await self._records.mailboxes.read_up_to(mailbox.id, validity, uid)

        return Watch(server, (mailbox.uid_validity, mailbox.uid_seen), store, noted)
