"""Fills the live queue after a first start, or after Redis lost everything.

People and open conversations come from SQL; calls, legs and talks come back from Asterisk, which
is compared again. What is really lost: standing offers, recent exclusions, the exact idle order.
While there is no epoch nothing is routed, and facts wait.
"""

import asyncio
import logging
import secrets
from dataclasses import replace

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, Lease
from app.desk.availability import Availability
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.facts import Facts
from app.desk.inboxes import Inboxes
from app.desk.reconcile import Reconcile
from app.desk.voice_picture import VoicePicture
from app.domain.agent import Agent
from app.domain.conversation import Conversation, State
from app.domain.events import EventType
from app.records import Records
from app.telephony import Telephony

log = logging.getLogger("ringdesk.rebuild")

_RECORDING = frozenset({EventType.RECORDING_PAUSED, EventType.RECORDING_RESUMED})
LOOK_SECONDS = 0.25
SIDE_BY_SIDE = 32


class Rebuild:
    """Sees that there is an epoch; one process rebuilds, the others follow."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        availability: Availability,
        directory: Directory,
        records: Records,
        facts: Facts,
        reconcile: Reconcile,
        telephony: Telephony,
        lease: Lease,
        picture: VoicePicture,
        inboxes: Inboxes,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._availability = availability
        self._directory = directory
        self._records = records
        self._facts = facts
        self._reconcile = reconcile
        self._telephony = telephony
        self._lease = lease
        self._picture = picture
        self._inboxes = inboxes
        self._epoch: str | None = None

    async def start(self) -> None:
        """Before anything else: an epoch, and everybody who works here."""
        if await self._is_ours_to_rebuild():
            await self._fill()
        else:
            await self._availability.refresh(everybody=True)
        self._epoch = await self._distributor.epoch()
        await self._dispatch.begin_epoch()

    async def run(self) -> None:
        """Watch for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except (RedisError, SQLAlchemyError, OSError) as error:
                log.debug("cannot look after the epoch (%s)", type(error).__name__)

    async def _look(self) -> None:
        if await self._is_ours_to_rebuild():
            # Facts and wants stop first: what is half restored must move no call.
            self._facts.open.clear()
            try:
                await self._telephony.reconcile()
                await self._fill()
            finally:
                self._facts.open.set()
        epoch = await self._distributor.epoch()
        if epoch is not None and epoch != self._epoch:
            self._epoch = epoch
            await self._dispatch.begin_epoch()

    async def _is_ours_to_rebuild(self) -> bool:
        """Whether there is no epoch, and nobody else begins one."""
        return await self._distributor.epoch() is None and await self._lease.hold()

    async def _fill(self) -> None:
        seen = self._picture.agents()
        await self._distributor.load()
        await self._distributor.begin_epoch(secrets.token_hex(4))
        self._reconcile.adopt_next()
        await self._availability.refresh(everybody=True)
        await self._correct_statuses(seen)
        await self._inboxes.declare()
        count = await self._restore(await self._records.archive.open())
        if count:
            log.error("the live queue was lost: %d open conversations restored from SQL", count)
        await self._lease.release()

    async def _correct_statuses(self, seen: list[Agent]) -> None:
        """SQL learns of a status a moment later; this process may have seen a newer one."""
        for agent in seen:
            person = self._directory.person(agent.id)
            if person is not None and person.status is not agent.status:
                result = await self._distributor.set_status(
                    agent.id, agent.status, agent.status_reason
                )
                await self._dispatch.act(result)

    async def _restore(self, conversations: list[Conversation]) -> int:
        for start in range(0, len(conversations), SIDE_BY_SIDE):
            batch = conversations[start : start + SIDE_BY_SIDE]
            await asyncio.gather(*(self._restore_one(each) for each in batch))
        return len(conversations)

    async def _restore_one(self, conversation: Conversation) -> None:
        if conversation.state is State.ACTIVE and await self._was_paused(conversation):
            conversation = replace(conversation, recording_paused=True)
        await self._dispatch.act(await self._distributor.restore(conversation))

    async def _was_paused(self, conversation: Conversation) -> bool:
        """Whether the agent had let nothing be recorded: as this process saw it last, else by what
        the archive tells of this agent's part. A card number must not be recorded after all."""
        seen = self._picture.get(conversation.id)
        if seen is not None:
            return seen.recording_paused
        kept = await self._records.archive.find(conversation.id)
        began = conversation.segments[-1].from_at if conversation.segments else 0
        past = kept.timeline if kept else ()
        told = [e.type for e in past if e.type in _RECORDING and e.at >= began]
        return told[-1:] == [EventType.RECORDING_PAUSED]
