"""Sign-ins and keys of the last half minute, so that not every request waits for SQL.

What ends here is forgotten here at once; what another process or the command line ended is
believed for REMEMBER_MS at the most. Who has a page open is asked about before that, beside the
requests: an accept never waits.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
REMEMBER_MS = 30_000
LIMIT = 10_000
"""Sign-ins remembered; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Known(Generic[T]):
    whose: T
    until: int


class SignIns(Generic[T]):
    """Whose token is whose, by asking at most once in a while. Instants in ms."""

    def __init__(
        self, ask: Callable[[str, int], Awaitable[T | None]], id_of: Callable[[T], str]
    ) -> None:
        self._ask = ask
        self._id_of = id_of
        self._known: OrderedDict[str, _Known[T]] = OrderedDict()
        self._endings = 0

    async def find(self, token: str, now: int) -> T | None:
        """Whose token it is; None for one that is not valid."""
        known = self._known.get(token)
        if known is not None and known.until > now:
            return known.whose
        return await self.ask(token, now)

    async def ask(self, token: str, now: int) -> T | None:
        """The same, by SQL in any case."""
        endings = self._endings
        whose = await self._ask(token, now)
        if whose is None:
            self._known.pop(token, None)
        elif endings == self._endings:  # else it may have ended while SQL was asked
            self._remember(token, _Known(whose, now + REMEMBER_MS))
        return whose

    def forget(self, token: str) -> None:
        """This sign-in is over."""
        self._endings += 1
        self._known.pop(token, None)

    def forget_all(self, id: str) -> None:
        """Every sign-in of this person, or the key of this program, is over."""
        self._endings += 1
        for token in [t for t, k in self._known.items() if self._id_of(k.whose) == id]:
            del self._known[token]

    def _remember(self, token: str, known: _Known[T]) -> None:
        self._known[token] = known
        self._known.move_to_end(token)
        if len(self._known) > LIMIT:
            self._known.popitem(last=False)
