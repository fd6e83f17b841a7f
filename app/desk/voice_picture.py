"""The open calls as last seen, in memory: which channel is whose, who talks with whom, who waits.

A projection like any other: filled from results and from the stream, and from a whole picture at
the start. Decisions are never made from it.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from app.desk.parties import party_of
from app.domain.agent import Agent
from app.domain.conversation import Channel, Conversation, State

REMEMBERED = 10_000
"""Calls that are over, whose last version is remembered: 0.2 kB each, so 2 MB in all."""


class VoicePicture:
    """Newest state of every open voice conversation."""

    def __init__(self) -> None:
        self._calls: dict[str, Conversation] = {}
        self._by_channel: dict[str, str] = {}
        self._talks: dict[str, str] = {}
        self._callbacks: dict[str, str] = {}
        self._agents: dict[str, Agent] = {}
        self._arriving: set[str] = set()
        self._over: OrderedDict[str, int] = OrderedDict()
        """Versions of those that left the picture: a late word must not bring them back, for
        then their agent would count as wanted in a talk for ever, and never ring again."""

    def see_agent(self, agent: Agent) -> None:
        """Take note of an agent."""
        self._agents[agent.id] = agent

    def agent(self, agent_id: str) -> Agent | None:
        """An agent as last seen."""
        return self._agents.get(agent_id)

    def agents(self) -> list[Agent]:
        """Everybody as last seen, which may be newer than what SQL has."""
        return list(self._agents.values())

    def see(self, conversation: Conversation) -> bool:
        """Take note of a state; False if a newer one is known, or it is the same again."""
        known = self._calls.get(conversation.id)
        newest = known.version if known else self._over.get(conversation.id, -1)
        if conversation.channel is not Channel.VOICE or conversation.version <= newest:
            return False
        if conversation.state in {State.CLOSED, State.WRAP_UP}:
            self._drop(conversation)
        else:
            self._keep(conversation, known)
        return True

    def get(self, conversation_id: str | None) -> Conversation | None:
        """An open call by its conversation's id."""
        return self._calls.get(conversation_id or "")

    def on_channel(self, channel_id: str) -> str | None:
        """The conversation of a customer's channel."""
        return self._by_channel.get(channel_id)

    def talk_of(self, agent: Agent) -> Conversation | None:
        """The call that this agent has in hand, or is consulted on."""
        return self.get(self._talks.get(agent.id)) if agent.load.voice else None

    def consulting(self, party: str) -> Conversation | None:
        """The call in which this number outside is consulted."""
        return next((c for c in self._calls.values() if party_of(c) == party), None)

    def waiting(self) -> list[Conversation]:
        """Every call that waits, offered ones excepted, and those that are held back."""
        waiting = (c for c in self._calls.values() if c.state is State.QUEUED)
        return [c for c in waiting if not c.held_back]

    def callback_of(self, number: str) -> Conversation | None:
        """The open callback for this number whose customer is not on the line."""
        found = self.get(self._callbacks.get(number))
        return found if found and (found.channel_id is None or found.dialling) else None

    def join(self, channel_id: str, conversation_id: str) -> None:
        """A channel belongs to a conversation that is about to be queued."""
        self._by_channel[channel_id] = conversation_id

    @contextmanager
    def arriving(self, channel_id: str) -> Iterator[None]:
        """While a call that came in is being settled, nobody knows yet whose it is."""
        self._arriving.add(channel_id)
        try:
            yield
        finally:
            self._arriving.discard(channel_id)

    def is_of_another(self, channel_id: str, conversation_id: str) -> bool:
        """Whether a channel is not, or may not be, this conversation's any more."""
        other = self.on_channel(channel_id) not in {None, conversation_id}
        return other or channel_id in self._arriving

    def forget(self) -> None:
        """Everything is to be seen anew, as after a reconnection."""
        self._calls.clear()
        self._talks.clear()
        self._callbacks.clear()
        self._over.clear()

    def _keep(self, conversation: Conversation, known: Conversation | None) -> None:
        people = _talkers(conversation)
        if known:
            self._end_talk(known, _talkers(known) - people)
        if known and known.channel_id and known.channel_id != conversation.channel_id:
            self._by_channel.pop(known.channel_id, None)
        self._calls[conversation.id] = conversation
        if conversation.callback and conversation.customer.number:
            self._callbacks[conversation.customer.number] = conversation.id
        if conversation.channel_id:
            self._by_channel[conversation.channel_id] = conversation.id
        for agent_id in people:
            self._talks[agent_id] = conversation.id

    def _drop(self, conversation: Conversation) -> None:
        known = self._calls.pop(conversation.id, None)
        self._over[conversation.id] = conversation.version
        self._over.move_to_end(conversation.id)
        if len(self._over) > REMEMBERED:
            self._over.popitem(last=False)
        # A callback whose customer was called in vain ends and loses its channel in one step.
        for channel_id in {conversation.channel_id, known.channel_id if known else None}:
            if self.on_channel(channel_id or "") == conversation.id:
                del self._by_channel[channel_id or ""]
        number = conversation.customer.number
        if number and self._callbacks.get(number) == conversation.id:
            del self._callbacks[number]
        if known:
            self._end_talk(known, _talkers(known))

    def _end_talk(self, known: Conversation, people: frozenset[str]) -> None:
        for agent_id in people:
            if self._talks.get(agent_id) == known.id:
                del self._talks[agent_id]


def _talkers(conversation: Conversation) -> frozenset[str]:
    """The agents whose phones it takes: the owner's, and that of who is consulted."""
    return frozenset(filter(None, (conversation.agent_id, conversation.consulted)))
