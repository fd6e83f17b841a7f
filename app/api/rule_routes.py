"""Routing rules: an ordered list, and a preview against the last day's conversations."""

from typing import Any, Literal, cast

from app.api import rule_shapes as shapes
from app.api import shapes as common
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.books import skill_ids
from app.api.problems import ProblemType as P
from app.api.requests import Nothing
from app.api.route import API, Call, Route, route
from app.api.views import instant
from app.domain import routing_rules as domain
from app.domain.conversation import State
from app.domain.rule_preview import Past, waited_ms

PATH = f"{API}/routing-rules"
SHOWN = 100


async def list_rules(call: Call[Nothing]) -> shapes.RoutingRuleList:
    """All rules."""
    rules = await call.api.desk.routing.rules()
    return shapes.RoutingRuleList([_shown(call, rule, n) for n, rule in enumerate(rules)])


async def add_rule(call: Call[shapes.RuleChange]) -> shapes.RoutingRule:
    """Add a rule, last when no position is given; in force at once, also for who waits."""
    made = await call.api.desk.routing.put_rule(_meant(call), call.input.position)
    saved = await _found(call, made.id) or _shown(call, made, 0)
    await audited(call, "routing_rule.added", (saved.id, saved.name), after=saved)
    return saved


async def change_rule(call: Call[shapes.RuleChange]) -> shapes.RoutingRule:
    """Replace a rule; it keeps its place when no position is given."""
    before = await _found(call, call.id)
    made = await call.api.desk.routing.put_rule(_meant(call, call.id), call.input.position)
    saved = await _found(call, made.id) or _shown(call, made, 0)
    await audited(call, "routing_rule.changed", (saved.id, saved.name), before, saved)
    return saved


async def remove_rule(call: Call[Nothing]) -> None:
    """Remove a rule."""
    before = await _found(call, call.id)
    await call.api.desk.routing.remove_rule(call.id)
    await audited(call, "routing_rule.removed", (call.id, before.name if before else None), before)


async def preview(call: Call[shapes.RuleGiven]) -> shapes.RulePreview:
    """What a rule would have matched; nothing is saved and nothing happens."""
    routing, given = call.api.desk.routing, call.input
    rule = domain.RoutingRule("", "", _conditions(call, given.when), _actions(call, given.then))
    looked_at, found = await routing.preview(rule)
    items = [_past(call, past) for past in found[:SHOWN]]
    return shapes.RulePreview(len(found), looked_at, items)


async def _found(call: Call[Any], id: str) -> shapes.RoutingRule | None:
    rules = await call.api.desk.routing.rules()
    return next((_shown(call, rule, n) for n, rule in enumerate(rules) if rule.id == id), None)


def _meant(call: Call[shapes.RuleChange], id: str = "") -> domain.RoutingRule:
    given = call.input
    when, then = _conditions(call, given.when), _actions(call, given.then)
    return domain.RoutingRule(id, given.name, when, then, given.enabled)


def _conditions(call: Call[Any], given: shapes.WhenGiven) -> domain.Conditions:
    waiting, asked = given.waiting_seconds, given.calendar
    return domain.Conditions(
        channels=tuple(given.channels),
        state=State(given.state) if given.state else None,
        sentiment_below=given.sentiment_below,
        sentiment_above=given.sentiment_above,
        flow=given.flow,
        step=given.step,
        parameters=tuple(domain.Parameter(p.name, p.compare, p.value) for p in given.parameters),
        customer=given.customer,
        entries=tuple(given.entries),
        languages=tuple(given.languages),
        skills=_ids(call, given.skills, "when.skills"),
        waiting_ms=None if waiting is None else waiting * 1000,
        calendar=asked.id if asked else None,
        calendar_open=asked.open if asked else False,
        unstaffed=given.unstaffed,
    )


def _actions(call: Call[Any], given: shapes.ThenGiven) -> domain.Actions:
    queue, overflow = given.queue, given.overflow
    return domain.Actions(
        queue=None if queue is None else _ids(call, queue.skills, "then.queue.skills"),
        priority=given.priority,
        relax=_ids(call, given.relax, "then.relax"),
        overflow=None if overflow is None else _ids(call, overflow, "then.overflow"),
        release=given.release_agent,
        announce=given.announce,
        offer=tuple(dict.fromkeys(given.offer)),
    )


def _ids(call: Call[Any], names: list[str], field: str) -> tuple[str, ...]:
    return tuple(sorted(set(skill_ids(call, names, field))))


def _shown(call: Call[Any], of: domain.RoutingRule, position: int) -> shapes.RoutingRule:
    when, then = of.conditions, of.actions
    return shapes.RoutingRule(
        id=of.id,
        position=position,
        name=of.name,
        enabled=of.enabled,
        when=_when(call, when),
        then=shapes.RuleThen(
            queue=None if then.queue is None else shapes.RuleQueue(_names(call, then.queue)),
            priority=then.priority,
            relax=_names(call, then.relax),
            overflow=None if then.overflow is None else _names(call, then.overflow),
            release_agent=then.release,
            announce=then.announce,
            offer=list(then.offer),
        ),
    )


def _when(call: Call[Any], of: domain.Conditions) -> shapes.RuleWhen:
    state = cast(Literal["bot", "queued"], of.state.value) if of.state else None
    return shapes.RuleWhen(
        channels=list(of.channels),
        state=state,
        sentiment_below=of.sentiment_below,
        sentiment_above=of.sentiment_above,
        flow=of.flow,
        step=of.step,
        parameters=[shapes.RuleParameter(p.name, p.compare, p.value) for p in of.parameters],
        customer=of.customer,
        entries=list(of.entries),
        languages=list(of.languages),
        skills=_names(call, of.skills),
        waiting_seconds=None if of.waiting_ms is None else of.waiting_ms // 1000,
        calendar=shapes.RuleCalendar(of.calendar, of.calendar_open) if of.calendar else None,
        unstaffed=of.unstaffed,
    )


def _names(call: Call[Any], skills: tuple[str, ...]) -> list[str]:
    return sorted(call.api.desk.directory.skill_name(skill) for skill in skills)


def _past(call: Call[Any], past: Past) -> shapes.PreviewedConversation:
    of = past.conversation
    waited = waited_ms(of, call.api.desk.now())
    return shapes.PreviewedConversation(
        id=of.id,
        channel=of.channel,
        customer=common.Customer(of.customer.name, of.customer.number, of.customer.email),
        created_at=instant(of.created_at),
        state=of.state.value,
        skills=_names(call, of.skills),
        waited_seconds=None if waited is None else waited / 1000,
        sentiment=of.sentiment,
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_rules,
        summary="The routing rules, in order",
        takes=Nothing,
        answers=shapes.RoutingRuleList,
        roles=ADMINS,
    ),
    route(
        "POST",
        PATH,
        add_rule,
        summary="Add a routing rule",
        takes=shapes.RuleChange,
        answers=shapes.RoutingRule,
        roles=ADMINS,
        status=201,
        problems=(P.UNKNOWN_SKILL,),
    ),
    route(
        "POST",
        f"{PATH}/preview",
        preview,
        summary="What a routing rule would have matched in the last day",
        takes=shapes.RuleGiven,
        answers=shapes.RulePreview,
        roles=ADMINS,
        problems=(P.UNKNOWN_SKILL,),
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        change_rule,
        summary="Change or move a routing rule",
        takes=shapes.RuleChange,
        answers=shapes.RoutingRule,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNKNOWN_SKILL),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_rule,
        summary="Remove a routing rule",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
)
