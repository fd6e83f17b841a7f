"""The Inbox page on the real service and Asterisk: what an agent can see and do."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import screenshot
from tests.browser.inbox_page import DIALLING_MS, InboxPage, a_phone, at_page
from tests.support.people import Agent, Person
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow


@pytest.fixture
async def ana(world: World) -> Agent:
    """Ana, with a phone that nobody called yet."""
    agent = await world.person("ana")
    agent.phone = await a_phone(world)
    return agent


@pytest.fixture
async def inbox(browser: Browser, world: World, ana: Agent) -> AsyncIterator[InboxPage]:
    """Ana's page: leg connected over her number, Available."""
    page = await at_page(browser, world, ana)
    await page.use_number(ana.phone)
    await page.become("Available")
    yield page
    await page.page.context.close()


async def test_a_whole_call_with_the_keyboard(world: World, ana: Agent, inbox: InboxPage) -> None:
    # given Ana at her page; when a customer calls Billing
    caller = await world.call("200")

    # then the offer is there with who calls, and the phone rings
    await expect(inbox.offer).to_contain_text(caller.number)
    await expect(inbox.offer.get_by_role("timer")).to_have_text(re.compile(r"\d+ s"))
    await expect(inbox.leg("Ringing")).to_be_visible()
    await expect(inbox.page).to_have_title(re.compile(re.escape(caller.number)))
    await expect(inbox.page.get_by_role("alert")).to_contain_text("Voice call from")
    await screenshot(inbox.page, "real-offered")

    # when she presses A, they hear each other
    await inbox.page.keyboard.press("a")
    await world.hear_each_other(ana, caller)
    await expect(inbox.leg("Connected")).to_be_visible()
    await expect(inbox.page).to_have_title("Ringdesk")
    talk = str((await world.conversation(caller, "active"))["id"])
    await screenshot(inbox.page, "real-talking")

    # when she writes notes and ends the call, the wrap-up opens with them
    await inbox.page.keyboard.press("n")
    await inbox.page.keyboard.type("charged twice, refund promised")
    await expect(inbox.page.locator("[data-state=saved]")).to_be_visible()
    await inbox.page.keyboard.press("Escape")
    await inbox.page.keyboard.press("Control+e")
    await expect(inbox.wrap_up).to_be_visible()
    await caller.line.ended()
    await expect(inbox.page.get_by_label("Notes")).to_have_value("charged twice, refund promised")
    await screenshot(inbox.page, "real-wrap-up")

    # and once she closes it, all is in the archive and she is ready again
    await inbox.page.get_by_label("Disposition").fill("Refunded")
    await inbox.page.keyboard.press("Control+Enter")
    await expect(inbox.page.get_by_text("The next conversation comes to you here.")).to_be_visible()
    kept = await world.closed(talk)
    assert kept["segments"][0]["notes"] == "charged twice, refund promised"
    assert kept["segments"][0]["disposition"] == "Refunded"


async def test_hanging_up_puts_the_conversation_into_wrap_up(
    world: World, ana: Agent, inbox: InboxPage
) -> None:
    caller = await world.call("200")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(ana, caller)
    await ana.line.hang_up()
    await expect(inbox.wrap_up).to_be_visible()
    await expect(inbox.wrap_up).to_contain_text("New conversations come once this is closed.")
    await inbox.page.get_by_role("button", name="Close wrap-up").click()
    await expect(inbox.wrap_up).to_have_count(0)
    await expect(inbox.leg("Connected")).to_be_visible(timeout=10_000)


async def test_a_lost_leg_shows_disconnected_and_a_click_reconnects_it(
    ana: Agent, inbox: InboxPage
) -> None:
    await ana.line.hang_up()
    await expect(inbox.leg("Disconnected")).to_contain_text("click to reconnect")
    await inbox.leg("Disconnected").click()
    await expect(inbox.leg("Connected")).to_be_visible(timeout=DIALLING_MS)
    assert ana.phone.rings == 2


async def test_a_number_that_nobody_has_is_said_beside_the_leg(
    browser: Browser, world: World, ana: Agent
) -> None:
    inbox = await at_page(browser, world, ana)
    await inbox.configure_number("+443019999999")
    await inbox.leg("Disconnected").click()
    await expect(inbox.leg("Disconnected")).to_contain_text(
        "could not be reached · click to reconnect"
    )
    await inbox.page.context.close()


async def test_a_bad_number_is_refused_in_words(browser: Browser, world: World, ana: Agent) -> None:
    inbox = await at_page(browser, world, ana)
    await inbox.page.get_by_title("Personal Configuration").click()
    await inbox.page.get_by_role("textbox", name="Phone number").fill("call me")
    await inbox.page.get_by_role("button", name="Save").click()
    await expect(inbox.page.get_by_role("main")).to_contain_text("must be a telephone number")
    await inbox.page.context.close()


@pytest.mark.parametrize("name", ["sam", "admin"])
async def test_supervisors_and_administrators_have_the_page_too(
    browser: Browser, world: World, name: str
) -> None:
    inbox = await at_page(browser, world, Person(world.stack, name))
    await world.call("200")
    await expect(inbox.page.get_by_role("button", name="Signed in")).to_be_visible()
    await expect(inbox.offer).to_have_count(0)
    await inbox.page.context.close()


@pytest.mark.alone
async def test_a_click_on_accept_shows_within_50_ms(world: World, inbox: InboxPage) -> None:
    caller = await world.call("200")
    await expect(inbox.offer).to_be_visible()
    took: float = await inbox.page.evaluate(
        """() => new Promise((tell) => {
            const from = performance.now();
            new MutationObserver(() => tell(performance.now() - from))
                .observe(document.querySelector(".inbox"), {childList: true, subtree: true});
            document.querySelector(".offer .primary").click();
        })"""
    )
    assert took < 50
    await world.conversation(caller, "active")


async def test_reject_gives_the_call_back_to_the_queue(world: World, inbox: InboxPage) -> None:
    caller = await world.call("200")
    await expect(inbox.offer).to_be_visible()
    await inbox.page.keyboard.press("r")
    await expect(inbox.offer).to_have_count(0)
    await expect(inbox.waiting).to_contain_text([caller.number])
    await world.conversation(caller, "queued")


async def test_a_waiting_row_vanishes_when_a_colleague_gets_it(
    browser: Browser, world: World, ana: Agent
) -> None:
    # given Ana and Ben at their pages, neither available, and a customer who waits for Billing
    ben = await world.person("ben")
    ben.phone = await a_phone(world)
    ana_sees, ben_sees = [await at_page(browser, world, one) for one in (ana, ben)]
    await ben_sees.use_number(ben.phone)
    caller = await world.call("200")
    for page in (ana_sees, ben_sees):
        await expect(page.waiting).to_contain_text([caller.number])

    # when Ben becomes available, then he is offered the call and Ana's row is gone
    await ben_sees.become("Available")
    await expect(ben_sees.offer).to_contain_text(caller.number)
    await expect(ana_sees.waiting).to_have_count(0)
    for page in (ana_sees, ben_sees):
        await page.page.context.close()


async def test_busy_keeps_the_call_and_stops_new_ones(
    world: World, ana: Agent, inbox: InboxPage
) -> None:
    caller = await world.call("200")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(ana, caller)
    await inbox.become("Busy")
    await ana.is_("busy")
    await world.hear_each_other(ana, caller)
    second = await world.call("200")
    await expect(inbox.waiting).to_contain_text([second.number])
    await expect(inbox.offer).to_have_count(0)


async def test_a_reload_shows_what_the_events_had_shown(world: World, inbox: InboxPage) -> None:
    for _ in range(3):
        await world.call("200")
    await expect(inbox.waiting).to_have_count(2)
    await expect(inbox.offer).to_be_visible()
    names = ".row-name, .offer strong, .panel-head h1"
    before = await inbox.page.locator(names).all_text_contents()
    await inbox.page.reload()
    await expect(inbox.waiting).to_have_count(2)
    assert await inbox.page.locator(names).all_text_contents() == before


async def test_the_page_lives_through_a_killed_service(browser: Browser, own_world: World) -> None:
    # given Ana in a talk at her page
    world = own_world
    ana = await world.person("ana")
    ana.phone = await a_phone(world)
    inbox = await at_page(browser, world, ana)
    await inbox.use_number(ana.phone)
    await inbox.become("Available")
    caller = await world.call("200")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(ana, caller)
    await inbox.page.evaluate("window.kept = true")

    # when the service is killed, the page says what still works, and the talk goes on
    world.stack.kill9()
    lost = inbox.page.get_by_text("The connection to Ringdesk is lost.")
    await expect(lost).to_be_visible()
    await world.hear_each_other(ana, caller)
    await screenshot(inbox.page, "real-connection-lost")

    # and once it is back, the page goes on by itself: no reload, no sign-in
    world.stack.restart()
    await expect(lost).to_have_count(0, timeout=15_000)
    assert await inbox.page.evaluate("window.kept")
    await eventually(lambda: caller.line.hears(ana.phone.hz))
    await inbox.page.get_by_role("button", name="End").click()
    await expect(inbox.wrap_up).to_be_visible()
    await caller.line.ended()
    await inbox.page.context.close()
