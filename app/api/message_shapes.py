"""Written messages as the API answers them."""

from typing import Annotated

from msgspec import Meta, Struct

from app.api import views
from app.api.ports import DirectoryPort
from app.api.shapes import Instant
from app.domain.message import Author, Side
from app.domain.message import Message as Stored


class Attachment(Struct, frozen=True):
    """A file of a message: `GET /attachments/{id}`. `size` in bytes."""

    id: str
    name: str
    type: str
    size: int


class Message(Struct, frozen=True):
    """A written message; `seq` orders a conversation's messages, from 1 without a gap."""

    seq: int
    client_id: str
    author: Author
    author_id: str | None
    name: str | None
    """The agent's."""
    text: str
    at: Instant
    attachments: list[Attachment]


class MessageList(Struct, frozen=True):
    """A conversation's messages in order; `next` is the `after` of the next page. How far each
    side has read."""

    items: list[Message]
    next: int | None
    read: dict[str, int]


class Added(Struct, frozen=True):
    """A message was stored. It may come twice or out of order: go by `seq`."""

    conversation_id: str
    message: Message


class Typing(Struct, frozen=True):
    """Somebody writes, or no longer does."""

    conversation_id: str
    side: Side
    agent_id: str | None
    on: bool


class Read(Struct, frozen=True):
    """One side has read up to this message."""

    conversation_id: str
    side: Side
    seq: Annotated[int, Meta(ge=0)]


def message(of: Stored, directory: DirectoryPort) -> Message:
    """One message."""
    return Message(
        seq=of.seq,
        client_id=of.client_id,
        author=of.author,
        author_id=of.author_id or None,
        name=directory.person_name(of.author_id) if of.author is Author.AGENT else None,
        text=of.text,
        at=views.instant(of.at),
        attachments=[Attachment(a.id, a.name, a.type, a.size) for a in of.attachments],
    )


def added(of: Stored, directory: DirectoryPort) -> Added:
    """The data of `message.added`."""
    return Added(of.conversation_id, message(of, directory))
