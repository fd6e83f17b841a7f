"""An agent's moves on a conversation: accept, reject, put back, end, write, close the wrap-up."""

from app import acd
from app.acd import Distributor, Result
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import Forbidden, Invalid, LegNotAnswered, NotFound, refusals
from app.desk.service_settings import ServiceSettings
from app.domain.conversation import Channel, Conversation, State
from app.domain.leg import LegKind, LegState
from app.domain.service_settings import may_pick

MAX_NOTES = 20_000
"""Characters of one segment's notes."""


class Moves:
    """Each move is one transition; telephony is shown its result before the caller gets it."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        settings: ServiceSettings,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._settings = settings

    async def accept(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Take an offered conversation; a waiting chat or mail within skills and caps is picked.

        Raises NotFound, NotYours, WrongState, LegNotAnswered, Unavailable.
        """
        with refusals():
            try:
                result = await self._distributor.accept(
                    conversation_id, agent_id, by_page=True, command_id=command_id
                )
            except acd.WrongState:
                await self._explain_refusal(conversation_id, agent_id)
                if not await self._waits_in_writing(conversation_id):
                    raise
                result = await self._pick(agent_id, conversation_id, command_id)
        return await self._show(result, conversation_id)

    async def reject(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Give an offer back. Raises NotFound, NotYours, WrongState, Unavailable."""
        with refusals():
            result = await self._distributor.reject(
                conversation_id, agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def requeue(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Put an active conversation back at its old place. Raises as `reject`."""
        with refusals():
            result = await self._distributor.requeue(
                conversation_id, agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def end(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """End a talk; its wrap-up opens. Raises as `reject`."""
        with refusals():
            result = await self._distributor.end(
                conversation_id, "agent", agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def hand_back(
        self,
        agent_id: str | None,
        conversation_id: str,
        *,
        notes: str | None = None,
        supervises: bool = False,
        command_id: str | None = None,
    ) -> Conversation:
        """Give a call back to the bot it came from; None is that bot, while the caller waits.

        Raises as `reject`, and Invalid. WrongState where there is no bot, too.
        """
        _check_notes(notes or "")
        with refusals():
            result = await self._distributor.hand_back(
                conversation_id,
                agent_id,
                notes=notes,
                by_supervisor=supervises,
                command_id=command_id,
            )
        return await self._show(result, conversation_id)

    async def write_notes(self, agent_id: str, conversation_id: str, notes: str) -> Conversation:
        """Save what the agent typed so far. Raises as `reject`, and Invalid."""
        _check_notes(notes)
        with refusals():
            result = await self._distributor.write_notes(conversation_id, agent_id, notes)
        return await self._show(result, conversation_id)

    async def close_wrap_up(
        self,
        agent_id: str,
        conversation_id: str,
        *,
        notes: str | None,
        disposition: str | None,
        command_id: str | None = None,
    ) -> Conversation:
        """Close my wrap-up; the next work may come. Raises as `reject`, and Invalid."""
        _check_notes(notes or "")
        with refusals():
            result = await self._distributor.close_wrap_up(
                conversation_id, agent_id, notes, disposition, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def _waits_in_writing(self, conversation_id: str) -> bool:
        """A waiting chat or mail can be taken from the list; calls come by turns alone."""
        found = await self._distributor.conversation(conversation_id)
        return (
            found is not None and found.state is State.QUEUED and found.channel is not Channel.VOICE
        )

    async def _pick(self, agent_id: str, conversation_id: str, command_id: str | None) -> Result:
        """Raises Forbidden where a setting keeps picking to others; else as the distributor."""
        conversation = await self._distributor.conversation(conversation_id)
        person = self._directory.person(agent_id)
        if conversation is None or person is None:
            raise NotFound("no such conversation")
        if not may_pick(self._settings.get(f"pick_{conversation.channel}"), person.role):
            raise Forbidden(f"a waiting {conversation.channel} cannot be taken from the list")
        return await self._distributor.pick(conversation_id, agent_id, command_id=command_id)

    async def _explain_refusal(self, conversation_id: str, agent_id: str) -> None:
        """Say more than `wrong state` where the agent can do something about it."""
        conversation = await self._distributor.conversation(conversation_id)
        agent = await self._distributor.agent(agent_id)
        if conversation is None or agent is None:
            return
        mine = conversation.offer_to(agent_id) is not None
        voice = conversation.channel is Channel.VOICE
        if mine and voice and agent.leg.kind is LegKind.PER_CALL:
            raise LegNotAnswered("your phone is ringing: answer it, that accepts the call")
        if mine and voice and agent.leg.state is LegState.DISCONNECTED:
            raise LegNotAnswered("your phone is not connected: answer it first")

    async def _show(self, result: Result, conversation_id: str) -> Conversation:
        await self._dispatch.act(result)
        conversation = result.conversations.get(conversation_id)
        if conversation is None:
            conversation = await self._distributor.conversation(conversation_id)
        if conversation is None:
            raise NotFound("no such conversation")
        return conversation


def _check_notes(notes: str) -> None:
    if len(notes) > MAX_NOTES:
        raise Invalid("notes", f"at most {MAX_NOTES} characters")
