"""Bad input: a problem document that names the field, nothing changed, no traceback outside."""

import json
import logging
from typing import Any

import pytest

from app.api.edge import MAX_BODY
from app.api.table import ROUTES
from app.logs import Text
from tests.integration.api.office import Caller, Json, Office

JSON = {"Content-Type": "application/json"}
BAD_JSON: dict[str, bytes] = {
    "cut": b'{"status": "busy"',
    "no quotes": b"{status: busy}",
    "trailing comma": b'{"status": "busy",}',
    "not a number": b'{"status": NaN}',
    "infinity": b'{"status": 1e999999}x',
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"status": "\xff\xfe"}',
    "half a surrogate": b'{"status": "\\ud800"}',
    "two values": b'{"status": "busy"} {}',
}
NO_OBJECT: dict[str, bytes] = {
    "list": b"[]", "text": b'"busy"', "number": b"7", "null": b"null", "true": b"true",
}  # fmt: skip


def _writing() -> list[Any]:
    return [route for route in ROUTES if route.has_body]


async def _who(office: Office, route: Any, people: dict[str, Caller]) -> Caller:
    name = "bot" if route.roles == {"bot"} else "ada"
    if name not in people:
        people[name] = await (office.bot() if name == "bot" else office.person(name))
    return people[name]


async def test_no_writing_route_takes_what_is_not_a_json_object(office: Office) -> None:
    people: dict[str, Caller] = {}
    for route in _writing():
        caller = await _who(office, route, people)
        path = route.path.removeprefix("/api/v1/").replace("{id}", "x")
        for raw in BAD_JSON.values():
            found = await caller.refused(
                route.method, path, data=raw, headers=JSON, status=400, type="validation"
            )
            assert "Traceback" not in json.dumps(found)
        for raw in NO_OBJECT.values():
            await caller.refused(
                route.method, path, data=raw, headers=JSON, status=422, type="validation"
            )
        found = await caller.ask(route.method, path, {"no_such_field": 1}, 422)
        assert "no_such_field" in [error["field"] for error in found["errors"]]


async def test_other_media_types_and_too_much_are_refused(office: Office) -> None:
    ana = await office.person("ana")
    await ana.refused(
        "PUT", "me/status", data="status=busy", status=415, type="validation",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    for size, status in ((MAX_BODY, 422), (MAX_BODY + 1, 413)):
        raw = b'{"notes": "' + b"x" * (size - 13) + b'"}'
        assert len(raw) == size
        await ana.refused(
            "PUT", "conversations/x/notes", data=raw, headers=JSON, status=status, type="validation"
        )


STATUS: list[tuple[Json, str]] = [
    ({}, "status"),
    ({"status": "gone"}, "status"),
    ({"status": "Available"}, "status"),
    ({"status": None}, "status"),
    ({"status": ["busy"]}, "status"),
    ({"status": "busy", "when": "later"}, "when"),
    ({"status": "busy", "active_call": True}, "active_call"),
    ({"status": "busy", "reason": "x" * 201}, "reason"),
    ({"status": "busy", "reason": "  "}, "reason"),
    ({"status": "busy", "reason": "a\nb"}, "reason"),
    ({"status": "busy", "reason": "a\u0000b"}, "reason"),
]
PREFERENCES: list[tuple[Json, str]] = [
    ({"chat_cap": 11}, "chat_cap"),
    ({"chat_cap": -1}, "chat_cap"),
    ({"chat_cap": "3"}, "chat_cap"),
    ({"chat_cap": 3.5}, "chat_cap"),
    ({"chat_cap": True}, "chat_cap"),
    ({"email_cap": None}, "email_cap"),
    ({"voice_cap": 2}, "voice_cap"),
    ({"audio": "carrier pigeon"}, "audio"),
    ({"confirm_answer": "yes"}, "confirm_answer"),
    ({"phone_number": "call me"}, "phone_number"),
    ({"phone_number": "1" * 41}, "phone_number"),
    ({"phone_number": "1" * 33}, "phone_number"),
    ({"phone_number": "112"}, "phone_number"),
    ({"phone_number": "+1;ext=@evil"}, "phone_number"),
    ({"phone_number": "٣٤٥"}, "phone_number"),
    ({"skills": "Billing"}, "skills"),
    ({"skills": ["Billing", 7]}, "skills.1"),
    ({"skills": ["No such skill"]}, "skills"),
    ({"skills": ["x"] * 51}, "skills"),
    ({"inbox_view": []}, "inbox_view"),
    ({"inbox_view": {"a": "x" * 65_537}}, "inbox_view"),
    ({"role": "admin"}, "role"),
]


@pytest.mark.parametrize(("path", "cases"), [("status", STATUS), ("preferences", PREFERENCES)])
async def test_the_field_is_named_and_nothing_changes(
    office: Office, path: str, cases: list[tuple[Json, str]]
) -> None:
    ana = await office.person("ana")
    before = await ana.ask("GET", "me")
    for body, field in cases:
        found = await ana.refused("PUT", f"me/{path}", body, status=422, type="validation")
        assert field in [error["field"] for error in found["errors"]], (body, found)
    assert await ana.ask("GET", "me") == before


async def test_the_edges_of_the_limits_are_taken(office: Office) -> None:
    ana = await office.person("ana")
    good: list[Json] = [
        {"chat_cap": 0, "email_cap": 10},
        {"phone_number": "+1 (555) 01-11"},
        {"phone_number": "1" * 32},
        {"phone_number": None},
        {"inbox_view": {"a": "x" * 65_535}},
        {"inbox_view": {}},
        {"skills": ["billing", " Spanish "]},
        {"skills": []},
        {},
    ]
    for body in good:
        await ana.ask("PUT", "me/preferences", body)
    await ana.ask("PUT", "me/preferences", {"phone_number": "+1 (555) 01-11"})
    me = await ana.ask("GET", "me")
    assert me["preferences"]["phone_number"] == "+15550111"
    assert (me["preferences"]["chat_cap"], me["preferences"]["email_cap"]) == (0, 10)
    await ana.ask("PUT", "me/status", {"status": "busy", "reason": "x" * 200})


@pytest.mark.parametrize(
    "junk",
    ["%00", "%0d%0aX:1", "..%2f..%2fetc", "%ff", "x" * 201, "'; DROP TABLE x; --", "{id}", "💥"],
)  # fmt: skip
async def test_junk_in_the_path_is_simply_not_found(office: Office, junk: str) -> None:
    ada = await office.person("ada")
    for method, path in (
        ("GET", f"conversations/{junk}"),
        ("POST", f"conversations/{junk}/accept"),
        ("POST", f"conversations/{junk}/end"),
        ("PUT", f"conversations/{junk}/notes"),
        ("GET", f"conversations/{junk}/explain"),
        ("PUT", f"users/{junk}"),
        ("DELETE", f"skills/{junk}"),
        ("DELETE", f"api-keys/{junk}"),
    ):
        notes: Json = {"notes": "x"} if path.endswith("notes") else {}
        body = None if method == "GET" else notes
        async with ada.http.request(
            method, f"{office.url}/api/v1/{path}".replace(" ", "%20"), json=body
        ) as answer:
            assert answer.status in {404, 405}, (method, path, await answer.text())


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "gone"}, "state"),
        ({"channel": "fax"}, "channel"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-01-01T00:00:00"}, "from"),
        ({"to": "2026-13-01T00:00:00Z"}, "to"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"cursor": "made up"}, "cursor"),
        ({"q": "x" * 201}, "q"),
        ({"q": "x" * 8_000}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": " ".join(f"w{n}" for n in range(100, 121))}, "q"),
        ({"page": "2"}, "page"),
    ],
)
async def test_a_search_names_its_bad_parameter(
    office: Office, query: dict[str, str], field: str
) -> None:
    ana = await office.person("ana")
    found = await ana.refused("GET", "conversations", params=query, status=422, type="validation")
    assert field in [error["field"] for error in found["errors"]]


async def test_a_parameter_given_twice_is_refused(office: Office) -> None:
    ana = await office.person("ana")
    twice = [("q", "a"), ("q", "b")]
    await ana.refused("GET", "conversations", params=twice, status=422, type="validation")


@pytest.mark.parametrize("key", ["x" * 201, " "])
async def test_an_idempotency_key_has_its_limits(office: Office, key: str) -> None:
    ana = await office.person("ana")
    status = 422 if key.strip() else 404
    async with ana.http.post(
        "/api/v1/conversations/x/accept", json={}, headers={"Idempotency-Key": key}
    ) as answer:
        assert answer.status in {status, 422}


async def test_an_error_of_ours_is_told_without_its_traceback(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    ana = await office.person("ana")
    broken = office.records.skills
    office.records.skills = None  # type: ignore[assignment]
    caplog.handler.setFormatter(Text())  # as the service writes it, with the ids
    with caplog.at_level(logging.ERROR, logger="ringdesk.api"):
        found = await ana.ask("GET", "skills", status=500)
    office.records.skills = broken
    assert "Traceback" not in json.dumps(found)
    assert "NoneType" not in json.dumps(found)
    assert found["request_id"] in caplog.text
    assert "AttributeError" in caplog.text
