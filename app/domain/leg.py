"""An agent leg: the audio connection between an agent and Asterisk.

The product names three states. Dialling and talking are details beside the state:
- `disconnected` to `connected` when the leg is up (persistent) or reachable (per call);
- `ringing` while a voice offer is heard on it; it ends when the offer does;
- a loss from any state leads to `disconnected`.
"""

from enum import StrEnum

from app.domain.machine import Table, after


class LegState(StrEnum):
    """The three states that the product names."""

    DISCONNECTED = "disconnected"
    CONNECTED = "connected"
    RINGING = "ringing"


class LegMove(StrEnum):
    """What can happen to a leg."""

    CONNECT = "connect"
    RING = "ring"
    QUIET = "quiet"  # the offer ended: accepted, rejected, expired, withdrawn
    DISCONNECT = "disconnect"


TRANSITIONS: Table[LegState, LegMove] = {
    LegState.DISCONNECTED: {
        LegMove.CONNECT: LegState.CONNECTED,
        LegMove.DISCONNECT: LegState.DISCONNECTED,
    },
    LegState.CONNECTED: {
        LegMove.CONNECT: LegState.CONNECTED,
        LegMove.RING: LegState.RINGING,
        LegMove.QUIET: LegState.CONNECTED,
        LegMove.DISCONNECT: LegState.DISCONNECTED,
    },
    LegState.RINGING: {
        LegMove.CONNECT: LegState.RINGING,
        LegMove.RING: LegState.RINGING,
        LegMove.QUIET: LegState.CONNECTED,
        LegMove.DISCONNECT: LegState.DISCONNECTED,
    },
}


class Audio(StrEnum):
    """What carries the leg."""

    NUMBER = "number"
    SIP = "sip"
    WEB = "web"


class LegKind(StrEnum):
    """`persistent`: called once, stays up between calls. `per_call`: rings for each call."""

    PERSISTENT = "persistent"
    PER_CALL = "per_call"


def move(state: LegState, what: LegMove) -> LegState:
    """The leg's state after a move. Raises IllegalMove."""
    return after(TRANSITIONS, state, what)
