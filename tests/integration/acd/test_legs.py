"""Legs over a number: let go of while nobody needs them, called again when somebody does."""

import pytest

from app.acd import AgentProfile, WrongState
from app.domain.agent import Status
from app.domain.leg import HUNG_UP, RELEASED, Audio, LegMove, LegState
from tests.integration.acd.world import World

LIMIT = 600_000


@pytest.fixture
async def connected(world: World) -> World:
    """Ana's leg stands, and she is Busy."""
    world.rules(idle_leg_ms=LIMIT)
    await world.agent("ana", "billing", leg=False)
    await world.acd.want_leg("ana", True, "dialling")
    await world.acd.change_leg("ana", LegMove.CONNECT)
    await world.acd.set_status("ana", Status.BUSY)
    return world


async def leg(world: World) -> tuple[LegState, bool, str | None]:
    found = (await world.a("ana")).leg
    return found.state, found.wanted, found.detail


async def test_an_idle_leg_is_released_at_its_time_and_called_on_available(
    connected: World,
) -> None:
    await connected.later(LIMIT - 1)
    assert await leg(connected) == (LegState.CONNECTED, True, None)

    await connected.later(1)
    assert await leg(connected) == (LegState.DISCONNECTED, False, RELEASED)
    await connected.acd.set_status("ana", Status.OFFLINE)
    await connected.later(LIMIT)
    assert await leg(connected) == (LegState.DISCONNECTED, False, RELEASED)

    await connected.acd.set_status("ana", Status.AVAILABLE)
    assert await leg(connected) == (LegState.DISCONNECTED, True, "dialling")


async def test_who_is_available_keeps_the_leg(connected: World) -> None:
    await connected.later(LIMIT - 1)
    await connected.acd.set_status("ana", Status.AVAILABLE)
    await connected.later(10 * LIMIT)
    assert await leg(connected) == (LegState.CONNECTED, True, None)

    # and the time begins anew
    await connected.acd.set_status("ana", Status.BUSY)
    await connected.later(LIMIT - 1)
    assert await leg(connected) == (LegState.CONNECTED, True, None)


async def test_a_talk_is_no_idle_time(connected: World) -> None:
    # given a talk that goes on while she is Busy
    await connected.acd.set_status("ana", Status.AVAILABLE)
    await connected.enqueue("call", "billing")
    await connected.talk("call")
    await connected.acd.set_status("ana", Status.BUSY)
    await connected.later(3 * LIMIT)
    assert (await leg(connected))[0] is LegState.CONNECTED

    # when it ends, then the time begins
    await connected.acd.end("call", "customer")
    await connected.later(LIMIT - 1)
    assert (await leg(connected))[0] is LegState.CONNECTED
    await connected.later(1)
    assert (await leg(connected))[2] == RELEASED


async def test_what_she_hangs_up_herself_is_not_called_again(connected: World) -> None:
    await connected.acd.want_leg("ana", False, None)
    await connected.acd.change_leg("ana", LegMove.DISCONNECT)
    await connected.later(2 * LIMIT)
    await connected.acd.set_status("ana", Status.AVAILABLE)
    assert await leg(connected) == (LegState.DISCONNECTED, False, None)


async def test_never_where_the_setting_says_so_or_the_phone_costs_nothing(
    connected: World,
) -> None:
    connected.rules(idle_leg_ms=0)
    await connected.acd.set_status("ana", Status.OFFLINE)
    await connected.later(100 * LIMIT)
    assert (await leg(connected))[0] is LegState.CONNECTED

    connected.rules(idle_leg_ms=LIMIT)
    await connected.acd.put_agent(AgentProfile("ana", "Ana", audio=Audio.SIP))
    await connected.later(100 * LIMIT)
    assert (await leg(connected))[0] is LegState.CONNECTED


@pytest.mark.parametrize(("status", "called"), [(Status.AVAILABLE, True), (Status.BUSY, False)])
async def test_a_leg_hung_up_to_end_a_talk_is_called_once_the_wrap_up_is_closed(
    connected: World, status: Status, called: bool
) -> None:
    # given
    await connected.acd.set_status("ana", Status.AVAILABLE)
    await connected.enqueue("call", "billing")
    await connected.talk("call")
    await connected.acd.end("call", "agent", "ana")
    await connected.acd.want_leg("ana", False, HUNG_UP)
    await connected.acd.change_leg("ana", LegMove.DISCONNECT, HUNG_UP)
    await connected.acd.set_status("ana", status)
    assert await leg(connected) == (LegState.DISCONNECTED, False, HUNG_UP)

    # when
    result = await connected.acd.close_wrap_up("call", "ana")

    # then in the same step: nothing can come in between
    assert result.agents["ana"].leg.wanted is called


async def test_a_remark_changes_no_state_and_none_is_made_of_a_leg_that_is_down(
    connected: World,
) -> None:
    await connected.acd.change_leg("ana", LegMove.REMARK, "no sound")
    assert await leg(connected) == (LegState.CONNECTED, True, "no sound")
    await connected.acd.change_leg("ana", LegMove.REMARK)
    assert await leg(connected) == (LegState.CONNECTED, True, None)

    await connected.acd.change_leg("ana", LegMove.DISCONNECT)
    with pytest.raises(WrongState):
        await connected.acd.change_leg("ana", LegMove.REMARK, "no sound")
