"""Being available: status, preferences, and the audio leg."""

import asyncio
import logging
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, QueueRequest
from app.desk.directory import Directory, profile
from app.desk.dispatch import Dispatch
from app.desk.errors import DeskError, Invalid, NotFound, Unavailable, WrongState, refusals
from app.desk.leg_addresses import LegAddresses
from app.desk.per_call_legs import PerCallLegs
from app.domain.agent import Agent, Status
from app.domain.conversation import Fault, State
from app.domain.leg import Audio, LegKind, LegMove
from app.records import Person, Records
from app.telephony import AriError, SipEndpoint, Telephony

log = logging.getLogger("ringdesk.availability")

PEOPLE_SECONDS = 20.0
"""Until a change made past this process is seen."""


class Availability:
    """What an agent says about themselves, and what their phone and page say."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        records: Records,
        telephony: Telephony,
        addresses: LegAddresses,
        per_call: PerCallLegs,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._records = records
        self._telephony = telephony
        self._addresses = addresses
        self._per_call = per_call
        self._signed_out: set[str] = set()

    async def agent(self, agent_id: str) -> Agent:
        """The agent's live state. Raises NotFound, Unavailable."""
        with refusals():
            agent = await self._distributor.agent(agent_id)
        if agent is None:
            raise NotFound("no such agent")
        return agent

    async def set_status(
        self,
        agent_id: str,
        status: Status,
        *,
        reason: str | None = None,
        after_current: bool = False,
        requeue_call: bool = False,
        command_id: str | None = None,
    ) -> Agent:
        """Choose a status, now or after what is in hand. Raises NotFound, Unavailable."""
        with refusals():
            result = await self._distributor.set_status(
                agent_id,
                status,
                reason,
                after_current=after_current,
                requeue_call=requeue_call,
                command_id=command_id,
            )
        await self._dispatch.act(result)
        return result.agents.get(agent_id) or await self.agent(agent_id)

    async def signed_out(self, agent_id: str) -> None:
        """Nobody is signed in as this person any more: they are Offline, now or once Redis is back.

        What is offered returns; a talk goes on.
        """
        self._signed_out.add(agent_id)
        await self._sign_out()

    async def _sign_out(self) -> None:
        for agent_id in list(self._signed_out):
            try:
                await self.set_status(agent_id, Status.OFFLINE)
            except NotFound:
                log.debug("who signed out has no place in the queue")
            except DeskError as error:
                log.warning("somebody who signed out is not Offline yet: %s", error.detail)
                return
            self._signed_out.discard(agent_id)

    def signed_in(self, agent_id: str) -> None:
        """They are back before their sign-out was noted."""
        self._signed_out.discard(agent_id)

    async def set_preferences(self, agent_id: str, changes: dict[str, Any]) -> Person:
        """Change one's own settings: SQL first, then the live queue. Raises Invalid, NotFound."""
        changes = dict(changes)
        if number := changes.get("phone_number"):
            self.check_phone_number(number)
        if (names := changes.pop("skills", None)) is not None:
            await self._set_skills(agent_id, names)
        if changes:
            await self._records.people.update(agent_id, **changes)
        await self.refresh()
        person = self._directory.person(agent_id)
        if person is None:
            raise NotFound("no such person")
        return person

    def check_phone_number(self, number: str) -> None:
        """Whether somebody's own phone may have this number. Raises Invalid, with the reason."""
        self._addresses.own(number)

    async def refresh(self, everybody: bool = False) -> None:
        """Read people and skills again; tell the live queue and Asterisk who changed."""
        known = {p.id: p for p in self._directory.people()}
        skills = {skill.id for skill in self._directory.skills()}
        await self._directory.refresh()
        await self._addresses.rules.refresh()
        with refusals():
            if gone_skills := skills - {skill.id for skill in self._directory.skills()}:
                await self._relax(gone_skills)
            for person in self._directory.people():
                before = known.pop(person.id, None)
                if everybody or _differs(before, person):
                    await self._put(person, before)
            for gone in known.values():
                await self._dispatch.act(await self._distributor.remove_agent(gone.id))
                await self._drop_phone(gone)

    async def connect_leg(self, agent_id: str, audio: Audio | None = None) -> Agent:
        """Have the agent's phone called. Answers at once; the leg's state follows.

        A phone that is rung for each call is not called now: it only has to be in reach.
        Raises Invalid where no phone is set, NotFound, Unavailable.
        """
        if audio is not None:
            await self.set_preferences(agent_id, {"audio": audio})
        agent = await self.agent(agent_id)
        person = self._directory.person(agent_id)
        if person is None:
            raise NotFound("no such person")
        self._addresses.find(person, agent.leg.audio)
        if not self._telephony.status().ari:
            raise Unavailable("Asterisk does not answer; try again in a few seconds")
        if agent.leg.kind is LegKind.PER_CALL:
            with refusals():
                await self._per_call.connect(agent)
            return await self.agent(agent_id)
        with refusals():
            result = await self._distributor.want_leg(agent_id, True, "dialling")
        await self._dispatch.act(result)
        return result.agents.get(agent_id) or agent

    async def disconnect_leg(self, agent_id: str) -> Agent:
        """Hang up the agent's leg. Raises WrongState during a talk, NotFound, Unavailable."""
        agent = await self.agent(agent_id)
        if agent.load.voice:
            raise WrongState("you are on a call: end it first")
        with refusals():
            await self._dispatch.act(await self._distributor.want_leg(agent_id, False, None))
            result = await self._distributor.change_leg(agent_id, LegMove.DISCONNECT)
        await self._dispatch.act(result)
        return result.agents.get(agent_id) or await self.agent(agent_id)

    async def phone_reachable(self, person: Person) -> bool:
        """Whether this person's SIP phone is registered and answers."""
        return await self._telephony.reachable(person.sip_user)

    async def keep_people(self) -> None:
        """See for ever what the command line or another process changed in SQL."""
        while True:
            await asyncio.sleep(PEOPLE_SECONDS)
            try:
                await self.refresh()
                await self._sign_out()
            except (DeskError, SQLAlchemyError, OSError) as error:
                log.warning("people could not be read again: %s", type(error).__name__)

    async def _set_skills(self, agent_id: str, names: list[str]) -> None:
        ids = []
        for name in names:
            skill = self._directory.skill_id(name)
            if skill is None:
                raise Invalid("skills", f"there is no skill “{name}”")
            ids.append(skill)
        await self._records.people.set_skills(agent_id, ids, by_admin=False)

    async def _relax(self, gone: set[str]) -> None:
        """Whoever waits for a skill that was removed meanwhile waits for the rest of them.

        A hand-over can name a skill at the instant at which it is removed; nobody could serve it.
        """
        for waiting in (await self._distributor.picture()).conversations.values():
            if waiting.state in {State.QUEUED, State.OFFERED} and gone & set(waiting.skills):
                request = QueueRequest(
                    conversation_id=waiting.id,
                    skills=tuple(skill for skill in waiting.skills if skill not in gone),
                    priority=waiting.priority,
                    routed_to=waiting.routed_to,
                    faults=(*waiting.faults, Fault("skill_removed", "a required skill is gone")),
                )
                await self._dispatch.act(await self._distributor.enqueue(request))

    async def _drop_phone(self, person: Person) -> None:
        try:
            await self._telephony.drop_endpoint(person.sip_user)
        except AriError as error:
            log.warning("a phone of somebody who left is still known to Asterisk: %s", error)

    async def _let_go(self, before: Person | None, person: Person) -> bool:
        """Before the leg becomes another: take it down; whether it is to be connected anew.

        A call goes on, on the phone that it is on.
        """
        if before is None or not _is_another_phone(before, person):
            return False
        agent = await self._distributor.agent(person.id)
        if agent is None or agent.load.voice or not agent.leg.wanted:
            return False
        await self.disconnect_leg(person.id)
        return True

    async def _connect_again(self, agent_id: str) -> None:
        try:
            await self.connect_leg(agent_id)
        except DeskError as error:
            log.info("a changed phone is not connected: %s", error.detail)

    async def _put(self, person: Person, before: Person | None) -> None:
        again = await self._let_go(before, person)
        result = await self._distributor.put_agent(
            profile(person), status=person.status, reason=person.status_reason
        )
        await self._dispatch.act(result)
        if again:
            await self._connect_again(person.id)
        if before is not None and before.sip_user != person.sip_user:
            await self._drop_phone(before)
        if before is None or _is_another_account(before, person):
            await self._telephony.push_endpoint(SipEndpoint(person.sip_user, person.sip_password))


def _is_another_phone(before: Person, now: Person) -> bool:
    """Whether the state of the leg says nothing any more."""
    kept = before.leg == now.leg
    if kept and LegKind(now.leg) is LegKind.PERSISTENT:
        return False  # the old phone stays connected until another is
    return not kept or (before.audio, before.phone_number) != (now.audio, now.phone_number)


def _is_another_account(before: Person, now: Person) -> bool:
    return (before.sip_user, before.sip_password) != (now.sip_user, now.sip_password)


def _differs(before: Person | None, now: Person) -> bool:
    """Whether more changed than the status, which flows the other way."""
    return before is None or before.version != now.version or before.skills != now.skills
