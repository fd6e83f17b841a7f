"""The conversation's machine: each move, then the state."""

import pytest

from app.domain.conversation import TRANSITIONS, Move, State, move
from app.domain.machine import IllegalMove


def walk(*moves: Move, start: State = State.NEW) -> State:
    state = start
    for each in moves:
        state = move(state, each)
    return state


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        ((Move.QUEUE,), State.QUEUED),
        ((Move.START, Move.QUEUE), State.QUEUED),
        ((Move.QUEUE, Move.OFFER), State.OFFERED),
        ((Move.QUEUE, Move.OFFER, Move.REJECT), State.QUEUED),
        ((Move.QUEUE, Move.OFFER, Move.EXPIRE), State.QUEUED),
        ((Move.QUEUE, Move.OFFER, Move.WITHDRAW), State.QUEUED),
        ((Move.QUEUE, Move.OFFER, Move.LEAVE), State.CLOSED),
        ((Move.QUEUE, Move.OFFER, Move.ACCEPT), State.ACTIVE),
        ((Move.QUEUE, Move.OFFER, Move.ACCEPT, Move.LOSE), State.QUEUED),
        ((Move.QUEUE, Move.OFFER, Move.ACCEPT, Move.END), State.WRAP_UP),
        ((Move.QUEUE, Move.OFFER, Move.ACCEPT, Move.END, Move.WRAP_UP_CLOSED), State.CLOSED),
        ((Move.QUEUE, Move.PICK, Move.HAND_BACK), State.BOT),
    ],
)
def test_a_walk_through_the_table_ends_where_the_design_says(
    moves: tuple[Move, ...], state: State
) -> None:
    assert walk(*moves) is state


@pytest.mark.parametrize(
    ("state", "illegal"),
    [
        (State.QUEUED, Move.ACCEPT),
        (State.ACTIVE, Move.ACCEPT),
        (State.CLOSED, Move.END),
        (State.WRAP_UP, Move.OFFER),
        (State.BOT, Move.OFFER),
    ],
)
def test_what_the_table_does_not_allow_raises_and_says_so(state: State, illegal: Move) -> None:
    with pytest.raises(IllegalMove, match=state.replace("_", " ")):
        move(state, illegal)


def test_closing_waits_for_an_earlier_agents_wrap_up() -> None:
    assert move(State.QUEUED, Move.LEAVE, wrap_up_open=True) is State.WRAP_UP
    assert move(State.QUEUED, Move.LEAVE, wrap_up_open=False) is State.CLOSED


def test_every_open_state_can_fail_so_that_nothing_stays_open_for_ever() -> None:
    for state in State:
        if state not in {State.NEW, State.CLOSED}:
            assert move(state, Move.FAIL) is State.CLOSED


def test_nothing_leads_back_to_new() -> None:
    targets = {target for moves in TRANSITIONS.values() for target in moves.values()}
    assert State.NEW not in targets
