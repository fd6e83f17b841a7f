"""What counts as the database being away, and what is a fault of ours."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.records.away import is_away


def as_sqlalchemy_tells(error: Exception) -> DBAPIError:
    """An error of a connection that could not be made, as the engine raises it."""
    dialect: Any = PGDialect_asyncpg
    dbapi = dialect.import_dbapi()
    for kind in type(error).__mro__:
        if kind in dbapi._asyncpg_error_translate:
            orig = dbapi._asyncpg_error_translate[kind](str(error), error)
            told = DBAPIError.instance("", None, orig, dbapi.Error, dialect=dialect())
            assert isinstance(told, DBAPIError)
            return told
    raise AssertionError(f"{error!r} is not translated")


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.CrashShutdownError("a process crashed"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    ],
)
def test_postgresql_says_that_it_cannot_now(error: Exception) -> None:
    assert is_away(as_sqlalchemy_tells(error))


def test_a_reset_connection_and_a_full_pool() -> None:
    assert is_away(ConnectionResetError("reset by peer"))
    assert is_away(PoolTimeout("QueuePool limit reached"))
    assert is_away(OperationalError("", None, Exception("database is locked")))


def test_what_is_wrong_with_the_question_is_not_the_database_being_away() -> None:
    assert not is_away(as_sqlalchemy_tells(asyncpg.UndefinedTableError("no such table")))
    assert not is_away(IntegrityError("", None, Exception("UNIQUE constraint failed")))
    assert not is_away(ValueError("no database at all"))
