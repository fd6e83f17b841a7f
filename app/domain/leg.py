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
    REMARK = "remark"  # what is said of it changes, not its state


HUNG_UP = "hung up after a call"
"""Detail of a leg whose agent ended a talk by hanging up: called again after the wrap-up."""
RELEASED = "released while you are away: called again when you are available"
"""Detail of an idle leg over a number that was hung up to save its minutes."""
SILENT = "no sound comes from your phone"
"""Detail of a suspect leg."""

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
        LegMove.REMARK: LegState.CONNECTED,
    },
    LegState.RINGING: {
        LegMove.CONNECT: LegState.RINGING,
        LegMove.RING: LegState.RINGING,
        LegMove.QUIET: LegState.CONNECTED,
        LegMove.DISCONNECT: LegState.DISCONNECTED,
        LegMove.REMARK: LegState.RINGING,
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
