"""The audit log: who did what to whom, and what it was before and after. Rows never change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.records.clock import now_ms
from app.records.database import Database
from app.records.identity import new_id
from app.records.schema import audit
from app.records.upsert import insert_new

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. Instants in ms since the epoch."""

    id: str
    at: int
    who_id: str
    who_name: str
    """As they were called then."""
    act: str
    """Kind and verb in the past, such as `skill.removed` or `conversation.listened`."""
    target_id: str | None
    target_name: str | None
    before: Values | None
    after: Values | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, newest first; `next` is the cursor of those before them."""

    entries: list[AuditEntry]
    next: str | None


class Audit:
    """Writes and reads the log; secrets are the caller's to leave out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        who: tuple[str, str],
        act: str,
        target: tuple[str | None, str | None] = (None, None),
        before: Values | None = None,
        after: Values | None = None,
    ) -> AuditEntry:
        """Note an act of `who` (id, name) on `target` (id, name)."""
        entry = AuditEntry(new_id(), now_ms(), *who, act, *target, before, after)
        row = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
        async with self._database.write() as connection:
            await connection.execute(audit.insert().values(row))
        return entry

    async def note(self, entries: Sequence[AuditEntry]) -> None:
        """Note acts whose ids were given by what told of them: told again, they are one."""
        if not entries:
            return
        names = AuditEntry.__dataclass_fields__
        rows = [{name: getattr(entry, name) for name in names} for entry in entries]
        async with self._database.write() as connection:
            await connection.execute(insert_new(audit, self._database.is_sqlite), rows)

    async def page(
        self,
        limit: int,
        cursor: str | None = None,
        who_id: str | None = None,
        act: str | None = None,
    ) -> AuditPage:
        """Entries before the cursor, newest first; `act` may be the beginning of one.

        Raises ValueError for a cursor that no page gave.
        """
        chosen = sa.select(audit).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit + 1)
        if cursor is not None:
            place = sa.tuple_(*map(sa.literal, place_of(cursor)))
            chosen = chosen.where(sa.tuple_(audit.c.at, audit.c.id) < place)
        if who_id is not None:
            chosen = chosen.where(audit.c.who_id == who_id)
        if act is not None:
            chosen = chosen.where(audit.c.act.startswith(act, autoescape=True))
        async with self._database.read() as connection:
            rows = [AuditEntry(*row) for row in await connection.execute(chosen)]
        last = rows[limit - 1] if len(rows) > limit else None
        return AuditPage(rows[:limit], f"{last.at}-{last.id}" if last else None)


def place_of(cursor: str) -> tuple[int, str]:
    """Instant (ms) and id of the last entry of a page. Raises ValueError."""
    at, _, entry_id = cursor.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < 16 and entry_id):
        raise ValueError("this is no cursor that a page gave")
    return int(at), entry_id
