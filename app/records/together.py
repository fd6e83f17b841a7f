"""Group commit: what many callers store at once costs the disk as much as what one stores.

Whoever finds nobody at work writes for all who came meanwhile, in the order in which they came.
Each caller's answer comes once the transaction that has their part is committed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.records.away import is_away

T = TypeVar("T")
MOST = 100
"""Callers whose parts one transaction has."""


@dataclass(slots=True, eq=False)
class _Part(Generic[T]):
    what: T
    done: bool = False
    error: Exception | None = None


class Together(Generic[T]):
    """`write` stores some parts in their order: all of them, or it raises and has stored none."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._line: list[_Part[T]] = []

    async def add(self, what: T) -> None:
        """Store one part. Raises what `write` raises about this part, or about a database that is
        away."""
        mine = _Part(what)
        self._line.append(mine)
        try:
            async with self._turn:
                if not mine.done:
                    await self._write_line()
        finally:
            if mine in self._line:  # its caller does not wait any longer
                self._line.remove(mine)
        if mine.error is not None:
            raise mine.error

    async def _write_line(self) -> None:
        parts, self._line = self._line[:MOST], self._line[MOST:]
        try:
            await self._store(parts)
        finally:  # who is cancelled here was only the one who wrote: the others write themselves
            self._line = [part for part in parts if not part.done] + self._line

    async def _store(self, parts: list[_Part[T]]) -> None:
        try:
            await self._write([part.what for part in parts])
        except Exception as error:
            if len(parts) > 1 and not is_away(error):  # what one did is not told to the others
                for part in parts:
                    await self._store([part])
                return
            for part in parts:
                part.error = error
        for part in parts:
            part.done = True
