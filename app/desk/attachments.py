"""Files of written conversations: taken, kept, sent along, read again, removed.

A file is uploaded first and sent with a message afterwards; until then it is its uploader's alone.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.desk.errors import Invalid, RateLimited, TooLarge, Unavailable
from app.domain import attachment as rules
from app.domain.attachment import KeptFile
from app.domain.message import Attachment
from app.domain.service_settings import Value
from app.messaging import attachments as files
from app.records import Records

log = logging.getLogger("ringdesk.attachments")

SWEEP_SECONDS = 600.0
BATCH = 100
LIMIT = "attachment_megabytes"
"""The service-wide setting."""


class Attachments:
    """The use cases."""

    def __init__(
        self,
        store: files.FileStore,
        records: Records,
        endings: Sequence[str],
        setting: Callable[[str], Value],
        now: Callable[[], int],
    ) -> None:
        self._store = store
        self._rows = records.attachments
        self._endings = frozenset(endings)
        self._setting = setting
        self._now = now

    @property
    def limit(self) -> int:
        """Bytes that one file may have."""
        return round(float(self._setting(LIMIT)) * rules.MEGABYTE)

    async def keep(
        self,
        uploader: str,
        name: str,
        chunks: AsyncIterator[bytes],
        *,
        conversation_id: str | None = None,
    ) -> KeptFile:
        """Take an upload under all limits. Raises Invalid, TooLarge, RateLimited, Unavailable."""
        name = rules.clean_name(name)
        if not rules.may_be_sent(name, self._endings):
            detail = f"files of this kind are not taken; these are: {', '.join(self.endings)}"
            raise Invalid("name", detail)
        if await self._rows.unsent(uploader) >= rules.UNSENT_EACH:
            raise RateLimited(f"at most {rules.UNSENT_EACH} files wait to be sent: send them first")
        kept = await self._put(uploader, name, chunks, conversation_id, self.limit)
        if kept.size == 0:
            await self.discard(kept)
            raise Invalid("file", "the file is empty")
        return kept

    async def keep_any(
        self, uploader: str, name: str, data: bytes, *, conversation_id: str | None = None
    ) -> KeptFile:
        """Keep what came in whole (by mail), whatever its kind; scanned all the same. Raises
        Invalid when the scanner found something, Unavailable when nothing could look or store."""
        return await self._put(
            uploader, rules.clean_name(name), _whole(data), conversation_id, len(data)
        )

    @property
    def endings(self) -> list[str]:
        """Endings of names that are taken."""
        return sorted(self._endings)

    async def choose(
        self, ids: Sequence[str], uploader: str, conversation_id: str
    ) -> tuple[Attachment, ...]:
        """The uploader's own files for a message of this conversation. Raises Invalid."""
        if not ids:
            return ()
        found = {kept.id: kept for kept in await self._rows.some(ids)}
        chosen = [found.get(one) for one in dict.fromkeys(ids)]
        theirs = [
            kept
            for kept in chosen
            if kept is not None
            and kept.uploader == uploader
            and kept.conversation_id in {None, conversation_id}
        ]
        if len(theirs) < len(chosen):
            raise Invalid("attachments", "there is no such file, or it is not yours to send")
        return tuple(map(as_sent, theirs))

    async def find(self, id: str) -> KeptFile | None:
        """One file."""
        return await self._rows.get(id)

    def path(self, kept: KeptFile) -> Path:
        """Where its bytes are."""
        return self._store.path(kept.path)

    async def read(self, id: str) -> bytes | None:
        """The bytes of one file (mail sends them along); None if it is gone. Raises OSError."""
        kept = await self._rows.get(id)
        if kept is None:
            return None
        try:
            return await asyncio.to_thread(self.path(kept).read_bytes)
        except FileNotFoundError:
            return None

    async def discard(self, kept: KeptFile) -> bool:
        """Remove a file that was not sent; false when it was."""
        if not await self._rows.remove(kept.id, unsent=True):
            return False
        await self._store.remove(kept.path)
        return True

    async def run(self) -> None:
        """Remove for ever what nobody sent."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except (SQLAlchemyError, OSError) as error:
                log.warning("files cannot be looked through (%s)", type(error).__name__)

    async def sweep(self) -> None:
        """Remove what was not sent in time."""
        before = self._now() - rules.UNSENT_HOURS * 3_600_000
        while left := await self._rows.forgotten(before, BATCH):
            for kept in left:
                await self.discard(kept)

    async def _put(
        self,
        uploader: str,
        name: str,
        chunks: AsyncIterator[bytes],
        conversation_id: str | None,
        limit: int,
    ) -> KeptFile:
        new_id = secrets.token_hex(16)
        try:
            written = await self._store.put(new_id, chunks, limit)
        except files.TooLarge:
            raise TooLarge(f"a file may have {limit / rules.MEGABYTE:g} MB at the most") from None
        except files.Refused:
            log.warning("the scanner refuses a file of %s", uploader)
            raise Invalid("file", "the scanner of this house refuses the file") from None
        except files.NotScanned as error:
            log.error("a file cannot be scanned: %s", error)
            raise Unavailable("files cannot be scanned now; try again later") from None
        except OSError as error:
            log.error("a file cannot be stored: %s", error)
            raise Unavailable("files cannot be stored now; try again later") from None
        kept = KeptFile(
            new_id,
            conversation_id,
            None,
            uploader,
            name,
            rules.media_type(name),
            written.size,
            written.sha256,
            written.path,
            self._now(),
            written.scanned,
        )
        try:
            await self._rows.add(kept)
        except BaseException:
            await self._store.remove(written.path)
            raise
        return kept


def as_sent(kept: KeptFile) -> Attachment:
    """As a message carries it."""
    return Attachment(kept.id, kept.name, kept.type, kept.size)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
