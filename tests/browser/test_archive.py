"""Conversations, on the stand-in API: the past as a bar, recordings to play, files to take away."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from app.api import shapes
from app.api.recording_shapes import TalkRecording, TalkRecordingList
from app.domain.conversation import State
from tests.browser import samples
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import new_page
from tests.browser.fake_api import FakeApi
from tests.support.polling import eventually


@pytest.fixture
async def page(browser: Browser, url: str) -> AsyncIterator[Page]:
    """Ana's page, open and live."""
    found = await new_page(browser)
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    await found.goto(url)
    yield found
    await found.context.close()
    assert errors == []


async def test_a_conversation_is_drawn_played_and_exported(
    page: Page, fake: FakeApi, url: str
) -> None:
    # given a closed conversation with its past and two recorded parts
    fake.archive = [samples.talk("c1", state=State.CLOSED)]
    fake.also["/conversations/c1"] = fake.archive[0]
    fake.also["/conversations/c1/recordings"] = TalkRecordingList(
        [TalkRecording("r1", samples.ago(40), 12.0), TalkRecording("r2", samples.ago(20), 65.0)]
    )
    fake.timeline = [
        shapes.TimelineEntry("conversation_queued", samples.ago(60), None, {}),
        shapes.TimelineEntry("offer_accepted", samples.ago(50), samples.ANA, {}),
        shapes.TimelineEntry("recording_paused", samples.ago(30), samples.ANA, {}),
        shapes.TimelineEntry("conversation_closed", samples.ago(5), None, {}),
    ]
    # when it is opened
    await page.goto(f"{url}conversations/c1")
    # then its states are drawn by how long they lasted, beside the list
    picture = page.get_by_role("list", name="The states it was in, by how long").locator("li")
    await expect(picture).to_have_count(2)
    await expect(picture.nth(1)).to_contain_text("Talk with Ana Alvarez")
    await expect(page.get_by_text("Recording paused")).to_be_visible()
    # and each part has a player with the part's own address
    players = page.locator("audio")
    await expect(players).to_have_count(2)
    await expect(players.nth(1)).to_have_attribute("src", re.compile("/api/v1/recordings/r2$"))
    # and it can be taken away as a file
    links = page.locator('a[download][href*="/conversations/c1/export?format="]')
    await expect(links).to_have_count(2)
    await no_serious_fault(page)


async def test_a_recording_is_paused_and_the_word_is_the_services(
    page: Page, fake: FakeApi
) -> None:
    # given a call that is recorded
    await fake.change(samples.active("mine", recording="on"))
    await expect(page.get_by_text("● Recording")).to_be_visible()
    # when Ana pauses it, then the word stays until the service says otherwise
    await page.get_by_role("button", name="Pause recording").click()
    await eventually(lambda: ("POST", "/conversations/mine/recording/pause", {}) in fake.asked)
    await expect(page.get_by_text("● Recording")).to_be_visible()
    await fake.change(samples.active("mine", recording="paused", version=3))
    await expect(page.get_by_text("Recording paused")).to_be_visible()
    # and she resumes
    await page.get_by_role("button", name="Resume recording").click()
    await eventually(lambda: ("POST", "/conversations/mine/recording/resume", {}) in fake.asked)
