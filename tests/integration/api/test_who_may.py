"""Every route of the table by every kind of caller: a new route is tested the day it is there."""

from typing import Any

import pytest

from app.api.access import ANYBODY
from app.api.problems import STATUS, ProblemType
from app.api.route import Route
from app.api.table import ROUTES
from tests.integration.api.office import Caller, Json, Office
from tests.support.polling import eventually

CALLERS = ("anonymous", "ana", "ben", "sam", "ada", "bot", "bad key")
ROLE = {"ana": "agent", "ben": "agent", "sam": "supervisor", "ada": "admin", "bot": "bot"}
NOWHERE = "no-such-id"
LET_IN = {code for kind, code in STATUS.items() if kind is not ProblemType.FORBIDDEN} | {
    200, 201, 204, 400, 426,
}  # fmt: skip


async def _caller(office: Office, name: str) -> Caller:
    if name == "anonymous":
        return await office.somebody()
    if name == "bot":
        return await office.bot()
    if name == "bad key":
        return await office.bot(key="rk_wrong")
    return await office.person(name)


def _expected(route: Route[Any], name: str) -> set[int]:
    if name == "bad key":
        return {401}
    if route.roles == ANYBODY:
        return LET_IN
    if name == "anonymous":
        return {401}
    return LET_IN - {401} if ROLE[name] in route.roles else {403}


def _in_order() -> list[Route[Any]]:
    """Signing out last, for the others need the sign-in."""
    return sorted(ROUTES, key=lambda r: (r.method, r.path) == ("DELETE", "/api/v1/session"))


@pytest.mark.parametrize("name", CALLERS)
async def test_every_route_lets_in_its_roles_and_nobody_else(office: Office, name: str) -> None:
    caller = await _caller(office, name)
    for route in _in_order():
        path = route.path.replace("{id}", NOWHERE)
        body: Json | None = {} if route.has_body else None
        async with caller.http.request(route.method, path, json=body) as answer:
            text = await answer.text()
            assert answer.status in _expected(route, name), (route.method, path, text)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if answer.status >= 400 and path not in {"/readyz", "/api/v1/events"}:
                assert answer.content_type == "application/problem+json", (path, text)


@pytest.mark.parametrize("name", CALLERS)
async def test_every_unsafe_route_refuses_another_sites_page(office: Office, name: str) -> None:
    caller = await _caller(office, name)
    for route in ROUTES:
        if route.method == "GET" and route.status != 101:
            continue
        path = route.path.replace("{id}", NOWHERE)
        for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
            async with caller.http.request(
                route.method, path, json={} if route.has_body else None, headers=headers
            ) as answer:
                by_key = name in {"bot", "bad key"}  # no browser sends a key by itself
                expected = _expected(route, name) if by_key else {403}
                assert answer.status in expected, (route.method, path, await answer.text())


async def test_the_socket_refuses_another_sites_page(office: Office) -> None:
    ana = await office.person("ana")
    for origin in ("https://elsewhere.example", "null", "http://127.0.0.1", office.url + ".evil"):
        headers = {
            "Origin": origin,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        await ana.refused("GET", "events", status=403, type="forbidden", headers=headers)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api/v1/lives", "/api/v2/me", "/api", "/api/v1/me/", "/api/v1/chat/%00"],
)
async def test_what_is_not_in_the_table_does_not_exist(office: Office, path: str) -> None:
    ada = await office.person("ada")
    async with ada.http.get(path) as answer:
        assert (answer.status, answer.content_type) == (404, "application/problem+json")
    async with ada.http.post(path, json={}) as answer:
        assert answer.status in {404, 405}
        assert answer.content_type == "application/problem+json"


async def test_agents_and_bots_see_only_what_concerns_them(office: Office) -> None:
    # given one call for Spanish, one for Billing, and one bot's conversation
    ana, ben, sam = [await office.person(name) for name in ("ana", "ben", "sam")]
    bot, other = await office.bot("one"), await office.bot("other")
    spanish, billing = await office.call(skills="Spanish"), await office.call(skills="Billing")
    opened = await bot.ask(
        "POST", "conversations", {"channel": "voice", "customer": {"number": "+15550900"}}
    )

    # then each reads what is theirs to read, and the rest does not exist for them
    may = {
        (ana, billing), (ben, billing), (ben, spanish), (bot, opened["id"]),
        (sam, billing), (sam, spanish), (sam, opened["id"]),
    }  # fmt: skip
    for who in (ana, ben, sam, bot, other):
        for conversation in (spanish, billing, opened["id"]):
            if (who, conversation) in may:
                await who.ask("GET", f"conversations/{conversation}")
            else:
                path = f"conversations/{conversation}"
                await who.refused("GET", path, status=404, type="not-found")
    for method, path in (("POST", "queue"), ("POST", "transcript"), ("PATCH", "context")):
        bodies: dict[str, Json] = {
            "queue": {"skills": []},
            "transcript": {"turns": [TURN]},
            "context": {},
        }
        whole = f"conversations/{opened['id']}/{path}"
        await other.refused(method, whole, bodies[path], status=404, type="not-found")


TURN = {"speaker": "customer", "text": "hello"}


async def test_the_earlier_conversations_of_the_customer_in_hand(office: Office) -> None:
    # given a customer whom Ben served once
    ben = await office.at_work("ben")
    earlier = await office.call("+15550321", skills="Spanish")
    await office.ring(ben, earlier)
    for move in ("accept", "end", "wrap-up"):
        await ben.ask("POST", f"conversations/{earlier}/{move}", {})
    await ben.ask("PUT", "me/status", {"status": "offline"})
    ana = await office.at_work("ana")
    await ana.refused("GET", f"conversations/{earlier}", status=404, type="not-found")

    # when Ana has the same customer in hand
    now = await office.call("+15550321", skills="Billing")
    await office.ring(ana, now)
    await ana.refused("GET", f"conversations/{earlier}", status=404, type="not-found")
    await ana.ask("POST", f"conversations/{now}/accept", {})

    # then she may read it, until she is done with them
    async def may_read() -> bool:
        async with ana.http.get(f"/api/v1/conversations/{earlier}") as answer:
            return answer.status == 200

    await eventually(may_read)
    await ana.ask("POST", f"conversations/{now}/end", {})
    await ana.ask("POST", f"conversations/{now}/wrap-up", {})

    async def may_not() -> bool:
        return not await may_read()

    await eventually(may_not)


async def test_explain_tells_agents_of_themselves_alone(office: Office) -> None:
    ana, sam = await office.person("ana"), await office.person("sam")
    call = await office.call(skills="Billing")
    own = await ana.ask("GET", f"conversations/{call}/explain")
    assert [agent["id"] for agent in own["agents"]] == [ana.id]
    assert own["agents"][0]["eligible"] is False
    assert {"status", "leg"} <= set(own["agents"][0]["reasons"])
    everybody = await sam.ask("GET", f"conversations/{call}/explain")
    assert len(everybody["agents"]) == 4


async def test_a_method_that_a_route_has_not_is_told_with_those_it_has(office: Office) -> None:
    ada = await office.person("ada")
    async with ada.http.put("/api/v1/me", json={}) as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET"
        assert answer.content_type == "application/problem+json"
    await ada.refused("POST", "nothing", {}, status=404, type="not-found")
