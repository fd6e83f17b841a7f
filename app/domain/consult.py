"""A consult: while their customer waits with music, an agent asks somebody else.

Rules of the machine:
- it belongs to an active conversation, whose state stays; there is one at a time;
- `offered` until somebody takes it or a number answers; then `talking`: agent and consulted hear
  each other; `swapped`: agent and customer do, and the consulted waits with music;
- completed, the customer goes to the consulted. However else it ends, the customer comes back to
  their agent, and an agent who was consulted is free again.
"""

from enum import StrEnum

from app.domain.machine import Table, after


class ConsultState(StrEnum):
    """Where a consult is; `none` is never stored."""

    NONE = "none"
    OFFERED = "offered"
    TALKING = "talking"
    SWAPPED = "swapped"


class ConsultMove(StrEnum):
    """What can happen to a consult."""

    START = "start"
    ANSWER = "answer"
    SWAP = "swap"
    COMPLETE = "complete"
    END = "end"  # cancelled, refused, not answered, hung up, or the conversation went on


TRANSITIONS: Table[ConsultState, ConsultMove] = {
    ConsultState.NONE: {ConsultMove.START: ConsultState.OFFERED},
    ConsultState.OFFERED: {
        ConsultMove.ANSWER: ConsultState.TALKING,
        ConsultMove.END: ConsultState.NONE,
    },
    ConsultState.TALKING: {
        ConsultMove.SWAP: ConsultState.SWAPPED,
        ConsultMove.COMPLETE: ConsultState.NONE,
        ConsultMove.END: ConsultState.NONE,
    },
    ConsultState.SWAPPED: {
        ConsultMove.SWAP: ConsultState.TALKING,
        ConsultMove.COMPLETE: ConsultState.NONE,
        ConsultMove.END: ConsultState.NONE,
    },
}


def move(state: ConsultState, what: ConsultMove) -> ConsultState:
    """The consult's state after a move. Raises IllegalMove."""
    return after(TRANSITIONS, state, what)
