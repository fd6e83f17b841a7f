"""The product page, sentence by sentence: what an agent can see or do, at the real page.

Those about chats and routing rules are in test_product_spec_written.py, emails in test_email.py,
the web-audio modal's in test_web_leg.py, Settings' in test_personal.py and test_administration.py,
Live View's in test_live_view.py.
"""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.ai import SAID, Ai
from tests.browser.inbox_page import DIALLING_MS, InboxPage, a_phone, at_page
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import Caller, World

pytestmark = pytest.mark.slow


@pytest.fixture
async def ana(world: World) -> Agent:
    """Ana, who has Billing, with a phone that nobody called yet."""
    agent = await world.person("ana")
    agent.phone = await a_phone(world)
    return agent


@pytest.fixture
async def inbox(browser: Browser, world: World, ana: Agent) -> AsyncIterator[InboxPage]:
    """Ana's page, as it is after signing in."""
    page = await at_page(browser, world, ana)
    yield page
    await page.page.context.close()


@pytest.fixture
async def ready(inbox: InboxPage, ana: Agent) -> InboxPage:
    """Ana's page: leg connected, Available."""
    await ana.use_number(ana.phone)
    await inbox.become("Available")
    return inbox


@pytest.fixture
async def ai(world: World) -> AsyncIterator[Ai]:
    """The AI agent that callers of extension 100 reach."""
    async with Ai(world) as found:
        yield found


async def called_and_queued(world: World, extension: str) -> Caller:
    """A customer who waits in the queue before the next one calls: calls made at the same time
    may reach Ringdesk in either order."""
    caller = await world.call(extension)
    await world.conversation(caller, "queued", within=15)
    return caller


# Accessing the Inbox


async def test_navigate_to_monitor_inbox_in_the_left_sidebar(inbox: InboxPage) -> None:
    sidebar = inbox.page.get_by_role("navigation", name="Main")
    await expect(sidebar.get_by_text("Monitor")).to_be_visible()
    box = await sidebar.bounding_box()
    assert box is not None and box["x"] == 0
    await inbox.go("Conversations")
    await expect(inbox.page).to_have_url(re.compile("/conversations$"))
    await inbox.go("Inbox")
    await expect(inbox.page).to_have_url(re.compile("/inbox$"))
    await expect(inbox.page.get_by_role("region", name="Inbox")).to_be_visible()
    # the address alone opens it, and Back goes back
    await inbox.page.go_back()
    await expect(inbox.page.get_by_role("search")).to_be_visible()
    await inbox.page.goto(inbox.page.url.replace("conversations", "inbox"))
    await expect(inbox.page.get_by_text("Waiting for my skills")).to_be_visible()
    await inbox.look("spec-empty")


async def test_the_default_view_is_every_conversation_in_my_queue_by_skill_match(
    world: World, inbox: InboxPage
) -> None:
    mine = [await called_and_queued(world, "200") for _ in range(2)]
    await called_and_queued(world, "202")  # for who has Spanish
    await expect(inbox.waiting).to_have_count(2)
    await expect(inbox.waiting).to_contain_text([caller.number for caller in mine])


async def test_inbox_personal_is_my_own_view_set_up_under_configure_inbox(
    world: World, inbox: InboxPage, ana: Agent
) -> None:
    # given two that wait for Ana, one of high priority
    ordinary = await called_and_queued(world, "200")
    urgent = await called_and_queued(world, "201")
    await expect(inbox.waiting).to_have_count(2)

    # when she configures her Inbox
    await inbox.page.get_by_role("button", name="Configure Inbox").click()
    await inbox.look("spec-configure-inbox")
    await inbox.page.get_by_label("Priority at least").fill("5")
    await inbox.page.get_by_label("Order").select_option("Newest first")
    await inbox.page.get_by_label("Number called").check()
    await inbox.page.get_by_role("button", name="Save").click()

    # then Personal shows what she wants, and says that there is more
    await expect(inbox.page).to_have_url(re.compile("/inbox/personal$"))
    await expect(inbox.waiting).to_have_count(1)
    await expect(inbox.waiting).to_contain_text([urgent.number])
    await expect(inbox.waiting.locator(".row-cell")).to_have_text("201")
    await expect(inbox.page.get_by_text("1 more waits, hidden by your filters.")).to_be_visible()
    await inbox.look("spec-personal-view")

    # and it is hers, not this browser's: after a reload it is there; the default view is whole
    await inbox.page.reload()
    await expect(inbox.waiting).to_have_count(1)
    assert (await ana.me())["preferences"]["inbox_view"]["leastPriority"] == 5
    views = inbox.page.get_by_role("navigation", name="Inbox views")
    await views.get_by_role("link", name="Inbox").click()
    await expect(inbox.page).to_have_url(re.compile("/inbox$"))
    await expect(inbox.waiting).to_have_count(2)

    # and it never hides an offer
    await views.get_by_role("link", name="Personal").click()
    await expect(inbox.page).to_have_url(re.compile("/inbox/personal$"))
    await expect(inbox.waiting).to_have_count(1)
    await urgent.line.hang_up()
    await ana.use_number(ana.phone)
    await inbox.become("Available")
    await expect(inbox.offer).to_contain_text(ordinary.number)
    await ana.put("me/preferences", {"inbox_view": {}})


# Audio configuration (Agent Leg status)


async def test_the_leg_at_the_top_left_is_disconnected_connected_or_ringing(
    world: World, inbox: InboxPage, ana: Agent
) -> None:
    # Disconnected: click to reconnect, by the number of Settings > Personal Configuration
    await inbox.configure_number(ana.phone.name)
    await expect(inbox.leg("Disconnected")).to_contain_text("click to reconnect")
    box = await inbox.leg("Disconnected").bounding_box()
    assert box is not None and box["x"] < 200 and box["y"] < 60
    await inbox.leg("Disconnected").click()

    # Connected: her phone was called and answered
    await expect(inbox.leg("Connected")).to_be_visible(timeout=DIALLING_MS)
    await expect(inbox.leg("Connected")).to_contain_text(ana.phone.name)
    assert ana.phone.rings == 1

    # Ringing: a queued call is routed to her; title, sound and words tell
    await inbox.become("Available")
    caller = await world.call("200")
    await expect(inbox.leg("Ringing")).to_be_visible()
    await expect(inbox.page).to_have_title(re.compile(re.escape(caller.number)))
    await expect(inbox.page.get_by_role("alert")).to_contain_text(caller.number)
    await expect(inbox.page.locator("#ring")).to_have_js_property("paused", False)
    await inbox.look("spec-ringing")
    await caller.line.hang_up()
    await expect(inbox.leg("Connected")).to_be_visible()
    await expect(inbox.page.locator("#ring")).to_have_js_property("paused", True)


# Status management


async def test_busy_or_offline_conversations_do_not_route_to_me_and_available_they_do(
    world: World, ready: InboxPage
) -> None:
    await ready.become("Busy")
    caller = await world.call("200")
    await expect(ready.waiting).to_contain_text([caller.number])
    await ready.become("Offline")
    await world.conversation(caller, "queued")
    await expect(ready.offer).to_have_count(0)
    await ready.become("Available")
    await expect(ready.offer).to_contain_text(caller.number)


async def test_busy_says_what_returns_to_the_queue_and_then_returns_it(
    world: World, ready: InboxPage
) -> None:
    caller = await world.call("200")
    await expect(ready.offer).to_be_visible()
    await ready.status("Available").click()
    await ready.page.get_by_role("button", name=re.compile("^Busy ")).click()
    said = ready.page.get_by_text("The offered conversation goes back to the queue.")
    await expect(said).to_be_visible()
    await ready.look("spec-status")
    await expect(ready.offer).to_be_visible()  # nothing has happened yet
    await ready.page.get_by_role("button", name="Set Busy").click()
    await expect(ready.offer).to_have_count(0)
    await expect(ready.waiting).to_contain_text([caller.number])


async def test_what_was_routed_directly_to_me_remains_mine_when_i_am_offline(
    world: World, ready: InboxPage, ana: Agent, ai: Ai
) -> None:
    ben = await world.at_work("ben")
    await ready.become("Offline")
    _, talk = await ai.takes_a_call()
    await ai.queues(talk, "Billing", agent="ana@example.com")
    await expect(ready.waiting).to_contain_text(["Maria Lopez"])
    kept = await ana.get(f"conversations/{talk}")
    assert (kept["state"], kept["routed_to"]["id"]) == ("queued", ana.id)
    assert (await ben.me())["offer"] is None
    await ready.become("Available")
    await expect(ready.offer).to_contain_text("Maria Lopez")


# How a conversation reaches me


async def test_the_ai_or_a_supervisor_queues_it_with_skills_and_it_shows_up_here(
    world: World, inbox: InboxPage, ai: Ai
) -> None:
    # the AI, with two skills of which Ana has one: not for her
    _, talk = await ai.takes_a_call()
    await ai.queues(talk, "Billing", "Spanish")
    await world.conversation_is(talk, "queued")
    await expect(inbox.waiting).to_have_count(0)
    # a supervisor moves it to what she has
    await world.supervisor.post(f"conversations/{talk}/queue", {"skills": ["Billing"]})
    await expect(inbox.waiting).to_contain_text(["Maria Lopez"])
    await expect(inbox.waiting.locator(".row-skills")).to_have_text("Billing")


async def test_the_acd_picks_an_available_agent_whose_skills_match(
    browser: Browser, world: World, ready: InboxPage
) -> None:
    ben = await world.at_work("ben")
    its = await at_page(browser, world, ben)
    caller = await world.call("202")
    await expect(its.offer).to_contain_text(caller.number)
    await expect(its.page.get_by_text("You have Spanish.")).to_be_visible()
    await expect(ready.offer).to_have_count(0)
    await its.page.context.close()


async def test_caps_are_adjusted_from_the_top_bar_and_calls_are_one_at_a_time(
    world: World, ready: InboxPage, ana: Agent
) -> None:
    await ready.page.get_by_role("button", name=re.compile("^Caps")).click()
    await ready.page.get_by_label("Chats at once").fill("2")
    await ready.page.get_by_label("Emails at once").fill("11")
    await expect(ready.page.get_by_text("A whole number from 0 to 10.").first).to_be_visible()
    await ready.page.get_by_label("Emails at once").fill("0")
    await expect(ready.page.get_by_text("Chat 0/2")).to_be_visible()
    await expect(ready.page.get_by_text("Mail 0/0")).to_be_visible()
    await expect(ready.page.get_by_text("Calls at once: 1, always.")).to_be_visible()
    await ready.look("spec-caps")
    preferences = (await ana.me())["preferences"]
    assert (preferences["chat_cap"], preferences["email_cap"]) == (2, 0)
    await ana.put("me/preferences", {"chat_cap": 5, "email_cap": 5})
    await ready.page.keyboard.press("Escape")

    first = await world.call("200")
    await world.conversation(first, "offered", within=15)
    second = await world.call("200")
    await ready.offer.get_by_role("button", name="Accept").click()
    await world.conversation(first, "active")
    await expect(ready.waiting).to_contain_text([second.number])
    await expect(ready.offer).to_have_count(0)


async def test_i_can_reject_it_back_into_the_acd_for_reassignment(
    browser: Browser, world: World, ready: InboxPage
) -> None:
    caller = await world.call("200")
    await expect(ready.offer).to_contain_text(caller.number)
    ben = await world.at_work("ben")
    its = await at_page(browser, world, ben)
    await ready.offer.get_by_role("button", name="Reject").click()
    await expect(its.offer).to_contain_text(caller.number)
    await expect(ready.offer).to_have_count(0)
    await expect(ready.page.get_by_text(caller.number)).to_have_count(0)
    await its.page.context.close()


# Taking over


async def test_my_phone_rings_and_i_answer_to_take_control(
    world: World, inbox: InboxPage, ana: Agent
) -> None:
    # given a desk phone that is rung for each call
    user, password = world.sip_user(ana)
    ana.phone = await world.phones.desk_phone(user, password, world.tone())
    await ana.put("me/preferences", {"audio": "sip", "leg": "per_call"})
    await inbox.leg("Disconnected").click()
    await expect(inbox.leg("Connected")).to_be_visible(timeout=DIALLING_MS)
    await inbox.become("Available")
    # when a customer calls, it rings and is answered there
    caller = await world.call("200")
    await expect(inbox.page.get_by_role("button", name=re.compile("^End"))).to_be_visible()
    await world.hear_each_other(ana, caller)
    await expect(inbox.page.locator(".state")).to_have_text("Live")
    await ana.put("me/preferences", {"audio": "number", "leg": "persistent"})


async def test_the_panel_shows_transcript_sentiment_flow_and_captured_parameters(
    world: World, ready: InboxPage, ana: Agent, ai: Ai
) -> None:
    caller, talk = await ai.hands_over("Billing")
    await expect(ready.offer).to_contain_text("Maria Lopez")
    await expect(ready.offer).to_contain_text("wants a person")
    transcript = ready.page.get_by_role("list", name="Transcript")
    await expect(transcript.locator(".said")).to_have_text([text for _, text in SAID])
    await expect(transcript.get_by_text("Handed over: wants a person")).to_be_visible()
    context = ready.page.get_by_role("complementary")
    await expect(context.get_by_text("Very unhappy, getting worse")).to_be_visible()
    line = context.get_by_role("img", name="Over time: content, unhappy, very unhappy")
    await expect(line).to_be_visible()
    await expect(context.get_by_text("refund › verify")).to_be_visible()
    for captured in ("48213", "42.00"):
        await expect(context.get_by_text(captured, exact=True)).to_be_visible()
    await expect(context.get_by_text("You have Billing.")).to_be_visible()
    await expect(context.get_by_text("You had been free longest")).to_be_visible()
    await ready.look("spec-offered")

    # and what is said later comes as it is said
    await ready.page.keyboard.press("a")
    await world.hear_each_other(ana, caller)
    await ai.says(talk, "Ana", "Hello Maria, I see order 48213.")
    await expect(transcript.get_by_text("Hello Maria, I see order 48213.")).to_be_visible()
    await ready.look("spec-talking")


# Ending a conversation


async def test_hanging_up_leads_to_wrap_up_and_closing_it_to_the_next_and_to_the_archive(
    world: World, ready: InboxPage, ana: Agent, ai: Ai
) -> None:
    caller, talk = await ai.hands_over("Billing")
    await ready.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(ana, caller)

    # when she hangs up, the wrap-up opens for final notes, with what the AI captured at hand
    await ana.line.hang_up()
    await expect(ready.wrap_up).to_be_visible()
    await ready.wrap_up.get_by_role("button", name="order: 48213").click()
    await expect(ready.page.locator("#notes")).to_have_value("order: 48213")
    await ready.page.get_by_label("Disposition").fill("Refunded")
    await ready.look("spec-wrap-up")
    # while it is open nothing new comes
    following = await world.call("200")
    await expect(ready.waiting).to_contain_text([following.number])
    await expect(ready.offer).to_have_count(0)
    # once it closes she is eligible again: her phone is called back, and she gets the next
    await ready.page.keyboard.press("Control+Enter")
    await expect(ready.offer).to_contain_text(following.number)
    await world.closed(talk)

    # and the conversation is found in the searchable archive, with its notes and what happened
    await ready.go("Conversations")
    await ready.page.get_by_label("Search").fill("48213")
    found = ready.page.get_by_role("link", name=re.compile("Maria Lopez"))
    await found.first.click()
    await expect(ready.page.get_by_role("main")).to_contain_text("Refunded")
    await expect(ready.page.get_by_role("main")).to_contain_text(SAID[1][1])
    await expect(
        ready.page.get_by_role("listitem").filter(has_text="Wrap-up closed")
    ).to_be_visible()
    await expect(ready.offer).to_be_visible()  # the offer stands on every page
    await ready.look("spec-conversations")


async def test_the_customers_earlier_conversations_are_beside_the_new_one(
    world: World, ready: InboxPage, ana: Agent
) -> None:
    # given a customer whom Ana talked to before
    first = await world.call("200")
    talk = await world.talking(ana, first)
    await ana.end(talk)
    await ana.wrap_up(talk, notes="Promised to call back.", disposition="Callback")
    await world.closed(talk)

    async def archived() -> bool:
        found = (await ana.get("conversations", q=first.number))["items"]
        return [each["state"] for each in found] == ["closed"]

    await eventually(archived)
    # when the same number calls again
    await world.phones.call("200", first.hz, first.number)
    await expect(ready.offer).to_contain_text(first.number)
    earlier = ready.page.get_by_role("complementary").get_by_role("link", name="Callback")
    await expect(earlier).to_be_visible()
    await expect(ready.page.get_by_text("Promised to call back.")).to_be_visible()
    await ready.page.keyboard.press("a")
    await expect(ready.page.get_by_role("button", name=re.compile("^End"))).to_be_visible()
    await earlier.click()
    await expect(ready.page).to_have_url(re.compile(f"/conversations/{re.escape(talk)}"))
    # a call in hand leads back
    await ready.page.locator(".back-to-mine").click()
    await expect(ready.page).to_have_url(re.compile("/inbox$"))
