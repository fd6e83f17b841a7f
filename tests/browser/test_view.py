"""What only the view decides, on the stand-in API: states, keys, screenshots, accessibility."""

import re
from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from app.api import shapes
from app.domain.agent import Role, Status
from app.domain.consult import ConsultState
from app.domain.conversation import Staffing, State
from app.domain.leg import LegState
from tests.browser import samples
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import NARROW, Scheme, new_page, screenshot
from tests.browser.fake_api import FakeApi
from tests.support.polling import eventually


@pytest.fixture
async def page(browser: Browser, url: str) -> AsyncIterator[Page]:
    """Ana's page, open and live."""
    found = await new_page(browser)
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda said: errors.append(said.text) if _is_policy(said.text) else None)
    await found.goto(url)
    yield found
    await found.context.close()
    assert errors == []


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text


async def test_an_offer_is_announced_and_accepted_with_a_key(page: Page, fake: FakeApi) -> None:
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    await fake.change(samples.offered("c1"))
    await expect(page).to_have_title(re.compile("Maria Lopez"))
    await expect(page.get_by_role("alert")).to_contain_text("Voice call from Maria Lopez")
    await page.keyboard.press("a")
    await expect(page.get_by_role("button", name="End")).to_be_visible()
    await eventually(lambda: ("POST", "/conversations/c1/accept", {}) in fake.asked)


@pytest.mark.alone
async def test_a_click_shows_its_effect_within_50_ms(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.offered("c1"))
    await expect(page.locator(".offer")).to_be_visible()
    took = await page.evaluate(
        """() => new Promise((tell) => {
            const from = performance.now();
            new MutationObserver(() => tell(performance.now() - from))
                .observe(document.querySelector(".inbox"), {childList: true, subtree: true});
            document.querySelector(".offer .primary").click();
        })"""
    )
    assert took < 50


async def test_a_refused_accept_is_taken_back_and_said(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.offered("c1"))
    problem = {"type": "urn:ringdesk:problem:wrong-state", "detail": "offered to somebody else"}
    fake.refusal = (409, problem)
    await page.locator(".offer").get_by_role("button", name="Accept").click()
    await expect(page.get_by_text("the conversation has moved on")).to_be_visible()
    await expect(page.locator(".offer")).to_be_visible()


async def test_no_single_key_acts_while_typing(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.active("mine"))
    await fake.change(samples.offered("c1"))
    await expect(page.locator(".offer")).to_be_visible()
    await page.keyboard.press("n")
    await page.keyboard.type("ar?")
    await expect(page.get_by_label("Notes")).to_have_value("ar?")
    await eventually(lambda: ("PUT", "/conversations/mine/notes", {"notes": "ar?"}) in fake.asked)
    assert not any(path.endswith(("accept", "reject")) for _, path, _ in fake.asked)


async def test_hold_and_mute_by_key_show_at_once(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.active("mine"))
    await expect(page.get_by_role("button", name="Hold")).to_be_visible()
    await page.keyboard.press("h")
    await expect(page.get_by_role("button", name="Resume")).to_be_visible()
    await expect(page.locator(".state")).to_have_text("On hold")
    await eventually(lambda: ("POST", "/conversations/mine/hold", {}) in fake.asked)
    await page.keyboard.press("m")
    await expect(page.locator(".state")).to_have_text("On hold, muted")
    await fake.change(samples.active("mine", held=True, muted=True, version=3))
    await screenshot(page, "held")
    await no_serious_fault(page)
    await page.get_by_role("button", name="Unmute").click()
    await eventually(lambda: ("POST", "/conversations/mine/unmute", {}) in fake.asked)


async def test_digits_go_out_while_the_keypad_is_open(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.active("mine"))
    await expect(page.get_by_role("button", name="Keypad")).to_be_visible()
    await page.keyboard.press("5")
    await page.keyboard.press("k")
    await page.keyboard.type("1#")
    await page.get_by_role("button", name="star").click()
    await screenshot(page, "keypad")
    await no_serious_fault(page)
    digits = [{"digits": digit} for digit in "1#*"]
    sent = "/conversations/mine/dtmf"
    await eventually(lambda: [body for _, path, body in fake.asked if path == sent] == digits)
    await page.keyboard.press("k")
    await expect(page.get_by_role("button", name="star")).to_have_count(0)


async def test_a_call_is_transferred_with_the_keyboard(page: Page, fake: FakeApi) -> None:
    fake.colleagues = [
        shapes.DirectoryEntry("ben", "Ben Okafor", Role.AGENT, Status.AVAILABLE, ["Billing"], True),
        shapes.DirectoryEntry("chi", "Chi Nakamura", Role.AGENT, Status.BUSY, ["Spanish"]),
        shapes.DirectoryEntry("eva", "Eva Béranger", Role.AGENT, Status.AVAILABLE, ["Billing"]),
    ]
    await fake.change(samples.active("mine"))
    await expect(page.get_by_role("button", name="Transfer")).to_be_visible()
    await page.keyboard.press("t")
    # skills and colleagues are there at once, with who is free
    await expect(page.get_by_role("option", name="Billing 1 free")).to_be_visible()
    await expect(page.get_by_role("option", name="Ben Okafor free")).to_be_visible()
    await expect(page.get_by_role("option", name="Chi Nakamura Busy")).to_be_disabled()
    await screenshot(page, "transfer")
    await no_serious_fault(page)

    # what is typed narrows the list, accents or not; who is Busy cannot be chosen
    await page.keyboard.type("ber")
    await expect(page.get_by_role("option")).to_have_count(1)
    await expect(page.get_by_role("option")).to_have_text("Eva Bérangeron a conversation")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("chi")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("button", name="Transfer")).to_be_disabled()

    # arrows and Enter choose, Enter again transfers
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Backspace")
    await expect(page.get_by_role("option").nth(3)).to_be_visible()
    names = await page.get_by_role("option").all_inner_texts()
    for _ in range(next(n for n, name in enumerate(names) if "Ben" in name)):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox")).to_have_value("Ben Okafor")
    await page.keyboard.press("Enter")
    asked = {"to": {"agent": "ben"}, "mode": "blind"}
    await eventually(lambda: ("POST", "/conversations/mine/transfer", asked) in fake.asked)
    await expect(page.get_by_role("heading", name="Wrap-up", exact=True)).to_be_visible()
    await expect(page.get_by_text("ended by your transfer")).to_be_visible()


async def test_a_call_is_transferred_to_a_number(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.active("mine"))
    await page.get_by_role("button", name="Transfer").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Transfer")).to_be_disabled()
    await page.get_by_role("combobox").fill(" +44 20 7946 0001")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    asked = {"to": {"number": "+44 20 7946 0001"}, "mode": "blind"}
    await eventually(lambda: ("POST", "/conversations/mine/transfer", asked) in fake.asked)


async def test_a_consult_by_keyboard(page: Page, fake: FakeApi) -> None:
    # given a call, and somebody to ask
    talk = samples.active("mine")
    await fake.change(talk)
    await page.get_by_role("button", name="Transfer").click()
    await page.get_by_role("combobox").fill("+44 20 7946 0001")
    await page.get_by_role("option", name="+44 20 7946 0001").click()
    await page.get_by_role("button", name="Consult first").click()
    asked = {"to": {"number": "+44 20 7946 0001"}, "mode": "consult"}
    await eventually(lambda: ("POST", "/conversations/mine/transfer", asked) in fake.asked)

    # when it rings there, then it can be given up, and nothing else
    consult = samples.consult(talk, "+44 20 7946 0001")
    await fake.change(msgspec.structs.replace(talk, consult=consult, held=True, version=2))
    strip = page.get_by_role("region", name="Consult")
    await expect(strip.get_by_role("status")).to_contain_text("Asking +44 20 7946 0001")
    await expect(strip.get_by_role("button", name="Complete")).to_be_disabled()
    await page.keyboard.press("s")
    await page.keyboard.press("Control+y")

    # when they answered: S swaps, Ctrl+Y gives the customer away
    consult = msgspec.structs.replace(consult, state=ConsultState.TALKING)
    await fake.change(msgspec.structs.replace(talk, consult=consult, held=True, version=3))
    await expect(strip.get_by_role("status")).to_contain_text("You talk to +44 20 7946 0001")
    await screenshot(page, "consult")
    await no_serious_fault(page)
    await page.keyboard.press("s")
    await expect(strip.get_by_role("status")).to_contain_text("You talk to the customer")
    consult = msgspec.structs.replace(consult, state=ConsultState.SWAPPED, since=samples.ago(0))
    await fake.change(msgspec.structs.replace(talk, consult=consult, version=4))
    await page.keyboard.press("Control+y")
    wanted = [f"/conversations/mine/transfer/{act}" for act in ("swap", "complete")]
    await eventually(lambda: [p for _, p, _ in fake.asked if "/transfer/" in p] == wanted)


async def test_an_offer_says_that_a_colleague_asks(page: Page, fake: FakeApi) -> None:
    # given a call of Chi's about which I am asked
    offer = samples.offered("theirs")
    chi = shapes.Named("chi", "Chi Nakamura")
    call = msgspec.structs.replace(offer, state=State.ACTIVE, agent=chi)
    consult = samples.consult(call, None)
    await fake.change(msgspec.structs.replace(call, consult=consult))
    await expect(page.get_by_text("Chi Nakamura asks you")).to_be_visible()

    # when I take it, then I can leave, and the call is not mine to end
    await page.keyboard.press("a")
    await eventually(lambda: ("POST", "/conversations/theirs/accept", {}) in fake.asked)
    strip = page.get_by_role("region", name="Consult")
    await expect(strip.get_by_role("status")).to_contain_text("Chi Nakamura asks you about this")
    await expect(strip.get_by_role("button", name="Leave")).to_be_visible()
    await expect(page.get_by_role("button", name="Hold")).to_have_count(0)


async def test_a_call_that_ends_takes_its_dialog_along(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.active("mine"))
    await expect(page.get_by_role("button", name="Transfer")).to_be_visible()
    await page.keyboard.press("t")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await fake.change(samples.wrapping_up("mine"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Keys")).to_be_visible()


async def test_wrap_up_is_closed_with_what_was_typed(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.wrapping_up("c1"))
    await page.get_by_label("Disposition").fill("Refunded")
    await page.get_by_label("Notes").fill("Refund sent.")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("The next conversation comes to you here.")).to_be_visible()
    written = {"notes": "Refund sent.", "disposition": "Refunded"}
    await eventually(lambda: ("POST", "/conversations/c1/wrap-up", written) in fake.asked)


async def test_busy_says_its_consequence_first(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.active("mine"))
    await page.get_by_role("button", name="Status: Available").click()
    await page.get_by_role("button", name=re.compile("^Busy")).click()
    await expect(page.get_by_text("Your call goes on.")).to_be_visible()
    assert fake.asked == []
    await page.get_by_label("Reason (optional)").fill("lunch")
    await page.get_by_role("button", name="Finish first").click()
    asked = {"status": "busy", "reason": "lunch", "when": "after_current"}
    await eventually(lambda: ("PUT", "/me/status", asked) in fake.asked)
    await expect(page.get_by_text("Busy after this conversation")).to_be_visible()


async def test_a_lost_line_is_said_and_comes_back_without_reload(page: Page, fake: FakeApi) -> None:
    await fake.change(samples.talk("c1"))
    await expect(page.locator(".row")).to_have_count(1)
    await page.evaluate("window.kept = true")
    await page.context.set_offline(True)
    fake.cut()
    await expect(page.get_by_text("The connection to Ringdesk is lost.")).to_be_visible()
    await screenshot(page, "connection-lost")
    fake.conversations["c2"] = samples.talk("c2")
    await page.context.set_offline(False)
    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.get_by_text("The connection to Ringdesk is lost.")).to_have_count(0)
    assert await page.evaluate("window.kept")


async def test_signing_in_and_out(browser: Browser, url: str, fake: FakeApi) -> None:
    fake.signed_in = False
    page = await new_page(browser)
    await page.goto(url)
    await page.get_by_label("Email").fill("ana@example.com")
    await page.get_by_label("Password").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("do not go together")).to_be_visible()
    await screenshot(page, "sign-in")
    await page.get_by_label("Password").fill("right")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Signed in: Ana Alvarez").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_the_list_is_not_drawn_again_as_times_tick(page: Page, fake: FakeApi) -> None:
    for n in range(200):
        fake.conversations[f"c{n}"] = samples.talk(f"c{n}", queued_at=samples.ago(n))
    await page.reload()
    await expect(page.locator("h2", has_text="Waiting")).to_contain_text("200")
    first = page.locator(".row time").first
    before = await first.text_content()
    await page.evaluate(
        """() => { window.drawn = 0;
            new MutationObserver((all) => { for (const one of all)
                if (!one.target.closest?.("time") && one.type !== "characterData") window.drawn++;
            }).observe(document.querySelector(".inbox"), {childList: true, subtree: true,
                                                          attributes: true}); }"""
    )
    await eventually(lambda: _changed(page, before))
    assert await page.evaluate("window.drawn") == 0


async def _changed(page: Page, before: str | None) -> bool:
    return await page.locator(".row time").first.text_content() != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pictures(browser: Browser, url: str, fake: FakeApi, scheme: Scheme) -> None:
    page = await new_page(browser, scheme=scheme)
    await page.goto(url)
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    await screenshot(page, f"empty-{scheme}")
    await _busy_day(fake)
    await expect(page.locator(".offer")).to_be_visible()
    await no_serious_fault(page)
    await screenshot(page, f"offered-{scheme}")
    await fake.change(samples.active("offered"))
    await fake.change_me(leg=samples.leg(LegState.CONNECTED, "talking"))
    await expect(page.get_by_role("button", name="End")).to_be_visible()
    await screenshot(page, f"talking-{scheme}")
    await page.get_by_role("button", name="Status: Available").click()
    await page.get_by_role("button", name=re.compile("^Busy")).click()
    await screenshot(page, f"status-{scheme}")
    await no_serious_fault(page)
    await page.keyboard.press("Escape")
    await fake.change(samples.wrapping_up("offered"))
    await fake.change_me(leg=samples.leg(LegState.DISCONNECTED, "phone lost"))
    await expect(page.get_by_role("heading", name="Wrap-up", exact=True)).to_be_visible()
    await screenshot(page, f"wrap-up-{scheme}")
    await no_serious_fault(page)
    await page.get_by_title("Personal Configuration").click()
    await expect(page.get_by_role("heading", name="Personal Configuration")).to_be_visible()
    await screenshot(page, f"personal-{scheme}")
    await no_serious_fault(page)
    await page.get_by_role("link", name="Inbox").click()
    await page.locator("body").press("?")
    await screenshot(page, f"keys-{scheme}")


async def test_pictures_in_a_narrow_window(browser: Browser, url: str, fake: FakeApi) -> None:
    page = await new_page(browser, NARROW)
    await page.goto(url)
    await _busy_day(fake)
    await expect(page.locator(".offer")).to_be_visible()
    await screenshot(page, "narrow")
    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0


async def _busy_day(fake: FakeApi) -> None:
    long = "Wilhelmina Featherstonehaugh-Cholmondeley of Upper Kings Norton"
    await fake.change_me(leg=samples.leg(LegState.RINGING), status=Status.AVAILABLE)
    for n in range(12):
        await fake.change(
            samples.talk(
                f"w{n}",
                customer=shapes.Customer(long if n == 2 else None, f"+1 555 01{n:02}", None),
                queued_at=samples.ago(20 + 77 * n),
                priority=10 if n == 4 else 0,
                skills=["Billing", "Spanish"] if n % 3 else ["Billing"],
                staffing=Staffing.NONE_SIGNED_IN if n == 6 else Staffing.OK,
            )
        )
    await fake.change(samples.offered("offered"))
