"""Dial rules: which numbers may be called outside, by whom. Pure.

A number is compared in one form, however it was written: international numbers with `+`, national
ones too where the country is known. Rules stand in an order; the first whose prefix fits decides,
and what fits none is denied. Emergency numbers are never denied. The dialplan decides the same for
desk phones (`dialplan/dial-rules.conf`); a test holds the two equal.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BETWEEN = re.compile(r"[ \u00a0./()\-]")
"""What people write between digits."""
NUMBER = re.compile(r"\+?[0-9*#]{2,32}", re.ASCII)
PREFIX = re.compile(r"\+?[0-9*#]{0,20}", re.ASCII)
LOCAL_DIGITS = 7
"""Without a national prefix (Spain, Denmark …) a number of so many digits is a national one, and a
shorter one a number within a house or a short code."""
NANP, NANP_DIGITS = "1", 10
"""In country code 1 a number of ten digits is national, with or without the 1 before it."""


class Action(StrEnum):
    """What a rule does."""

    ALLOW = "allow"
    DENY = "deny"


class Caller(StrEnum):
    """Whose calls are meant."""

    AGENTS = "agents"
    BOTS = "bots"
    BOTH = "both"


class NotANumber(ValueError):
    """What was written cannot be dialled; the message is for who wrote it."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """How numbers are written where the trunk is."""

    country: str | None = None
    """Calling code without `+`; None: national numbers are compared as they are written."""
    national: str = "0"
    international: str = "00"
    emergency: frozenset[str] = frozenset({"112", "911", "999"})


@dataclass(frozen=True, slots=True)
class DialRule:
    """One line of the list."""

    prefix: str
    """Of the compared form; empty: every number."""
    action: Action
    caller: Caller = Caller.BOTH
    reason: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a number may be called, and the rule that said so."""

    number: str
    """In the compared form."""
    allowed: bool
    reason: str = ""
    rule_id: str | None = None
    emergency: bool = False


NO_RULE = "no dial rule allows this number"


def dialled(text: str) -> str:
    """A number without what people write between digits. Raises NotANumber."""
    if ":" in text or "@" in text:
        raise NotANumber(f"“{text}” is an address: write a telephone number")
    number = BETWEEN.sub("", text)
    if not NUMBER.fullmatch(number):
        raise NotANumber(f"“{text}” cannot be dialled")
    return number


def compared(number: str, numbering: Numbering) -> str:
    """A dialled number in the form that rules are compared with."""
    if number.startswith("+") or number in numbering.emergency:
        return number
    if numbering.international and number.startswith(numbering.international):
        return "+" + number.removeprefix(numbering.international)
    if numbering.country is None or not number.isdigit():
        return number
    if numbering.national and number.startswith(numbering.national):
        return f"+{numbering.country}{number.removeprefix(numbering.national)}"
    bare = not numbering.national and len(number) >= LOCAL_DIGITS
    if bare or (numbering.country == NANP and len(number) == NANP_DIGITS):
        return f"+{numbering.country}{number}"
    return number


def decide(
    number: str, caller: Caller, rules: Iterable[DialRule], numbering: Numbering
) -> Decision:
    """Whether agents or bots may call a dialled number."""
    form = compared(number, numbering)
    if form in numbering.emergency:
        return Decision(form, True, "emergency number", emergency=True)
    for rule in rules:
        if rule.caller in {caller, Caller.BOTH} and form.startswith(rule.prefix):
            return Decision(form, rule.action is Action.ALLOW, rule.reason, rule.id)
    return Decision(form, False, NO_RULE)
