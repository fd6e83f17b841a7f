"""What supervisors do on other people's conversations: listen, whisper, barge, take over."""

from app.acd import Distributor, Result
from app.desk.dispatch import Dispatch
from app.desk.errors import NotFound, refusals
from app.domain.conversation import Conversation
from app.domain.supervision import How


class Supervising:
    """Each is one transition, shown to telephony before the caller gets it."""

    def __init__(self, distributor: Distributor, dispatch: Dispatch) -> None:
        self._distributor = distributor
        self._dispatch = dispatch

    async def supervise(
        self, agent_id: str, conversation_id: str, how: How, *, command_id: str | None = None
    ) -> Conversation:
        """Listen, whisper or speak on a call that is up, from one's own leg, and on no other.

        Raises NotFound, WrongState, LegNotAnswered, Unavailable.
        """
        with refusals():
            result = await self._distributor.supervise(
                conversation_id, agent_id, how, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def unsupervise(
        self, agent_id: str, conversation_id: str, how: How, *, command_id: str | None = None
    ) -> Conversation:
        """Leave the call, if this is what they do on it; again is fine. Raises NotFound."""
        with refusals():
            result = await self._distributor.unsupervise(
                conversation_id, agent_id, how, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def take_over(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """The conversation is theirs; a call that a bot has comes here from its application.

        Raises NotFound, WrongState, LegNotAnswered, Unavailable.
        """
        with refusals():
            result = await self._distributor.take_over(
                conversation_id, agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def _show(self, result: Result, conversation_id: str) -> Conversation:
        await self._dispatch.act(result)
        conversation = result.conversations.get(conversation_id)
        if conversation is None:
            conversation = await self._distributor.conversation(conversation_id)
        if conversation is None:
            raise NotFound("no such conversation")
        return conversation
