"""Sign-ins of the last half minute, so that not every request of a page waits for SQL.

What ends here is forgotten here at once; what another process or the command line ended is
believed for REMEMBER_MS at the most. Who has a page open is asked about before that, beside the
requests: an accept never waits.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

REMEMBER_MS = 30_000
LIMIT = 10_000
"""Sign-ins remembered; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Known:
    person_id: str
    until: int


class SignIns:
    """Whose token is whose, by asking at most once in a while. Instants in ms."""

    def __init__(self, ask: Callable[[str, int], Awaitable[str | None]]) -> None:
        self._ask = ask
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._endings = 0

    async def find(self, token: str, now: int) -> str | None:
        """The id of the person whose token it is; None for one that is not valid."""
        known = self._known.get(token)
        if known is not None and known.until > now:
            return known.person_id
        return await self.ask(token, now)

    async def ask(self, token: str, now: int) -> str | None:
        """The same, by SQL in any case."""
        endings = self._endings
        person_id = await self._ask(token, now)
        if person_id is None:
            self._known.pop(token, None)
        elif endings == self._endings:  # else it may have ended while SQL was asked
            self._remember(token, _Known(person_id, now + REMEMBER_MS))
        return person_id

    def forget(self, token: str) -> None:
        """This sign-in is over."""
        self._endings += 1
        self._known.pop(token, None)

    def forget_all(self, person_id: str) -> None:
        """Every sign-in of this person is over."""
        self._endings += 1
        for token in [t for t, known in self._known.items() if known.person_id == person_id]:
            del self._known[token]

    def _remember(self, token: str, known: _Known) -> None:
        self._known[token] = known
        self._known.move_to_end(token)
        if len(self._known) > LIMIT:
            self._known.popitem(last=False)
