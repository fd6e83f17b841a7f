"""A written message, and how far somebody has read. Pure.

A conversation's messages are numbered from 1 without a gap: `seq` is their order for everybody.
A message is the same message when its author and `client_id` are the same.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an email has attachments, too
    from app.domain.mail import Email

TEXT_LENGTH = 4_000
"""Characters of one message."""
CLIENT_ID_LENGTH = 64
ATTACHMENTS_EACH = 5
"""Files that one message may carry."""


class Author(StrEnum):
    """Who writes."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"
    """Ringdesk itself: that a chat is about to end."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is kept; `size` in bytes."""

    id: str
    name: str
    type: str
    size: int


_DESK_ROOM = "~desk"


def desk_room(conversation_id: str) -> str:
    """Where our own people write to each other beside a conversation: as if it were another one."""
    return conversation_id + _DESK_ROOM


def beside(room: str) -> str | None:
    """The conversation that a room of our own people is beside; None: it is no such room."""
    return room.removesuffix(_DESK_ROOM) if room.endswith(_DESK_ROOM) else None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is to be stored. `at` in ms since the epoch."""

    conversation_id: str
    author: Author
    author_id: str
    """The agent's or the bot's id; empty for the customer."""
    client_id: str
    """The author's own id for it: the same again is the same message."""
    text: str
    at: int
    attachments: tuple[Attachment, ...] = ()
    mail: "Email | None" = None
    """The email that it is: stored in the same step, with the message's place in it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message. `at` in ms since the epoch."""

    conversation_id: str
    seq: int
    author: Author
    author_id: str
    client_id: str
    text: str
    at: int
    attachments: tuple[Attachment, ...] = ()


class Side(StrEnum):
    """Who reads: the customer, or whoever has the conversation on our side."""

    CUSTOMER = "customer"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class ReadMark:
    """How far one side has read."""

    conversation_id: str
    side: Side
    seq: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a new message; `fresh` is false where it was stored before."""

    message: Message
    fresh: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer's browser that comes back with its token. Instants in ms."""

    id: str
    entry: str
    name: str | None
    email: str | None
    conversation_id: str | None
    """The newest one."""
    created_at: int


@dataclass(frozen=True, slots=True)
class Widget:
    """Where chats come in: how they begin, and from whose pages."""

    entry: str
    """The name that the page's script tag gives."""
    title: str = ""
    skills: tuple[str, ...] = ()
    """Skill ids that its chats require."""
    priority: int = 0
    bot: str | None = None
    """The id of the key whose program begins; None: chats begin in the queue."""
    ask: str = "nothing"
    """What is asked before the first message: nothing, name, email (with the name)."""
    origins: tuple[str, ...] = ()
    """Origins of the pages that may use it, beside our own; `*`: any."""
