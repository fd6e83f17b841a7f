"""Ids and secrets, made from the system's random source."""

import hashlib
import secrets


def new_id() -> str:
    """An opaque id (80 bits)."""
    return secrets.token_hex(10)


def new_secret() -> str:
    """A secret that cannot be guessed (256 bits, URL-safe)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 in hex: our secrets have 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
