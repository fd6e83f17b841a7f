"""The ARI and AMI links through what can happen to them, on a real Asterisk."""

import asyncio
import os
import signal
import time

import pytest

from app.telephony import (
    AsteriskRestarted,
    CallArrived,
    LegGone,
    LinkChanged,
    LinkDown,
    Place,
    Reconciled,
    SecurityAlert,
    SipEndpoint,
    ari_socket,
)
from app.telephony.ami import AmiAddress, AmiLink
from app.telephony.ari_events import ApplicationMoveFailed
from tests.integration.asterisk.stack import Stack
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk, serving
from tests.telephony.link.hole import Relay

HEARD_WITHIN = 5.0
"""Seconds after which a dead link must be known."""


async def test_links_come_back_after_asterisk_was_killed(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a leg that stands, and a pushed SIP user
    phone = await phones.number("5551", 900)
    await desk.connect_leg("ana", number="5551")
    await desk.telephony.push_endpoint(SipEndpoint("u-ana-1", "p4ssword"))
    assert await _has_endpoint(stack, "u-ana-1")
    watching = asyncio.create_task(stack.supervisor.watch())

    # when Asterisk is killed
    pid = stack.supervisor.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    # then both links are down, then up; the leg is lost, and the SIP user is there again
    await eventually(lambda: not desk.telephony.status().ari)
    await desk.told(AsteriskRestarted, within=15)
    await desk.told(Reconciled, 2)
    await desk.is_up()
    gone = await desk.told(LegGone)
    assert gone.lost
    assert not gone.far_end_hung_up
    assert desk.all(Reconciled)[-1].legs == {}
    assert await _has_endpoint(stack, "u-ana-1")
    assert phone.rings == 1
    names = [(change.name, change.up) for change in desk.all(LinkChanged)]
    assert names.count(("ari", False)) == 1
    assert names.count(("ami", False)) == 1

    # and it works as before
    await desk.leg("ana", up=False)
    await desk.connect_leg("ana", number="5551")
    watching.cancel()


async def test_a_black_hole_is_noticed(stack: Stack, phones: PhoneNetwork) -> None:
    # given both links through a network that can swallow
    config = stack.config
    async with (
        Relay(config.http.host, config.http.port) as http,
        Relay(config.ami.host, config.ami.port) as ami,
        serving(
            stack,
            ari_url=f"http://{http.host}:{http.port}/ari",
            ami_host=ami.host,
            ami_port=ami.port,
        ) as desk,
    ):
        # when it swallows
        http.swallow()
        ami.swallow()
        swallowed_at = time.monotonic()

        # then both are known to be down in time, and what is asked for fails at once
        await eventually(
            lambda: not desk.telephony.status().ari and not desk.telephony.status().ami,
            within=HEARD_WITHIN,
        )
        assert time.monotonic() - swallowed_at < HEARD_WITHIN
        with pytest.raises(LinkDown):
            await desk.telephony.ari.channels.list()

        # and when a caller came meanwhile and the network carries again, the call is there
        await phones.call("200", 600, "0123")
        http.carry()
        ami.carry()
        await desk.is_up()
        arrived = await desk.told(CallArrived)
        assert arrived.variables["RINGDESK_SKILLS"] == "Billing"


async def test_requests_under_way_fail_when_the_link_breaks(stack: Stack) -> None:
    # given a link that swallows what it is asked
    config = stack.config
    async with (
        Relay(config.http.host, config.http.port) as http,
        serving(stack, ari_url=f"http://{http.host}:{http.port}/ari") as desk,
    ):
        http.swallow()
        ari = desk.telephony.ari
        asked = asyncio.gather(
            ari.channels.get("nobody"), ari.channels.list(), return_exceptions=True
        )

        # when the link is given up, then both kinds of requests fail as LinkDown
        await eventually(lambda: not desk.telephony.status().ari)
        answers = await asked
        assert [type(answer) for answer in answers] == [LinkDown, LinkDown]


async def test_only_the_holder_of_the_lease_connects(stack: Stack, desk: NotingDesk) -> None:
    # given one that holds the lease, and one that does not
    async with serving(stack, leased=False) as other:
        await desk.is_up()
        assert not other.telephony.status().ari

        # when the lease changes hands
        desk.holds_lease, other.holds_lease = False, True

        # then so does the link
        await eventually(lambda: other.telephony.status().ari)
        await eventually(lambda: not desk.telephony.status().ari)

        # and whoever gave it up does not take it back
        await other.told(Reconciled)
        for _ in range(3):
            assert not desk.telephony.status().ari
            await other.telephony.ari.asterisk.getInfo()


async def test_application_that_was_taken_comes_back_to_the_holder(
    stack: Stack, desk: NotingDesk
) -> None:
    # given that we hold the lease; when somebody connects as our application all the same
    async with stack.ari.serve("ringdesk"):
        # then it comes back to us
        await desk.told(Reconciled, 2)
        assert desk.telephony.status().ari

    # but not to one that does not hold the lease any more
    desk.holds_lease = False
    async with stack.ari.serve("ringdesk"):
        await eventually(lambda: not desk.telephony.status().ari)


async def test_an_application_that_became_inactive_is_served_again(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a caller, so that Asterisk keeps the application, and a link that is not told that
    # another connection took it, as when the old one ends while the new one comes
    await phones.call("200", 600, "0123")
    await desk.told(CallArrived)
    monkeypatch.setattr(ari_socket, "ApplicationReplaced", ApplicationMoveFailed)

    # when that other one ends: the socket stands, and no event comes
    async with stack.ari.serve("ringdesk"):
        pass
    inactive_since = time.monotonic()

    # then it is made anew, and who calls then arrives
    await desk.told(Reconciled, 2, within=HEARD_WITHIN)
    assert time.monotonic() - inactive_since < HEARD_WITHIN
    await phones.call("200", 700, "0124")
    await eventually(lambda: "0124" in {one.caller_number for one in desk.all(CallArrived)})


async def test_a_link_that_is_well_stays(stack: Stack, desk: NotingDesk) -> None:
    # given a link that is up; when it was looked several times whether events come
    checks = 4
    await asyncio.sleep(checks * ari_socket.EVENT_CHECK_EVERY_SECONDS)

    # then it was not made anew
    assert len(desk.all(Reconciled)) == 1
    assert desk.telephony.status().ari


async def test_control_characters_are_refused(stack: Stack) -> None:
    # given an AMI link
    config = stack.config
    address = AmiAddress(config.ami.host, config.ami.port, config.ami_user, config.ami_password)
    link = AmiLink(address, on_up=_nothing, on_down=_nothing_of, on_event=lambda message: None)
    running = asyncio.create_task(link.run())
    await eventually(lambda: link.connected)

    # when a value carries an action of its own, or an action calls somebody, it is refused
    with pytest.raises(ValueError, match="control character"):
        await link.action("Ping", ActionID="1\r\nAction: Logoff")
    with pytest.raises(ValueError, match="not sent over AMI"):
        await link.action("Originate", Channel="PJSIP/1@trunk")

    # and the link is none the worse for it
    assert (await link.action("Ping"))[0]["response"] == "Success"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_wrong_password_is_told(stack: Stack, desk: NotingDesk) -> None:
    # given an agent's SIP user
    await desk.telephony.push_endpoint(SipEndpoint("u-ana-1", "right"))

    # when a stranger tries to register with it
    async with PhoneNetwork(str(stack.trunk), stack.sip) as network:
        with pytest.raises(Exception, match=r".*"):
            await asyncio.wait_for(network.desk_phone("u-ana-1", "wrong", 900), 5)

    # then the desk hears of it
    alert = await desk.told(SecurityAlert)
    assert alert.account == "u-ana-1"


async def test_a_call_arrives_once_however_often_the_link_breaks(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a caller, waiting; when the link is cut again and again
    await phones.call("200", 600, "0123")
    arrived = await desk.told(CallArrived)
    await desk.call(arrived, Place.WAITING)
    for times in range(2, 6):
        desk.telephony.ari.drop("a story cuts it")
        await desk.told(Reconciled, times)

    # then the call was told once, and is still known
    assert len(desk.all(CallArrived)) == 1
    assert arrived.channel_id in desk.all(Reconciled)[-1].calls


async def _has_endpoint(stack: Stack, name: str) -> bool:
    status, _ = await stack.ari.ask("GET", f"endpoints/PJSIP/{name}")
    return status == 200


async def _nothing() -> None:
    return


async def _nothing_of(reason: str) -> None:
    return
