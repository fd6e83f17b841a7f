"""Recordings of talks come from Asterisk's spool to our own folder, and are listed: each once.

The file's name tells whose it is and since when. Asterisk's copy is removed only once ours is on
the disk and its row in SQL, so a death of anybody at any instant loses and doubles nothing; and
what Asterisk had written when it died itself is taken like any other.
"""

import asyncio
import hashlib
import logging

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor
from app.records import Recordings, Records, TalkRecording, wave
from app.telephony import AriError, NotFound, Telephony, conversation_of

log = logging.getLogger("ringdesk.recording")

LOOK_SECONDS = 2.0


class Talks:
    """Looks for parts that grow no longer; `run` owns it."""

    def __init__(
        self,
        telephony: Telephony,
        distributor: Distributor,
        records: Records,
        recordings: Recordings,
    ) -> None:
        self._distributor = distributor
        self._telephony = telephony
        self._records = records
        self._recordings = recordings
        self._idle: set[str] = set()
        self._told = ""

    async def run(self) -> None:
        """Look for ever; what stands in the way is told once."""
        while True:
            try:
                await self.look()
                self._told = ""
            except (AriError, RedisError, SQLAlchemyError, OSError) as error:
                words = f"recordings wait: {error or type(error).__name__}"
                if words != self._told:
                    log.warning("%s", words)
                self._told = words
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take what was written to its end at the last look already: a file is closed a moment
        after its channel."""
        if not self._telephony.status().ari:
            self._idle.clear()
            return
        idle = await self._telephony.spool.talks()
        for name in sorted(idle & self._idle):
            await self._take(name)
        self._idle = idle

    async def _take(self, name: str) -> None:
        whose = conversation_of(name)
        if whose is None:
            return
        try:
            sound = wave.mended(await self._telephony.spool.fetch_talk(name))
            skills = await self._skills(whose[0])
            part = TalkRecording(recording_id(name), *whose, wave.seconds(sound), skills)
        except NotFound:
            return
        except ValueError as error:
            log.warning("%s has no sound: %s", name, error)
        else:
            await self._recordings.keep(part.id, sound)
            await self._records.talks.add(part)
        await self._telephony.spool.remove_talk(name)

    async def _skills(self, conversation_id: str) -> tuple[str, ...]:
        """What is required now, seconds after the part ended: its retention goes by it."""
        live = await self._distributor.conversation(conversation_id)
        if live is not None:
            return live.skills
        kept = await self._records.archive.find(conversation_id)
        return kept.conversation.skills if kept else ()


def recording_id(name: str) -> str:
    """The id of the part in this file: the same each time."""
    return "r" + hashlib.blake2s(name.encode(), digest_size=10).hexdigest()
