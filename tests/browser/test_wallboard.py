"""The wallboard and the reports, on the stand-in API: figures, words beside colours, and calm."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from app.api import report_shapes as shapes
from app.api.report_views import figures
from app.api.shapes import Named
from app.domain.agent import Role, Status
from app.domain.figures import Figures
from tests.browser import samples
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, new_page, screenshot
from tests.browser.fake_api import FakeApi

pytestmark = pytest.mark.slow
THRESHOLDS = shapes.ReportThresholds(20, 80, 5)
BUSY = Figures(
    offered=120,
    answered=100,
    answered_within=75,
    abandoned=12,
    abandoned_within=4,
    short_abandoned=3,
    waiting=5,
    wait_ms=1_500_000,
    longest_wait_ms=192_000,
    parts=104,
    transferred=9,
    finished=98,
    talk_ms=98 * 180_000,
    hold_ms=98 * 20_000,
    wrap_up_ms=98 * 45_000,
)
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def a_board(waiting: int = 5, since: float | None = 47, today: Figures = BUSY) -> shapes.Wallboard:
    """A floor in the middle of its day."""
    oldest = samples.ago(since) if since is not None else None
    rows = [("s1", "Billing", 3, 8, 2), ("s2", "Spanish", 2, 0, 0), ("s3", "Technical", 0, 4, 1)]
    return shapes.Wallboard(
        at=datetime.now(UTC),
        tz="UTC",
        since=MIDNIGHT,
        thresholds=THRESHOLDS,
        now=shapes.NowOfAll(waiting, oldest, 6, 14, 2, 3, 6, 2, 11),
        today=figures(today),
        skills=[
            shapes.SkillNow(one, name, n, oldest if n else None, agents, free, figures(today))
            for one, name, n, agents, free in rows
        ],
    )


@pytest.fixture
def fake() -> FakeApi:
    """Sam, a supervisor, is signed in."""
    return FakeApi(samples.ana(role=Role.SUPERVISOR, name="Sam Suh"))


@pytest.fixture
async def page(browser: Browser) -> Any:
    """A page that must log no error."""
    found = await new_page(browser)
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    yield found
    await found.context.close()
    assert errors == []


async def look(page: Page, name: str) -> None:
    """Pictures in light and dark, and nothing serious in either."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await no_serious_fault(page)
        await screenshot(page, f"{name}-{scheme}")
    await page.emulate_media(color_scheme="light")


def tile(page: Page, name: str) -> Any:
    """One of the large figures."""
    return page.get_by_role("region", name=name, exact=True)


async def test_the_floor_in_large_figures_with_words_beside_the_colours(
    page: Page, fake: FakeApi, url: str
) -> None:
    # given a busy floor
    fake.also["/wallboard"] = a_board()
    # when its wallboard is opened
    await page.goto(f"{url}wallboard")
    # then the figures stand there, and what is coloured is said
    await expect(tile(page, "Waiting now")).to_contain_text("5")
    level = tile(page, "Service level")
    await expect(level).to_contain_text("67.0 %")
    await expect(level).to_contain_text("below target (80 %)")
    await expect(level).to_contain_text("69 % with early abandons out")
    await expect(tile(page, "Average speed of answer")).to_contain_text("0:15")
    await expect(tile(page, "Abandon rate")).to_contain_text("10.7 %")
    await expect(tile(page, "Handling time")).to_contain_text("4:05")
    spanish = page.get_by_role("row").filter(has_text="Spanish")
    await expect(spanish).to_contain_text("nobody signed in")
    await expect(tile(page, "Longest wait")).to_contain_text("over 20 s")
    # and the longest wait ticks without being read again
    first = await tile(page, "Longest wait").locator("time").inner_text()
    await expect(tile(page, "Longest wait").locator("time")).not_to_have_text(first)
    await look(page, "wallboard")


async def test_events_bring_new_figures_but_a_rush_of_them_few_readings(
    page: Page, fake: FakeApi, url: str
) -> None:
    fake.also["/wallboard"] = a_board(waiting=1)
    await page.goto(f"{url}wallboard")
    await expect(tile(page, "Waiting now")).to_contain_text("1")
    before, box = len(fake.read), await tile(page, "Handling time").bounding_box()
    # when forty things happen at once
    fake.also["/wallboard"] = a_board(waiting=41)
    for n in range(40):
        await fake.change(samples.talk(f"c{n}"))
    # then the new figures come, from one or two readings, and nothing has moved
    await expect(tile(page, "Waiting now")).to_contain_text("41")
    assert len(fake.read) - before <= 2
    assert await tile(page, "Handling time").bounding_box() == box


async def test_an_empty_morning_and_a_service_that_does_not_answer(
    page: Page, fake: FakeApi, url: str
) -> None:
    fake.also["/wallboard"] = a_board(0, None, Figures())
    await page.goto(f"{url}wallboard")
    await expect(tile(page, "Service level")).to_contain_text("none yet today")
    await expect(tile(page, "Longest wait")).to_contain_text("nobody waits")
    await look(page, "wallboard-empty")


async def test_full_screen(page: Page, fake: FakeApi, url: str) -> None:
    fake.also["/wallboard"] = a_board()
    await page.goto(f"{url}wallboard")
    await page.get_by_role("button", name="Full screen").click()
    await expect(page.get_by_role("button", name="Leave full screen")).to_be_visible()
    assert await page.evaluate("document.fullscreenElement.id") == "panel"
    await screenshot(page, "wallboard-full")
    await page.get_by_role("button", name="Leave full screen").click()
    await expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()


async def test_reports_by_skill_over_time_and_by_agent(page: Page, fake: FakeApi, url: str) -> None:
    head: dict[str, Any] = {"tz": "UTC", "from_": MIDNIGHT, "to": MIDNIGHT + timedelta(days=1)}
    rows = [
        shapes.QueueRow("s1", "Billing", figures(BUSY)),
        shapes.QueueRow("s2", "Spanish", figures(Figures())),
    ]
    fake.also["/reports/queue"] = shapes.QueueReport(
        by="skill", thresholds=THRESHOLDS, total=figures(BUSY), items=rows, **head
    )
    hours = [MIDNIGHT + timedelta(hours=n) for n in range(25)]
    fake.also["/reports/intervals"] = shapes.IntervalReport(
        by="hour",
        thresholds=THRESHOLDS,
        total=figures(BUSY),
        items=[
            shapes.IntervalRow(a, z, figures(BUSY if a.hour in {9, 10} else Figures(offered=1)))
            for a, z in pairwise(hours)
        ],
        **head,
    )
    times = [
        shapes.StatusSeconds(Status.AVAILABLE, None, 7200),
        shapes.StatusSeconds(Status.BUSY, "Lunch", 1800),
    ]
    fake.also["/reports/agents"] = shapes.AgentsReport(
        by="all",
        items=[
            shapes.AgentRow(
                agent=Named("ana", "Ana Alvarez"), from_=MIDNIGHT, to=MIDNIGHT + timedelta(days=1),
                signed_in_seconds=9000, leg_seconds=8000, statuses=times, offers=30, accepted=26,
                rejected=1, missed=3, parts=26, transferred=2, talk_seconds=4000, hold_seconds=200,
                wrap_up_seconds=900, handling_seconds=196.2,
            )
        ],
        **head,
    )  # fmt: skip
    # when the reports are opened, then skills come first, with a chart that says what it shows
    await page.goto(f"{url}reports")
    billing = page.get_by_role("row").filter(has_text="Billing")
    for figure in ("120", "100", "67.0 %", "69.4 %", "10.7 %", "0:15", "3:12", "4:05"):
        await expect(billing.get_by_role("cell", name=figure, exact=True)).to_be_visible()
    await expect(page.get_by_role("img", name="Offered, answered and abandoned")).to_be_visible()
    await look(page, "reports-queue")
    # and over time
    await page.get_by_label("About").select_option("intervals")
    await expect(page.get_by_role("row")).to_have_count(26)
    await look(page, "reports-hours")
    # and by agent, with each status and its reason
    await page.get_by_label("About").select_option("agents")
    ana = page.get_by_role("row").filter(has_text="Ana Alvarez")
    await expect(ana).to_contain_text("Busy (Lunch) 30:00")
    await expect(ana).to_contain_text("2:30:00")
    await look(page, "reports-agents")
    assert all("tz=" in asked and "by=" in asked for asked in fake.read)
    # the CSV button asks for the same report
    link = await page.get_by_role("link", name="Download CSV").get_attribute("href")
    assert link is not None
    assert re.fullmatch(
        r"/api/v1/reports/agents\?by=all&tz=[^&]+&from=[-\d]+&to=[-\d]+&format=csv", link
    )


async def test_an_agent_has_their_own_report_and_no_wallboard(
    page: Page, fake: FakeApi, url: str
) -> None:
    fake.me = samples.ana()
    fake.also["/reports/agents"] = shapes.AgentsReport("all", "UTC", MIDNIGHT, MIDNIGHT, [])
    await page.goto(f"{url}reports")
    await expect(page.get_by_text("Nothing happened in these days.")).to_be_visible()
    await expect(page.get_by_label("About")).to_have_count(0)
    await expect(page.get_by_role("link", name="Wallboard")).to_have_count(0)
    await look(page, "reports-empty")
    await page.goto(f"{url}wallboard")
    await expect(page.get_by_role("link", name="Reports")).to_be_visible()
    await expect(page.get_by_role("region", name="Waiting now")).to_have_count(0)
