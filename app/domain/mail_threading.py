"""Where a mail belongs, and what it does to its conversation. Pure; instants in ms.

A mail continues the conversation of the mail that it answers (RFC 5322, 3.6.4); where no header
tells that, the token in the address that it came to does. What nobody wrote opens nothing: it goes
to the conversation that it is about, or aside.
"""

from collections.abc import Sequence
from enum import StrEnum

from app.domain.conversation import Conversation, State
from app.domain.mail import Auto, Email

OPEN = frozenset({State.BOT, State.QUEUED, State.OFFERED, State.ACTIVE})
QUIET = frozenset({Auto.REPLIED, Auto.BOUNCE})
"""These change nothing about who has the conversation."""
ALIKE = 20
"""Mails of one sender with one subject within an hour; the next are a loop."""
ALIKE_MS = 3_600_000


class Does(StrEnum):
    """What a mail does."""

    BEGINS = "begins"
    """A new conversation."""
    GOES_ON = "goes_on"
    REOPENS = "reopens"
    FOLLOWS = "follows"
    """A new one, after one that was closed long ago."""
    JOINS = "joins"
    """It is shown there, and nobody is asked to do anything."""
    ASIDE = "aside"


def answered(email: Email, known: Sequence[Email]) -> str | None:
    """The conversation of the mail that this one answers: of its In-Reply-To first, then of the
    newest in References; in its own mailbox first."""
    order = [email.in_reply_to, *reversed(email.refs)]
    for own in (True, False):
        for wanted in order:
            for one in known:
                fits = one.message_id == wanted and one.conversation_id is not None
                if wanted and fits and (one.mailbox_id == email.mailbox_id) is own:
                    return one.conversation_id
    return None


def does(auto: Auto, found: Conversation | None, now: int, reopen_ms: int) -> Does:
    """What a mail of this kind does, that belongs to this conversation."""
    if auto is Auto.LOOP:
        return Does.ASIDE
    if auto in QUIET:
        return Does.ASIDE if found is None else Does.JOINS
    if found is None:
        return Does.BEGINS
    if found.state in OPEN:
        return Does.GOES_ON
    recent = found.closed_at is None or now - found.closed_at <= reopen_ms
    return Does.REOPENS if found.state is State.WRAP_UP or recent else Does.FOLLOWS
