"""What should be: declared by the desk, compared with Asterisk here, again and again.

Only what is still wanted and missing is done; the same function serves a live event, a late or
repeated one, and the start after a crash.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.leg import LegKind
from app.domain.supervision import How

NOTES = "RINGDESK_NOTES"
HANDED_BACK = "RINGDESK_HANDED_BACK"
"""On a call that was handed back: what the agent wrote for the bot, and which time it is."""
BOT_APP = "RINGDESK_BOT_APP"
"""The Stasis application to hand a call back to."""
HELD = "RINGDESK_HELD"
MUTED = "RINGDESK_MUTED"
OWNER = "RINGDESK_OWNER"
"""Breadcrumbs on a customer's channel: `1` on hold, `1` while the agent is muted; the agent."""
PARTY_PREFIX = "party-"
"""Of who is no agent but has a leg all the same: a number outside that is consulted."""


class Place(StrEnum):
    """Where a customer's call should be."""

    WAITING = "waiting"  # answered, in the holding bridge with music
    TALKING = "talking"  # in the bridge of the agent's leg
    CONFERRING = "conferring"  # in the conversation's own bridge, with whoever is wanted there
    CALLING = "calling"  # on its way: the customer is being called
    UNCALLED = "uncalled"  # not to be called any more; one who answered already is let in
    EXITED = "exited"  # back in the dialplan, after the line that sent it here
    FORWARDED = "forwarded"  # sent to the dialplan, which dials a number outside
    HANDED_BACK = "handed_back"  # moved to its bot's application, once; then as with_bot
    WITH_BOT = "with_bot"  # in its bot's application: watched, and otherwise left alone
    GONE = "gone"  # hung up
    RELEASED = "released"  # somebody else's: left alone


class NoticeReason(StrEnum):
    """Why a waiting caller is told what they may choose."""

    NOBODY = "nobody"  # who is signed in could serve them
    CLOSED = "closed"
    OFFER = "offer"  # a rule's


@dataclass(frozen=True, slots=True)
class Notice:
    """What a waiting caller is told, once until it is another, and may choose by key."""

    reason: NoticeReason
    choices: tuple[str, ...]
    """callback (1), message (2)."""


@dataclass(frozen=True, slots=True)
class CallWant:
    """Where one customer call should be, and the breadcrumbs to keep on its channel."""

    conversation_id: str
    channel_id: str
    place: Place
    agent_id: str | None = None
    """Whom to talk with; only with TALKING."""
    language: str = "en"
    position: int | None = None
    """Place in the queue, 1 is next; None: not announced."""
    wait: int | None = None
    """Minutes that it may take, as they are said (0: less than one); None: not announced."""
    number: str | None = None
    """Where to; only with FORWARDED."""
    party: str | None = None
    """Whose leg is that number already; the two are joined in the dialplan. With FORWARDED."""
    result: str | None = None
    """What the dialplan is told; only with EXITED."""
    record: bool = False
    """What the customer hears and says is recorded, once they were told so."""
    exit_key: str | None = None
    """The key by which the caller may leave the queue; announced."""
    app: str | None = None
    """The bot's application; with HANDED_BACK and WITH_BOT."""
    back: int = 0
    """Which time it is handed back; with HANDED_BACK."""
    notes: str = ""
    """What the agent wrote for the bot; with HANDED_BACK."""
    fetch: bool = False
    """Its channel is with a bot, and is to be moved here first."""
    notice: Notice | None = None
    """Told once, as soon as the caller waits."""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallOut:
    """A customer to be called, once: never repeated, whatever becomes of it."""

    channel_id: str
    number: str
    variables: Mapping[str, str]
    """What stands on the channel when it comes in through `ringdesk-queue`."""


@dataclass(frozen=True, slots=True)
class LegAddress:
    """Where an agent's leg is dialled: a number through the trunk, or a SIP endpoint."""

    number: str | None = None
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class WatchWant:
    """What a supervisor hears, and by whom they are heard. No call is moved for it."""

    agent_id: str
    """The supervisor, on whose own leg it is."""
    how: How | None = None
    """None: nothing of it."""
    channel_id: str = ""
    """The customer's."""
    whisper_to: str | None = None
    """The agent who hears a whisper; None: whoever the customer speaks to (the AI)."""
    beside: frozenset[str] = frozenset()
    """Other supervisors who speak to all, and so to this one, too."""


@dataclass(frozen=True, slots=True)
class LegWant:
    """Whether an agent's leg should stand, and what rings on it.

    A leg that ended or could not be reached is not dialled again while the same want is
    repeated: it takes a want with `up` false in between, or a greater `attempt`.
    """

    agent_id: str
    address: LegAddress | None
    up: bool
    ringing: str | None = None
    """The conversation whose offer is heard as ringing."""
    calling: str | None = None
    """The conversation whose customer is being called: heard as ringing, too."""
    caller_display: str | None = None
    """What the phone shows beside the caller id; the settings' own when None."""
    caller_number: str | None = None
    """The customer's number, for phones that are not behind a carrier."""
    caller_skills: tuple[str, ...] = ()
    """Names of the skills that an offered call asks for."""
    caller_facts: tuple[tuple[str, str], ...] = ()
    """What the AI captured of who is offered: names and values."""
    attempt: int = 0
    engaged: bool = False
    """The agent has an offer, or a call in hand, also one on hold: the leg is not renewed now."""
    muted: bool = False
    """Nobody in the bridge hears the agent."""
    kind: LegKind = LegKind.PERSISTENT
    """With PER_CALL `up` only allows calls: the phone is called for what rings, `attempt` being
    the offer's, and hung up when there is neither an offer nor a talk."""
    room: str | None = None
    """The conversation in whose own bridge the leg should stand; None: in the agent's."""
    held: bool = False
    """The leg should be where customers wait, with music."""
    talking: str | None = None
    """The conversation that the agent has in hand; empty: one, but which is not known yet."""
    confirm: bool = False
    """A phone that is rung per call counts as answered once 1 was pressed."""
