"""Live View on the stand-in API: what is listed and how, what a supervisor does, who may see it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from app.api import shapes
from app.domain.agent import Role
from app.domain.conversation import Channel, State
from app.domain.supervision import How
from tests.browser import samples
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import Scheme, new_page, screenshot
from tests.browser.fake_api import FakeApi
from tests.support.polling import eventually

SAM = shapes.Named("ana", "Sam")


@pytest.fixture
def fake() -> FakeApi:
    """A supervisor is signed in."""
    return FakeApi(samples.ana(name="Sam", role=Role.SUPERVISOR))


@pytest.fixture
async def page(browser: Browser, url: str, fake: FakeApi) -> AsyncIterator[Page]:
    """Their Live View, with one of everything."""
    for each in _floor():
        fake.conversations[each.id] = each
    found = await new_page(browser)
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    await found.goto(f"{url}live")
    yield found
    await found.context.close()
    assert errors == []


def _floor() -> list[shapes.Conversation]:
    named = shapes.Customer("Greta Gable", "+1 555 0131", None)
    return [
        samples.talk("ai", state=State.BOT, customer=named, skills=[], sentiment=-0.8,
                     flow={"name": "refund", "step": "verify"}, queued_at=None),
        samples.talk("waits", state=State.QUEUED),
        msgspec.structs.replace(samples.active("talks"), agent=samples.BEN, segments=[]),
        samples.talk("mail", state=State.QUEUED, channel=Channel.EMAIL),
    ]  # fmt: skip


async def test_everything_open_is_listed_filtered_and_sorted(page: Page, fake: FakeApi) -> None:
    # then all of it is there, the AI's too
    await expect(page.get_by_text("4 open")).to_be_visible()
    ai = page.locator(".row", has_text="Greta Gable")
    await expect(ai).to_contain_text("With the AI")
    await expect(ai).to_contain_text("refund › verify")

    # when it is filtered, then the address keeps it, also over a reload
    await page.get_by_label("State", exact=True).select_option("waiting")
    await expect(page.get_by_text("2 of 4 open")).to_be_visible()
    await expect(page).to_have_url(re.compile("state=waiting"))
    await page.reload()
    await expect(page.get_by_text("2 of 4 open")).to_be_visible()

    # when nothing fits, then it says so, and one click shows all
    await page.get_by_label("Customer, agent, skill or flow").fill("nobody")
    await page.get_by_role("button", name="Show all").click()
    await expect(page.get_by_text("4 open")).to_be_visible()

    # when sorted by sentiment, the unhappiest is first or last
    await page.get_by_role("button", name="Sentiment").click()
    await page.get_by_role("button", name="Sentiment").click()
    await expect(page.locator(".live .row").first).to_contain_text("Greta Gable")

    # when something ends, it leaves
    await fake.push("conversation.removed", {"id": "mail"})
    await expect(page.get_by_text("3 open")).to_be_visible()


async def test_listen_whisper_barge_by_key_and_the_state_is_shown(
    page: Page, fake: FakeApi
) -> None:
    # given a talk in the panel
    await page.locator(".row", has_text="Ben Okafor").click()
    listen = page.get_by_role("button", name="Listen")
    await expect(listen).to_have_attribute("aria-pressed", "false")

    # when
    await page.keyboard.press("l")
    await eventually(lambda: ("POST", "/conversations/talks/listen", {}) in fake.asked, within=15)
    await fake.change_me(watching=shapes.Watching("talks", How.LISTEN, samples.ago(1)))
    watched = [shapes.Supervision(SAM, How.LISTEN, samples.ago(1))]
    await fake.change(msgspec.structs.replace(fake.conversations["talks"], supervisors=watched))

    # then
    await expect(listen).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_text("Sam listens")).to_be_visible()

    # when he whispers, then leaves
    await page.get_by_role("button", name="Whisper").click()
    await eventually(lambda: ("POST", "/conversations/talks/whisper", {}) in fake.asked, within=15)
    await expect(listen).to_have_attribute("aria-pressed", "true")  # until it is told otherwise
    await page.get_by_role("button", name="Stop").click()
    await eventually(
        lambda: any(a[:2] == ("DELETE", "/conversations/talks/listen") for a in fake.asked),
        within=15,
    )


async def test_a_conversation_is_moved_and_taken_over(page: Page, fake: FakeApi) -> None:
    await page.locator(".row", has_text="Greta Gable").click()
    await page.get_by_role("button", name="Queue or move").click()
    await page.get_by_role("dialog").get_by_label("Billing").check()
    await page.get_by_role("button", name="Move", exact=True).click()
    wanted = ("POST", "/conversations/ai/queue", {"skills": ["Billing"]})
    await eventually(lambda: wanted in fake.asked, within=15)

    # and a refusal is said
    fake.refusal = (
        409,
        {"type": "urn:ringdesk:problem:wrong-state", "detail": "you are on a call"},
    )
    await page.get_by_role("button", name="Take over").click()
    await eventually(lambda: ("POST", "/conversations/ai/take-over", {}) in fake.asked, within=15)
    await expect(page.get_by_text("you are on a call")).to_be_visible()


async def test_an_agent_has_no_live_view(browser: Browser, url: str, fake: FakeApi) -> None:
    fake.me = samples.ana()
    page = await new_page(browser)
    await page.goto(f"{url}live")
    await expect(page.get_by_role("link", name="Inbox").first).to_be_visible()
    await expect(page.get_by_role("link", name="Live View")).to_have_count(0)
    await expect(page.get_by_role("region", name="Live View")).to_have_count(0)
    await page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_looks_right_and_has_no_serious_fault(
    browser: Browser, url: str, fake: FakeApi, scheme: Scheme
) -> None:
    page = await new_page(browser, scheme=scheme)
    await page.goto(f"{url}live")
    await expect(page.get_by_text("Nothing is open right now.")).to_be_visible()
    await no_serious_fault(page)
    for each in _floor():
        await fake.change(each)
    await page.locator(".row", has_text="Ben Okafor").click()
    await fake.change_me(watching=shapes.Watching("talks", How.WHISPER, samples.ago(1)))
    await expect(page.get_by_role("button", name="Whisper")).to_have_attribute(
        "aria-pressed", "true"
    )
    await no_serious_fault(page)
    await screenshot(page, f"live-view-{scheme}")
    await page.context.close()


FLOOR = 2_000
RATE = 500
SECONDS = 6
WATCH = """() => {
    window.__long = [];
    window.__frames = [];
    new PerformanceObserver((list) => list.getEntries().forEach((e) => __long.push(e.duration)))
        .observe({type: "longtask", buffered: false});
    let last = performance.now();
    const frame = (now) => { __frames.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
}"""


@pytest.mark.slow
@pytest.mark.alone
async def test_2000_conversations_and_500_events_a_second_keep_up(
    browser: Browser, url: str, fake: FakeApi
) -> None:
    """How it is measured: the page has 2,000 open conversations; for 6 s one of them after the
    other changes, 500 a second, through a real socket. In the page: the time between frames
    (requestAnimationFrame), long tasks (over 50 ms), and how late the last change shows."""
    # given
    for n in range(FLOOR):
        fake.conversations[f"c{n}"] = _busy(n, 0)
    page = await new_page(browser)
    await page.goto(f"{url}live?sort=customer&up=1")
    await expect(page.get_by_text(f"{FLOOR} open")).to_be_visible()
    await page.evaluate(WATCH)

    # when
    began = time.monotonic()
    sent = 0
    while sent < RATE * SECONDS:
        due = min(RATE * SECONDS, int((time.monotonic() - began) * RATE) + 1)
        for n in range(sent, due):
            await fake.change(_busy(n % FLOOR, n))
        sent = due
        await asyncio.sleep(0.01)
    took = time.monotonic() - began
    await fake.change(_busy(0, 0, name="000 the last one"))
    told = time.monotonic()
    await expect(page.locator(".live .row").first).to_contain_text("the last one")
    late = time.monotonic() - told
    frames = sorted(await page.evaluate("__frames"))
    long = await page.evaluate("__long")
    await page.context.close()

    # then
    middle, worst = frames[len(frames) // 2], frames[int(len(frames) * 0.99)]
    print(
        f"live view: {sent / took:.0f} events/s on {FLOOR} open; frames p50 {middle:.0f} ms, "
        f"p99 {worst:.0f} ms; {len(long)} long tasks, the longest {max(long, default=0):.0f} ms; "
        f"the last change shown after {late * 1000:.0f} ms"
    )
    assert late < 2, "the page fell behind"


def _busy(n: int, version: int, name: str | None = None) -> shapes.Conversation:
    customer = shapes.Customer(name or f"Customer {n:04}", f"+1555{n:07}", None)
    states = (State.BOT, State.QUEUED, State.ACTIVE)
    mood = ((n * 7 + version) % 21 - 10) / 10
    return samples.talk(
        f"c{n}", customer=customer, state=states[n % 3], sentiment=mood, version=version + 1,
        agent=samples.BEN if n % 3 == 2 else None, flow={"name": "refund", "step": str(version)},
    )  # fmt: skip
