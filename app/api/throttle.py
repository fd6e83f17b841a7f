"""Failed sign-ins are slowed down, per account and per address; successful ones never are.

Kept in memory: a restart forgives, and every list is bounded.
"""

from collections import OrderedDict, deque

WINDOW_MS = 300_000
PER_ACCOUNT = 10
"""Failed tries of one account within the window, before it has to wait."""
PER_ADDRESS = 50
"""Failed tries from one address; higher, for an office shares one."""
KEYS = 10_000
"""Accounts and addresses remembered at most; the longest unused go first."""


class Throttle:
    """Counts failed tries by key. Instants in ms."""

    def __init__(self, limit: int, window_ms: int = WINDOW_MS, keys: int = KEYS) -> None:
        self._limit = limit
        self._window_ms = window_ms
        self._keys = keys
        self._failures: OrderedDict[str, deque[int]] = OrderedDict()

    def wait_ms(self, key: str, now: int) -> int:
        """How long this key has to wait before its next try; 0: it may try."""
        tries = self._failures.get(key)
        if tries is None:
            return 0
        while tries and tries[0] <= now - self._window_ms:
            tries.popleft()
        if len(tries) < self._limit:
            return 0
        return tries[0] + self._window_ms - now

    def failed(self, key: str, now: int) -> None:
        """Count a failed try."""
        tries = self._failures.setdefault(key, deque(maxlen=self._limit))
        tries.append(now)
        self._failures.move_to_end(key)
        if len(self._failures) > self._keys:
            self._failures.popitem(last=False)

    def forgive(self, key: str) -> None:
        """A successful sign-in: earlier failures no longer count."""
        self._failures.pop(key, None)
