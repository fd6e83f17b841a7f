"""The consult's machine, and what a conversation says about it."""

import pytest

from app.domain.consult import TRANSITIONS, ConsultMove, ConsultState, move
from app.domain.conversation import Channel, Consult, Conversation, Customer, Offer, State
from app.domain.machine import IllegalMove
from app.domain.routing import sought

OFFERED, TALKING, SWAPPED = ConsultState.OFFERED, ConsultState.TALKING, ConsultState.SWAPPED
ALLOWED = [
    (ConsultState.NONE, ConsultMove.START, OFFERED),
    (OFFERED, ConsultMove.ANSWER, TALKING),
    (OFFERED, ConsultMove.END, ConsultState.NONE),
    (TALKING, ConsultMove.SWAP, SWAPPED),
    (TALKING, ConsultMove.COMPLETE, ConsultState.NONE),
    (TALKING, ConsultMove.END, ConsultState.NONE),
    (SWAPPED, ConsultMove.SWAP, TALKING),
    (SWAPPED, ConsultMove.COMPLETE, ConsultState.NONE),
    (SWAPPED, ConsultMove.END, ConsultState.NONE),
]


def test_these_moves_and_no_others() -> None:
    assert {(s, m, to) for s, row in TRANSITIONS.items() for m, to in row.items()} == set(ALLOWED)
    for state in ConsultState:
        for what in ConsultMove:
            if not any((state, what) == allowed[:2] for allowed in ALLOWED):
                with pytest.raises(IllegalMove):
                    move(state, what)


def about(consult: Consult) -> Conversation:
    return Conversation(
        "v1", State.ACTIVE, Channel.VOICE, Customer(), 1, skills=("x",), agent_id="ana",
        attempts=2, consult=consult,
    )  # fmt: skip


def test_the_consults_offer_is_its_own() -> None:
    # given chi is asked for y
    offer = Offer("chi", 1001, 5, 9, True)
    talk = about(Consult(OFFERED, 5, 1, skills=("y",), offer=offer, attempts=1001, refused=("b",)))

    # then it is held out to chi alone, with an attempt of its own
    assert talk.offer_to("chi") == offer
    assert talk.offer_to("ana") is None
    assert (talk.attempt_of("chi"), talk.attempt_of("ana")) == (1001, 2)
    assert talk.consulted is None

    # and what is sought is the consult, not the conversation
    wanted = sought(talk)
    assert (wanted.skills, wanted.routed_to, set(wanted.excluded)) == (("y",), None, {"b"})


@pytest.mark.parametrize(
    "consult",
    [
        Consult(TALKING, 5, 1, skills=("y",), agent_id="chi", attempts=1001),
        Consult(OFFERED, 5, 1, number="+4420"),
    ],
)
def test_once_somebody_is_found_or_a_number_is_asked_nobody_is_sought(consult: Consult) -> None:
    talk = about(consult)
    assert sought(talk) is talk
    assert talk.consulted == consult.agent_id
    assert talk.attempt_of("chi") == (1001 if consult.agent_id else 2)
