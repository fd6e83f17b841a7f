"""The figures of the day so far, counted at most once a second however many wallboards ask."""

import asyncio

from app.domain.figures import Figures, Thresholds
from app.domain.intervals import Interval
from app.records import QueueKey, Reports

KEPT_MS = 1_000
MOST = 50
"""Zones and thresholds that are kept side by side."""

Found = dict[QueueKey, Figures]


class Today:
    """Keeps the last answer for a moment."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._kept: dict[tuple[int, Thresholds], tuple[int, Found]] = {}
        self._turn = asyncio.Lock()

    async def figures(self, since: int, thresholds: Thresholds, now: int) -> Found:
        """The queue's figures from that instant until now, at most a second old."""
        key = (since, thresholds)
        async with self._turn:
            kept = self._kept.get(key)
            if kept is None or not 0 <= now - kept[0] < KEPT_MS:
                found = await self._reports.queue([Interval(since, now + 1)], thresholds, now)
                kept = now, found
                while len(self._kept) >= MOST:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
            return kept[1]
