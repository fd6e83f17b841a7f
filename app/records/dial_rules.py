"""Dial rules as administrators keep them: an ordered list."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.dialling import Action, Caller, DialRule
from app.records.database import Database
from app.records.errors import NotFound
from app.records.identity import new_id
from app.records.schema import dial_rules


class DialRules:
    """The list; places count from 0."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[DialRule]:
        """Every rule, in order."""
        async with self._database.read() as connection:
            return await _load(connection)

    async def add(self, rule: DialRule, place: int | None = None) -> DialRule:
        """Add a rule; first when no place is given, for the last one may be about every number."""
        made = replace(rule, id=new_id())
        async with self._database.write() as connection:
            rules = await _load(connection, lock=True)
            rules.insert(0 if place is None else place, made)
            row = {"id": made.id, "position": 0, **_values(made)}
            await connection.execute(dial_rules.insert().values(row))
            await _number(connection, rules)
        return made

    async def change(self, rule: DialRule, place: int | None = None) -> DialRule:
        """Replace a rule by its id, and move it where a place is given. Raises NotFound."""
        async with self._database.write() as connection:
            rules = await _load(connection, lock=True)
            at = next((n for n, known in enumerate(rules) if known.id == rule.id), None)
            if at is None:
                raise NotFound("dial rule", rule.id)
            del rules[at]
            rules.insert(at if place is None else place, rule)
            change = dial_rules.update().where(dial_rules.c.id == rule.id).values(_values(rule))
            await connection.execute(change)
            await _number(connection, rules)
        return rule

    async def remove(self, id: str) -> None:
        """Remove a rule. Raises NotFound."""
        async with self._database.write() as connection:
            gone = await connection.execute(dial_rules.delete().where(dial_rules.c.id == id))
            if gone.rowcount == 0:
                raise NotFound("dial rule", id)
            await _number(connection, await _load(connection))


def _values(rule: DialRule) -> dict[str, str]:
    return {
        "prefix": rule.prefix,
        "action": rule.action.value,
        "caller": rule.caller.value,
        "reason": rule.reason,
    }


async def _load(connection: AsyncConnection, lock: bool = False) -> list[DialRule]:
    chosen = sa.select(dial_rules).order_by(dial_rules.c.position, dial_rules.c.id)
    rows = await connection.execute(chosen.with_for_update() if lock else chosen)
    return [
        DialRule(row.prefix, Action(row.action), Caller(row.caller), row.reason, row.id)
        for row in rows
    ]


async def _number(connection: AsyncConnection, rules: list[DialRule]) -> None:
    for position, rule in enumerate(rules):
        change = dial_rules.update().where(dial_rules.c.id == rule.id)
        await connection.execute(change.values(position=position))
