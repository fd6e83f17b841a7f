"""Percentiles, and tables that a person reads."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MS = 1000.0
"""Milliseconds in a second."""


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Nearest rank: the smallest value that so many percent do not exceed. NaN for none.

    `ordered` must be sorted, smallest first.
    """
    if not ordered:
        return math.nan
    rank = math.ceil(percent / 100 * len(ordered))
    return ordered[min(max(rank, 1), len(ordered)) - 1]


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity was distributed, in the unit that it was given in."""

    count: int
    p50: float
    p99: float
    largest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """From single measurements, in any order."""
        ordered = sorted(values)
        return cls(
            len(ordered), percentile(ordered, 50), percentile(ordered, 99), percentile(ordered, 100)
        )

    def as_json(self) -> dict[str, float | None]:
        """For a file; what is not known is null (JSON has no NaN)."""
        return {
            "count": self.count,
            "p50": known(self.p50),
            "p99": known(self.p99),
            "max": known(self.largest),
        }


def known(value: float) -> float | None:
    """Rounded to three places; None for NaN."""
    return None if math.isnan(value) else round(value, 3)


def shown(value: float | int | str | None) -> str:
    """A figure with three digits that matter, or a dash."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[float | int | str | None]]) -> str:
    """A Markdown table, its columns in line; the first is text, the others are figures."""
    cells = [list(heads), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    ruler = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in [cells[0], ruler, *cells[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "| " + " | ".join([first, *rest]) + " |"
