"""A database of each earlier version, with a row in every table, comes up with all of them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

import app.records
from app.records import Records
from app.records.database import Database, make_engine
from app.records.migrate import differences, migrate

VERSIONS = sorted(
    path.name[:4]
    for path in (Path(app.records.__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
)
MADE_BY_ITSELF = ("alembic_version", "search_")
"""Tables that no row is put into by hand: the version, and the search's index."""
Rows = dict[str, dict[str, Any]]
T = TypeVar("T")


@pytest.mark.parametrize("version", VERSIONS[:-1:3])  # the rows of each go through all the later
async def test_every_row_of_an_older_version_is_kept(url: str, version: str) -> None:
    # given
    await migrate(url, to=version)
    before = await _filled(url)
    assert "people" in before
    # when the service starts
    records = await Records.open(url)
    # then every value is there, but for columns and tables that are no more
    try:
        after = await _rows(url)
        for table, row in before.items():
            kept = after.get(table, [])
            known = [name for name in row if not kept or name in kept[0]]
            wanted = {name: row[name] for name in known}
            assert wanted in [{name: one[name] for name in known} for one in kept], table
        # and the people can be read
        assert [person.name for person in await records.people.all()] == ["people name"]
        assert await _run(url, differences) == []
    finally:
        await records.close()


async def _filled(url: str) -> Rows:
    """One row in each table; what was put there."""

    def fill(connection: sa.Connection) -> Rows:
        rows: Rows = {}
        for table in _tables(connection):
            allowed = _allowed(connection, table.name)
            row = rows[table.name] = {
                column.name: allowed.get(column.name) or _value(column, rows)
                for column in table.columns
                if _is_given(column)
            }
            connection.execute(table.insert().values(row))
        return rows

    return await _run(url, fill, write=True)


async def _rows(url: str) -> dict[str, list[dict[str, Any]]]:
    def read(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
        found = {}
        for table in _tables(connection):
            rows = connection.execute(table.select()).mappings()
            found[table.name] = [dict(row) for row in rows]
        return found

    return await _run(url, read)


def _tables(connection: sa.Connection) -> list[sa.Table]:
    metadata = sa.MetaData()
    names = sa.inspect(connection).get_table_names()
    metadata.reflect(connection, only=[n for n in names if not n.startswith(MADE_BY_ITSELF)])
    return metadata.sorted_tables


def _allowed(connection: sa.Connection, table: str) -> dict[str, str]:
    """Of each column that takes certain words only, the first one."""
    checks = " ".join(one["sqltext"] for one in sa.inspect(connection).get_check_constraints(table))
    words = r"(\w+)\)?(?:::text)? (?:IN \(|= ANY \(+(?:ARRAY\[)?)'(\w+)'"
    return {column: word for column, word in re.findall(words, checks)}


def _is_given(column: sa.Column[Any]) -> bool:
    """What a row must have, and what a person would miss: words and times."""
    if column.server_default is not None or column.identity is not None:
        return False
    return not column.nullable or isinstance(column.type, sa.Text | sa.String)


def _value(column: sa.Column[Any], rows: Rows) -> Any:
    for key in column.foreign_keys:
        other, _, name = key.target_fullname.rpartition(".")
        if other in rows:
            return rows[other][name]
    match column.type:
        case sa.JSON():
            return {}
        case sa.Boolean():
            return True
        case sa.LargeBinary():
            return b"\x00\xff"
        case sa.Integer() | sa.Numeric() | sa.Float():
            return 7
        case _:
            return f"{column.table.name} {column.name}"


async def _run(url: str, work: Callable[[sa.Connection], T], write: bool = False) -> T:
    database = Database(make_engine(url))
    try:
        async with database.write() if write else database.read() as connection:
            return await connection.run_sync(work)
    finally:
        await database.close()
