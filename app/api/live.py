"""A copy in memory of the live picture, which follows the desk's changes.

Sockets get their snapshot from it at once and without a gap: what comes after belongs to the
next change. A thousand pages that come back after a restart cost the queue nothing.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from app.desk.desk import Snapshot
from app.desk.feed import Change
from app.domain.agent import Agent
from app.domain.conversation import Conversation, Customer, State
from app.domain.events import EventType

REMEMBERED = 5_000
"""Changes whose subjects are remembered, for sockets that come back: ids only, 0.4 kB each, so
2 MB in all, which some 600 calls fill."""

Place = tuple[str, int, int]
"""Epoch, and the stream's id as two numbers, which sort."""


def place(seq: str) -> Place | None:
    """The place in the stream that a sequence (`epoch-milliseconds-number`) names, or None."""
    parts = seq.rsplit("-", 2)
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    if not seq.isascii() or len(seq) > 200:
        return None
    return parts[0], int(parts[1]), int(parts[2])


@dataclass(frozen=True, slots=True)
class Touched:
    """What one change was about."""

    place: Place
    conversation_id: str | None
    agent_id: str | None
    profile: bool
    """The agent's role or skills changed, and with them what they see."""


class Live:
    """Open conversations and agents as of `seq`."""

    def __init__(self) -> None:
        self.seq = ""
        self.conversations: dict[str, Conversation] = {}
        self.agents: dict[str, Agent] = {}
        self._touched: deque[Touched] = deque(maxlen=REMEMBERED)
        self._since: Place | None = None

    def replace(self, snapshot: Snapshot) -> None:
        """Begin anew with the desk's own picture."""
        self.seq = snapshot.seq
        self.conversations = {
            c.id: c for c in snapshot.conversations if c.state is not State.CLOSED
        }
        self.agents = {agent.id: agent for agent in snapshot.agents}
        self._touched.clear()
        self._since = place(snapshot.seq)

    def is_new(self, change: Change) -> bool:
        """Whether the change comes after what the picture holds already."""
        here, there = place(self.seq), place(change.seq)
        return here is None or there is None or there > here

    def same_epoch(self, change: Change) -> bool:
        """Whether the change belongs to the epoch of the picture."""
        here, there = place(self.seq), place(change.seq)
        return here is None or there is None or here[0] == there[0]

    def apply(self, change: Change) -> Touched:
        """Take a change in; the newest version of everything stays."""
        self.seq = change.seq
        profile = self._apply_agent(change)
        self._apply_conversation(change)
        event = change.event
        there = place(change.seq) or ("", 0, 0)
        touched = Touched(there, event.conversation_id, event.agent_id, profile)
        if len(self._touched) == REMEMBERED:
            self._since = self._touched[0].place
        self._touched.append(touched)
        return touched

    def touched_after(self, seq: str) -> list[Touched] | None:
        """What changed after `seq`; None when that is no longer remembered here."""
        there = place(seq)
        if there is None or self._since is None or there[0] != self._since[0]:
            return None
        if there < self._since:
            return None
        return [touched for touched in self._touched if touched.place > there]

    def oldest(self) -> Place | None:
        """Changes after this place are remembered."""
        return self._since

    def of_agent(self, agent_id: str) -> Iterator[Conversation]:
        """Open conversations in which this agent has a part."""
        return (
            c
            for c in self.conversations.values()
            if c.agent_id == agent_id or any(s.agent_id == agent_id for s in c.segments)
        )

    def waiting(self) -> int:
        """How many conversations wait for a person."""
        states = {State.QUEUED, State.OFFERED}
        return sum(c.state in states and not c.held_back for c in self.conversations.values())

    def _apply_agent(self, change: Change) -> bool:
        agent_id = change.event.agent_id
        if change.agent is None:
            if agent_id and change.event.type is EventType.AGENT_REMOVED:
                self.agents.pop(agent_id, None)
            return False
        agent, before = change.agent, self.agents.get(change.agent.id)
        if before is not None and before.version > agent.version:
            return False
        self.agents[agent.id] = agent
        return before is None or (before.skills, before.role) != (agent.skills, agent.role)

    def _apply_conversation(self, change: Change) -> None:
        conversation_id = change.event.conversation_id
        if conversation_id is None:
            return
        now = change.conversation
        if now is None or now.state is State.CLOSED:
            self.conversations.pop(conversation_id, None)
            return
        before = self.conversations.get(conversation_id)
        if before is None or before.version <= now.version:
            self.conversations[conversation_id] = now


def customers(conversations: Iterator[Conversation]) -> list[Customer]:
    """The customers of these conversations."""
    return [conversation.customer for conversation in conversations]
