"""Which numbers agents and bots may call: an ordered list, and a way to try a number."""

from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, ConfigDict, Field

from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.problems import invalid
from app.api.requests import Nothing, Request, Text
from app.api.route import API, Call, Route, route
from app.domain.dialling import BETWEEN, PREFIX, Action, Caller, NotANumber
from app.domain.dialling import DialRule as Rule

MAX_RULES = 1000
"""Desk phones' calls are compared with one after the other, in the dialplan."""
PATH = f"{API}/dial-rules"


def _prefix(text: str) -> str:
    prefix = BETWEEN.sub("", text)
    if not PREFIX.fullmatch(prefix):
        raise ValueError("must be the first digits of numbers, such as +4490, or empty for all")
    return prefix


class DialRuleChange(Request):
    """A rule: the first of the list whose prefix fits decides."""

    prefix: Annotated[str, Field(max_length=40), AfterValidator(_prefix)]
    action: Action
    caller: Caller = Caller.BOTH
    reason: Annotated[Text, Field(max_length=200)] = ""
    position: Annotated[int, Field(ge=0, le=MAX_RULES)] | None = None


class TryNumber(Request):
    """A number, as somebody would write it."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    number: Annotated[str, Field(max_length=80)]
    caller: Caller = Caller.AGENTS


class DialRule(Struct, frozen=True):
    """One rule; `position` counts from 0."""

    id: str
    position: int
    prefix: str
    action: Action
    caller: Caller
    reason: str


class DialRuleList(Struct, frozen=True):
    """All rules, in the order in which they are compared."""

    items: list[DialRule]
    next: str | None = None


class TriedNumber(Struct, frozen=True):
    """Whether a number may be called; `number` is the form that is compared with the rules."""

    number: str
    allowed: bool
    reason: str
    rule: str | None
    emergency: bool


async def list_rules(call: Call[Nothing]) -> DialRuleList:
    """All rules."""
    rules = await call.api.records.dial_rules.all()
    return DialRuleList([_shown(rule, n) for n, rule in enumerate(rules)])


async def add_rule(call: Call[DialRuleChange]) -> DialRule:
    """Add a rule; first when no position is given."""
    if len(await call.api.records.dial_rules.all()) >= MAX_RULES:
        raise invalid("prefix", f"there are {MAX_RULES} rules already, the most there can be")
    made = await call.api.records.dial_rules.add(_rule(call.input), call.input.position)
    saved = await _saved(call, made.id)
    await audited(call, "dial_rule.added", (saved.id, saved.prefix), after=saved)
    return saved


async def change_rule(call: Call[DialRuleChange]) -> DialRule:
    """Replace a rule; it keeps its place when no position is given."""
    rule = _rule(call.input, call.id)
    before = await _found(call, call.id)
    await call.api.records.dial_rules.change(rule, call.input.position)
    saved = await _saved(call, call.id)
    await audited(call, "dial_rule.changed", (saved.id, saved.prefix), before, saved)
    return saved


async def remove_rule(call: Call[Nothing]) -> None:
    """Remove a rule."""
    before = await _found(call, call.id)
    await call.api.records.dial_rules.remove(call.id)
    await call.api.desk.refresh()
    prefix = before.prefix if before else None
    await audited(call, "dial_rule.removed", (call.id, prefix), before)


async def try_number(call: Call[TryNumber]) -> TriedNumber:
    """What the rules say of a number; nothing is called."""
    try:
        found = call.api.desk.dial_rules.decide(call.input.number, call.input.caller)
    except NotANumber as error:
        raise invalid("number", str(error)) from None
    return TriedNumber(found.number, found.allowed, found.reason, found.rule_id, found.emergency)


def _rule(given: DialRuleChange, id: str = "") -> Rule:
    return Rule(given.prefix, given.action, given.caller, given.reason, id)


async def _saved(call: Call[DialRuleChange], id: str) -> DialRule:
    await call.api.desk.refresh()
    found = await _found(call, id)
    if found is None:  # somebody else removed it at this instant
        raise invalid("id", "this rule is gone again")
    return found


async def _found(call: Call[Request], id: str) -> DialRule | None:
    rules = await call.api.records.dial_rules.all()
    return next((_shown(rule, n) for n, rule in enumerate(rules) if rule.id == id), None)


def _shown(rule: Rule, position: int) -> DialRule:
    return DialRule(rule.id, position, rule.prefix, rule.action, rule.caller, rule.reason)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_rules,
        summary="Which numbers may be called",
        takes=Nothing,
        answers=DialRuleList,
        roles=ADMINS,
    ),
    route(
        "POST",
        PATH,
        add_rule,
        summary="Add a dial rule",
        takes=DialRuleChange,
        answers=DialRule,
        roles=ADMINS,
        status=201,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "GET",
        f"{PATH}/check",
        try_number,
        summary="What the dial rules say of a number",
        takes=TryNumber,
        answers=TriedNumber,
        roles=ADMINS,
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        change_rule,
        summary="Change or move a dial rule",
        takes=DialRuleChange,
        answers=DialRule,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_rule,
        summary="Remove a dial rule",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
)
