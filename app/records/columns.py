"""Column types that hold whatever a caller, a bot or a phone may send.

PostgreSQL refuses NUL in text and NaN in JSON, and neither database stores a lone surrogate.
A caller's name with one of them must not stop the archive, so they are replaced on the way in.
"""

import json
import math
import re
import unicodedata
from typing import Any

import sqlalchemy as sa

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with what no database stores replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def fold(text: str) -> str:
    """The form in which names are compared: case, width and composition do not count.

    Folded here and not in SQL, because SQLite's lower() knows ASCII only and PostgreSQL's
    depends on the locale of the server.
    """
    folded = unicodedata.normalize("NFKC", storable(text)).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def to_json(value: Any) -> str:
    """JSON in ASCII; what JSON does not know (NaN, infinity) becomes null."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


class SafeText(sa.types.TypeDecorator[str]):
    """Text of any length and content."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Replace what cannot be stored."""
        return None if value is None else storable(value)
