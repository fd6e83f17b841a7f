"""How many new chats one address may begin; whoever goes on in one they have is never slowed.

Kept in memory, by each process: a restart forgives, and the list of addresses is bounded.
"""

from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_MS = 300_000
ADDRESSES = 10_000
"""Remembered at most; who began a chat the longest ago goes first."""


class NewChats:
    """Counts beginnings by address. `limit`: within WINDOW_MS; 0: any number. Instants in ms."""

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._begun: OrderedDict[str, deque[int]] = OrderedDict()

    def wait_ms(self, address: str, now: int) -> int:
        """Count one: 0 if it may begin, else how long until one may; then it does not count."""
        limit = self._limit()
        if limit == 0:
            return 0
        begun = self._begun.setdefault(address, deque())
        while begun and begun[0] <= now - WINDOW_MS:
            begun.popleft()
        if len(begun) >= limit:
            return begun[len(begun) - limit] + WINDOW_MS - now
        begun.append(now)
        self._begun.move_to_end(address)
        if len(self._begun) > ADDRESSES:
            self._begun.popitem(last=False)
        return 0
