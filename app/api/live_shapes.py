"""What the live picture tells over its WebSocket, beside conversations and agents themselves."""

from msgspec import Struct

from app.api.shapes import Agent, Conversation, Me, Turn


class SnapshotData(Struct, frozen=True):
    """The live picture of one viewer, as far as it concerns them."""

    me: Me | None
    conversations: list[Conversation]
    agents: list[Agent]


class Gone(Struct, frozen=True):
    """What is no longer in the viewer's live picture."""

    id: str


class Said(Struct, frozen=True):
    """Turns that were added to an open conversation."""

    conversation_id: str
    turns: list[Turn]


class Resumed(Struct, frozen=True):
    """All that was missed has been told."""
