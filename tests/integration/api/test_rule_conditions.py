"""Each condition and each action of a routing rule on conversations of the real desk: applied to
the one and not to the other, and told on the conversation and in its timeline."""

from typing import Any

import pytest

from tests.integration.api.office import Caller, Json, Office
from tests.support.polling import eventually

SOON = 15
MARIA: Json = {"name": "Maria Lopez", "number": "+15550900", "email": "maria@example.com"}
JOHN: Json = {"name": "John", "number": "+4470"}


async def add(office: Office, when: Json, then: Json) -> None:
    ada = await office.person("ada")
    rule = {"name": "The rule", "when": when, "then": then}
    await ada.ask("POST", "routing-rules", rule, status=201)


async def applied(who: Caller, talk: str) -> str:
    """What the rule did, once it did: the same on the conversation and in its timeline."""

    async def done() -> Json | None:
        rules = (await who.ask("GET", f"conversations/{talk}"))["rules"]
        return rules[0] if rules else None

    rule = await eventually(done, within=SOON)
    assert rule["rule"] == "The rule"

    async def told() -> Json | None:
        events = (await who.ask("GET", f"conversations/{talk}/timeline"))["items"]
        return next((e for e in events if e["type"] == "rule_applied"), None)

    event = await eventually(told, within=SOON)
    assert (event["data"]["rule"], event["data"]["did"]) == ("The rule", rule["did"])
    return str(rule["did"])


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ({"channels": ["voice"], "customer": "+1555"}, {}, {"customer": JOHN}),
        ({"customer": "lopez"}, {}, {"customer": JOHN}),
        ({"customer": "MARIA@example.com"}, {}, {"customer": JOHN}),
        ({"entries": ["100"]}, {}, {"entry": "101"}),
        ({"languages": ["es"]}, {"language": "es-MX"}, {"language": "en"}),
        ({"flow": "refund"}, {"flow": {"name": "Refund"}}, {"flow": {"name": "order"}}),
        (
            {"flow": "refund", "step": "verify"},
            {"flow": {"name": "refund", "step": "verify"}},
            {"flow": {"name": "refund", "step": "pay"}},
        ),
    ],
)
async def test_what_a_conversation_is(office: Office, when: Json, yes: Json, no: Json) -> None:
    await add(office, when, {"queue": {"skills": ["Billing"]}})
    bot, sam = await office.bot(), await office.person("sam")
    given: Json = {"channel": "voice", "customer": MARIA, "entry": "100"}
    talk, other = [
        (await bot.ask("POST", "conversations", {**given, **more}, status=201))["id"]
        for more in (yes, no)
    ]
    assert await applied(sam, talk) == "moved it from the bot to people; now needs Billing"
    left = await sam.ask("GET", f"conversations/{other}")
    assert (left["state"], left["rules"]) == ("bot", [])


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ({"sentiment_below": -0.4}, {"sentiment": -0.5}, {"sentiment": -0.4}),
        ({"sentiment_above": 0.4}, {"sentiment": 0.5}, {"sentiment": 0.4}),
        (
            {"parameters": [{"name": "plan", "value": "gold"}]},
            {"parameters": {"plan": "Gold"}},
            {"parameters": {"plan": "tin"}},
        ),
        (
            {"parameters": [{"name": "why", "compare": "contains", "value": "refund"}]},
            {"parameters": {"why": "wants a REFUND"}},
            {"parameters": {"why": "wants to pay"}},
        ),
        (
            {"parameters": [{"name": "order", "compare": "exists"}]},
            {"parameters": {"order": 48213}},
            {"parameters": {"plan": "gold"}},
        ),
        ({"flow": "refund"}, {"flow": {"name": "refund"}}, {"flow": {"name": "order"}}),
    ],
)
async def test_what_the_bot_finds_out_on_the_way(
    office: Office, when: Json, yes: Json, no: Json
) -> None:
    await add(office, when, {"queue": {"skills": ["Billing"]}})
    bot, sam = await office.bot(), await office.person("sam")
    given: Json = {"channel": "voice", "customer": MARIA, "entry": "100"}
    other, talk = [(await bot.ask("POST", "conversations", given, status=201))["id"] for _ in "ab"]
    for one, context in ((other, no), (talk, yes)):
        await bot.ask("PATCH", f"conversations/{one}/context", context)
    await applied(sam, talk)
    assert (await sam.ask("GET", f"conversations/{other}"))["rules"] == []


@pytest.mark.parametrize(
    ("then", "did", "now"),
    [
        ({"priority": 9}, "priority 9", {"priority": 9}),
        ({"relax": ["Spanish"]}, "no longer needs Spanish", {"skills": ["Billing"]}),
        ({"overflow": ["Fraud"]}, "now needs Fraud", {"skills": ["Fraud"]}),
        ({"queue": {"skills": []}, "priority": 1},
         "no longer needs Billing, Spanish; priority 1", {"skills": []}),
        ({"announce": "sorry"}, "announced sorry", {}),
        ({"offer": ["callback", "message"]},
         "offered a callback; offered leaving a message", {}),
    ],
)  # fmt: skip
async def test_what_a_rule_does_to_who_waits(
    office: Office, then: Json, did: str, now: dict[str, Any]
) -> None:
    await add(office, {"entries": ["200"], "state": "queued"}, then)
    sam = await office.person("sam")
    talk = await office.call(skills="Billing,Spanish")
    assert await applied(sam, talk) == did
    seen = await sam.ask("GET", f"conversations/{talk}")
    assert now.items() <= seen.items()


async def test_nobody_signed_in_and_a_calendar_that_closes(office: Office) -> None:
    # given a call that nobody signed in could serve, and a rule for it
    sam, ada = await office.person("sam"), await office.person("ada")
    talk = await office.call(skills="Spanish")
    await add(office, {"unstaffed": True}, {"priority": 3})
    assert await applied(sam, talk) == "priority 3"

    # when a calendar that concerns nobody closes, then the rule that asks it is applied
    every = {day: [{"begin": "00:00", "end": "24:00"}] for day in ("monday", "tuesday")}
    given = {"name": "Office", "time_zone": "UTC", "hours": every}
    made = await ada.ask("POST", "calendars", {**given, "emergency_close": True}, status=201)
    rule = {
        "name": "Closed",
        "when": {"calendar": {"id": made["id"], "open": False}},
        "then": {"priority": 4},
    }
    await ada.ask("POST", "routing-rules", rule, status=201)

    async def both() -> bool:
        seen = await sam.ask("GET", f"conversations/{talk}")
        return bool([r["rule"] for r in seen["rules"]] == ["The rule", "Closed"])

    await eventually(both, within=SOON)
    assert (await sam.ask("GET", f"conversations/{talk}"))["priority"] == 4
