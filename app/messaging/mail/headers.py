"""Headers of a mail as their writers meant them.

The raw values are decoded here and not by the email package's modern policy, which raises on some
broken ones (https://github.com/python/cpython/issues/105802, and others).
"""

import re
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from app.domain.mail import Person
from app.messaging.mail.texts import decode

LINE_LENGTH = 1_000
"""Characters of a subject or a name."""
ID_LENGTH = 250
REFS = 50
"""Message-IDs of References that are looked at: the first, and the newest."""
PEOPLE = 200
"""Addresses of one header."""
_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\]+@[^\s<>,;:\"()\[\]\\]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
LATEST = 253_402_300_799_000
"""The last millisecond of the year 9999."""


def raw(message: "Message[str, str]", name: str) -> list[str]:
    """All values of a header, unfolded; bytes beyond ASCII as UTF-8, else as Windows writes."""
    return [_plain(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def first(message: "Message[str, str]", name: str) -> str:
    """The first value; empty where there is none."""
    return next(iter(raw(message, name)), "")


def line(message: "Message[str, str]", name: str) -> str:
    """A header as one decoded, printable line."""
    return one_line(words(first(message, name)))


def words(value: str) -> str:
    """Encoded words decoded (RFC 2047), however wrongly they are written."""
    try:
        pieces = decode_header(value)
    except Exception:  # a broken base64 word raises what it likes
        return value
    found = []
    for text, charset in pieces:
        found.append(text if isinstance(text, str) else decode(text, charset))
    return "".join(found)


def one_line(text: str, limit: int = LINE_LENGTH) -> str:
    """Without control characters and marks that turn the direction of writing."""
    return " ".join(_CONTROL.sub(" ", text).split())[:limit]


def mend(message: "Message[str, str]") -> None:
    """Headers with bytes beyond ASCII become text, before the email package makes marks of them;
    a transfer encoding is found by its word alone."""
    given = list(message.raw_items())
    mended = [(key, _mended(key, str(value))) for key, value in given]
    if mended != given:
        for key, _ in given:
            del message[key]
        for key, value in mended:
            message[key] = value


def _mended(key: str, value: str) -> str:
    if key.lower() == "content-transfer-encoding":
        return value.partition(";")[0].strip()
    return value if value.isascii() else _plain(value)


def ids(message: "Message[str, str]", name: str) -> tuple[str, ...]:
    """Message-IDs of a header, without their brackets."""
    told = " ".join(raw(message, name))
    found = _ID.findall(told) or [word.strip("<>,;") for word in told.split() if "@" in word]
    known = tuple(dict.fromkeys(one for one in found if len(one) <= ID_LENGTH))
    return known if len(known) <= REFS else (*known[:1], *known[1 - REFS :])


def people(message: "Message[str, str]", name: str) -> tuple[Person, ...]:
    """Everybody whom a header names, each address once."""
    found: dict[str, Person] = {}
    for value in raw(message, name):
        try:
            pairs = getaddresses([value])
        except Exception:  # of a header that nobody could read
            pairs = []
        good = [(called, address) for called, address in pairs if _ADDRESS.fullmatch(address)]
        for called, address in good or [("", each) for each in _ADDRESS.findall(words(value))]:
            person = Person(one_line(address)[:320], one_line(words(called)))
            found.setdefault(person.address.casefold(), person)
    return tuple(found.values())[:PEOPLE]


def date(message: "Message[str, str]") -> int | None:
    """The Date header in ms since the epoch; None where it tells none."""
    try:
        at = round(parsedate_to_datetime(first(message, "date")).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None
    return at if 0 <= at <= LATEST else None


def _plain(value: object) -> str:
    text = str(value)
    try:
        data = text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return _unfolded(text)
    return _unfolded(decode(data, None))


def _unfolded(text: str) -> str:
    return re.sub(r"[\r\n]+[ \t]*", " ", text).strip()
