"""The distributor's commands on a consult."""

from app.acd.call_commands import CallCommands
from app.acd.limits import (
    DIAL_LIMITS,
    REQUIRED_SKILLS,
    checked_id,
    checked_number,
    checked_skills,
)
from app.acd.scripts import Args
from app.acd.types import Result


class ConsultCommands(CallCommands):
    """What an agent does with a consult; all raise NotYours, and WrongState once nobody talks."""

    async def consult(
        self,
        conversation_id: str,
        agent_id: str,
        *,
        skills: tuple[str, ...] | None = None,
        to: str | None = None,
        number: str | None = None,
        day_limit: int = 0,
        command_id: str | None = None,
    ) -> Result:
        """Lets the customer wait with music and seeks somebody to ask: by skills, one agent, or a
        number outside, one of them. Nobody within `Rules.transfer_ms`: the customer comes back.

        Raises UnknownAgent, WrongState (nobody is signed in or they are not available, too), and
        DialLimit as `forward`.
        """
        if [skills, to, number].count(None) != 2:
            raise ValueError("consult: skills, an agent or a number")
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "skills": None if skills is None else checked_skills(skills, REQUIRED_SKILLS),
            "to": checked_id(to, "agent") if to is not None else None,
            "number": checked_id(number, "number") if number is not None else None,
            "day_limit": checked_number(day_limit, DIAL_LIMITS, "day limit"),
            "within": self.rules.transfer_ms,
        }
        return await self._run("consult", args, command_id)

    async def swap_consult(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """The customer and the consulted change places. Raises WrongState before an answer."""
        return await self._change_consult("swap", conversation_id, agent_id, command_id)

    async def complete_consult(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """The customer goes to the consulted, and the agent writes. May be repeated.

        Raises WrongState before an answer.
        """
        return await self._change_consult("complete", conversation_id, agent_id, command_id)

    async def cancel_consult(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """The consulted is let go, and the customer comes back. May be repeated."""
        return await self._change_consult("cancel", conversation_id, agent_id, command_id)

    async def party_answered(self, conversation_id: str, consult: int) -> Result:
        """The number that is consulted answered. Raises WrongState: another consult by now."""
        args: Args = {"conversation": conversation_id, "consult": consult, "answered": True}
        return await self._run("party", args, None)

    async def party_gone(self, conversation_id: str, consult: int, cause: str) -> Result:
        """The number that is consulted did not answer, or hung up. Raises as `party_answered`."""
        args: Args = {"conversation": conversation_id, "consult": consult, "cause": cause}
        return await self._run("party", args, None)

    async def _change_consult(
        self, what: str, conversation_id: str, agent_id: str, command_id: str | None
    ) -> Result:
        args: Args = {"conversation": conversation_id, "agent": agent_id, "what": what}
        return await self._run("change_consult", args, command_id)
