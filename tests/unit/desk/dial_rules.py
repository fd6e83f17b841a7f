"""Dial rules without SQL."""

from app.desk.dial_rules import DialRules
from app.domain.dialling import Action, DialRule, Numbering
from app.records import Records

EVERYTHING = DialRule("", Action.ALLOW, id="all")


def dial_rules(*rules: DialRule, numbering: Numbering | None = None) -> DialRules:
    """These rules; every number is allowed when there are none."""
    found = DialRules(Records.__new__(Records), numbering or Numbering())
    found.replace(rules or (EVERYTHING,))
    return found
