"""The distributor's commands on a conversation in hand: hold, mute, digits, transfer."""

from app.acd.agent_commands import AgentCommands
from app.acd.limits import (
    DIAL_LIMITS,
    REQUIRED_SKILLS,
    checked_id,
    checked_number,
    checked_skills,
)
from app.acd.scripts import Args
from app.acd.types import Result
from app.domain.events import EventType

_CONTROLS = {
    ("held", True): EventType.CONVERSATION_HELD,
    ("held", False): EventType.CONVERSATION_UNHELD,
    ("muted", True): EventType.CONVERSATION_MUTED,
    ("muted", False): EventType.CONVERSATION_UNMUTED,
    ("rec_paused", True): EventType.RECORDING_PAUSED,
    ("rec_paused", False): EventType.RECORDING_RESUMED,
}


class CallCommands(AgentCommands):
    """What an agent does on a call; all raise NotYours, and WrongState once nobody talks."""

    async def hold(
        self, conversation_id: str, agent_id: str, on: bool, *, command_id: str | None = None
    ) -> Result:
        """The customer waits with music, or no longer; ends by itself with the talk."""
        return await self._control("held", conversation_id, agent_id, on, command_id)

    async def mute(
        self, conversation_id: str, agent_id: str, on: bool, *, command_id: str | None = None
    ) -> Result:
        """The customer does not hear the agent, or does again; ends by itself with the talk."""
        return await self._control("muted", conversation_id, agent_id, on, command_id)

    async def pause_recording(
        self, conversation_id: str, agent_id: str, on: bool, *, command_id: str | None = None
    ) -> Result:
        """Nothing is recorded for a while, or again; ends by itself with the talk."""
        return await self._control("rec_paused", conversation_id, agent_id, on, command_id)

    async def note_digits(
        self, conversation_id: str, agent_id: str, count: int, *, command_id: str | None = None
    ) -> Result:
        """So many digits are about to be sent; `repeated` when this command did it before."""
        args: Args = {"conversation": conversation_id, "agent": agent_id, "count": count}
        return await self._run("note_digits", args, command_id)

    async def transfer(
        self,
        conversation_id: str,
        agent_id: str,
        *,
        skills: tuple[str, ...] | None = None,
        to: str | None = None,
        command_id: str | None = None,
    ) -> Result:
        """Passes the conversation on, blindly: to other skills, or to one agent alone.

        It waits at its old age, and the agent's wrap-up opens. Whom it is for has
        `Rules.transfer_ms`; after that, after their refusal, or at once if they are not available,
        it goes back to the skills it had. Raises UnknownAgent, WrongState (to oneself, too).
        """
        if (skills is None) == (to is None):
            raise ValueError("transfer: to skills or to an agent")
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "skills": None if skills is None else checked_skills(skills, REQUIRED_SKILLS),
            "to": checked_id(to, "agent") if to is not None else None,
            "within": self.rules.transfer_ms,
        }
        return await self._run("transfer", args, command_id)

    async def forward(
        self,
        conversation_id: str,
        agent_id: str,
        number: str,
        *,
        day_limit: int = 0,
        command_id: str | None = None,
    ) -> Result:
        """Passes a call on to a number outside: over for us (outcome transferred), unless
        `come_back` follows. The agent's wrap-up opens.

        Raises DialLimit when the agent made `day_limit` (0: any number) calls outside today, UTC.
        """
        args: Args = {
            "day_limit": checked_number(day_limit, DIAL_LIMITS, "day limit"),
            "conversation": conversation_id,
            "agent": agent_id,
            "number": checked_id(number, "number"),
        }
        return await self._run("forward", args, command_id)

    async def come_back(
        self,
        conversation_id: str,
        max_wait_ms: int | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Nobody answered at the number, or the dialplan sends the caller here again: it waits at
        its old age for the skills it had.

        Raises WrongState when it was not sent on, or came back already.
        """
        args: Args = {"conversation": conversation_id, "max_wait": max_wait_ms}
        return await self._run("come_back", args, command_id)

    async def _control(
        self, field: str, conversation_id: str, agent_id: str, on: bool, command_id: str | None
    ) -> Result:
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "field": field,
            "on": on,
            "event": _CONTROLS[field, on].value,
        }
        return await self._run("set_control", args, command_id)
