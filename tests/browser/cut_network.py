"""An agent's computer whose network is cut, and the service that it can no longer reach.

Run by test_cut_network.py in a process with a network of its own.
"""

import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import EXECUTABLE, HEADSET, chromium, new_page
from tests.browser.headset import LISTEN, Headset, microphone
from tests.browser.inbox_page import InboxPage
from tests.conftest import kept
from tests.support.networks import HERE, Computer
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.ports import free_port
from tests.support.stack import Stack
from tests.support.world import Caller, World

HZ = 1000
LONG_MS = 20_000
REJOIN_SECONDS = 12
"""Long enough for a slow machine's page to come back in."""
AT_MOST = 5.0
"""Seconds until everybody sees that a computer can no longer be reached."""


class FarStack(Stack):
    """A service that the other computer reaches."""

    def _pick_ports(self) -> None:
        super()._pick_ports()
        self.http = f"{HERE}:{free_port()}"
        self.sip = f"{HERE}:{free_port()}"
        self.trunk = f"{HERE}:{free_port()}"


@pytest.fixture(scope="session")
def computer() -> Iterator[Computer]:
    """Where the agent's browser runs."""
    with Computer() as found:
        yield found


@pytest.fixture(scope="session")
def far_stack(computer: Computer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The service, with the cable to the other computer there."""
    folder = tmp_path_factory.mktemp("far")
    yield from kept(FarStack(folder, REJOIN_SECONDS=str(REJOIN_SECONDS)))


@pytest.fixture
async def world(far_stack: Stack) -> AsyncIterator[World]:
    """Phones and people around it."""
    async with World(far_stack) as around:
        yield around
    assert "Traceback" not in far_stack.said()


@pytest.fixture
async def headset_there(
    computer: Computer, far_stack: Stack, tmp_path: Path
) -> AsyncIterator[Browser]:
    """A browser on the other computer, with a microphone that hums."""
    origin = f"--unsafely-treat-insecure-origin-as-secure={far_stack.url}"
    resolver = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HERE}"
    flags = (*HEADSET, microphone(tmp_path / "hum.wav", HZ), origin, resolver)
    there = computer.program(EXECUTABLE, tmp_path)
    async with chromium(*flags, executable=there) as found:
        yield found


async def in_a_talk(world: World, browser: Browser) -> tuple[Agent, InboxPage, Headset, Caller]:
    """Ana, on the other computer, talks with a customer."""
    ana = await world.person("ana")
    await ana.put("me/preferences", {"audio": "web"})
    page = await new_page(browser)
    await page.context.add_init_script(LISTEN)
    inbox = InboxPage(page, world.stack)
    await inbox.sign_in(ana)
    await inbox.leg("Disconnected").click()
    dialog = page.get_by_role("dialog", name="Headset in this browser")
    await dialog.get_by_role("button", name="Connect").click()
    await expect(dialog.get_by_text("Connected", exact=True)).to_be_visible(timeout=LONG_MS)
    await dialog.get_by_role("button", name="Close").click()
    await inbox.become("Available")
    headset = Headset(page, HZ)
    caller = await world.call("200")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await hear_each_other(headset, caller)
    return ana, inbox, headset, caller


async def hear_each_other(headset: Headset, caller: Caller) -> None:
    """Wait until the tones flow both ways."""
    await headset.hears(caller.hz, within=LONG_MS / 1000)
    await eventually(lambda: caller.line.hears(headset.hz), within=LONG_MS / 1000)


async def test_its_network_gone_is_disconnected_everywhere_and_the_caller_queued_again(
    world: World, computer: Computer, headset_there: Browser
) -> None:
    # given Ana in a talk at which a supervisor looks
    ana, inbox, _, caller = await in_a_talk(world, headset_there)
    talk = await world.conversation(caller, "active")
    async with chromium(f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HERE}") as browser:
        sam = InboxPage(await new_page(browser), world.stack)
        await sam.sign_in(world.supervisor)
        await sam.go("Live View")
        await sam.page.get_by_role("button", name=re.compile(re.escape(caller.number))).click()

        # when every packet of her computer vanishes
        cut_at = time.monotonic()
        computer.cut()

        # then her leg is disconnected, which the service, a colleague and the supervisor see
        await ana.leg_is("disconnected")
        took = time.monotonic() - cut_at
        said = sam.page.get_by_text("audio connection was lost; the customer waits for them")
        await expect(said).to_be_visible()
        shown = time.monotonic() - cut_at
        print(
            f"\na cut network: Disconnected after {took:.1f} s, on a supervisor's page {shown:.1f}"
        )
        entries = (await world.supervisor.get("directory"))["items"]
        assert [each["free"] for each in entries if each["id"] == ana.id] == [False]
        # and the caller hears music, and keeps her until the rejoin time is over
        await eventually(lambda: caller.line.hears_other_than(HZ))
        lost = await world.conversation(caller, "active")
        assert (lost["agent"]["id"], lost["rejoin_until"] is not None) == (ana.id, True)
        queued = await world.conversation(caller, "queued", within=REJOIN_SECONDS + 15)
        assert (queued["agent"], queued["queued_at"]) == (None, talk["queued_at"])
        assert time.monotonic() - cut_at >= REJOIN_SECONDS
        await expect(said).to_have_count(0)

    # and when the network is back, so is her headset, by itself, and she is offered the call
    computer.mend()
    await expect(inbox.leg("Connected").or_(inbox.leg("Ringing"))).to_be_visible(
        timeout=3 * LONG_MS
    )
    await expect(inbox.offer).to_contain_text(caller.number, timeout=2 * LONG_MS)
    await inbox.page.context.close()
    assert max(took, shown) < AT_MOST


async def test_a_network_that_is_back_within_the_rejoin_time_comes_back_into_the_same_call(
    world: World, computer: Computer, headset_there: Browser
) -> None:
    # given Ana in a talk, and her network cut until she is lost
    ana, inbox, headset, caller = await in_a_talk(world, headset_there)
    talk = await world.conversation(caller, "active")
    computer.cut()
    await ana.leg_is("disconnected")
    await eventually(lambda: caller.line.hears_other_than(HZ))

    # when it is back
    computer.mend()
    mended_at = time.monotonic()

    # then page and leg come back by themselves, into the same call
    await hear_each_other(headset, caller)
    print(f"\na cut network: in the talk {time.monotonic() - mended_at:.1f} s after it is mended")
    await expect(inbox.leg("Connected")).to_be_visible(timeout=LONG_MS)
    same = await world.conversation(caller, "active")
    assert (same["id"], same["agent"]["id"]) == (talk["id"], ana.id)
    assert len(same["segments"]) == 1
    assert await headset.connections() == 1

    # and the page knows what happens: the customer hangs up, and the wrap-up opens
    await caller.line.hang_up()
    await expect(inbox.wrap_up).to_be_visible(timeout=LONG_MS)
    await inbox.page.context.close()


async def test_a_network_that_fails_for_a_moment_loses_nothing(
    world: World, computer: Computer, headset_there: Browser
) -> None:
    # given Ana in a talk
    _, inbox, headset, caller = await in_a_talk(world, headset_there)
    before = await world.leg_channel(world.agents[-1])

    # when her network fails, for as long as the customer needs to notice
    computer.cut()
    await eventually(lambda: caller.line.hears_nothing(0.3))
    computer.mend()

    # then they talk on, by the same leg
    await hear_each_other(headset, caller)
    assert await world.leg_channel(world.agents[-1]) == before
    assert await headset.connections() == 1
    await caller.line.hang_up()
    await expect(inbox.wrap_up).to_be_visible(timeout=LONG_MS)
    await inbox.page.context.close()
