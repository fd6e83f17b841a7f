"""Events as bytes: each view of each change is encoded once, however many sockets get it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from app.api import live_shapes, shapes, views
from app.api.ports import DirectoryPort
from app.api.transcripts import OpenTranscripts
from app.api.visibility import Detail
from app.domain.agent import Agent
from app.domain.conversation import Conversation

ENCODER = msgspec.json.Encoder()


class Frame(Struct, frozen=True):
    """One message of the event socket."""

    type: str
    seq: str
    at: datetime
    data: Raw


class Picture(Struct, frozen=True):
    """The data of a snapshot, its parts encoded already."""

    me: Raw | None
    conversations: list[Raw]
    agents: list[Raw]


def encoded(value: Struct) -> Raw:
    """The JSON of a shape, to be put into another."""
    return Raw(ENCODER.encode(value))


def frame(type: str, seq: str, at: int, data: Raw) -> bytes:
    """One message; `at` in ms since the epoch."""
    return ENCODER.encode(Frame(type, seq, views.instant(at), data))


class Encodings:
    """The JSON of open conversations and of agents, kept until they change."""

    def __init__(self, directory: DirectoryPort, transcripts: OpenTranscripts) -> None:
        self._directory = directory
        self._transcripts = transcripts
        self._conversations: dict[tuple[str, Detail], Raw] = {}
        self._agents: dict[str, Raw] = {}
        self._me: dict[str, Raw] = {}

    def conversation(self, of: Conversation, detail: Detail) -> Raw:
        """One conversation, as much of it as `detail` says."""
        key = (of.id, detail)
        found = self._conversations.get(key)
        if found is None:
            turns = self._transcripts.known(of.id)
            found = encoded(views.conversation(of, self._directory, detail, turns))
            self._conversations[key] = found
        return found

    def agent(self, of: Agent) -> Raw:
        """An agent, as supervisors see them."""
        found = self._agents.get(of.id)
        if found is None:
            found = self._agents[of.id] = encoded(views.agent(of, self._directory))
        return found

    def me(self, of: Agent) -> Raw:
        """An agent, as they see themselves."""
        found = self._me.get(of.id)
        if found is None:
            person = self._directory.person(of.id)
            shape = views.me(of, person, self._directory) if person else None
            found = self._me[of.id] = encoded(shape) if shape else self.agent(of)
        return found

    def changed(self, conversation_id: str) -> None:
        """This conversation is to be encoded anew."""
        for detail in Detail:
            self._conversations.pop((conversation_id, detail), None)

    def changed_agent(self, agent_id: str) -> None:
        """This agent is to be encoded anew."""
        self._agents.pop(agent_id, None)
        self._me.pop(agent_id, None)

    def clear(self) -> None:
        """Names changed: everything is to be encoded anew."""
        self._conversations.clear()
        self._agents.clear()
        self._me.clear()


NOTHING = Raw(b"{}")


def gone(id: str) -> Raw:
    """The data of `conversation.removed` and `agent.removed`."""
    return encoded(live_shapes.Gone(id))


def said(conversation_id: str, turns: Sequence[shapes.Turn]) -> Raw:
    """The data of `transcript.added`."""
    return encoded(live_shapes.Said(conversation_id, list(turns)))
