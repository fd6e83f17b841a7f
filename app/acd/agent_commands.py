"""The distributor's commands on agents: profile, status, leg, Inbox."""

from app.acd.commands import Commands, cut
from app.acd.limits import (
    AGENT_SKILLS,
    CAPS,
    INSTANTS,
    checked_id,
    checked_levels,
    checked_number,
    checked_skills,
    checked_text,
)
from app.acd.scripts import Args
from app.acd.types import AgentProfile, Result
from app.domain.agent import Status
from app.domain.leg import LegMove


class AgentCommands(Commands):
    """What happens to an agent; each may give them work or take it away."""

    async def put_agent(
        self,
        profile: AgentProfile,
        *,
        status: Status = Status.OFFLINE,
        reason: str | None = None,
        command_id: str | None = None,
    ) -> Result:
        """Adds an agent, with that status, or changes their profile, keeping status and work.

        An offer that the new skills or caps forbid is withdrawn; active work stays.
        """
        args: Args = {
            "agent": checked_id(profile.id, "agent"),
            "name": checked_text(profile.name, "name"),
            "role": profile.role.value,
            "skills": checked_skills(profile.skills, AGENT_SKILLS),
            "levels": checked_levels(profile.levels, profile.skills),
            "cap_chat": checked_number(profile.caps.chat, CAPS, "chat cap"),
            "cap_email": checked_number(profile.caps.email, CAPS, "email cap"),
            "audio": profile.audio.value,
            "kind": profile.kind.value,
            "status": status.value,
            "reason": checked_text(reason, "reason"),
        }
        return await self._run("put_agent", args, command_id)

    async def remove_agent(self, agent_id: str, *, command_id: str | None = None) -> Result:
        """Takes an agent off the books: their work returns to the queue, wrap-ups close.

        Removing one who is not there does nothing.
        """
        return await self._run("remove_agent", {"agent": agent_id}, command_id)

    async def set_status(
        self,
        agent_id: str,
        status: Status,
        reason: str | None = None,
        after_current: bool = False,
        requeue_call: bool = False,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Chooses a status, now or once nothing is in hand (`after_current`)."""
        args: Args = {
            "agent": agent_id,
            "status": status.value,
            "reason": checked_text(reason, "reason"),
            "after_current": after_current,
            "requeue_call": requeue_call,
        }
        return await self._run("set_status", args, command_id)

    async def want_leg(
        self,
        agent_id: str,
        wanted: bool,
        detail: str | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Says whether the agent wants a leg, and in words what is going on with it."""
        args: Args = {"agent": agent_id, "wanted": wanted, "detail": cut(detail)}
        return await self._run("want_leg", args, command_id)

    async def change_leg(
        self,
        agent_id: str,
        what: LegMove,
        detail: str | None = None,
        lost: bool = False,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Moves the leg. A disconnect withdraws a voice offer; `lost` in a talk starts the rejoin
        time, after which the call is queued again. Raises WrongState (RING without a leg).
        """
        args: Args = {
            "agent": agent_id,
            "move": what.value,
            "detail": cut(detail),
            "lost": lost,
        }
        return await self._run("change_leg", args, command_id)

    async def set_inbox(
        self,
        agent_id: str,
        until: int,
        closes_at: int | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """The instant until which the agent's Inbox counts as open for chats and emails.

        At `closes_at`, unless this is called again before, it counts as closed: skill-routed chats
        and emails in hand return, and where no leg is up, or from when it is lost, an available
        agent becomes Busy (INBOX_CLOSED).
        """
        args: Args = {
            "agent": agent_id,
            "until": checked_number(until, INSTANTS, "until"),
            "closes": None
            if closes_at is None
            else checked_number(closes_at, INSTANTS, "closes at"),
        }
        return await self._run("set_inbox", args, command_id)
