"""Addresses of mail servers as they stand in a setting. Pure."""

from urllib.parse import unquote, urlsplit

from app.domain.mail import MailServer, Security

_SMTP = {
    "smtps": (465, Security.TLS),
    "smtp+starttls": (587, Security.STARTTLS),
    "smtp": (25, Security.NONE),
}
"""The usual port, and how it is spoken to (RFC 8314)."""


def smtp_server(text: str) -> MailServer | None:
    """The server of `smtps://user:password@host:465`; None where there is no text. Raises
    ValueError."""
    if not text:
        return None
    url = urlsplit(text)
    if url.scheme not in _SMTP or not url.hostname:
        detail = "write smtps://user:password@host:465, or with smtp+starttls:// or smtp://"
        raise ValueError(detail)
    usual, security = _SMTP[url.scheme]
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return MailServer(url.hostname, url.port or usual, security, user, password)


def hours_to_try(text: str) -> float:
    """Hours above 0 and up to 240. Raises ValueError, which says what to write."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 < value <= 240:
        raise ValueError("write hours above 0 and up to 240")
    return value
