"""Finding conversations in the archive, and who may see which.

An agent sees what is or was theirs, what is offered to them or waits for their skills, and the
other conversations of a customer whom they have in hand (DESIGN, "Who sees what").
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.conversation import Conversation
from app.records.archive_rows import conversation_from
from app.records.errors import RecordsError
from app.records.schema import conversations, person_skills, segments
from app.records.search_index import having
from app.records.search_words import asked_for
from app.records.snippets import Match, find_matches

MOST = 200
"""The longest page."""


class BadCursor(RecordsError):
    """A page's cursor that we did not make."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; None does not narrow. Instants in ms since the epoch."""

    q: str | None = None
    """Beginnings of words in the transcript, the messages, the notes, the customer's name, number
    or address, the reason, or what was captured; case and accents do not count. All of them have
    to be there; a text without any word finds nothing."""
    state: str | None = None
    channel: str | None = None
    agent: str | None = None
    """A person's id: conversations that they have or had."""
    from_at: int | None = None
    """Created then or later."""
    to_at: int | None = None
    """Created before."""
    visible_to: str | None = None
    """A person's id: only what this agent may see; None for supervisors."""
    cursor: str | None = None
    """`Page.next` of the page before."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Conversations, newest first, and where the next page begins (None: this was the last)."""

    items: tuple[Conversation, ...]
    next: str | None
    matches: Mapping[str, tuple[Match, ...]] = field(default_factory=dict)
    """Where the words are, by conversation."""


async def search(connection: AsyncConnection, search_for: Search, is_sqlite: bool) -> Page:
    """One page, within a transaction. Raises BadCursor."""
    c = conversations.c
    limit = max(1, min(search_for.limit, MOST))
    chosen = sa.select(conversations).where(*_conditions(search_for, is_sqlite))
    asked = asked_for(search_for.q or "")
    # `+ 0`: few conversations have the words, so these are to be sorted; going through all by
    # their age until a page is full would read the whole archive
    newest = (c.created_at + 0).desc() if asked else c.created_at.desc()
    found = await load(connection, chosen.order_by(newest, c.id.desc()).limit(limit + 1))
    more = len(found) > limit
    page = found[:limit]
    matches = await find_matches(connection, page, asked, is_sqlite) if asked and page else {}
    return Page(tuple(page), _cursor(page[-1]) if more else None, matches)


async def load(
    connection: AsyncConnection, chosen: sa.Select[tuple[Any, ...]]
) -> list[Conversation]:
    """The chosen rows as conversations, with their segments, in the same order."""
    rows = (await connection.execute(chosen)).all()
    parts: dict[str, list[sa.Row[Any]]] = {}
    for ids in _portions([row.id for row in rows]):
        mine = segments.c.conversation_id.in_(ids)
        ordered = sa.select(segments).where(mine).order_by(segments.c.position)
        for part in await connection.execute(ordered):
            parts.setdefault(part.conversation_id, []).append(part)
    return [conversation_from(row, parts.get(row.id, ())) for row in rows]


def visible(person_id: str, is_sqlite: bool) -> sa.ColumnElement[bool]:
    """Whether an agent may see a conversation.

    A union of small sets that each has its index, and not one condition per row: an agent's
    page must not read the whole archive.
    """
    c = conversations.c
    mine = sa.union(
        *_theirs(person_id),
        sa.select(c.id).where(c.state == "offered", c.offered_to == person_id),
        sa.select(c.id).where(c.state == "queued", _waits_for(person_id, is_sqlite)),
        *_same_customer(person_id),
    )
    return c.id.in_(mine)


def _conditions(of: Search, is_sqlite: bool) -> list[sa.ColumnElement[bool]]:
    c = conversations.c
    found: list[sa.ColumnElement[bool] | None] = [
        c.state == of.state if of.state else None,
        c.channel == of.channel if of.channel else None,
        _is_or_was(of.agent) if of.agent else None,
        c.created_at >= of.from_at if of.from_at is not None else None,
        c.created_at < of.to_at if of.to_at is not None else None,
        visible(of.visible_to, is_sqlite) if of.visible_to else None,
        _before(of.cursor) if of.cursor else None,
    ]
    return [condition for condition in found if condition is not None] + _mentions(of.q, is_sqlite)


def _mentions(q: str | None, is_sqlite: bool) -> list[sa.ColumnElement[bool]]:
    asked = asked_for(q or "")
    if not asked and q and q.strip():
        return [sa.false()]
    return [conversations.c.id.in_(having(word, is_sqlite)) for word in asked]


def _is_or_was(person_id: str) -> sa.ColumnElement[bool]:
    return conversations.c.id.in_(sa.union(*_theirs(person_id)))


def _theirs(person_id: str) -> list[sa.Select[tuple[str]]]:
    return [
        sa.select(conversations.c.id).where(conversations.c.agent_id == person_id),
        sa.select(segments.c.conversation_id).where(segments.c.agent_id == person_id),
    ]


def _waits_for(person_id: str, is_sqlite: bool) -> sa.ColumnElement[bool]:
    c = conversations.c
    elements = (
        sa.func.json_each(c.skills) if is_sqlite else sa.func.json_array_elements_text(c.skills)
    )
    required = elements.table_valued("value", name="required")
    held = sa.select(person_skills.c.skill_id).where(person_skills.c.person_id == person_id)
    missing = sa.exists().select_from(required).where(required.c.value.not_in(held))
    return sa.case((c.routed_to.is_(None), ~missing), else_=c.routed_to == person_id)


def _same_customer(person_id: str) -> list[sa.Select[tuple[str]]]:
    mine = conversations.alias("mine")
    writing = sa.select(segments.c.conversation_id).where(
        segments.c.agent_id == person_id, segments.c.wrap_up == "open"
    )
    talking = sa.select(mine.c.id).where(mine.c.state == "active", mine.c.agent_id == person_id)
    in_hand = mine.c.id.in_(sa.union(writing, talking))
    c = conversations.c
    return [
        sa.select(c.id).join(mine, mine.c[same] == c[same]).where(in_hand)
        for same in ("customer_number", "customer_email")
    ]


def _before(cursor: str) -> sa.ColumnElement[bool]:
    c = conversations.c
    at, last = _read(cursor)
    return sa.or_(c.created_at < at, sa.and_(c.created_at == at, c.id < last))


def _cursor(last: Conversation) -> str:
    return base64.urlsafe_b64encode(f"{last.created_at}:{last.id}".encode()).decode()


def _read(cursor: str) -> tuple[int, str]:
    try:
        at, _, last = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition(":")
        if not 0 <= int(at) < 2**63:
            raise ValueError(at)
        return int(at), last
    except (ValueError, binascii.Error):
        raise BadCursor("this cursor was not made here") from None


def _portions(ids: Sequence[str], size: int = 500) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
