"""INSERT … ON CONFLICT, which SQLite and PostgreSQL write alike but SQLAlchemy keeps apart."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(table: sa.Table, is_sqlite: bool, special: Mapping[str, Any] | None = None) -> sa.Insert:
    """Insert, or overwrite every column but the key; `special` columns get what it says."""
    insert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    key = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in key]
    values = {name: insert.excluded[name] for name in rest} | dict(special or {})
    return insert.on_conflict_do_update(index_elements=key, set_=values)


def insert_new(table: sa.Table, is_sqlite: bool) -> sa.Insert:
    """Insert what is not there yet; rows whose key exists stay as they are."""
    if is_sqlite:
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
