"""How long conversations take, how long callers are told to wait, and how wrong that was.

All of it from what passes by, in memory: nothing is asked on a call's way. After a restart the
mean begins anew; what a caller was told stands on their channel.
"""

from collections import OrderedDict
from collections.abc import Callable

from app.desk.voice_picture import VoicePicture
from app.domain.agent import Agent, Status
from app.domain.conversation import Channel, Conversation, WrapUp
from app.domain.leg import LegState
from app.domain.waiting import DEFAULT_HANDLING_MS, estimate, mean, minutes, told_ms

REMEMBERED = 5_000
"""Parts and callers that are remembered, so that each counts once: 0.2 kB a part."""
Requirement = tuple[str, ...]


class WaitTimes:
    """The recent mean of each requirement, and of all; instants in ms."""

    def __init__(self, picture: VoicePicture, now: Callable[[], int]) -> None:
        self._picture = picture
        self._now = now
        self._mean: dict[Requirement, float] = {}
        self._overall: float | None = None
        self._writing: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._counted: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._told: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self.on_error: Callable[[int, float], None] = lambda said, seconds: None
        """Called with the minutes said, and the seconds waited beyond them (negative: less)."""

    def see(self, conversation: Conversation) -> None:
        """Take the time of each part that is over, wrap-up included; and the end of a wait."""
        if conversation.channel is not Channel.VOICE:
            return
        if conversation.agent_id is not None:
            self._answered(conversation.id)
        for n, part in enumerate(conversation.segments):
            key = (conversation.id, n)
            if part.to_at is None or key in self._counted:
                continue
            if part.wrap_up is WrapUp.OPEN:
                _remember(self._writing, key)
                continue
            watched = self._writing.pop(key, 0) is None
            until = self._now() if watched else part.to_at
            self._took(conversation.skills, until - part.from_at)
            _remember(self._counted, key)

    def minutes(self, conversation: Conversation, place: int) -> int | None:
        """What a caller at this place is told; None where nobody is on duty for them."""
        handling = self._mean.get(conversation.skills, self._overall) or DEFAULT_HANDLING_MS
        agents = sum(_serves(agent, conversation) for agent in self._picture.agents())
        wait = estimate(place, handling, agents)
        return None if wait is None else minutes(wait)

    def told(self, conversation_id: str, said: int, at: int) -> None:
        """A caller was told their wait; the first time counts."""
        if conversation_id not in self._told:
            self._told[conversation_id] = (said, at)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)

    def _answered(self, conversation_id: str) -> None:
        told = self._told.pop(conversation_id, None)
        if told is not None:
            said, at = told
            self.on_error(said, (self._now() - at - told_ms(said)) / 1000)

    def _took(self, requirement: Requirement, handling_ms: int) -> None:
        self._overall = mean(self._overall, handling_ms)
        self._mean[requirement] = mean(self._mean.get(requirement), handling_ms)
        while len(self._mean) > REMEMBERED:
            del self._mean[next(iter(self._mean))]


def _serves(agent: Agent, conversation: Conversation) -> bool:
    """Whether they take such conversations one after the other now, or will in a moment."""
    if agent.status is not Status.AVAILABLE or agent.leg.state is LegState.DISCONNECTED:
        return False
    if conversation.routed_to is not None:
        return agent.id == conversation.routed_to
    return agent.skills.issuperset(conversation.skills)


def _remember(known: OrderedDict[tuple[str, int], None], key: tuple[str, int]) -> None:
    known[key] = None
    if len(known) > REMEMBERED:
        known.popitem(last=False)
