"""What supervisors do on other people's conversations: listen, whisper, barge, take over."""

from app.acd import Distributor, Result
from app.acd import UnknownAgent as NoSuchAgent
from app.desk.bots import QueueCommand
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import NotFound, UnknownAgent, UnknownSkill, WrongState, refusals
from app.domain.conversation import Conversation
from app.domain.supervision import How


class Supervising:
    """Each is one transition, shown to telephony before the caller gets it."""

    def __init__(self, distributor: Distributor, dispatch: Dispatch, directory: Directory) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory

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

    async def move(self, command: QueueCommand, *, command_id: str | None = None) -> Conversation:
        """Take a talk from its agent, who writes, and give it to one agent or to other skills.

        Raises UnknownSkill, UnknownAgent, NotFound, WrongState (nobody talks), Unavailable.
        """
        with refusals():
            known = await self._distributor.conversation(command.conversation_id)
            if known is None or known.agent_id is None:
                raise WrongState("nobody talks any more")
            to = self._agent(command.agent)
            try:
                result = await self._distributor.transfer(
                    known.id,
                    known.agent_id,
                    skills=self._skills(command.skills) if to is None else None,
                    to=to,
                    command_id=command_id,
                )
            except NoSuchAgent as error:
                raise UnknownAgent(str(error)) from None
        return await self._show(result, known.id)

    def _skills(self, names: list[str]) -> tuple[str, ...]:
        found = {name: self._directory.skill_id(name) for name in names}
        for name, skill in found.items():
            if skill is None:
                raise UnknownSkill(f"there is no skill “{name}”")
        return tuple(sorted(skill for skill in found.values() if skill))

    def _agent(self, handle: str | None) -> str | None:
        if handle is None:
            return None
        person = self._directory.find_person(handle)
        if person is None:
            raise UnknownAgent(f"there is no agent “{handle}”")
        return person.id

    async def _show(self, result: Result, conversation_id: str) -> Conversation:
        await self._dispatch.act(result)
        conversation = result.conversations.get(conversation_id)
        if conversation is None:
            conversation = await self._distributor.conversation(conversation_id)
        if conversation is None:
            raise NotFound("no such conversation")
        return conversation
