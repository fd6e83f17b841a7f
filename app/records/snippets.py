"""What of a found conversation has the words that were asked for, to show beside it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.conversation import Conversation
from app.records.message_schema import messages
from app.records.schema import transcript_turns
from app.records.search_index import ABOUT, MESSAGE, TURN, parts_having
from app.records.search_words import endings, leaves, marks

MOST_MATCHES = 3
"""Places shown of one conversation."""
WIDTH = 160
"""Characters of one place."""
_BEFORE = 40


@dataclass(frozen=True, slots=True)
class Match:
    """One place."""

    where: str
    """transcript, message, notes, customer, parameters or reason."""
    text: str
    """A piece of it, with … where it was cut."""
    marks: tuple[tuple[int, int], ...]
    """Where in `text` the words are: from, to, in characters."""
    speaker: str | None = None
    at: int | None = None
    """Of a turn or a message, ms since the epoch."""


async def find_matches(
    connection: AsyncConnection,
    found: Sequence[Conversation],
    beginnings: Sequence[str],
    is_sqlite: bool,
) -> dict[str, tuple[Match, ...]]:
    """The first places in each conversation, by its id; what is about itself comes first."""
    parts = await parts_having(connection, [one.id for one in found], beginnings, is_sqlite)
    told = {of for of, part in parts if part == ABOUT}
    matches = {one.id: list(_about(one, beginnings)) for one in found if one.id in told}
    spoken, written = _ids(parts, TURN), _ids(parts, MESSAGE)
    said = await _turns(connection, spoken, beginnings)
    said += await _messages(connection, written, beginnings)
    for of, match in said:
        matches.setdefault(of, []).append(match)
    return {of: tuple(some[:MOST_MATCHES]) for of, some in matches.items()}


def snippet(where: str, text: str, beginnings: Iterable[str]) -> Match | None:
    """The piece of the text round the first such word; None when there is none."""
    found = marks(text, beginnings)
    if not found:
        return None
    start = max(0, found[0][0] - _BEFORE)
    end = min(len(text), max(start + WIDTH, found[0][1]))
    ahead = "…" if start else ""
    shift = len(ahead) - start
    shown = tuple((a + shift, b + shift) for a, b in found if b <= end)
    return Match(where, ahead + text[start:end] + ("…" if end < len(text) else ""), shown)


def _about(of: Conversation, beginnings: Sequence[str]) -> Iterator[Match]:
    customer = of.customer
    number = customer.number if _has_ending(customer.number, beginnings) else None
    named = " · ".join(part for part in (customer.name, customer.number, customer.email) if part)
    parameters = [" ".join(leaves({key: value})) for key, value in of.parameters.items()]
    places = [
        ("customer", named),
        *(("notes", segment.notes) for segment in of.segments),
        ("reason", of.reason or ""),
        *(("parameters", text) for text in parameters),
    ]
    for where, text in places:
        match = snippet(where, text, beginnings)
        if match is None and where == "customer" and number is not None:
            at = named.index(number)
            match = Match(where, named, ((at, at + len(number)),))
        if match is not None:
            yield match


def _has_ending(number: str | None, beginnings: Iterable[str]) -> bool:
    asked = tuple(beginnings)
    return any(ending.startswith(asked) for ending in endings(number))


def _ids(parts: Iterable[tuple[str, str]], kind: str) -> dict[str, list[str]]:
    """The first turns or messages that have the words, by conversation."""
    found: dict[str, list[str]] = {}
    for of, part in parts:
        if part.startswith(kind) and len(found.setdefault(of, [])) < MOST_MATCHES:
            found[of].append(part.removeprefix(kind))
    return found


async def _turns(
    connection: AsyncConnection, spoken: dict[str, list[str]], beginnings: Sequence[str]
) -> list[tuple[str, Match]]:
    if not spoken:
        return []
    c = transcript_turns.c
    wanted = [sa.and_(c.conversation_id == of, c.id.in_(turns)) for of, turns in spoken.items()]
    chosen = sa.select(c.conversation_id, c.speaker, c.text, c.at).where(sa.or_(*wanted))
    rows = await connection.execute(chosen.order_by(c.at, c.position))
    return list(_said("transcript", [tuple(row) for row in rows], beginnings))


async def _messages(
    connection: AsyncConnection, written: dict[str, list[str]], beginnings: Sequence[str]
) -> list[tuple[str, Match]]:
    if not written:
        return []
    c = messages.c
    wanted = [
        sa.and_(c.conversation_id == of, c.seq.in_(map(int, some))) for of, some in written.items()
    ]
    chosen = sa.select(c.conversation_id, c.author, c.text, c.at).where(sa.or_(*wanted))
    rows = await connection.execute(chosen.order_by(c.conversation_id, c.seq))
    return list(_said("message", [tuple(row) for row in rows], beginnings))


def _said(
    where: str, rows: Iterable[tuple[Any, ...]], beginnings: Sequence[str]
) -> Iterator[tuple[str, Match]]:
    for of, speaker, text, at in rows:
        match = snippet(where, text, beginnings)
        if match is not None:
            yield of, replace(match, speaker=speaker, at=at)
