"""Asking somebody else while the customer waits: attended transfer."""

from app.acd import UnknownAgent as NoSuchAgent
from app.desk.errors import Invalid, UnknownAgent, refusals
from app.desk.on_a_call import OnACall, Target
from app.domain.conversation import Conversation


class Consulting(OnACall):
    """What can be done on a call, consults included.

    All raise NotFound, NotYours, WrongState, Unavailable.
    """

    async def consult(
        self, agent_id: str, conversation_id: str, to: Target, *, command_id: str | None = None
    ) -> Conversation:
        """Let the customer wait with music, and ask a skill, an agent or a number outside.

        Raises UnknownSkill, UnknownAgent, Invalid, Forbidden, too, as `transfer`.
        """
        if [to.skill, to.agent, to.number].count(None) != 2:
            raise Invalid("to", "a skill, an agent or a number, one of them")
        outside = self._addresses.outside(to.number) if to.number is not None else None
        with refusals():
            try:
                result = await self._distributor.consult(
                    conversation_id,
                    agent_id,
                    skills=self._skills(to.skill) if to.skill is not None else None,
                    to=self._agent(to.agent) if to.agent is not None else None,
                    number=outside.number if outside else None,
                    day_limit=self._dial_limit if outside and outside.counts else 0,
                    command_id=command_id,
                )
            except NoSuchAgent as error:
                raise UnknownAgent(str(error)) from None
        return await self._show(result, conversation_id)

    async def swap_consult(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Talk to the customer while the consulted waits, or the other way round."""
        with refusals():
            result = await self._distributor.swap_consult(
                conversation_id, agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def complete_consult(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """The customer goes to whom I consult; my wrap-up opens."""
        with refusals():
            result = await self._distributor.complete_consult(
                conversation_id, agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)

    async def cancel_consult(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Let the consulted go, and talk to the customer again."""
        with refusals():
            result = await self._distributor.cancel_consult(
                conversation_id, agent_id, command_id=command_id
            )
        return await self._show(result, conversation_id)
