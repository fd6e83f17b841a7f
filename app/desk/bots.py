"""What bots do: open a conversation, tell how it goes, hand it over to people."""

from dataclasses import dataclass, field
from typing import Any

from app.acd import UNSET, Arrival, Distributor, QueueRequest, UnknownConversation, Unset
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import Invalid, NotFound, UnknownAgent, UnknownSkill, WrongState, refusals
from app.domain.conversation import Channel, Conversation, Customer, Outcome, State
from app.domain.routing import PRIORITIES
from app.telephony import Telephony, is_of_ours


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """A conversation that the AI starts to handle."""

    id: str
    """Made by the caller, so that a repeated request opens no second conversation."""
    channel: Channel
    customer: Customer
    entry: str | None = None
    language: str = "en"
    flow: dict[str, Any] | None = None
    channel_id: str | None = None
    """The customer's channel in Asterisk, where it is a call."""
    skills: list[str] = field(default_factory=list)
    """Whom the caller is for, should the bot be lost before it hands over; by name."""


@dataclass(frozen=True, slots=True)
class QueueCommand:
    """Hand over to people; skills and agent by name, or by id."""

    conversation_id: str
    skills: list[str] = field(default_factory=list)
    priority: int = 0
    agent: str | None = None
    reason: str | None = None
    stay: bool | None = None
    """The bot keeps the caller until an agent accepts; None: as it was."""


async def let_bots_take(distributor: Distributor) -> None:
    """Before deadlines are looked at: what a bot did with a caller whom it was handed back as no
    process looked on, nobody saw. It has its time anew."""
    for conversation in (await distributor.picture()).conversations.values():
        if conversation.bot is not None and conversation.bot.until is not None:
            await distributor.bot_again(conversation.id)


class Bots:
    """The AI's side of the desk. Over HTTP bad hand-over data is refused, not dropped."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        telephony: Telephony,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._telephony = telephony

    async def open(self, command: OpenCommand, *, command_id: str | None = None) -> Conversation:
        """Begin a conversation in state `bot`; the one that this bot began on the same call, if it
        still has it. Raises Invalid, WrongState (somebody else has the call), Unavailable."""
        if command.channel is not Channel.VOICE:
            raise Invalid("channel", "only voice is served by this version")
        if command.channel_id is not None and is_of_ours(command.channel_id):
            raise Invalid("channel_id", "this is an agent's phone, and no customer's call")
        if command.channel_id is not None and await self._telephony.is_gone(command.channel_id):
            raise Invalid("channel_id", "Asterisk has no such channel: has the caller hung up?")
        arrival = Arrival(
            id=command.id,
            channel=command.channel,
            customer=command.customer,
            created_at=self._distributor.now(),
            entry=command.entry,
            language=command.language,
            channel_id=command.channel_id,
            bot_app=await self._telephony.app_of(command.channel_id),
            bot_has=command.channel_id is not None,
            skills=self._skills(command.skills),
            flow=command.flow,
            parameters={},
            faults=(),
            sentiment=None,
        )
        with refusals():
            result = await self._distributor.start(arrival, command_id=command_id)
        await self._dispatch.act(result)
        return next(iter(result.conversations.values()))

    async def queue(self, command: QueueCommand, *, command_id: str | None = None) -> Conversation:
        """Hand a conversation over to people; its call is moved here from the bot's application.

        Raises UnknownSkill, UnknownAgent, Invalid, NotFound, WrongState (also when the caller has
        hung up), Unavailable.
        """
        request = QueueRequest(
            conversation_id=command.conversation_id,
            skills=self._skills(command.skills),
            priority=_priority(command.priority),
            routed_to=self._agent(command.agent),
            reason=command.reason,
            queued_at=None,
            stays=command.stay,
            faults=(),
            arrival=None,
        )
        with refusals():
            await self._refuse_nobody(command.conversation_id)
            try:
                result = await self._distributor.enqueue(request, command_id=command_id)
            except UnknownConversation:  # whoever asks has just seen it: it left with its end
                raise WrongState("this conversation is over") from None
        await self._dispatch.act(result)
        conversation = result.conversations.get(command.conversation_id)
        if conversation is None:
            raise NotFound("no such conversation")
        stays = conversation.bot is not None and conversation.bot.stays
        if conversation.channel_id and not stays:
            await self._telephony.fetch_call(conversation.channel_id, conversation.id)
        return conversation

    async def _refuse_nobody(self, conversation_id: str) -> None:
        """A caller who hung up on the bot was served by it: nobody is to be looked for."""
        known = await self._distributor.conversation(conversation_id)
        if known is None or known.state is not State.BOT or known.channel_id is None:
            return
        if await self._telephony.is_gone(known.channel_id):
            await self._dispatch.act(
                await self._distributor.leave(
                    known.id, Outcome.BOT_COMPLETED, channel_id=known.channel_id
                )
            )
            raise WrongState("the caller has hung up: there is nobody to hand over")

    async def finish(self, conversation_id: str, *, command_id: str | None = None) -> Conversation:
        """The customer is done: with the bot, or while they waited for people.

        Again is fine. Raises WrongState while an agent has it, NotFound, Unavailable.
        """
        with refusals():
            known = await self._distributor.conversation(conversation_id)
            if known is None:
                raise NotFound("no such conversation")
            if known.state is State.ACTIVE:
                raise WrongState("an agent has this conversation")
            outcome = Outcome.BOT_COMPLETED if known.state is State.BOT else Outcome.ABANDONED
            result = await self._distributor.leave(conversation_id, outcome, command_id=command_id)
        await self._dispatch.act(result)
        return result.conversations.get(conversation_id, known)

    async def update_context(
        self,
        conversation_id: str,
        *,
        sentiment: float | Unset | None = UNSET,
        flow: dict[str, Any] | Unset | None = UNSET,
        parameters: dict[str, Any] | Unset = UNSET,
    ) -> Conversation:
        """What the AI found out so far. Raises NotFound, Unavailable."""
        with refusals():
            result = await self._distributor.update_context(
                conversation_id, sentiment=sentiment, flow=flow, parameters=parameters
            )
        await self._dispatch.act(result)
        conversation = result.conversations.get(conversation_id)
        if conversation is None:
            raise NotFound("no such conversation")
        return conversation

    def _skills(self, names: list[str]) -> tuple[str, ...]:
        ids = set()
        for name in names:
            skill = self._directory.skill_id(name)
            if skill is None:
                raise UnknownSkill(f"there is no skill “{name}”")
            ids.add(skill)
        return tuple(sorted(ids))

    def _agent(self, handle: str | None) -> str | None:
        if handle is None:
            return None
        person = self._directory.find_person(handle)
        if person is None:
            raise UnknownAgent(f"there is no agent “{handle}”")
        return person.id


def _priority(value: int) -> int:
    if value not in PRIORITIES:
        raise Invalid("priority", "a number from 0 to 10")
    return value
