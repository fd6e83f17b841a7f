"""What happened on the telephone side: frozen facts on their way up to the desk.

`at` is in milliseconds since the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A customer's call entered our application, or was found there."""

    channel_id: str
    variables: Mapping[str, str]
    """The RINGDESK_* variables that were set; anything may stand in them."""
    caller_number: str
    caller_name: str
    entry: str
    """The number that was dialled."""
    args: tuple[str, ...]
    at: int
    bot_app: str | None = None
    """The Stasis application of a bot that it came from."""
    found: bool = False
    """It did not come in now: a comparison with Asterisk found it there."""


@dataclass(frozen=True, slots=True)
class BotTook:
    """A bot did something with a call that was handed back to it."""

    channel_id: str
    conversation_id: str
    at: int


@dataclass(frozen=True, slots=True)
class BotLost:
    """The bot that has a call is not connected to Asterisk any more, or never took the call."""

    channel_id: str
    conversation_id: str
    cause: str
    at: int


@dataclass(frozen=True, slots=True)
class CallGone:
    """A customer's call left us: hung up (cause by Q.850), or moved elsewhere alive."""

    channel_id: str
    cause: int
    hung_up: bool
    at: int


@dataclass(frozen=True, slots=True)
class CallDigit:
    """A customer pressed a key while they waited."""

    channel_id: str
    digit: str
    at: int


@dataclass(frozen=True, slots=True)
class TalkJoined:
    """A customer's call came into the bridge of an agent's leg."""

    conversation_id: str
    channel_id: str
    agent_id: str
    at: int


@dataclass(frozen=True, slots=True)
class LegUp:
    """An agent's leg was answered and stands in its own bridge."""

    agent_id: str
    channel_id: str
    at: int


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The ring tone of an offer can be heard on the agent's leg."""

    agent_id: str
    conversation_id: str
    at: int


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """A phone that was rung for one offer was answered, and confirmed where that is asked for."""

    agent_id: str
    conversation_id: str
    attempt: int
    at: int


@dataclass(frozen=True, slots=True)
class LegDigit:
    """The agent pressed a key while an offer was ringing."""

    agent_id: str
    digit: str
    conversation_id: str
    at: int


@dataclass(frozen=True, slots=True)
class LegSilent:
    """Nothing has come from a leg's phone for a while, though it counts as up; or it does again."""

    agent_id: str
    channel_id: str
    silent: bool
    at: int


@dataclass(frozen=True, slots=True)
class LegGone:
    """An agent's leg ended: by the far end's BYE with cause 16, by loss, or by us (neither)."""

    agent_id: str
    channel_id: str
    cause: int
    far_end_hung_up: bool
    lost: bool
    at: int


class LegFault(StrEnum):
    """Why a leg could not be dialled."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True)
class LegFailed:
    """An agent's leg was dialled in vain."""

    agent_id: str
    reason: LegFault
    at: int
    conversation_id: str | None = None
    """What the phone was rung for; None for a persistent leg, or when nobody knows any more."""
    rang: bool = False
    """A phone that was rung per call did ring."""


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A SIP endpoint came into reach, or went out of it."""

    endpoint: str
    reachable: bool
    at: int


@dataclass(frozen=True, slots=True)
class SecurityAlert:
    """Asterisk turned somebody away: a wrong password, a refused address …"""

    kind: str
    account: str
    address: str
    """Without the port; empty when Asterisk does not say."""
    at: int
    service: str = ""
    """`PJSIP` or `AMI`."""


@dataclass(frozen=True, slots=True)
class AddressShutOut:
    """Who guessed SIP passwords is not listened to for so many seconds."""

    address: str
    wrong: int
    seconds: int
    at: int


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The ARI or AMI link came up or went down."""

    name: str
    up: bool
    at: int


@dataclass(frozen=True, slots=True)
class WaitTold:
    """A waiting caller begins to hear how long it may take; 0 minutes is less than one."""

    channel_id: str
    conversation_id: str
    minutes: int
    at: int


@dataclass(frozen=True, slots=True)
class AsteriskRestarted:
    """Asterisk started anew since we last saw it: every earlier channel is gone."""

    at: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What Asterisk has, after the differences were told one by one."""

    calls: Mapping[str, str | None]
    """Customer channels in our application, each with its conversation if known."""
    legs: Mapping[str, str]
    """Agents whose legs are up, each with its channel."""
    talks: Mapping[str, str]
    """Customer channels in a leg's bridge, each with the agent."""
    at: int
    held: Mapping[str, str] = field(default_factory=dict)
    """Customer channels that were put on hold, each with the agent who did."""
    muted: frozenset[str] = frozenset()
    """Customer channels whose agent was muted."""


Fact = (
    CallArrived
    | CallGone
    | BotTook
    | BotLost
    | CallDigit
    | TalkJoined
    | WaitTold
    | LegUp
    | LegRinging
    | LegAnswered
    | LegDigit
    | LegSilent
    | LegGone
    | LegFailed
    | ContactChanged
    | SecurityAlert
    | AddressShutOut
    | LinkChanged
    | AsteriskRestarted
    | Reconciled
)


def lane_of(fact: Fact) -> str:
    """Whose fact it is: those of one call, agent or endpoint are told one after the other."""
    match fact:
        case CallArrived() | CallGone() | CallDigit() | TalkJoined() | BotTook() | BotLost():
            return fact.channel_id
        case LegUp() | LegRinging() | LegAnswered() | LegDigit() | LegSilent():
            return f"agent {fact.agent_id}"
        case LegGone() | LegFailed():
            return f"agent {fact.agent_id}"
        case ContactChanged():
            return f"endpoint {fact.endpoint}"
        case SecurityAlert() | AddressShutOut():
            return "security"
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Which of the two links can be used."""

    ari: bool
    ami: bool
