"""Customers' browsers that came to a chat widget, and the widgets themselves."""

from typing import Any

import sqlalchemy as sa

from app.domain.message import Visitor, Widget
from app.records.columns import storable
from app.records.database import Database
from app.records.errors import NotFound
from app.records.message_schema import chat_visitors, chat_widgets
from app.records.upsert import upsert

v, w = chat_visitors.c, chat_widgets.c


class Visitors:
    """Who comes back, and to which conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, visitor: Visitor) -> None:
        """Somebody new."""
        row = {
            "id": visitor.id,
            "entry": visitor.entry,
            "name": visitor.name,
            "email": visitor.email,
            "conversation_id": visitor.conversation_id,
            "created_at": visitor.created_at,
        }
        async with self._database.write() as connection:
            await connection.execute(chat_visitors.insert(), [row])

    async def get(self, id: str) -> Visitor | None:
        """Somebody who came before."""
        async with self._database.read() as connection:
            chosen = sa.select(chat_visitors).where(v.id == storable(id))
            row = (await connection.execute(chosen)).first()
            return None if row is None else Visitor(**row._mapping)

    async def rename(self, id: str, name: str | None, email: str | None) -> None:
        """They said who they are."""
        async with self._database.write() as connection:
            changed = chat_visitors.update().where(v.id == storable(id))
            await connection.execute(changed.values(name=name, email=email))

    async def begin(self, id: str, conversation_id: str, instead_of: str | None) -> str:
        """Give a visitor a new conversation; another tab may have been quicker: the id that
        stands. Raises NotFound."""
        async with self._database.write() as connection:
            old = (
                v.conversation_id.is_(None)
                if instead_of is None
                else (v.conversation_id == storable(instead_of))
            )
            changed = chat_visitors.update().where(v.id == storable(id), old)
            await connection.execute(changed.values(conversation_id=conversation_id))
            chosen = sa.select(v.conversation_id).where(v.id == storable(id))
            stands = (await connection.execute(chosen)).scalar_one_or_none()
            if stands is None:
                raise NotFound("visitor", id)
            return str(stands)


class Widgets:
    """Where chats come in, by entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Widget]:
        """Every widget, by entry."""
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(chat_widgets).order_by(w.entry))
            return [_widget(row) for row in rows]

    async def get(self, entry: str) -> Widget | None:
        """One widget."""
        async with self._database.read() as connection:
            chosen = sa.select(chat_widgets).where(w.entry == storable(entry))
            row = (await connection.execute(chosen)).first()
            return None if row is None else _widget(row)

    async def put(self, widget: Widget) -> None:
        """Add or change one."""
        row = {
            "entry": widget.entry,
            "title": widget.title,
            "skills": list(widget.skills),
            "priority": widget.priority,
            "bot": widget.bot,
            "ask": widget.ask,
            "origins": list(widget.origins),
        }
        async with self._database.write() as connection:
            await connection.execute(upsert(chat_widgets, self._database.is_sqlite), [row])

    async def remove(self, entry: str) -> None:
        """Take one away. Raises NotFound."""
        async with self._database.write() as connection:
            gone = chat_widgets.delete().where(w.entry == storable(entry))
            if (await connection.execute(gone)).rowcount == 0:
                raise NotFound("widget", entry)


def _widget(row: sa.Row[Any]) -> Widget:
    return Widget(
        entry=row.entry,
        title=row.title,
        skills=tuple(row.skills),
        priority=row.priority,
        bot=row.bot,
        ask=row.ask,
        origins=tuple(row.origins),
    )
