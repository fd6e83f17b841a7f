"""What is wanted of a leg does not depend on the order in which results are shown."""

import gc
import itertools
from dataclasses import replace
from typing import Any, cast

import pytest

from app.desk.effects import Effects
from app.desk.voice_picture import VoicePicture
from app.domain.agent import Agent, Leg, Load
from app.domain.conversation import Channel, Conversation, Customer, Offer, State
from app.domain.leg import LegKind, LegState
from app.telephony import CallWant, LegWant


class Wants:
    """Telephony: the newest want of each leg."""

    def __init__(self) -> None:
        self.legs: dict[str, LegWant] = {}

    async def want_leg(self, want: LegWant) -> None:
        self.legs[want.agent_id] = want

    async def want_call(self, want: CallWant) -> None:
        pass


class Nobody:
    """People, their phones and the estimates, none of which matters here."""

    def person(self, agent_id: str) -> None:
        return None

    def see(self, conversation: Conversation) -> None:
        pass

    def skill_name(self, skill: str) -> str:
        return skill


offered = Conversation(
    "c1",
    State.OFFERED,
    Channel.VOICE,
    Customer(number="+44"),
    created_at=0,
    offer=Offer("ana", attempt=2, offered_at=1, expires_at=9, rang=False),
    attempts=2,
    version=5,
)
active = replace(offered, state=State.ACTIVE, offer=None, agent_id="ana", version=6)
free = Agent("ana", "Ana", leg=Leg(LegState.CONNECTED, wanted=True), version=10)
rung = replace(free, offer="c1", version=11)
touched = replace(rung, version=12)
busy = replace(free, load=Load(voice=1), version=13)

Shown = tuple[list[Conversation], list[Agent]]


async def wanted(kind: LegKind, *shown: Shown) -> LegWant:
    """What is wanted of ana's leg once all of it was shown, in this order."""
    telephony = Wants()
    nobody = cast(Any, Nobody())
    effects = Effects(cast(Any, telephony), nobody, nobody, VoicePicture(), nobody)
    for conversations, agents in shown:
        legs = [replace(agent, leg=replace(agent.leg, kind=kind)) for agent in agents]
        await effects.show(conversations, legs)
    return telephony.legs["ana"]


@pytest.mark.parametrize("kind", LegKind)
@pytest.mark.parametrize("other", [rung, touched])
async def test_an_offer_rings_also_when_another_result_about_its_agent_came_first(
    kind: LegKind, other: Agent
) -> None:
    # given an offer's result, and one of a command that touched the same agent a moment later
    results: list[Shown] = [([offered], [rung]), ([], [other])]

    # when they come, in either order, then the phone is to ring for that attempt
    for order in itertools.permutations(results):
        want = await wanted(kind, ([], [free]), *order)
        assert want.ringing == "c1"
        assert want.attempt == (2 if kind is LegKind.PER_CALL else 0)


@pytest.mark.parametrize("kind", LegKind)
async def test_a_talk_is_one_also_when_its_agent_was_seen_first(kind: LegKind) -> None:
    results: list[Shown] = [([active], [busy]), ([], [replace(busy, version=14)])]
    for order in itertools.permutations(results):
        want = await wanted(kind, ([offered], [rung]), *order)
        assert want.ringing is None
        assert want.talking == ("c1" if kind is LegKind.PER_CALL else None)


async def test_a_call_that_was_sent_on_and_came_back_as_another_is_remembered_no_longer() -> None:
    # given a call sent on, which came again as a new conversation while its notes were written
    written = replace(
        active,
        id="sent-on",
        state=State.WRAP_UP,
        agent_id=None,
        channel_id="ch1",
        forward_to="+44",
        version=7,
    )
    again = replace(offered, id="again", channel_id="ch1")
    nobody = cast(Any, Nobody())
    effects = Effects(cast(Any, Wants()), nobody, nobody, VoicePicture(), nobody)
    for conversation in (written, again):
        await effects.show([conversation], [])
    assert naming(written.id)

    # when they are written
    await effects.show([replace(written, state=State.CLOSED, version=8)], [])

    # then no set of the process names it
    assert not naming(written.id)


def naming(conversation_id: str) -> list[object]:
    """Sets that name this conversation."""
    return [one for one in gc.get_objects() if isinstance(one, set) and conversation_id in one]
