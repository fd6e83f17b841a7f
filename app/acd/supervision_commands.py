"""The distributor's commands of supervisors: listen, whisper, barge, take over."""

from app.acd.consult_commands import ConsultCommands
from app.acd.scripts import Args
from app.acd.types import Result
from app.domain.supervision import How


class SupervisionCommands(ConsultCommands):
    """What a supervisor does on somebody else's conversation."""

    async def supervise(
        self, conversation_id: str, agent_id: str, how: How, *, command_id: str | None = None
    ) -> Result:
        """The supervisor listens, whispers or speaks on this call from now on, and on no other.

        Raises WrongState (no call is up; they are on one or offline), NoLeg.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id, "how": how.value}
        return await self._run("supervise", args, command_id)

    async def unsupervise(
        self,
        conversation_id: str,
        agent_id: str,
        how: How | None = None,
        *,
        cause: str | None = None,
        command_id: str | None = None,
    ) -> Result:
        """The supervisor leaves the call, if this is what they do on it (None: whatever it is)."""
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "how": how.value if how else None,
            "cause": cause,
        }
        return await self._run("unsupervise", args, command_id)

    async def take_over(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """The conversation is theirs from now on; who had it writes. May be repeated.

        Raises WrongState (over already; an offer, a call or a cap in the way), NoLeg.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id}
        return await self._run("take_over", args, command_id)
