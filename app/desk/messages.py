"""Messages that callers left in Asterisk become callbacks: each exactly one.

The recording's name makes the conversation's id, and Asterisk's copy is removed only once ours is
on the disk and the conversation in SQL. So a death at any instant, of anybody, loses nothing and
doubles nothing: the next look goes on where this one stopped.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Arrival, Distributor, EpochLost, QueueRequest
from app.desk import handover
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import Invalid
from app.desk.leg_addresses import LegAddresses
from app.domain.conversation import Callback, Channel, Customer, Fault
from app.records import Recordings, Records, wave
from app.telephony import AriError, LeftMessage, NotFound, Telephony

log = logging.getLogger("ringdesk.messages")

LOOK_SECONDS = 2.0
REASON = "left a message"


class Messages:
    """Looks for messages while the links to Asterisk are up; one process has those links."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        telephony: Telephony,
        records: Records,
        recordings: Recordings,
        addresses: LegAddresses,
        shortest_seconds: float,
        not_before: Callable[[tuple[str, ...], str | None, int], int | None],
    ) -> None:
        self._not_before = not_before
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._telephony = telephony
        self._records = records
        self._recordings = recordings
        self._addresses = addresses
        self._shortest = shortest_seconds
        self._told = ""

    async def run(self) -> None:
        """Look for ever; what stands in the way is told once."""
        while True:
            try:
                await self._look()
                self._told = ""
            except (AriError, RedisError, EpochLost, SQLAlchemyError, OSError) as error:
                self._tell(f"messages wait: {error or type(error).__name__}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        status = self._telephony.status()
        if not (status.ari and status.ami):
            return
        for message in await self._telephony.spool.messages():
            if await self._telephony.spool.is_spoken(message):
                continue
            if not message.recorded or await self._take(message):
                await self._telephony.spool.remove(message)

    async def _take(self, message: LeftMessage) -> bool:
        """The next step with one message; true when Asterisk's copy is needed no more."""
        identity = conversation_id(message.name)
        archived = await self._records.archive.find(identity)
        if archived is not None:
            return True
        if await self._distributor.conversation(identity) is not None:
            return False  # on its way into the archive
        try:
            sound = wave.mended(await self._telephony.spool.fetch(message))
            long_enough = wave.seconds(sound) >= self._shortest
        except (ValueError, NotFound) as error:
            log.warning("%s cannot be used: %s", message.name, error)
            return True
        if not long_enough:
            return True
        await self._recordings.keep(identity, sound)
        result = await self._distributor.enqueue(
            self._request(identity, message), command_id=f"message:{message.name}"
        )
        await self._dispatch.act(result)
        return False

    def _request(self, identity: str, message: LeftMessage) -> QueueRequest:
        """What the notes say, as far as it is usable; without them it is a message all the same."""
        now, notes = self._distributor.now(), message.notes
        told = handover.read(notes, self._directory, now)
        number = self._number(notes.get("number", ""), told.faults)
        if not notes:
            told.faults.append(Fault("notes-lost", "who called is not known any more"))
        return QueueRequest(
            conversation_id=identity,
            skills=told.skills,
            priority=told.priority,
            routed_to=told.routed_to,
            reason=REASON,
            queued_at=told.queued_at,
            faults=tuple(told.faults),
            arrival=Arrival(
                id=identity,
                channel=Channel.VOICE,
                customer=Customer(
                    name=_short(notes.get("name")), number=_short(notes.get("number"))
                ),
                created_at=_instant(notes.get("at"), now),
                entry=_short(notes.get("entry")),
                language=told.language or "en",
                parameters=told.parameters,
                callback=Callback(
                    number,
                    not_before=self._not_before(told.skills, _short(notes.get("entry")), now),
                    recording=True,
                ),
            ),
        )

    def _number(self, text: str, faults: list[Fault]) -> str | None:
        """The number as it is dialled, if the rules let an agent call it; emergency numbers are
        nobody's own."""
        if not text.strip():
            faults.append(Fault("no-callback", "the caller's number is not known"))
            return None
        try:
            outside = self._addresses.outside(text, field="number")
        except Invalid as error:
            faults.append(Fault("no-callback", error.detail))
            return None
        if not outside.counts:
            faults.append(Fault("no-callback", "an emergency number is not called back"))
            return None
        return outside.number

    def _tell(self, words: str) -> None:
        if words != self._told:
            log.warning("%s", words)
            self._told = words


def conversation_id(name: str) -> str:
    """The id of the conversation that a message becomes: the same each time."""
    return "m" + hashlib.blake2s(name.encode(), digest_size=10).hexdigest()


def _short(text: str | None) -> str | None:
    """Printable, and no longer than a name or a number is."""
    return "".join(c for c in text if c.isprintable())[:200] if text else None


def _instant(text: str | None, now: int) -> int:
    return min(int(text), now) if text and text.isdecimal() and len(text) < 16 else now
