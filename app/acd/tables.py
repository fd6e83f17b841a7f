"""The domain's transition tables as Lua, so that they are written once."""

from app.domain import consult, conversation, leg
from app.domain.agent import INBOX_CLOSED, MISSED_OFFERS, MISSED_OFFERS_LIMIT
from app.domain.machine import M, S, Table


def _table(name: str, table: Table[S, M]) -> str:
    rows = (
        f"  ['{state}'] = {{"
        + ", ".join(f"['{move}'] = '{to}'" for move, to in moves.items())
        + "},"
        for state, moves in table.items()
    )
    return "\n".join([f"local {name} = {{", *rows, "}"])


def _set(name: str, members: frozenset[conversation.Move]) -> str:
    return f"local {name} = {{" + ", ".join(f"['{m}'] = true" for m in sorted(members)) + "}"


def rendered() -> str:
    """Lua source that defines the tables and sets of the domain."""
    return "\n".join(
        [
            "-- Rendered from app/domain; do not write these again.",
            _table("CONVERSATION", conversation.TRANSITIONS),
            _table("CONSULT", consult.TRANSITIONS),
            _table("LEG", leg.TRANSITIONS),
            _set("OPENS_WRAP_UP", conversation.OPENS_WRAP_UP),
            _set("KEEPS_EXCLUSION", conversation.KEEPS_EXCLUSION),
            f"local HUNG_UP = '{leg.HUNG_UP}'",
            f"local RELEASED = '{leg.RELEASED}'",
            f"local MISSED_OFFERS = '{MISSED_OFFERS}'",
            f"local INBOX_CLOSED = '{INBOX_CLOSED}'",
            f"local MISSED_OFFERS_LIMIT = {MISSED_OFFERS_LIMIT}",
        ]
    )
