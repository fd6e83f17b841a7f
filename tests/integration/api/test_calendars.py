"""Calendars as administrators keep them."""

from typing import Any

import pytest

from app.api.calendar_routes import MAX_HOLIDAYS, MAX_HOURS
from tests.integration.api.office import Json, Office

NINE_TO_FIVE = [{"begin": "09:00", "end": "17:00"}]
OFFICE: Json = {
    "name": "Office",
    "time_zone": "Europe/Berlin",
    "hours": {"monday": NINE_TO_FIVE, "friday": [{"begin": "22:00", "end": "06:00"}]},
    "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
    "skills": ["billing"],
    "entries": ["200"],
}


async def test_a_calendar_is_added_changed_and_removed_and_each_is_audited(office: Office) -> None:
    ada = await office.person("ada")
    made = await ada.ask("POST", "calendars", OFFICE, status=201)
    assert (made["hours"]["monday"], made["hours"]["tuesday"]) == (NINE_TO_FIVE, [])
    assert made["holidays"] == [{"date": "2026-12-25", "name": "Christmas", "hours": []}]
    assert (made["skills"], made["entries"]) == (["Billing"], ["200"])
    assert (await ada.ask("GET", "calendars"))["items"] == [made]

    # when it is open around the clock, it says so with no end; when it is shut by hand, too
    every = {day: [{"begin": "00:00", "end": "24:00"}] for day in made["hours"]}
    one = f"calendars/{made['id']}"
    changed = await ada.ask("PUT", one, {**OFFICE, "holidays": [], "hours": every})
    assert (changed["open"], changed["until"]) == (True, None)
    shut = await ada.ask("PUT", one, {**OFFICE, "hours": every, "emergency_close": True})
    assert (shut["open"], shut["until"]) == (False, None)

    # then it holds for the next process, and goes
    await ada.ask("DELETE", one, status=204)
    await ada.refused("DELETE", one, status=404, type="not-found")
    await ada.refused("PUT", one, OFFICE, status=404, type="not-found")
    acts = [each["act"] for each in (await ada.ask("GET", "audit"))["items"]]
    assert acts[:4] == ["calendar.removed", *["calendar.changed"] * 2, "calendar.added"]


async def test_a_calendar_that_a_rule_asks_stays(office: Office) -> None:
    ada = await office.person("ada")
    made = await ada.ask("POST", "calendars", OFFICE, status=201)
    rule = {
        "name": "At night",
        "when": {"calendar": {"id": made["id"], "open": False}},
        "then": {"offer": ["message"]},
    }
    kept = await ada.ask("POST", "routing-rules", rule, status=201)
    refused = await ada.refused("DELETE", f"calendars/{made['id']}", status=409, type="wrong-state")
    assert "At night" in refused["detail"]
    await ada.ask("DELETE", f"routing-rules/{kept['id']}", status=204)
    await ada.ask("DELETE", f"calendars/{made['id']}", status=204)


def hours(*each: tuple[str, str]) -> dict[str, Any]:
    return {"hours": {"monday": [{"begin": a, "end": b} for a, b in each]}}


def holidays(count: int) -> dict[str, Any]:
    days = [f"{2026 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in range(count)]
    return {"holidays": [{"date": day} for day in days]}


async def test_as_much_as_may_be_is_kept(office: Office) -> None:
    ada = await office.person("ada")
    most = {**OFFICE, **hours(*[("09:00", "17:00")] * MAX_HOURS), **holidays(MAX_HOLIDAYS)}
    made = await ada.ask("POST", "calendars", most, status=201)
    assert len(made["holidays"]) == MAX_HOLIDAYS
    assert len(made["hours"]["monday"]) == MAX_HOURS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time_zone": "Europe/Bielefeld"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        (hours(("9:00", "17:00")), "hours.monday.0.begin"),
        (hours(("09:00", "25:00")), "hours.monday.0.end"),
        (hours(("24:00", "17:00")), "hours.monday.0"),
        (hours(("09:00", "09:00")), "hours.monday.0"),
        (hours(*[("09:00", "17:00")] * (MAX_HOURS + 1)), "hours.monday"),
        (holidays(MAX_HOLIDAYS + 1), "holidays"),
        ({"holidays": [{"date": "2026-02-30"}]}, "holidays.0.date"),
        ({"holidays": [{"date": "2026-12-25"}] * 2}, "body"),
        ({"entries": [str(n) for n in range(201)]}, "entries"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"hours": {"funday": []}}, "hours.funday"),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused_by_its_field(
    office: Office, change: dict[str, Any], field: str
) -> None:
    ada = await office.person("ada")
    found = await ada.refused(
        "POST", "calendars", {**OFFICE, **change}, status=422, type="validation"
    )
    assert [error["field"] for error in found["errors"]] == [field]
    assert (await ada.ask("GET", "calendars"))["items"] == []


async def test_unknown_skills_and_names_given_twice_are_refused(office: Office) -> None:
    ada = await office.person("ada")
    await ada.refused(
        "POST", "calendars", {**OFFICE, "skills": ["Alchemy"]}, status=422, type="unknown-skill"
    )
    await ada.ask("POST", "calendars", OFFICE, status=201)
    await ada.refused(
        "POST", "calendars", {**OFFICE, "name": "OFFICE"}, status=409, type="validation"
    )
