"""Live View on real calls: what a supervisor's clicks do to who hears whom, proved by tones."""

import re
import secrets

import pytest
from playwright.async_api import Browser, expect

from tests.browser.ai import Ai
from tests.browser.inbox_page import at_page
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow
LONG = 20.0


@pytest.mark.timeout(300)
async def test_an_ai_call_is_read_along_queued_supervised_and_taken_over(
    browser: Browser, world: World
) -> None:
    # given Ana who is free, a supervisor with a phone at Live View, and a caller with the AI
    ana, sam = await world.at_work("ana"), await world.at_work("sam")
    inbox = await at_page(browser, world, sam)
    page = inbox.page
    async with Ai(world) as ai:
        name = f"Greta {secrets.token_hex(3)}"
        caller, talk = await ai.takes_a_call(name)
        await inbox.go("Live View")
        row = page.locator(".live .row", has_text=name)
        await expect(row).to_contain_text("With the AI")
        await expect(row).to_contain_text("refund › verify")

        # when he opens it, then he reads along
        await row.click()
        await ai.says(talk, name, "I have had enough of you")
        await expect(page.get_by_text("I have had enough of you")).to_be_visible()

        # when he queues it for Billing, then Ana gets the caller
        await page.get_by_role("button", name="Queue or move").click()
        await page.get_by_role("dialog").get_by_label("Billing").check()
        await page.get_by_role("button", name="Move", exact=True).click()
        await world.talking(ana, caller)
        await expect(row).to_contain_text("Ana")

        # when he listens, then he hears both; when he whispers, Ana hears him
        await page.keyboard.press("l")
        await eventually(
            lambda: sam.line.hears_among(ana.phone.hz) and sam.line.hears_among(caller.hz),
            within=LONG,
        )
        pressed = re.compile("^(Listen|Whisper|Barge)")
        await expect(page.get_by_role("button", name=pressed, pressed=True)).to_have_text(
            re.compile("Listen")
        )
        await page.keyboard.press("w")
        await eventually(lambda: ana.line.hears_among(sam.phone.hz), within=LONG)
        assert not caller.line.hears_among(sam.phone.hz)

        # when he speaks to all, then the customer hears him, too
        await page.get_by_role("button", name=re.compile("^Barge")).click()
        await eventually(lambda: caller.line.hears_among(sam.phone.hz), within=LONG)

        # when he takes it over, then the customer is his, and Ana writes her notes
        await page.get_by_role("button", name="Take over").click()
        await world.hear_each_other(sam, caller, within=LONG)
        await eventually(ana.line.hears_nothing, within=LONG)
        await expect(row).to_contain_text("Sam")
        await expect(page.get_by_role("button", name=pressed)).to_have_count(0)
        await ana.wrap_up(talk)

        # when he ends it, then it leaves the list
        await page.get_by_role("button", name=re.compile("^End")).click()
        await world.conversation_is(talk, "wrap_up", within=LONG)
        await sam.wrap_up(talk)
        await expect(row).to_have_count(0)
    await page.context.close()


async def test_a_talk_is_moved_from_live_view_to_another_agent(
    browser: Browser, world: World
) -> None:
    # given a talk of Ana's, and Chi who is free
    ana, chi = await world.at_work("ana"), await world.at_work("chi")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    sam = await world.person("sam")
    inbox = await at_page(browser, world, sam)
    page = inbox.page
    await inbox.go("Live View")

    # when a supervisor moves it to Chi alone
    await page.locator(".live .row", has_text=caller.number).click()
    await page.get_by_role("button", name="Queue or move").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Only this agent").select_option(chi.id)
    await page.get_by_role("button", name="Move", exact=True).click()

    # then Ana's part is over, and the customer is Chi's
    await chi.offered(talk)
    await chi.accept(talk)
    await world.hear_each_other(chi, caller, within=LONG)
    await eventually(ana.line.hears_nothing, within=LONG)
    await expect(page.locator(".live .row", has_text=caller.number)).to_contain_text("Chi")
    await ana.wrap_up(talk)
    await chi.end(talk)
    await chi.wrap_up(talk)
    await page.context.close()
