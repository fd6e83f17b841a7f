"""Retention by rule: three settings in days say how long closed conversations, what was said in
them, and their recordings are kept; 0 keeps them for ever. A skill may have a rule of its own
for what was recorded for it, which goes before the house's; of several skills the shortest counts.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.domain.service_settings import Value
from app.records import Recordings, Retention, TalkRecordings

log = logging.getLogger("ringdesk.retention")

SWEEP_SECONDS = 600.0
PAUSE_SECONDS = 0.05
"""Between two batches: others write, too."""
BATCH = 100
DAY_MS = 24 * 60 * 60 * 1000


class Keeping:
    """Sweeps again and again; any number of processes may."""

    def __init__(
        self,
        setting: Callable[[str], Value],
        retention: Retention,
        recordings: Recordings,
        talks: TalkRecordings,
        now: Callable[[], int],
        remove_mail: Callable[[str], Awaitable[None]],
        by_skill: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self._by_skill = by_skill
        """Days by skill id, of skills with a rule of their own for recordings."""
        self._setting = setting
        self._retention = retention
        self._recordings = recordings
        self._talks = talks
        self._now = now
        self._remove_mail = remove_mail

    async def run(self) -> None:
        """Sweep for ever; what stands in the way is told, and tried again at the next sweep."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except (SQLAlchemyError, OSError) as error:
                log.warning("retention waits (%s)", type(error).__name__)

    async def sweep(self) -> None:
        """Remove all that is past its time now. Recordings go before their conversations."""
        rules = self._by_skill()
        for skill, days in rules.items():
            if days > 0:
                await self._remove_recordings(self._days_ago(days), skill)
        if (before := self._before("keep_recordings_days")) is not None:
            await self._remove_recordings(before, others=sorted(rules))
        if (before := self._before("keep_transcripts_days")) is not None:
            await self._remove_mails(before)
            await self._all_of(self._retention.remove_transcripts, before)
        if (before := self._before("keep_conversations_days")) is not None:
            await self._remove_recordings(before)
            await self._remove_mails(before)
            await self._all_of(self._retention.remove_conversations, before)

    def _before(self, key: str) -> int | None:
        days = float(self._setting(key))
        return self._days_ago(days) if days > 0 else None

    def _days_ago(self, days: float) -> int:
        return self._now() - round(days * DAY_MS)

    async def _all_of(self, remove: Callable[[int], Awaitable[list[str]]], before: int) -> None:
        while await remove(before):
            await asyncio.sleep(PAUSE_SECONDS)

    async def _remove_mails(self, before: int) -> None:
        """The bytes of emails, before the rows that know where they are."""
        while found := await self._retention.mails(before):
            for _, file in found:
                await self._remove_mail(file)
            await self._retention.forget_mails([one for one, _ in found])
            await asyncio.sleep(PAUSE_SECONDS)

    async def _remove_talks(self, before: int, skill: str | None, others: Sequence[str]) -> None:
        """Parts of recorded talks that began before."""
        while parts := await self._talks.before(before, BATCH, skill, others):
            for part in parts:
                await self._recordings.remove(part.id)
                await self._talks.remove(part.id)
            await self._retention.tell_recordings(len(parts), before)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _remove_recordings(
        self, before: int, skill: str | None = None, others: Sequence[str] = ()
    ) -> None:
        """Of this skill, or of none of the others; without both, all."""
        await self._remove_talks(before, skill, others)
        after, seen = 0, set[str]()
        while found := [
            one
            for one in await self._retention.with_messages(before, after, skill, others)
            if one[0] not in seen
        ]:
            seen.update(one for one, _ in found)
            after = found[-1][1]
            gone = [one for one, _ in found if await self._recordings.remove(one)]
            if gone:
                await self._retention.tell_recordings(len(gone), before)
            await asyncio.sleep(PAUSE_SECONDS)
