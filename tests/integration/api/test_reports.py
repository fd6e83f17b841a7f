"""The wallboard and the reports: what happened at the desk, in the field's figures."""

import csv
import io
from typing import Any

import pytest

from tests.integration.api.office import Caller, Json, Office
from tests.support.polling import eventually


async def a_day(office: Office) -> tuple[Caller, str]:
    """Ana serves one call, with a hold and a wrap-up, and one caller of Spanish waits."""
    ana = await office.at_work("ana")
    served = await office.call(skills="Billing")
    await office.ring(ana, served)
    for move in ("accept", "hold", "unhold", "end", "wrap-up"):
        await ana.ask("POST", f"conversations/{served}/{move}", {})
    return ana, await office.call(skills="Spanish")


async def told(caller: Caller, path: str, holds: Any) -> Json:
    """The answer, once something is true of it: the archive follows in a moment."""

    async def probe() -> Json | None:
        found = await caller.ask("GET", path)
        return found if holds(found) else None

    found = await eventually(probe, within=30)
    assert found is not None
    return found


def all_told(figures: Json) -> bool:
    """The whole of `a_day` is archived."""
    return figures["offered"] == 2 and figures["handling_seconds"] is not None


async def test_a_supervisor_sees_now_and_today(office: Office) -> None:
    # given one call that was served, and one that waits for Spanish
    _, waits = await a_day(office)
    sam = await office.person("sam")
    # when the wallboard is asked, then it tells both
    found = await told(sam, "wallboard?tz=Europe/Madrid", lambda w: all_told(w["today"]))
    assert found["tz"] == "Europe/Madrid"
    now, today = found["now"], found["today"]
    assert (now["waiting"], now["active"], now["available"]) == (1, 0, 1)
    assert now["longest_waiting_since"] is not None
    assert (today["offered"], today["answered"], today["waiting"]) == (2, 1, 1)
    assert today["service_level"] == today["service_level_early_out"] == 1
    assert today["abandon_rate"] == 0
    assert today["handling_seconds"] > 0
    skills = {row["name"]: row for row in found["skills"]}
    assert (skills["Billing"]["waiting"], skills["Billing"]["figures"]["answered"]) == (0, 1)
    assert (skills["Spanish"]["waiting"], skills["Spanish"]["available"]) == (1, 0)
    assert skills["Fraud"]["agents"] == 0

    # when the caller gives up at once, then it is a short abandon, which no rate counts
    await office.hang_up(waits)
    found = await told(sam, "wallboard", lambda w: w["today"]["waiting"] == 0)
    assert (found["today"]["short_abandoned"], found["today"]["abandoned"]) == (1, 0)
    assert found["today"]["abandon_rate"] == 0

    # and when the threshold is set to nothing, it is an abandoned call like any other
    ada = await office.person("ada")
    values = {"short_abandon_seconds": 0, "service_level_seconds": 86400}
    await ada.ask("PUT", "settings", values)
    found = await told(sam, "wallboard", lambda w: w["today"]["abandoned"] == 1)
    today = found["today"]
    assert (today["abandon_rate"], today["service_level"]) == (0.5, 0.5)
    assert today["service_level_early_out"] == 1


async def test_reports_by_queue_interval_and_agent_and_agents_see_their_own(office: Office) -> None:
    ana, _ = await a_day(office)
    ben, sam = await office.at_work("ben"), await office.person("sam")
    # when the supervisor asks for each report
    queue = await told(sam, "reports/queue?by=skill", lambda r: all_told(r["total"]))
    hours = await sam.ask("GET", "reports/intervals?by=hour&tz=Asia/Kolkata&skill=Billing")
    people = await told(
        sam, "reports/agents", lambda r: sum(bool(row["statuses"]) for row in r["items"]) == 2
    )
    # then the queue has a row for each skill, the day 24 hours, and each agent their own row
    assert {row["name"]: row["figures"]["offered"] for row in queue["items"]} == {
        "Billing": 1,
        "Spanish": 1,
    }
    assert len(hours["items"]) == 24
    assert hours["total"]["offered"] == sum(i["figures"]["offered"] for i in hours["items"]) == 1
    by_name = {row["agent"]["name"]: row for row in people["items"]}
    assert (by_name["Ana"]["offers"], by_name["Ana"]["accepted"], by_name["Ana"]["parts"]) == (
        1,
        1,
        1,
    )
    assert by_name["Ana"]["leg_seconds"] > 0
    assert [s["status"] for s in by_name["Ben"]["statuses"]] == ["available"]
    # and an agent gets their own figures, and nobody else's
    own = await ana.ask("GET", "reports/agents")
    assert [row["agent"]["name"] for row in own["items"]] == ["Ana"]
    other = f"reports/agents?agent={ben.id}"
    await ana.refused("GET", other, status=403, type="forbidden")
    one = await sam.ask("GET", other)
    assert [row["agent"]["name"] for row in one["items"]] == ["Ben"]


async def test_csv_holds_the_same_and_no_formula(office: Office) -> None:
    # given an agent who is Busy for a reason that a spreadsheet would run
    ana, _ = await a_day(office)
    await ana.ask("PUT", "me/status", {"status": "busy", "reason": "=HYPERLINK(1)"})
    sam = await office.person("sam")
    await office.records.people.update(ana.id, name="=1+1")
    await office.desk.refresh()
    await told(
        sam, "reports/agents", lambda r: any(len(row["statuses"]) == 2 for row in r["items"])
    )
    # when the report is asked for as CSV, either way
    for path, headers in (("?format=csv", {}), ("", {"Accept": "text/csv"})):
        async with sam.http.get(f"/api/v1/reports/agents{path}", headers=headers) as answer:
            assert (answer.status, answer.content_type) == (200, "text/csv")
            text = (await answer.read()).decode("utf-8-sig")
        # then it has the row, the reasons as columns, and the name as text
        row = next(csv.DictReader(io.StringIO(text)))
        assert row["agent"] == "'=1+1"
        assert float(row["busy: =HYPERLINK(1) (seconds)"]) >= 0
        assert row["accepted"] == "1"
    async with sam.http.get("/api/v1/reports/queue?format=csv") as answer:
        rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {"Billing", "Spanish"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("intervals?from=yesterday", "from"),
        ("intervals?from=2026-03-02&to=2026-03-01", "to"),
        ("intervals?from=2026-03-01&to=2026-03-01", "to"),
        ("intervals?by=15min&from=2026-01-01&to=2026-01-12", "to"),
        ("queue?from=2026-01-01&to=2027-02-06", "to"),
        ("queue?from=1926-01-01&to=1926-01-02", "from"),
        ("queue?from=2026-01-01T10:00&to=2026-01-02", "from"),
        ("queue?tz=Mars/Olympus", "tz"),
        ("queue?tz=../../etc/passwd", "tz"),
        ("queue?by=moon", "by"),
        ("agents?by=week", "by"),
        ("queue?format=xls", "format"),
    ],
)
async def test_what_cannot_be_reported_is_refused_by_its_field(
    office: Office, query: str, field: str
) -> None:
    sam = await office.person("sam")
    problem = await sam.refused("GET", f"reports/{query}", status=422, type="validation")
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_the_longest_reports_are_answered(office: Office) -> None:
    # 1,000 quarters of an hour, and 400 days
    sam = await office.person("sam")
    quarters = "intervals?by=15min&from=2026-01-01&to=2026-01-11T10:00Z"
    assert len((await sam.ask("GET", f"reports/{quarters}"))["items"]) == 1_000
    days = "intervals?by=day&from=2026-01-01&to=2027-02-05&tz=Europe/Madrid"
    assert len((await sam.ask("GET", f"reports/{days}"))["items"]) == 400
