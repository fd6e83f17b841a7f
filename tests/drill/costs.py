"""What each fault of a drill cost."""

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tests.drill.floor import Floor
from tests.drill.harm import Done

STILL_IN_THE_PIPE = 0.5
"""Seconds of sound that a phone may lack at the instant of its last frame."""


@dataclass(frozen=True)
class Cost:
    """Seconds: how long the fault lasted, how long something did not answer (/readyz), the longest
    time without an offer; `cut`: customers to whom nothing came any more."""

    fault: str
    lasted: float
    unready: float
    no_offer: float
    cut: int


def costs(floor: Floor) -> list[Cost]:
    """One of each fault, in order; what overlaps counts for both."""
    return [_cost(floor, done) for done in floor.harm.done]


def usual_gap(floor: Floor) -> float:
    """The longest time without an offer while nothing was wrong: what customers' coming makes."""
    gaps = [
        (before, after)
        for before, after in itertools.pairwise(floor.offers)
        if not floor.excuses(before, after)
    ]
    return max((after - before for before, after in gaps), default=0.0)


def _cost(floor: Floor, done: Done) -> Cost:
    since = done.since
    until = done.calm or done.until or since
    unready = sum(
        min(end, until) - max(start, since)
        for start, end in floor.unready
        if end > since and start < until
    )
    offers = [since, *(at for at in floor.offers if since < at < until), until]
    gap = max(after - before for before, after in itertools.pairwise(offers))
    deaths = [j.last_sound_at for j in floor.journeys.values() if j.last_sound_at is not None]
    cut = sum(since - STILL_IN_THE_PIPE <= at <= until for at in deaths)
    return Cost(done.fault.name, (done.until or until) - since, unready, gap, cut)


def table(rows: list[Cost]) -> str:
    """For a person to read."""
    head = f"  {'fault':<18}{'lasted s':>9}{'unready s':>11}{'no offer s':>12}{'calls cut':>11}"
    lines = [
        f"  {one.fault:<18}{one.lasted:>9.1f}{one.unready:>11.1f}{one.no_offer:>12.1f}{one.cut:>11}"
        for one in rows
    ]
    return "\n".join([head, *lines])


def keep(path: Path, floor: Floor, ends: dict[str, int]) -> None:
    """As JSON, for the table over many seeds."""
    told = {
        "seed": floor.seed,
        "costs": [asdict(row) for row in costs(floor)],
        "findings": floor.findings,
        "ends": ends,
        "left_in_silence": floor.left_in_silence,
    }
    path.write_text(json.dumps(told, indent=1))


def summary(results: list[Path]) -> str:
    """Of many seeds, for each fault: how often it came, and median and worst of what it cost."""
    told = [json.loads(path.read_text()) for path in results]
    by_fault: dict[str, list[Cost]] = defaultdict(list)
    ends: Counter[str] = Counter()
    silent = sum(one["left_in_silence"] for one in told)
    for one in told:
        ends.update(one["ends"])
        for row in one["costs"]:
            by_fault[row["fault"]].append(Cost(**row))
    lines = [f"  {'fault':<18}{'times':>6}{'unready s':>15}{'no offer s':>15}{'calls cut':>16}"]
    for fault, rows in sorted(by_fault.items()):
        cells = (_spread([getattr(row, name) for row in rows]) for name in ("unready", "no_offer"))
        cut = f"{sum(row.cut for row in rows)} (most {max(row.cut for row in rows)})"
        lines.append(f"  {fault:<18}{len(rows):>6}{''.join(f'{c:>15}' for c in cells)}{cut:>16}")
    head = f"{len(told)} seeds, calls: {dict(ends)}; left in silence by their agents: {silent}"
    return "\n".join([head, *lines])


def _spread(values: list[float]) -> str:
    return f"{median(values):.1f} to {max(values):.1f}"
