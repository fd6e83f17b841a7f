"""Whether a failure means that the database is away for a moment, and may be there for the next."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_AWAY = ("08", "53", "57P", "58")
"""Beginnings of SQLSTATEs: connection, resources (too many connections, disk full), an operator or
a start or a crash of the server, its system (PostgreSQL, Appendix A). SQLAlchemy 2.1 hands some of
them on as a bare DBAPIError: "the database system is starting up" (57P03) is one."""


def is_away(error: BaseException) -> bool:
    """The question, for whatever was raised."""
    if isinstance(
        error, OperationalError | InterfaceError | PoolTimeout | ConnectionError | TimeoutError
    ):
        return True
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return isinstance(state, str) and state.startswith(_AWAY)
