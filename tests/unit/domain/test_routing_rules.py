"""Each condition of a routing rule, each thing that it does, and when it is looked at again."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.applied import RuleApplied
from app.domain.conversation import Channel, Conversation, Customer, Staffing, State
from app.domain.routing_rules import (
    Actions,
    Choice,
    Compare,
    Conditions,
    Effect,
    Now,
    Parameter,
    RoutingRule,
    effect,
    first,
    holds,
    next_at,
)

NOON = 1_800_000_000_000
NOW = Now(NOON + 60_000, frozenset({"shut"}))
WAITING = Conversation(
    id="c1",
    channel=Channel.VOICE,
    state=State.QUEUED,
    version=1,
    created_at=NOON,
    customer=Customer("Maria Lopez", "+493012345", "maria@example.com"),
    entry="200",
    language="pt-BR",
    skills=("billing", "spanish"),
    priority=2,
    queued_at=NOON,
    channel_id="channel",
    sentiment=-0.5,
    flow={"name": "Refund", "step": "verify"},
    parameters={"plan": "Gold", "order": 48213, "vip": True, "note": None},
)
WITH_BOT = replace(WAITING, state=State.BOT, queued_at=None)


def parameter(name: str, compare: Compare = Compare.EQUALS, value: str = "") -> Conditions:
    return Conditions(parameters=(Parameter(name, compare, value),))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Conditions(channels=(Channel.VOICE, Channel.CHAT)), True),
        (Conditions(channels=(Channel.EMAIL,)), False),
        (Conditions(state=State.QUEUED), True),
        (Conditions(state=State.BOT), False),
        (Conditions(sentiment_below=-0.4), True),
        (Conditions(sentiment_below=-0.5), False),
        (Conditions(sentiment_above=-0.6), True),
        (Conditions(sentiment_above=-0.5), False),
        (Conditions(sentiment_above=-0.6, sentiment_below=-0.4), True),
        (Conditions(flow="refund"), True),
        (Conditions(flow="order"), False),
        (Conditions(flow="Refund", step="VERIFY"), True),
        (Conditions(flow="Refund", step="pay"), False),
        (parameter("plan", value="gold"), True),
        (parameter("plan", value="golden"), False),
        (parameter("plan", Compare.CONTAINS, "OL"), True),
        (parameter("plan", Compare.CONTAINS, "silver"), False),
        (parameter("note", Compare.EXISTS), True),
        (parameter("address", Compare.EXISTS), False),
        (parameter("order", value="48213"), True),
        (parameter("vip", value="true"), True),
        (Conditions(customer="+4930"), True),
        (Conditions(customer="3012"), False),
        (Conditions(customer="MARIA@example.com"), True),
        (Conditions(customer="maria@example"), False),
        (Conditions(customer="lopez"), True),
        (Conditions(entries=("100", "200")), True),
        (Conditions(entries=("2",)), False),
        (Conditions(languages=("pt",)), True),
        (Conditions(languages=("PT_br",)), True),
        (Conditions(languages=("p", "pt-PT")), False),
        (Conditions(skills=("spanish", "fraud")), True),
        (Conditions(skills=("fraud",)), False),
        (Conditions(waiting_ms=60_000), True),
        (Conditions(waiting_ms=60_001), False),
        (Conditions(calendar="shut"), True),
        (Conditions(calendar="shut", calendar_open=True), False),
        (Conditions(calendar="other", calendar_open=True), True),
        (Conditions(unstaffed=True), False),
        (Conditions(flow="refund", entries=("2",)), False),
    ],
)
def test_each_condition(wanted: Conditions, expected: bool) -> None:
    assert holds(wanted, WAITING, NOW) is expected


def test_what_is_not_known_does_not_hold() -> None:
    plain = replace(
        WAITING, sentiment=None, flow=None, parameters={}, customer=Customer(), entry=None
    )
    for wanted in (
        Conditions(sentiment_below=1),
        Conditions(sentiment_above=-1),
        Conditions(flow="refund"),
        parameter("plan", Compare.EXISTS),
        Conditions(customer="x"),
        Conditions(entries=("200",)),
    ):
        assert not holds(wanted, plain, NOW), wanted


@pytest.mark.parametrize("staffing", [Staffing.NONE_SIGNED_IN, Staffing.NONE_SKILLED])
def test_nobody_could_serve(staffing: Staffing) -> None:
    wanted = Conditions(unstaffed=True)
    assert holds(wanted, replace(WAITING, staffing=staffing), NOW)
    assert not holds(wanted, replace(WITH_BOT, staffing=staffing), NOW)


@pytest.mark.parametrize("state", [s for s in State if s not in {State.BOT, State.QUEUED}])
def test_what_rings_or_is_with_somebody_is_left_in_peace(state: State) -> None:
    assert not holds(Conditions(entries=("200",)), replace(WAITING, state=state), NOW)


@pytest.mark.parametrize(
    ("does", "of", "expected"),
    [
        (Actions(queue=("fraud",)), WITH_BOT, Effect(queue=True, skills=("fraud",))),
        (Actions(queue=()), WITH_BOT, Effect(queue=True, skills=())),
        (Actions(queue=("fraud",)), WAITING, Effect(skills=("fraud",))),
        (Actions(queue=("spanish", "billing")), WAITING, None),
        (Actions(queue=("a", "b"), relax=("b",)), WITH_BOT, Effect(queue=True, skills=("a",))),
        (Actions(priority=7), WAITING, Effect(priority=7)),
        (Actions(priority=2), WAITING, None),
        (Actions(priority=7), WITH_BOT, None),
        (Actions(queue=("a",), priority=7), WITH_BOT,
         Effect(queue=True, skills=("a",), priority=7)),
        (Actions(relax=("spanish",)), WAITING, Effect(skills=("billing",))),
        (Actions(relax=("fraud",)), WAITING, None),
        (Actions(relax=("spanish",)), WITH_BOT, None),
        (Actions(overflow=("fraud",)), WAITING, Effect(skills=("fraud",))),
        (Actions(overflow=("fraud",)), WITH_BOT, None),
        (Actions(release=True), replace(WAITING, routed_to="ana"), Effect(release=True)),
        (Actions(release=True), WAITING, None),
        (Actions(announce="sorry"), WAITING, Effect(announce="sorry")),
        (Actions(announce="sorry"), replace(WAITING, channel=Channel.CHAT, channel_id=None), None),
        (Actions(announce="sorry"), WITH_BOT, None),
        (Actions(offer=(Choice.CALLBACK, Choice.MESSAGE)), WAITING,
         Effect(offer=(Choice.CALLBACK, Choice.MESSAGE))),
        (Actions(offer=(Choice.CALLBACK,)), replace(WAITING, channel_id=None), None),
    ],
)  # fmt: skip
def test_each_action(does: Actions, of: Conversation, expected: Effect | None) -> None:
    assert effect(does, of) == expected


def rule(id: str, does: Actions, **when: Any) -> RoutingRule:
    return RoutingRule(id, id.title(), Conditions(**{"entries": ("200",), **when}), does)


def test_the_first_that_holds_is_applied_once_and_one_that_is_off_never() -> None:
    off = replace(rule("off", Actions(priority=9)), enabled=False)
    rules = [off, rule("one", Actions(priority=7)), rule("two", Actions(priority=8))]
    found = first(rules, WAITING, NOW)
    assert found is not None
    assert found[0].id == "one"
    done = replace(WAITING, priority=7, rules=(RuleApplied("one", "One", NOON, ""),))
    found = first(rules, done, NOW)
    assert found is not None
    assert found[0].id == "two"


def test_the_next_look_is_at_the_first_second_that_would_change_something() -> None:
    rules = [
        rule("late", Actions(priority=9), waiting_ms=90_000),
        rule("soon", Actions(relax=("spanish",)), waiting_ms=70_000),
        rule("nothing", Actions(relax=("fraud",)), waiting_ms=65_000),
        rule("others", Actions(priority=9), waiting_ms=66_000, languages=("de",)),
        rule("past", Actions(priority=9), waiting_ms=1),
    ]
    assert next_at(rules, WAITING, NOW) == NOON + 70_000
    assert next_at(rules, WITH_BOT, NOW) is None
    gone = replace(WAITING, rules=(RuleApplied("soon", "Soon", NOON, ""),))
    assert next_at(rules, gone, NOW) == NOON + 90_000
