"""Files of the archive: whole, for those who may see it, and harmless in a spreadsheet."""

import csv
import io
import json

import pytest

from app.api import export_routes
from tests.integration.api.office import Caller, Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually

EVIL = '=HYPERLINK("http://evil.example","x")'


async def test_one_conversation_is_exported_with_everything(office: Office) -> None:
    # given a conversation that a bot handed over, and that Ana closed with notes
    bot, ana, sam = await office.bot(), await office.at_work("ana"), await office.person("sam")
    one = await _served(office, bot, ana)
    # when it is exported
    told = json.loads(await _file(sam, f"conversations/{one}/export?format=json", "json"))
    # then its transcript, notes, parameters and what happened are in it
    assert [turn["text"] for turn in told["conversation"]["transcript"]] == ["a walrus"]
    assert told["conversation"]["segments"][0]["notes"] == EVIL
    assert told["conversation"]["parameters"] == {"order": "48213"}
    assert "conversation_closed" in [entry["type"] for entry in told["timeline"]]
    # and as a table each has its line, in order, and no cell is a formula
    rows = _rows(await _file(sam, f"conversations/{one}/export?format=csv", "csv"))
    assert ["transcript", "customer", "", "a walrus"] in [row[1:] for row in rows]
    assert [row[4] for row in rows if row[1] == "notes"] == ["'" + EVIL]
    assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


async def test_a_chat_is_found_by_what_was_written_and_exported_with_it(office: Office) -> None:
    # given a chat that Ana answered, and closed
    ana, sam, ben = [await office.person(name) for name in ("ana", "sam", "ben")]
    async with ana.watch(), Chatter(office.url) as customer:
        await ana.ask("PUT", "me/status", {"status": "available"})
        await customer.says("c1", "Where is my walrus?")
        await eventually(lambda: customer.conversation, within=20)
        one = f"conversations/{customer.conversation}"
        await office.until(ana, lambda me: me["offer"] == customer.conversation)
        await ana.ask("POST", f"{one}/accept", {})
        await ana.ask("POST", f"{one}/messages", {"client_id": "a1", "text": EVIL})
        await ana.ask("POST", f"{one}/end", {})
        await ana.ask("POST", f"{one}/wrap-up", {})
        await eventually(lambda: _archived(ana, str(customer.conversation), "closed"))
    # when a word of it is looked for, then Ana and a supervisor find it, with who wrote it
    for who in (ana, sam):
        found = await who.ask("GET", "conversations?q=walr")
        [match] = found["matches"][str(customer.conversation)]
        assert (match["where"], match["speaker"]) == ("message", "customer")
    # and who had no part in it does not
    assert (await ben.ask("GET", "conversations?q=walr"))["items"] == []
    await ben.refused("GET", f"{one}/export", status=404, type="not-found")
    await ben.refused("GET", f"{one}/messages", status=404, type="not-found")
    # and both files have what was written, harmless in a spreadsheet
    told = json.loads(await _file(sam, f"{one}/export?format=json", "json"))
    assert [m["text"] for m in told["messages"]] == ["Where is my walrus?", EVIL]
    rows = _rows(await _file(ana, f"{one}/export?format=csv", "csv"))
    written = [row[1:] for row in rows if row[1] == "message"]
    assert written == [
        ["message", "customer", "", "Where is my walrus?"],
        ["message", "Ana", "", "'" + EVIL],
    ]


async def test_what_a_search_finds_is_exported_as_far_as_one_may_see_it(office: Office) -> None:
    # given a conversation of Ana's, and one that waits for Fraud
    bot, ana, sam = await office.bot(), await office.at_work("ana"), await office.person("sam")
    hers = await _served(office, bot, ana)
    other = await office.call("+15550999", skills="Fraud")
    await eventually(lambda: _archived(sam, other))
    # then a supervisor's file has both, a filtered one Ana's alone, and Ana's own hers alone
    for who, query, ids in (
        (sam, "", {hers, other}),
        (sam, "&q=walrus", {hers}),
        (sam, "&state=closed", {hers}),
        (ana, "", {hers}),
        (ana, "&q=fraud", set()),
    ):
        rows = _rows(await _file(who, f"exports/conversations?format=csv{query}", "csv"))
        assert {row[0] for row in rows[1:]} == ids, query
        told = json.loads(await _file(who, f"exports/conversations?format=json{query}", "json"))
        assert {item["id"] for item in told["items"]} == ids, query
    await ana.refused("GET", f"conversations/{other}/export", status=404, type="not-found")


async def test_more_than_a_page_is_exported_without_a_gap(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_routes, "PAGE", 5)
    sam = await office.person("sam")
    ids = {await office.call(f"+1555{number:05}", skills="Fraud") for number in range(12)}

    async def all_there() -> bool:
        text = await _file(sam, "exports/conversations?format=json", "json")
        found = [item["id"] for item in json.loads(text)["items"]]
        return set(found) == ids and len(found) == len(ids)

    await eventually(all_there)


async def test_a_bad_format_or_search_is_refused_before_anything_is_sent(office: Office) -> None:
    sam = await office.person("sam")
    for query, field in (("format=xml", "format"), ("q=" + "x" * 201, "q"), ("limit=1", "limit")):
        found = await sam.refused(
            "GET", f"exports/conversations?{query}", status=422, type="validation"
        )
        assert field in [error["field"] for error in found["errors"]]


async def _served(office: Office, bot: Caller, ana: Caller) -> str:
    """A conversation of a bot's that Ana had and closed; its id, once it is archived."""
    opened = await bot.ask(
        "POST",
        "conversations",
        {"channel": "voice", "customer": {"name": "Maria", "number": "+15550900"}},
        status=201,
    )
    one = f"conversations/{opened['id']}"
    turn = {"id": "1", "speaker": "customer", "text": "a walrus"}
    await bot.ask("POST", f"{one}/transcript", {"turns": [turn]})
    await bot.ask("PATCH", f"{one}/context", {"parameters": {"order": "48213"}})
    await bot.ask("POST", f"{one}/queue", {"skills": ["Billing"]})
    await office.ring(ana, opened["id"])
    await ana.ask("POST", f"{one}/accept", {})
    await ana.ask("POST", f"{one}/end", {})
    await ana.ask("POST", f"{one}/wrap-up", {"notes": EVIL})
    await eventually(lambda: _archived(ana, opened["id"], "closed"))
    return str(opened["id"])


async def _archived(who: Caller, id: str, state: str | None = None) -> bool:
    query = f"conversations?state={state}" if state else "conversations"
    found: Json = await who.ask("GET", query)
    return id in [item["id"] for item in found["items"]]


async def _file(who: Caller, path: str, format: str) -> str:
    async with who.http.get(f"/api/v1/{path}") as answer:
        text = await answer.text()
        assert answer.status == 200, text
        assert f".{format}" in answer.headers["Content-Disposition"]
        assert answer.content_type == {"csv": "text/csv", "json": "application/json"}[format]
        return text


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
