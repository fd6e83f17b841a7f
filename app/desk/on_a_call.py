"""What an agent does on a call: hold, mute, digits, and passing it on blindly."""

import re
from dataclasses import dataclass

from app.acd import Distributor, Result
from app.acd import UnknownAgent as NoSuchAgent
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import (
    Invalid,
    NotFound,
    Unavailable,
    UnknownAgent,
    UnknownSkill,
    WrongState,
    refusals,
)
from app.desk.leg_addresses import LegAddresses
from app.domain.conversation import Conversation
from app.telephony import AriError, Telephony

DIGITS = re.compile(r"[0-9*#A-D]{1,32}")
"""What a telephone can send (RFC 4733 events 0 to 15), no longer than a card number and more."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a call is transferred to, one of them: a skill's name or id, an agent's id or email, or
    a number outside."""

    skill: str | None = None
    agent: str | None = None
    number: str | None = None


class OnACall:
    """Each is one transition, shown to telephony before the caller gets it.

    All raise NotFound, NotYours, WrongState, Unavailable.
    """

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        telephony: Telephony,
        addresses: LegAddresses,
        dial_limit: int,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._telephony = telephony
        self._addresses = addresses
        self._dial_limit = dial_limit

    async def hold(
        self, agent_id: str, conversation_id: str, on: bool, *, command_id: str | None = None
    ) -> Conversation:
        """The customer waits with music, or comes back; the same again changes nothing."""
        with refusals():
            result = await self._distributor.hold(
                conversation_id, agent_id, on, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def mute(
        self, agent_id: str, conversation_id: str, on: bool, *, command_id: str | None = None
    ) -> Conversation:
        """The customer does not hear the agent, or does again; as `hold`."""
        with refusals():
            result = await self._distributor.mute(
                conversation_id, agent_id, on, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def pause_recording(
        self, agent_id: str, conversation_id: str, on: bool, *, command_id: str | None = None
    ) -> Conversation:
        """Nothing is recorded until it is resumed; as `hold`. Unavailable while AMI is away: then
        a recording could not be ended."""
        if on and not self._telephony.status().ami:
            raise Unavailable("the recording cannot be paused now: AMI is away")
        known = await self._distributor.conversation(conversation_id)
        if known is not None and not self._directory.is_recorded(known.skills):
            raise WrongState("this call is not recorded")
        with refusals():
            result = await self._distributor.pause_recording(
                conversation_id, agent_id, on, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def send_digits(
        self, agent_id: str, conversation_id: str, digits: str, *, command_id: str | None = None
    ) -> Conversation:
        """Send DTMF to the customer: once, or (after a fault) not at all. Raises Invalid, too."""
        if not DIGITS.fullmatch(digits):
            raise Invalid("digits", "1 to 32 of 0-9, *, # and A-D")
        with refusals():
            result = await self._distributor.note_digits(
                conversation_id, agent_id, len(digits), command_id=command_id
            )
        conversation = await self._show(result, conversation_id)
        if not result.repeated:
            await self._send(conversation.channel_id or "", digits)
        return conversation

    async def transfer(
        self, agent_id: str, conversation_id: str, to: Target, *, command_id: str | None = None
    ) -> Conversation:
        """Pass the call on to a skill, an agent or a number outside, and write about it.

        Raises UnknownSkill, UnknownAgent, Invalid (a dial rule's reason), Forbidden (no calls
        outside are left for today), too.
        """
        if [to.skill, to.agent, to.number].count(None) != 2:
            raise Invalid("to", "a skill, an agent or a number, one of them")
        with refusals():
            try:
                result = await self._pass_on(agent_id, conversation_id, to, command_id)
            except NoSuchAgent as error:
                raise UnknownAgent(str(error)) from None
        return await self._show(result, conversation_id)

    async def _pass_on(
        self, agent_id: str, conversation_id: str, to: Target, command_id: str | None
    ) -> Result:
        if to.number is not None:
            outside = self._addresses.outside(to.number)
            return await self._distributor.forward(
                conversation_id,
                agent_id,
                outside.number,
                day_limit=self._dial_limit if outside.counts else 0,
                command_id=command_id,
            )
        return await self._distributor.transfer(
            conversation_id,
            agent_id,
            skills=self._skills(to.skill) if to.skill is not None else None,
            to=self._agent(to.agent) if to.agent is not None else None,
            command_id=command_id,
        )

    def _skills(self, name: str) -> tuple[str, ...]:
        known = {skill.id for skill in self._directory.skills()}
        skill = self._directory.skill_id(name) or (name if name in known else None)
        if skill is None:
            raise UnknownSkill(f"there is no skill “{name}”")
        return (skill,)

    def _agent(self, handle: str) -> str:
        person = self._directory.find_person(handle)
        if person is None:
            raise UnknownAgent(f"there is no agent “{handle}”")
        return person.id

    async def _send(self, channel_id: str, digits: str) -> None:
        try:
            sent = await self._telephony.send_digits(channel_id, digits)
        except AriError as error:
            raise Unavailable("Asterisk did not take the digits; they may be lost") from error
        if not sent:
            raise WrongState("the customer cannot hear you now")

    async def _show(self, result: Result, conversation_id: str) -> Conversation:
        await self._dispatch.act(result)
        conversation = result.conversations.get(conversation_id)
        if conversation is None:
            conversation = await self._distributor.conversation(conversation_id)
        if conversation is None:
            raise NotFound("no such conversation")
        return conversation
