"""What a customer's page and the service say to each other on `/chat`. JSON text, one object each.

Every limit stands here; what is beyond it closes the socket (1008), a too quick sender is told to
wait and loses nothing.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from app.api import views
from app.api.ports import DirectoryPort
from app.domain.conversation import Conversation, State
from app.domain.message import (
    ATTACHMENTS_EACH,
    CLIENT_ID_LENGTH,
    TEXT_LENGTH,
    Author,
    Message,
    Widget,
)
from app.messaging import Tokens

MAX_FRAME = 64 * 1024
"""Bytes of one frame: 4,000 characters may take twelve each, as escaped surrogates."""
MESSAGES_A_SECOND = 5.0
MESSAGES_AT_ONCE = 30
"""Messages that may come in one burst; then so many a second."""
OTHERS_A_SECOND = 10.0
OTHERS_AT_ONCE = 50
"""The same for typing and read marks; beyond it they are dropped."""

ClientId = Annotated[str, Meta(min_length=1, max_length=CLIENT_ID_LENGTH, pattern=r"^[\w.:-]+$")]
Short = Annotated[str, Meta(max_length=200)]


class Hello(Struct, tag="hello", forbid_unknown_fields=False):
    """The first frame."""

    token: Short | None = None
    after: Annotated[int, Meta(ge=0)] = 0
    conversation: Short | None = None
    """What `after` counts in; the newest when left out."""
    name: Short | None = None
    email: Short | None = None
    language: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{2,35}$")] | None = None


class Introduces(Struct, tag="introduce"):
    """The customer says who they are, as the widget asked."""

    name: Short | None = None
    email: Short | None = None


class Write(Struct, tag="message"):
    """A message; the same `client_id` again is the same message."""

    client_id: ClientId
    text: Annotated[str, Meta(max_length=TEXT_LENGTH)]
    attachments: Annotated[list[Short], Meta(max_length=ATTACHMENTS_EACH)] = []


class Types(Struct, tag="typing"):
    """The customer writes, or no longer does."""

    on: bool = True


class Reads(Struct, tag="read"):
    """The customer has seen everything up to this message."""

    seq: Annotated[int, Meta(ge=0, le=2**53)]


class Ends(Struct, tag="end"):
    """The customer is done."""


class Leaves(Struct, tag="leave"):
    """The customer no longer wants to wait for people."""


Frame = Hello | Introduces | Write | Types | Reads | Ends | Leaves
DECODER: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)
_encode = msgspec.json.encode


def said(message: Message, directory: DirectoryPort, files: Tokens) -> dict[str, Any]:
    """A message as the customer gets it."""
    found: dict[str, Any] = {
        "seq": message.seq,
        "author": message.author,
        "name": directory.person_name(message.author_id)
        if message.author is Author.AGENT
        else None,
        "text": message.text,
        "at": views.instant(message.at),
        "attachments": [
            {
                "id": a.id,
                "name": a.name,
                "type": a.type,
                "size": a.size,
                "url": f"/chat/attachments/{files.make(a.id)}",
            }
            for a in message.attachments
        ],
    }
    if message.author in {Author.CUSTOMER, Author.SYSTEM}:
        found["client_id"] = message.client_id
    return found


def where(
    conversation: Conversation | None, directory: DirectoryPort, away: str | None
) -> dict[str, Any]:
    """How the conversation stands, as far as the customer is told; `away`: why nobody comes."""
    if conversation is None:
        return {"state": "new", "agent": None, "away": away}
    over = conversation.state in {State.WRAP_UP, State.CLOSED}
    waits = conversation.state in {State.QUEUED, State.OFFERED}
    state = "ended" if over else "waiting" if waits else conversation.state.value
    agent = conversation.agent_id
    name = directory.person_name(agent) if agent else None
    return {"state": state, "agent": name, "away": away}


def hello(
    token: str,
    widget: Widget,
    conversation_id: str | None,
    place: dict[str, Any],
    messages: list[dict[str, Any]],
    read: int,
) -> bytes:
    """The first answer: who you are, and what was said after `after`. `read`: how far we have."""
    return _encode(
        {
            "type": "hello",
            "token": token,
            "title": widget.title,
            "ask": widget.ask,
            "conversation": conversation_id,
            **place,
            "messages": messages,
            "read": read,
        }
    )


def frame(type: str, **data: Any) -> bytes:
    """Any other frame."""
    return _encode({"type": type, **data})


def line(text: str | None) -> str | None:
    """One line as a person would type it, or nothing."""
    found = " ".join("".join(c for c in text or "" if c.isprintable() or c.isspace()).split())
    return found or None
