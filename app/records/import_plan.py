"""What an import does, line by line, before anything is done.

The same plan is shown as a preview and carried out, so that the one cannot differ from the other.
An empty cell leaves what is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What becomes of a line."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell; with the whole line where `field` is empty."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line, checked as far as it can be without the books."""

    line: int
    key: str
    """The e-mail address or the skill's name, as written."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """By column; what is missing stays as it is."""
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Planned:
    """What becomes of one line."""

    row: Row
    action: Action
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    """Only what changes."""
    faults: list[Fault] = field(default_factory=list)
    target: str | None = None
    """The id of the row in the books; None for a new one."""

    def refuse(self, fault: Fault) -> None:
        """This line cannot be used."""
        self.faults.append(fault)
        self.action = Action.ERROR


def planned(row: Row, known: Mapping[str, Any] | None, target: str | None) -> Planned:
    """Compare a line with what the books hold of it (None: nothing yet)."""
    if row.faults:
        return Planned(row, Action.ERROR, faults=list(row.faults))
    if known is None:
        return Planned(row, Action.ADD, after=dict(row.values))
    changes = {key: value for key, value in row.values.items() if known.get(key) != value}
    before = {key: known.get(key) for key in changes}
    action = Action.CHANGE if changes else Action.SAME
    return Planned(row, action, before, changes, target=target)


def refuse_repeats(plan: list[Planned], keys: list[str]) -> None:
    """A line whose key an earlier line has already is a mistake: which one is meant?"""
    first: dict[str, int] = {}
    for one, key in zip(plan, keys, strict=True):
        if key and first.setdefault(key, one.row.line) != one.row.line:
            one.refuse(Fault("", f"{one.row.key} is on line {first[key]} already"))


def is_faulty(plan: list[Planned]) -> bool:
    """Whether nothing may be done."""
    return any(one.action is Action.ERROR for one in plan)
