"""Nothing rings before it is known for which offer: its ringing would belong to none."""

from dataclasses import replace
from typing import Any, cast

import pytest

from app.desk.effects import Effects
from app.desk.voice_picture import VoicePicture
from app.domain.agent import Agent, Leg
from app.domain.consult import ConsultState
from app.domain.conversation import Channel, Consult, Conversation, Customer, Offer, State
from app.domain.leg import LegKind, LegState
from tests.unit.desk.test_effects import Nobody, Wants


class People(Nobody):
    """As nobody, with a name."""

    def person_name(self, agent_id: str) -> str:
        return agent_id


WAITING = Conversation("c1", State.QUEUED, Channel.VOICE, Customer(), 0, attempts=1, version=4)
OFFER = Offer("chi", attempt=1001, offered_at=1, expires_at=9, rang=False)
TALK = replace(WAITING, state=State.ACTIVE, agent_id="ana")
ASKED = Consult(ConsultState.OFFERED, 1, 1, skills=("y",), offer=OFFER, attempts=1001)


@pytest.mark.parametrize("kind", LegKind)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WAITING, replace(WAITING, state=State.OFFERED, offer=OFFER, attempts=1001, version=5)),
        (TALK, replace(TALK, consult=ASKED, version=5)),
    ],
    ids=["call", "consult"],
)
async def test_an_agent_seen_before_their_offer_does_not_ring_yet(
    kind: LegKind, before: Conversation, after: Conversation
) -> None:
    # given a call that is known as it was before the offer
    telephony, people = Wants(), cast(Any, People())
    effects = Effects(cast(Any, telephony), people, people, VoicePicture(), people)
    await effects.show([before], [])

    # when the agent's newer state comes first
    leg = Leg(LegState.CONNECTED, kind=kind, wanted=True)
    await effects.show([], [Agent("chi", "Chi", leg=leg, offer="c1", version=9)])
    assert telephony.legs["chi"].ringing is None

    # then the phone rings once the offer is known, for that attempt and no other
    await effects.show([after], [])
    want = telephony.legs["chi"]
    assert want.ringing == "c1"
    assert want.attempt == (1001 if kind is LegKind.PER_CALL else 0)
