"""Calendars and routing rules on the real service: kept, tried before they are saved, and refused
at the field that is wrong."""

import re

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.admin_page import AdminPage, admin_page
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import NARROW, Scheme, screenshot
from tests.support.people import Person
from tests.support.polling import eventually
from tests.support.stack import PASSWORD
from tests.support.world import World

pytestmark = pytest.mark.slow
NOBODYS = "no-entry-of-anybody"
"""What no conversation came in by: these calendars and rules concern nobody."""


async def _refused_at(field: Locator, words: str) -> None:
    """The field is marked, and says why."""
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile(words, re.IGNORECASE))


async def test_a_calendar_is_made_closed_by_hand_reopened_and_removed(
    world: World, admin: AdminPage
) -> None:
    # given an administrator who mistypes the zone and the hours of one day
    await admin.open("calendars")
    await expect(admin.page.get_by_text("No calendar yet")).to_be_visible()
    await admin.press("Add a calendar")
    field = admin.dialog.get_by_label
    await field("Name").fill("Office")
    await field("Time zone").fill("Europe/Bielefeld")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await field(day).fill("00:00-24:00")
    await field("Tuesday").fill("09:00-12:30, 13-17:00")
    await field("Holidays").fill("2031-12-25 Christmas\n2031-02-30 Never")
    await field("Numbers, mailboxes and widgets").fill(NOBODYS)
    await admin.dialog.get_by_role("button", name="Save").click()

    # then each is told where it is, the first has the focus, and nothing was saved
    await _refused_at(field("Time zone"), "must be a time zone such as Europe/Berlin")
    await _refused_at(field("Tuesday"), "Entry 2: must be a time")
    await _refused_at(field("Holidays"), "Entry 2: ")
    await expect(field("Time zone")).to_be_focused()
    await expect(field("Monday")).not_to_have_attribute("aria-invalid", "true")
    await screenshot(admin.page, "calendar-refused")
    await no_serious_fault(admin.page)
    person = await _administrator(world)
    assert (await person.get("calendars"))["items"] == []

    # when they are mended, then it is there, open around the clock
    await field("Time zone").fill("Europe/Berlin")
    await field("Tuesday").fill("00:00-24:00")
    await field("Holidays").fill("2031-12-24 09:00-13:00 Christmas Eve\n2031-12-25 Christmas")
    await admin.confirm("Save")
    row = admin.row("Office")
    await expect(row).to_contain_text("Open")
    await expect(row).to_contain_text(NOBODYS)
    kept = (await person.get("calendars"))["items"][0]
    assert kept["hours"]["tuesday"] == [{"begin": "00:00", "end": "24:00"}]
    assert [(h["name"], len(h["hours"])) for h in kept["holidays"]] == [
        ("Christmas Eve", 1), ("Christmas", 0),
    ]  # fmt: skip

    # and it is closed by one press, and reopened by another
    await row.get_by_role("button", name="Close now").click()
    await expect(row).to_contain_text("Closed")
    assert (await person.get("calendars"))["items"][0]["emergency_close"]
    await screenshot(admin.page, "calendar-closed-by-hand")
    await row.get_by_role("button", name="Reopen").click()
    await expect(row).to_contain_text("Open")

    # and what is changed shows what there was
    await row.get_by_role("button", name="Edit").click()
    await expect(field("Holidays")).to_have_value(
        "2031-12-24 09:00-13:00 Christmas Eve\n2031-12-25 Christmas"
    )
    await field("Name").fill("The office")
    await admin.confirm("Save")

    # and one that a rule asks stays, and says why; then it goes, after asking
    rule = {
        "name": "At night",
        "when": {"calendar": {"id": kept["id"], "open": False}, "entries": [NOBODYS]},
        "then": {"priority": 1},
    }
    made = await person.post("routing-rules", rule)
    await admin.row("The office").get_by_role("button", name="Remove").click()
    await expect(admin.dialog).to_contain_text("always open from then on")
    await admin.dialog.get_by_role("button", name="Remove").click()
    await expect(admin.alert).to_contain_text("At night")
    await person.delete(f"routing-rules/{made['id']}")
    await admin.confirm("Remove")
    await expect(admin.page.get_by_text("No calendar yet")).to_be_visible()
    await person.close()


async def test_a_rule_is_refused_at_its_fields_and_tried_against_the_last_day(
    world: World, admin: AdminPage
) -> None:
    # given a customer who called and hung up, in the archive
    caller = await world.call("202")
    talk = (await world.conversation(caller, "queued"))["id"]
    await caller.line.hang_up()
    await world.closed(talk)

    # when a rule for them is written with mistakes, then each is told at its field
    await admin.open("routing-rules")
    await admin.press("Add a rule")
    field = admin.dialog.get_by_label
    await field("Name").fill("Regulars")
    await field("Customer").fill(caller.number)
    await field("Sentiment below").fill("sad")
    await field("Set the priority").fill("11")
    await admin.dialog.get_by_role("button", name="Save").click()
    await _refused_at(field("Sentiment below"), "valid number")
    await _refused_at(field("Set the priority"), "less than or equal to 10")
    await expect(field("Sentiment below")).to_be_focused()
    await screenshot(admin.page, "rule-refused")
    await field("Sentiment below").fill("")
    await field("Set the priority").fill("7")
    await field("No longer require").fill("Juggling")
    await admin.dialog.get_by_role("button", name="Save").click()
    await _refused_at(field("No longer require"), "Juggling")
    await field("No longer require").fill("spanish")
    await expect(field("No longer require")).not_to_have_attribute("aria-invalid", "true")

    # and the preview finds the one conversation, saves nothing, and leads to it
    await admin.dialog.get_by_role("button", name="Preview").click()
    told = admin.dialog.get_by_role("status")
    await expect(told).to_have_text(re.compile(r"^Would have matched 1 of the last day's \d+ conv"))
    await no_serious_fault(admin.page)
    await told.scroll_into_view_if_needed()
    await screenshot(admin.page, "rule-preview")
    async with admin.page.context.expect_page() as opened:
        await admin.dialog.get_by_role("link", name=caller.number).click()
    there = await opened.value
    await expect(there).to_have_url(re.compile(f"/conversations/{talk}"))
    await expect(there.get_by_role("heading", name=caller.number)).to_be_visible()
    await there.close()
    person = await _administrator(world)
    assert (await person.get("routing-rules"))["items"] == []
    await admin.confirm("Save")
    await expect(admin.row("Regulars")).to_contain_text("relax: Spanish")
    kept = (await person.get("routing-rules"))["items"]
    assert (kept[0]["when"]["customer"], kept[0]["then"]["priority"]) == (caller.number, 7)
    await person.delete(f"routing-rules/{kept[0]['id']}")
    await person.close()


async def test_what_a_rule_did_stands_in_the_timeline(world: World, admin: AdminPage) -> None:
    # given a rule, and a caller to whom it is applied
    person = await _administrator(world)
    then = {"priority": 7, "relax": ["Spanish"]}
    rule = {"name": "Regulars", "when": {"customer": "+4930", "state": "queued"}, "then": then}
    made = await person.post("routing-rules", rule)
    caller = await world.call("202")
    talk = (await world.conversation(caller, "queued"))["id"]

    async def told() -> bool:
        entries = (await person.get(f"conversations/{talk}/timeline"))["items"]
        return {"rule_applied", "staffing_changed"} <= {entry["type"] for entry in entries}

    await eventually(told)
    await person.delete(f"routing-rules/{made['id']}")
    await person.close()

    # then it is told in the timeline of that conversation
    await admin.page.goto(f"{world.stack.url}/conversations/{talk}")
    did = "Rule “Regulars”: no longer needs Spanish; priority 7"
    await expect(admin.page.get_by_text(did)).to_be_visible()
    await expect(admin.page.get_by_text("Nobody who is signed in can serve it")).to_be_visible()
    await screenshot(admin.page, "rule-in-the-timeline")
    await caller.line.hang_up()
    await world.closed(talk)


async def test_rules_are_ordered_changed_switched_off_and_removed(
    world: World, admin: AdminPage
) -> None:
    # given a rule
    person = await _administrator(world)
    first = {"name": "Regulars", "when": {"entries": [NOBODYS]}, "then": {"priority": 7}}
    await person.post("routing-rules", first)
    await admin.open("routing-rules")
    field = admin.dialog.get_by_label

    # when another is added, then it comes last, is moved up, and switched off
    await admin.press("Add a rule")
    await field("Name").fill("Second")
    await field("Numbers, mailboxes and widgets").fill(NOBODYS)
    await admin.dialog.get_by_role("checkbox", name="Move to people").check()
    await field("… with these skills").fill("Billing, Spanish")
    await admin.confirm("Save")
    names = admin.panel.get_by_role("rowheader")
    await expect(names).to_have_text(["Regulars", "Second"])
    await admin.row("Second").get_by_role("button", name="Move up").click()
    await expect(names).to_have_text(["Second", "Regulars"])
    await admin.row("Second").get_by_role("button", name="Edit").click()
    await expect(field("… with these skills")).to_have_value("Billing, Spanish")
    await admin.dialog.get_by_role("checkbox", name="In force").uncheck()
    await admin.confirm("Save")
    await expect(admin.row("Second")).to_contain_text("Off")
    rules = (await person.get("routing-rules"))["items"]
    assert [(one["name"], one["enabled"]) for one in rules] == [
        ("Second", False), ("Regulars", True),
    ]  # fmt: skip
    await screenshot(admin.page, "rules-in-order")

    # and each goes after asking
    for name in ("Second", "Regulars"):
        await admin.row(name).get_by_role("button", name="Remove").click()
        await expect(admin.dialog).to_contain_text(f"Remove the rule {name}?")
        await admin.confirm("Remove")
    await expect(admin.page.get_by_text("No rule yet")).to_be_visible()
    await person.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_both_dialogs_are_fit_for_everybody(
    browser: Browser, world: World, scheme: Scheme
) -> None:
    admin = await admin_page(browser, world.stack, scheme)
    for path, add in (("calendars", "Add a calendar"), ("routing-rules", "Add a rule")):
        await admin.open(path)
        await admin.press(add)
        await screenshot(admin.page, f"admin-{path}-add-{scheme}")
        await no_serious_fault(admin.page)
        await admin.page.set_viewport_size(NARROW)
        await screenshot(admin.page, f"admin-{path}-add-{scheme}-narrow")
        wide = await admin.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= NARROW["width"], path
        await admin.page.set_viewport_size({"width": 1440, "height": 900})
        await admin.page.keyboard.press("Escape")
    await admin.page.context.close()


async def _administrator(world: World) -> Person:
    person = Person(world.stack, "admin")
    await person.sign_in(PASSWORD)
    return person
