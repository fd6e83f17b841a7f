"""CSV files as people's spreadsheets write them, read and written. Pure.

Comma, semicolon or tab, whichever the header's names are told apart by; quoted cells may hold
line breaks (RFC 4180). Cells that a spreadsheet would take for a formula are written with an
apostrophe before them, and read without it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_ROWS = 5_000
DELIMITERS = ",;\t"
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection); the blanks that
it may skip before are taken away."""


class BadTable(ValueError):
    """The file as a whole cannot be used; the text says why, with the line where there is one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the header."""

    number: int
    """Of the file's line at which it begins, the first one being 1."""
    cells: dict[str, str]
    """By column; without blanks around. Columns that the file lacks are missing."""
    fault: str | None = None
    """Why the line cannot be read."""


def read(text: str, columns: Sequence[str], required: Sequence[str]) -> list[Line]:
    """The lines of a file with these columns, in any order. Raises BadTable."""
    text = text.removeprefix("\ufeff")
    delimiter = _delimiter(text, columns)
    rows = _rows(text, delimiter)
    if not rows:
        raise BadTable("the file is empty: its first line names the columns")
    names = _header(rows[0][1], columns, required)
    if len(rows) - 1 > MAX_ROWS:
        raise BadTable(f"{len(rows) - 1} lines: at most {MAX_ROWS} at a time")
    return [_line(number, cells, names) for number, cells in rows[1:]]


def write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A file that spreadsheets open, as UTF-8 with its mark, without formulas."""
    return "\ufeff" + "".join(line(row) for row in [columns, *rows])


def line(cells: Iterable[str]) -> str:
    """One line of such a file, with its end."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    cell = cell.strip()
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _delimiter(text: str, columns: Sequence[str]) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> int:
        return sum(_name(part) in columns for part in first.split(delimiter))

    return max(DELIMITERS, key=known)


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Lines that are not blank, with the number at which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadTable(f"line {begins}: {error}") from None
    return found


def _name(cell: str) -> str:
    return cell.strip().strip('"').strip().casefold().replace(" ", "_")


def _header(cells: list[str], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    names = [_name(cell) for cell in cells]
    unknown = [name for name in names if name not in columns]
    if unknown:
        told = ", ".join(f"“{name}”" for name in unknown[:5])
        raise BadTable(f"line 1: no column is called {told}; there are {', '.join(columns)}")
    missing = [name for name in required if name not in names]
    if missing:
        raise BadTable(f"line 1: the column {', '.join(missing)} is missing")
    if len(set(names)) != len(names):
        raise BadTable("line 1: a column is there twice")
    return names


def _line(number: int, cells: list[str], names: list[str]) -> Line:
    if len(cells) > len(names):
        return Line(number, {}, f"{len(cells)} cells, but the header has {len(names)}")
    given = dict(zip(names, map(_plain, cells), strict=False))
    return Line(number, given)
