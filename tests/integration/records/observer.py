"""A plain second opinion on the statistics: looks at the live queue after every step, and counts.

It knows nothing of events: what somebody with a stop-watch beside each agent would write down.
"""

from collections import Counter
from dataclasses import dataclass, field

from app.domain.agent import Status
from app.domain.conversation import Conversation, Outcome, State
from app.domain.leg import LegState
from tests.integration.acd.world import World

WAITS = {State.QUEUED, State.OFFERED}


@dataclass
class Wait:
    """One wait in the queue."""

    conversation: str
    began: int
    skills: tuple[str, ...]
    ended: int | None = None
    how: str = "waiting"


@dataclass
class Observer:
    """What was seen so far."""

    world: World
    at: int
    waits: list[Wait] = field(default_factory=list)
    times: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    """By agent, what (a status, leg, talk, hold, wrap) and reason: milliseconds."""
    holding: Counter[str] = field(default_factory=Counter)
    _open: dict[str, Wait] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    async def time_passes(self) -> None:
        """Count the time since the last look, in which nothing changed."""
        passed, self.at = self.world.now - self.at, self.world.now
        if passed <= 0:
            return
        picture = await self.world.acd.picture()
        for agent in picture.agents.values():
            if agent.status is not Status.OFFLINE:
                self.times[agent.id, agent.status.value, agent.status_reason] += passed
            if agent.leg.state is not LegState.DISCONNECTED:
                self.times[agent.id, "leg", None] += passed
        for one in picture.conversations.values():
            if one.state is State.ACTIVE and one.agent_id:
                self.times[one.agent_id, "hold" if one.held else "talk", None] += passed
            for part in one.open_wrap_ups:
                self.times[part.agent_id, "wrap", None] += passed

    async def look(self) -> None:
        """See what waits now, and what no longer does."""
        picture = await self.world.acd.picture()
        for one in picture.conversations.values():
            waits, open_ = one.state in WAITS, self._open.get(one.id)
            if waits and open_:
                open_.skills = one.skills
            elif waits:
                first = one.id not in self._seen
                self._seen.add(one.id)
                began = one.queued_at if first and one.queued_at else self.world.now
                self._open[one.id] = Wait(one.id, began, one.skills)
                self.waits.append(self._open[one.id])
            elif open_:
                open_.ended, open_.how = self.world.now, how_it_ended(one)
                del self._open[one.id]


def how_it_ended(one: Conversation) -> str:
    """In the words of the statistics."""
    if one.state is State.ACTIVE:
        return "answered"
    if one.state is State.BOT:
        return "to_bot"
    return "abandoned" if one.outcome is Outcome.ABANDONED else "failed"
