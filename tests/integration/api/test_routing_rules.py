"""Routing rules as administrators keep them, and what they do to conversations."""

from datetime import datetime
from typing import Any

import pytest

from tests.integration.api.office import Caller, Json, Office
from tests.support.polling import eventually

UNHAPPY: Json = {
    "name": "Unhappy",
    "when": {"state": "bot", "sentiment_below": -0.4},
    "then": {"queue": {"skills": ["Billing"]}, "priority": 5},
}
OPEN = {"channel": "voice", "customer": {"name": "Maria", "number": "+15550900"}, "entry": "100"}
SOON = 15


async def add(office: Office, *rules: Json) -> list[Json]:
    ada = await office.person("ada")
    return [await ada.ask("POST", "routing-rules", rule, status=201) for rule in rules]


async def seen(who: Caller, id: str, **wanted: object) -> Json:
    """The conversation, once it is so."""

    async def found() -> Json | None:
        now = await who.ask("GET", f"conversations/{id}")
        return now if wanted.items() <= now.items() else None

    return await eventually(found, within=SOON)


async def test_rules_stand_in_an_order_and_are_changed_and_removed(office: Office) -> None:
    ada = await office.person("ada")
    one, two = await add(office, UNHAPPY, {**UNHAPPY, "name": "Second"})
    assert (one["position"], two["position"]) == (0, 1)
    assert one["then"]["queue"] == {"skills": ["Billing"]}
    moved = await ada.ask(
        "PUT", f"routing-rules/{two['id']}", {**UNHAPPY, "name": "First", "position": 0}
    )
    assert moved["position"] == 0
    names = [rule["name"] for rule in (await ada.ask("GET", "routing-rules"))["items"]]
    assert names == ["First", "Unhappy"]
    await ada.ask("DELETE", f"routing-rules/{one['id']}", status=204)
    await ada.refused("DELETE", f"routing-rules/{one['id']}", status=404, type="not-found")
    await ada.refused("PUT", f"routing-rules/{one['id']}", UNHAPPY, status=404, type="not-found")


async def test_a_rule_on_sentiment_moves_an_ai_call_to_people_and_it_is_recorded(
    office: Office,
) -> None:
    # given the rule, Ana at work, and two customers with the bot
    await add(office, UNHAPPY)
    await office.at_work("ana")
    bot, sam = await office.bot(), await office.person("sam")
    sad, glad = [(await bot.ask("POST", "conversations", OPEN, status=201))["id"] for _ in "ab"]

    # when one is unhappy and the other is not
    await bot.ask("PATCH", f"conversations/{glad}/context", {"sentiment": -0.4})
    await bot.ask("PATCH", f"conversations/{sad}/context", {"sentiment": -0.5})

    # then that one alone rings at Ana's, and the rule stands on it and on its timeline
    offered = await seen(sam, sad, state="offered", skills=["Billing"], priority=5)
    assert [(r["rule"], r["did"]) for r in offered["rules"]] == [
        ("Unhappy", "moved it from the bot to people; now needs Billing; priority 5")
    ]
    await seen(sam, glad, state="bot", rules=[])

    async def told() -> Json | None:
        events = (await sam.ask("GET", f"conversations/{sad}/timeline"))["items"]
        return next((e for e in events if e["type"] == "rule_applied"), None)

    assert (await eventually(told, within=SOON))["data"]["rule"] == "Unhappy"


async def test_a_relaxation_comes_at_its_second_once_and_the_next_overflows(
    office: Office,
) -> None:
    # given a caller who needs two skills that nobody at work has
    await add(
        office,
        {
            "name": "Without Spanish",
            "when": {"skills": ["Spanish"], "waiting_seconds": 1},
            "then": {"relax": ["Spanish"]},
        },
        {
            "name": "Anybody",
            "when": {"waiting_seconds": 2},
            "then": {"overflow": ["Fraud"], "priority": 2},
        },
    )
    sam = await office.person("sam")
    call = await office.call(skills="Billing,Spanish")
    assert (await sam.ask("GET", f"conversations/{call}"))["skills"] == ["Billing", "Spanish"]

    # then each comes in its time, not before it, and once
    done = await seen(sam, call, skills=["Fraud"], priority=2)
    waited = [_ms(r["at"]) - _ms(done["queued_at"]) for r in done["rules"]]
    assert [r["rule"] for r in done["rules"]] == ["Without Spanish", "Anybody"]
    assert waited[0] >= 1000
    assert waited[1] >= 2000


@pytest.mark.alone
async def test_a_relaxation_comes_within_its_second_and_wakes_who_may_now(office: Office) -> None:
    # given Ana, who has Billing alone, and a caller who needs Spanish, too, for two seconds
    wider = {
        "name": "Wider",
        "when": {"skills": ["Spanish"], "waiting_seconds": 2},
        "then": {"relax": ["Spanish"]},
    }
    await add(office, wider)
    ana, sam = await office.at_work("ana"), await office.person("sam")
    call = await office.call(skills="Billing,Spanish")

    # then it is hers in that second, once
    await office.ring(ana, call)
    done = await seen(sam, call, state="offered", skills=["Billing"])
    [applied] = done["rules"]
    late = _ms(applied["at"]) - _ms(done["queued_at"]) - 2000
    print(f"the relaxation was {late} ms late")
    assert 0 <= late < 1000


async def test_who_waits_for_one_agent_is_released_and_a_rule_that_is_off_does_nothing(
    office: Office,
) -> None:
    rule: Json = {
        "name": "Not Ana alone",
        "when": {"waiting_seconds": 0, "customer": "+1555"},
        "then": {"release_agent": True},
        "enabled": False,
    }
    (made,) = await add(office, rule)
    ada, sam, ben = (
        await office.person("ada"),
        await office.person("sam"),
        await office.at_work("ben"),
    )
    call = await office.call(skills="Billing", agent="ana@example.com")
    await seen(sam, call, state="queued", rules=[])

    # when it is switched on, then at once
    await ada.ask("PUT", f"routing-rules/{made['id']}", {**rule, "enabled": True})
    await seen(sam, call, state="offered", routed_to=None)
    await office.ring(ben, call)


def _ms(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() * 1000


async def test_a_preview_tells_what_would_have_matched_and_saves_nothing(office: Office) -> None:
    # given a day with a call that was unhappy for a while, one that was not, and one in the queue
    ada, bot = await office.person("ada"), await office.bot()
    sad, glad = [(await bot.ask("POST", "conversations", OPEN, status=201))["id"] for _ in "ab"]
    for mood in (-0.8, 0.5):
        await bot.ask("PATCH", f"conversations/{sad}/context", {"sentiment": mood})
    waiting = await office.call(skills="Spanish")

    async def preview(when: Json) -> tuple[int, int, list[str]] | None:
        body = {"when": when, "then": {"priority": 1}}
        found = await ada.ask("POST", "routing-rules/preview", body)
        ids = [item["id"] for item in found["items"]]
        return found["matched"], found["looked_at"], ids

    async def archived() -> bool:
        return await preview({"sentiment_below": -0.5}) == (1, 3, [sad])

    # then each condition finds its own
    await eventually(archived, within=SOON)
    assert await preview({"skills": ["Spanish"]}) == (1, 3, [waiting])
    assert await preview({"waiting_seconds": 3600}) == (0, 3, [])
    assert (await preview({"state": "bot", "entries": ["100"]}) or (0,))[0] == 2
    assert await preview({"unstaffed": True}) == (1, 3, [waiting])
    assert (await ada.ask("GET", "routing-rules"))["items"] == []
    assert glad


@pytest.mark.parametrize(
    ("when", "then", "field"),
    [
        ({}, {"priority": 1}, "when"),
        ({"entries": ["1"]}, {}, "then"),
        ({"entries": ["1"]}, {"priority": 11}, "then.priority"),
        ({"entries": ["1"]}, {"overflow": []}, "then.overflow"),
        ({"entries": ["1"]}, {"overflow": ["Fraud"], "queue": {"skills": []}}, "then"),
        ({"entries": ["1"]}, {"announce": "../x"}, "then.announce"),
        ({"entries": ["1"]}, {"offer": ["cake"]}, "then.offer.0"),
        ({"entries": ["1"] * 51}, {"priority": 1}, "when.entries"),
        ({"sentiment_below": -1.1}, {"priority": 1}, "when.sentiment_below"),
        ({"sentiment_below": 0, "sentiment_above": 0}, {"priority": 1}, "when"),
        ({"waiting_seconds": 86401}, {"priority": 1}, "when.waiting_seconds"),
        ({"waiting_seconds": -1}, {"priority": 1}, "when.waiting_seconds"),
        ({"state": "bot", "waiting_seconds": 5}, {"priority": 1}, "when"),
        ({"state": "active"}, {"priority": 1}, "when.state"),
        ({"calendar": {"id": "no", "open": True}}, {"priority": 1}, "when.calendar"),
        ({"parameters": [{"name": "a", "compare": "like"}]}, {"priority": 1},
         "when.parameters.0.compare"),
        ({"moon": "full"}, {"priority": 1}, "when.moon"),
    ],
)  # fmt: skip
async def test_a_rule_that_cannot_be_is_refused_by_its_field(
    office: Office, when: dict[str, Any], then: dict[str, Any], field: str
) -> None:
    ada = await office.person("ada")
    for path, more in (("routing-rules", {"name": "Bad"}), ("routing-rules/preview", {})):
        found = await ada.refused(
            "POST", path, {**more, "when": when, "then": then}, status=422, type="validation"
        )
        assert [error["field"] for error in found["errors"]] == [field]
    assert (await ada.ask("GET", "routing-rules"))["items"] == []


async def test_unknown_skills_are_refused_with_their_place(office: Office) -> None:
    ada = await office.person("ada")
    rule = {**UNHAPPY, "then": {"relax": ["Alchemy"]}}
    found = await ada.refused("POST", "routing-rules", rule, status=422, type="unknown-skill")
    assert found["errors"][0]["field"] == "then.relax"


async def test_there_are_so_many_rules_and_no_more(office: Office) -> None:
    ada = await office.person("ada")
    office.desk.routing.most_rules = 2
    await add(office, UNHAPPY, {**UNHAPPY, "name": "Second"})
    found = await ada.refused(
        "POST", "routing-rules", {**UNHAPPY, "name": "Third"}, status=422, type="validation"
    )
    assert "2 already" in found["detail"]
    await ada.refused(
        "POST", "routing-rules", {**UNHAPPY, "name": "Third"}, status=422, type="validation"
    )
