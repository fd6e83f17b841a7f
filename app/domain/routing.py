"""Routing: who may get what, and in which order. Pure.

The distributor decides with the same rules in Redis; a property test holds the two equal, and
`explain` answers from here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.agent import Agent, Status
from app.domain.conversation import Channel, Conversation
from app.domain.leg import LegState

PRIORITIES = range(0, 11)
USUAL_LEVEL = 3
"""Proficiency of who has a skill, where nothing else is said."""


class Reason(StrEnum):
    """Why an agent cannot get a conversation now."""

    STATUS = "status"
    SKILLS = "skills"
    CAP = "cap"
    LEG = "leg"
    WRAP_UP = "wrap_up"
    ON_CALL = "on_call"
    OFFER = "offer"
    EXCLUDED = "excluded"
    INBOX_CLOSED = "inbox_closed"
    OTHER_AGENT = "other_agent"
    NOT_BEFORE = "not_before"


@dataclass(frozen=True, slots=True)
class Rules:
    """The distributor's settings; durations in milliseconds."""

    head_start_ms: int = 60_000
    """How much older one step of priority makes a conversation."""
    offer_ms: int = 20_000
    """How long an offer rings."""
    dial_ms: int = 10_000
    """How long it may take until it rings."""
    exclude_ms: int = 30_000
    """How long a conversation stays away from who refused it, if there is nobody else."""
    rejoin_ms: int = 10_000
    """How long a caller keeps an agent whose leg was lost."""
    wrap_up_ms: int = 0
    """Limit of a wrap-up; 0: until the agent closes it."""
    inbox_grace_ms: int = 30_000
    """How long chats and mails still come after the Inbox socket is gone."""
    inbox_closed_ms: int = 120_000
    """How long after the Inbox socket is gone chats and mails in hand return, and an agent without
    a leg becomes Busy."""
    messages_during_call: bool = False
    """Chat and email may come during a call."""
    idle_leg_ms: int = 600_000
    """How long a persistent leg over a number stands while its agent is not Available; 0: for
    ever."""
    transfer_ms: int = 30_000
    """How long a conversation that was transferred to one agent waits for them alone."""
    max_wait_ms: int = 0
    """How long a caller waits at the most, where the call itself does not say; 0: for ever."""
    exit_key: str = ""
    """The key by which a caller leaves the queue, where the call itself does not say."""
    weigh_proficiency: bool = False
    """The more proficient come first, and only then who has been idle longest."""
    callback_retry_ms: int = 900_000
    """How long after a call in vain the customer is called again."""
    callback_tries: int = 3
    """Calls in vain after which a callback has failed."""
    callback_dial_ms: int = 90_000
    """When a call to a customer that nothing was heard of counts as in vain."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an agent could get a conversation now, and what stands in the way."""

    agent_id: str
    name: str
    reasons: tuple[Reason, ...]

    @property
    def eligible(self) -> bool:
        """No reason stands in the way."""
        return not self.reasons


def proficiency(agent: Agent, skills: Iterable[str]) -> int:
    """How good an agent is at these skills, added up; 3 for each of which nothing is said."""
    return sum(agent.levels.get(skill, USUAL_LEVEL) for skill in skills)


def turn(agent: Agent, conversation: Conversation, rules: Rules) -> tuple[int, int, str]:
    """Order of the eligible agents, smallest first: the most proficient where that is weighed,
    then who has been idle longest."""
    weighs = rules.weigh_proficiency and conversation.routed_to is None
    ahead = proficiency(agent, conversation.skills) if weighs else 0
    return -ahead, agent.idle_since, agent.id


def rank(queued_at: int, priority: int, rules: Rules) -> int:
    """Order of waiting conversations, smallest first (ms); ages without being sorted again."""
    return queued_at - priority * rules.head_start_ms


def unfit(agent: Agent, channel: Channel, now: int, rules: Rules) -> tuple[Reason, ...]:
    """What keeps an agent from any conversation of this channel now."""
    found = {
        Reason.STATUS: agent.status is not Status.AVAILABLE or agent.status_pending is not None,
        Reason.WRAP_UP: agent.wrap_ups > 0,
        Reason.OFFER: agent.offer is not None,
        Reason.ON_CALL: agent.on_call
        and (channel is Channel.VOICE or not rules.messages_during_call),
        Reason.CAP: channel is not Channel.VOICE and _load(agent, channel) >= _cap(agent, channel),
        Reason.LEG: channel is Channel.VOICE and agent.leg.state is not LegState.CONNECTED,
        Reason.INBOX_CLOSED: channel is not Channel.VOICE and agent.inbox_until <= now,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def obstacles(
    agent: Agent, conversation: Conversation, now: int, rules: Rules
) -> tuple[Reason, ...]:
    """Everything that keeps this agent from this conversation now; empty means eligible."""
    own = conversation.routed_to
    found = list(unfit(agent, conversation.channel, now, rules))
    if own is None and not agent.skills.issuperset(conversation.skills):
        found.append(Reason.SKILLS)
    if own is not None and own != agent.id:
        found.append(Reason.OTHER_AGENT)
    if agent.id in conversation.excluded:
        found.append(Reason.EXCLUDED)
    if conversation.held_back:
        found.append(Reason.NOT_BEFORE)
    return tuple(found)


def sought(conversation: Conversation) -> Conversation:
    """What somebody is looked for: a consult that nobody took yet, in the place of its
    conversation."""
    consult = conversation.consult
    if consult is None or consult.number or consult.agent_id:
        return conversation
    refused = dict.fromkeys(consult.refused, consult.since)
    return replace(
        conversation, skills=consult.skills, routed_to=consult.to_agent, excluded=refused
    )


def explain(
    agents: list[Agent], conversation: Conversation, now: int, rules: Rules
) -> list[Verdict]:
    """Every agent with the reasons that exclude them from this conversation now."""
    return [Verdict(a.id, a.name, obstacles(a, conversation, now, rules)) for a in agents]


def _load(agent: Agent, channel: Channel) -> int:
    return {"voice": agent.load.voice, "chat": agent.load.chat, "email": agent.load.email}[channel]


def _cap(agent: Agent, channel: Channel) -> int:
    return {"voice": agent.caps.voice, "chat": agent.caps.chat, "email": agent.caps.email}[channel]
