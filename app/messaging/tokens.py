"""Signed tokens: who has one came here before (HMAC-SHA256, RFC 2104).

Nothing secret is in it; without the house's key nobody makes one.
"""

import base64
import hashlib
import hmac

VERSION = "v1"
LONGEST = 200
"""Characters; longer ones are not even looked at."""


class Tokens:
    """Makes and checks tokens for one kind of thing. `key` is 32 random bytes."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._key = hmac.digest(key, purpose.encode(), hashlib.sha256)

    def make(self, id: str) -> str:
        """The token of this id, which has no dot."""
        told = f"{VERSION}.{id}"
        return f"{told}.{self._mark(told)}"

    def check(self, token: str) -> str | None:
        """The id that it was made for; None for any other text."""
        told, _, mark = token.rpartition(".")
        version, _, made_for = told.partition(".")
        if len(token) > LONGEST or not token.isascii() or version != VERSION:
            return None
        return made_for if hmac.compare_digest(mark, self._mark(told)) else None

    def _mark(self, told: str) -> str:
        made = hmac.digest(self._key, told.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")
