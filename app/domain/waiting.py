"""How long a caller may still have to wait, and in which steps it is said. Pure; milliseconds.

With everybody busy, one of `agents` is done every `handling / agents` on average; a caller at
place p is next for the p-th of them. It is an estimate: how far off it was is measured.
"""

MINUTE = 60_000
DEFAULT_HANDLING_MS = 3 * MINUTE
"""Until a first conversation was measured."""
LONGEST_MS = 60 * MINUTE
LEAST_HANDLING_MS, MOST_HANDLING_MS = 10_000, 60 * MINUTE
"""A single odd conversation (a wrong number, a phone put aside) does not rule the estimate."""
WEIGHT = 0.2
"""Of the newest conversation in the recent mean: what is ten conversations old counts a tenth."""


def mean(before: float | None, handling_ms: float) -> float:
    """The recent mean, with one more conversation's time."""
    bounded = min(max(handling_ms, LEAST_HANDLING_MS), MOST_HANDLING_MS)
    return bounded if before is None else before + WEIGHT * (bounded - before)


def estimate(place: int, handling_ms: float, agents: int) -> int | None:
    """The wait of who is at this place (1: next), at most LONGEST_MS; None: nobody is on duty."""
    if agents < 1:
        return None
    return round(min(max(place, 1) * handling_ms / agents, LONGEST_MS))


def minutes(wait_ms: int) -> int:
    """The number that is said: 0 is "less than a minute", else "about N minutes".

    Each minute up to 5, then steps of 5 up to 30, then steps of 10; rounded up.
    """
    if wait_ms < MINUTE:
        return 0
    whole = -(-wait_ms // MINUTE)
    step = 1 if whole <= 5 else 5 if whole <= 30 else 10
    return min(-(-whole // step) * step, LONGEST_MS // MINUTE)


def told_ms(said: int) -> int:
    """What was said, as a time: half a minute for less than one."""
    return said * MINUTE if said else MINUTE // 2
