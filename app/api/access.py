"""Who calls, and which roles a route is for. Roles are cumulative: agent < supervisor < admin."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from app.domain.agent import Role

AGENTS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
BOTS = frozenset({Role.BOT})
ANYBODY: frozenset[Role] = frozenset()
"""No sign-in is asked for."""


KEYED = "key-"
"""Begins the command ids that stand for an `Idempotency-Key` (the same word as in app/acd)."""


class Scope(StrEnum):
    """What a program's key allows."""

    READ = "read"
    """Its own conversations, and their events."""
    WRITE = "write"
    """Open conversations, tell how they go, end them."""
    QUEUE = "queue"
    """Hand them over to people."""
    MESSAGES = "messages"
    """Hear the messages that callers left, and tell their transcripts (with read and write)."""


ITS_OWN = frozenset({Scope.READ, Scope.WRITE, Scope.QUEUE})
"""All that is about what a program opened itself: what a key may where nothing is said."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, or a program with a key (role `bot`)."""

    id: str
    role: Role
    token: str | None = None
    """The person's session; None for a program."""
    scopes: frozenset[str] = frozenset(Scope)
    """Of a program's key."""

    @property
    def hears_messages(self) -> bool:
        """A program that may hear what callers left."""
        return self.is_bot and Scope.MESSAGES in self.scopes

    @property
    def is_bot(self) -> bool:
        """A program with a key."""
        return self.role is Role.BOT

    @property
    def is_supervisor(self) -> bool:
        """A supervisor or an administrator."""
        return self.role in SUPERVISORS


def bot_mark(key_id: str) -> str:
    """How the ids of the conversations begin that this key opened: they tell whose they are."""
    return f"b{hashlib.blake2s(key_id.encode(), digest_size=6).hexdigest()}-"


def bot_conversation_id(key_id: str, command_id: str) -> str:
    """The id of the conversation that this command of this key opens; the same when repeated."""
    return bot_mark(key_id) + hashlib.blake2s(command_id.encode(), digest_size=10).hexdigest()


def is_bots(conversation_id: str) -> bool:
    """Whether a program opened this conversation over HTTP."""
    return conversation_id.startswith("b") and conversation_id[13:14] == "-"


def is_message(conversation_id: str) -> bool:
    """Whether it began with a message that a caller left (app/desk/messages.py)."""
    return conversation_id.startswith("m") and len(conversation_id) == 21


def has_turns(conversation_id: str) -> bool:
    """Whether a program may have told what was said in it."""
    return is_bots(conversation_id) or is_message(conversation_id)


def command_id(caller: Caller, path: str, key: str) -> str:
    """The command that an `Idempotency-Key` stands for: each caller's and address's own."""
    told = "\x00".join((caller.role, caller.id, path, key))
    return KEYED + hashlib.blake2s(told.encode("utf-8", "surrogatepass")).hexdigest()
