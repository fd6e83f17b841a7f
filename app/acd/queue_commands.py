"""The distributor's commands on who waits: out of the queue again, and customers to be called."""

from app.acd.call_commands import CallCommands
from app.acd.limits import (
    INSTANTS,
    REQUIRED_SKILLS,
    checked_id,
    checked_number,
    checked_skills,
    checked_text,
)
from app.acd.scripts import Args
from app.acd.types import Result
from app.domain import conversation as domain

EXIT_KEYS = frozenset("0123456789*#ABCD")
"""What a telephone can send (RFC 4733 events 0 to 15)."""


class QueueCommands(CallCommands):
    """What ends a wait otherwise than by an agent, and what ends a call to a customer."""

    async def exit(
        self, conversation_id: str, result: domain.Result, *, command_id: str | None = None
    ) -> Result:
        """Out of the queue, alive: over for us (outcome transferred), unless `come_back` follows.

        Raises WrongState once somebody took it, or while nobody is on the line.
        """
        args: Args = {"conversation": conversation_id, "result": result.value}
        return await self._run("exit", args, command_id)

    async def choose_callback(
        self, conversation_id: str, channel_id: str, number: str, not_before: int | None
    ) -> Result:
        """Who waits on this channel would rather be called on a number, not before an instant
        (ms). Again is fine. Raises WrongState once somebody took it, or nobody is on the line.
        """
        when = None if not_before is None else checked_number(not_before, INSTANTS, "not_before")
        args: Args = {
            "conversation": conversation_id,
            "channel": channel_id,
            "number": checked_text(number, "number"),
            "not_before": when,
        }
        return await self._run("choose_callback", args, None)

    async def callback_hours(self, conversation_id: str, not_before: int | None) -> Result:
        """The house is closed until then (ms): a callback is held back; None: it is open."""
        when = None if not_before is None else checked_number(not_before, INSTANTS, "not_before")
        args: Args = {"conversation": conversation_id, "not_before": when}
        return await self._run("callback_hours", args, None)

    async def answered(
        self, conversation_id: str, channel_id: str, *, command_id: str | None = None
    ) -> Result:
        """The customer who was called on this channel is on the line; again is fine."""
        args: Args = {"conversation": conversation_id, "channel": channel_id}
        return await self._run("answered", args, command_id)

    async def join(
        self,
        conversation_id: str,
        channel_id: str,
        skills: tuple[str, ...] = (),
        max_wait_ms: int | None = None,
        exit_key: str | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Whom a callback is for is on the line themselves; what they ask for now counts.

        With the agent at once who was calling them. Raises WrongState when nothing waits for them.
        """
        args: Args = {
            "conversation": conversation_id,
            "channel": checked_id(channel_id, "channel"),
            "skills": checked_skills(skills, REQUIRED_SKILLS),
            **way_out(max_wait_ms, exit_key),
        }
        return await self._run("join", args, command_id)


def way_out(max_wait_ms: int | None, exit_key: str | None) -> dict[str, str | int | None]:
    """The arguments that say how a caller leaves the queue. Raises ValueError."""
    if exit_key is not None and exit_key not in EXIT_KEYS:
        raise ValueError("exit_key: one of 0-9, *, #, A-D")
    longest = None if max_wait_ms is None else checked_number(max_wait_ms, INSTANTS, "max_wait")
    return {"max_wait": longest, "exit_key": exit_key}
