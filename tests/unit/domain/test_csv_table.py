"""CSV files as spreadsheets write them; and none that a spreadsheet would take for formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.csv_table import MAX_ROWS, BadTable, Line, read, write

COLUMNS = ("name", "note")


def _cells(text: str) -> list[dict[str, str]]:
    return [line.cells for line in read(text, COLUMNS, ["name"])]


@pytest.mark.parametrize(
    "text",
    [
        "name,note\nAna,hello\n",
        "\ufeffname,note\r\nAna,hello\r\n",
        "name;note\nAna;hello\n",
        "name\tnote\nAna\thello",
        'Note;"Name"\n hello ; Ana \n\n',
        "\n\nname,note\n,\nAna,hello",
    ],
)
def test_the_ways_in_which_spreadsheets_write_the_same(text: str) -> None:
    assert _cells(text) == [{"name": "Ana", "note": "hello"}]


def test_quoted_line_breaks_belong_to_their_cell_and_lines_keep_their_numbers() -> None:
    text = 'name,note\r\nAna,"one\r\ntwo, ""three"""\r\nBen,\r\n'
    assert read(text, COLUMNS, ["name"]) == [
        Line(2, {"name": "Ana", "note": 'one\r\ntwo, "three"'}),
        Line(4, {"name": "Ben", "note": ""}),
    ]


def test_a_line_with_too_many_cells_is_told_by_its_number_and_a_short_one_is_read() -> None:
    found = read("name,note\na,b,c\nd\n", COLUMNS, ["name"])
    assert (found[0].number, found[0].fault) == (2, "3 cells, but the header has 2")
    assert found[1].cells == {"name": "d"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\ufeff \n", "empty"),
        ("name,colour\n", "“colour”"),
        ("note\nx\n", "name is missing"),
        ("name,name\nx,y\n", "twice"),
        ('name\n"x\n', "line 2"),
        ('name\nx\n"y"z\n', "line 3"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(text: str, says: str) -> None:
    with pytest.raises(BadTable, match=says):
        read(text, COLUMNS, ["name"])


def test_as_many_lines_as_are_allowed_and_not_one_more() -> None:
    assert len(read("name\n" + "x\n" * MAX_ROWS, COLUMNS, ["name"])) == MAX_ROWS
    with pytest.raises(BadTable, match="at most 5000"):
        read("name\n" + "x\n" * (MAX_ROWS + 1), COLUMNS, ["name"])


@pytest.mark.parametrize("cell", ["=1+1", "+15550100", "-1", "@SUM(A1)", "\t=1", "\r@x"])
def test_no_cell_is_written_as_a_formula(cell: str) -> None:
    written = list(csv.reader(io.StringIO(write(COLUMNS, [["Ana", cell]]).removeprefix("\ufeff"))))
    assert written[1] == ["Ana", f"'{cell.strip()}"]


@given(st.lists(st.tuples(st.text("ab", min_size=1), st.text("=+-@',;\"\n\r |:a")), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    found = _cells(write(COLUMNS, rows))
    assert [(c["name"], c["note"]) for c in found] == [
        (name, _read_alone(note)) for name, note in rows
    ]


def _read_alone(cell: str) -> str:
    """Blanks at the ends do not survive; an apostrophe before a formula's sign is ours."""
    cell = cell.strip()
    formula = cell[:1] == "'" and cell[1:].startswith(("=", "+", "-", "@"))
    return cell[1:] if formula else cell
