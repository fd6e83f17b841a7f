"""Dial rules as administrators keep them, and what they mean for what people save."""

from typing import Any

import pytest

from tests.integration.api.office import Caller, Json, Office


async def rules(ada: Caller) -> list[Json]:
    found: list[Json] = (await ada.ask("GET", "dial-rules"))["items"]
    return found


async def tried(ada: Caller, number: str, caller: str = "agents") -> Json:
    return await ada.ask("GET", "dial-rules/check", params={"number": number, "caller": caller})


async def test_the_first_list_denies_what_costs_most_and_allows_the_rest(office: Office) -> None:
    ada = await office.person("ada")
    denied = ["+881612345678", "00870773111", "0900 123456", "+44 909 879 0123", "*21*0301234567#"]
    allowed = ["+493012345", "030 12345", "0044 20 7946 0000", "4711", "112", "911", "999"]
    told = {number: await tried(ada, number) for number in denied + allowed}
    assert {n: answer["allowed"] for n, answer in told.items()} == {
        **dict.fromkeys(denied, False),
        **dict.fromkeys(allowed, True),
    }
    assert all(told[number]["reason"] for number in denied)
    assert [n for n in told if told[n]["emergency"]] == ["112", "911", "999"]


async def test_rules_are_added_moved_changed_and_removed_and_hold_at_once(office: Office) -> None:
    ada = await office.person("ada")
    before = await rules(ada)
    assert [rule["position"] for rule in before] == list(range(len(before)))

    # when a rule is added without a place, then it comes first
    body: Json = {"prefix": "+44 20", "action": "deny", "caller": "bots", "reason": "our own"}
    made = await ada.ask("POST", "dial-rules", body, status=201)
    assert (made["position"], made["prefix"]) == (0, "+4420")
    assert not (await tried(ada, "0044 20 79", "bots"))["allowed"]
    assert (await tried(ada, "0044 20 79", "agents"))["allowed"]

    # when it moves behind the last, which is about every number, then it says nothing any more
    moved = await ada.ask(
        "PUT", f"dial-rules/{made['id']}", {**body, "position": len(before)}, status=200
    )
    assert moved["position"] == len(before)
    assert [rule["id"] for rule in await rules(ada)] == [r["id"] for r in before] + [made["id"]]
    assert (await tried(ada, "0044 20 79", "bots"))["allowed"]

    # and when it is gone, the list is as it was
    await ada.ask("DELETE", f"dial-rules/{made['id']}", status=204)
    await ada.refused("DELETE", f"dial-rules/{made['id']}", status=404, type="not-found")
    await ada.refused("PUT", f"dial-rules/{made['id']}", body, status=404, type="not-found")
    assert await rules(ada) == before


async def test_nothing_is_allowed_when_every_rule_is_gone_but_emergency_calls(
    office: Office,
) -> None:
    ada = await office.person("ada")
    for rule in await rules(ada):
        await ada.ask("DELETE", f"dial-rules/{rule['id']}", status=204)
    assert not (await tried(ada, "+493012345"))["allowed"]
    assert (await tried(ada, "112"))["allowed"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"prefix": "+44x", "action": "deny"}, "prefix"),
        ({"prefix": "1" * 21, "action": "deny"}, "prefix"),
        ({"prefix": "44+", "action": "deny"}, "prefix"),
        ({"prefix": "+44", "action": "maybe"}, "action"),
        ({"prefix": "+44", "action": "deny", "caller": "cats"}, "caller"),
        ({"prefix": "+44", "action": "deny", "reason": "x" * 201}, "reason"),
        ({"prefix": "+44", "action": "deny", "position": -1}, "position"),
        ({"action": "deny"}, "prefix"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_by_its_field(
    office: Office, body: dict[str, Any], field: str
) -> None:
    ada = await office.person("ada")
    before = await rules(ada)
    found = await ada.refused("POST", "dial-rules", body, status=422, type="validation")
    assert [error["field"] for error in found["errors"]] == [field]
    assert await rules(ada) == before


async def test_what_is_no_number_is_said_to_be_none(office: Office) -> None:
    ada = await office.person("ada")
    for number in ("sip:evil@example.com", "1", "call me"):
        found = await ada.ask("GET", "dial-rules/check", status=422, params={"number": number})
        assert found["errors"][0]["field"] == "number"


async def test_nobody_saves_a_number_that_may_not_be_called(office: Office) -> None:
    # given
    ada, ana = await office.person("ada"), await office.person("ana")
    premium = {"phone_number": "+44 909 879 0123"}

    # when she or an administrator tries, then each is told why, and nothing changed
    for who, method, path, body in (
        (ana, "PUT", "me/preferences", premium),
        (ada, "PUT", f"users/{ana.id}", premium),
        (ada, "POST", "users", {"email": "eva@example.com", "name": "Eva", **premium}),
    ):
        found = await who.refused(method, path, body, status=422, type="validation")
        assert found["errors"][0]["field"] == "phone_number"
        assert "premium-rate number" in found["detail"]
    assert (await ana.ask("GET", "me"))["preferences"]["phone_number"] == "+15550100"
    assert "eva@example.com" not in str(await ada.ask("GET", "users"))


async def test_rules_hold_for_other_processes_and_after_a_restart(office: Office) -> None:
    ada = await office.person("ada")
    await ada.ask("POST", "dial-rules", {"prefix": "+4930", "action": "deny"}, status=201)
    await office.close()
    office._callers.clear()
    await office.open(new=False)
    ada = await office.person("ada")
    assert not (await tried(ada, "+493012345"))["allowed"]
