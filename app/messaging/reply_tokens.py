"""Signed tokens in reply addresses: a mail that comes to one belongs to its conversation.

They stand after a plus sign (RFC 5233): `support+<conversation>.<mark>@example.com`. Mail servers
may change the case of an address, and a local part has 64 characters at the most (RFC 5321,
4.5.3.1.1): so the mark is base32, and short (80 bits of HMAC-SHA256, RFC 2104). Whoever gets our
mail has the token, too: it says where a mail belongs, and nothing else.
"""

import base64
import hashlib
import hmac
import re

PURPOSE = b"mail replies"
LOCAL_PART = 64
_ID = re.compile(r"[a-z0-9]{1,40}")
_TOKEN = re.compile(r"[^@]*\+([a-z0-9]{1,40})\.([a-z2-7]{16})@[^@]+", re.IGNORECASE)


class ReplyTokens:
    """Makes and reads them. `key` is 32 random bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, PURPOSE, hashlib.sha256)

    def address(self, mailbox: str, conversation_id: str) -> str:
        """The mailbox's address with the conversation in it; the bare one where it has no room."""
        local, _, host = mailbox.rpartition("@")
        marked = f"{local}+{conversation_id}.{self._mark(conversation_id)}"
        fits = _ID.fullmatch(conversation_id) and len(marked) <= LOCAL_PART
        return f"{marked}@{host}" if fits else mailbox

    def conversation(self, address: str) -> str | None:
        """The conversation that this address was made for; None for any other address."""
        found = _TOKEN.fullmatch(address.strip()) if len(address) <= 320 else None
        if found is None:
            return None
        conversation_id = found[1].lower()
        right = hmac.compare_digest(found[2].lower(), self._mark(conversation_id))
        return conversation_id if right else None

    def _mark(self, conversation_id: str) -> str:
        made = hmac.digest(self._key, conversation_id.encode(), hashlib.sha256)
        return base64.b32encode(made[:10]).decode().lower()
