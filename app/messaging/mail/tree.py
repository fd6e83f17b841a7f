"""The parts of a mail: what is text, HTML, a file (RFC 2045 to 2049, 2183, 2392)."""

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import TypeAlias

from app.domain.mail import TEXT_LIMIT
from app.messaging.mail import headers
from app.messaging.mail.texts import decode

Part: TypeAlias = "Message[str, str]"
PARTS = 200
"""Parts of one mail that are looked at."""
DEEPEST = 40
"""Multiparts within each other."""
FILES = 50
"""Files of one mail that are kept; the others are in the mail's own file."""
NAME_LENGTH = 150
LONGEST_NAME = 10_000
"""Characters of a name that are looked at, for its ending."""
UNKNOWN = "application/octet-stream"
ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "application/pdf": "pdf",
    "text/html": "html", "text/plain": "txt", "text/calendar": "ics", "message/rfc822": "eml",
    "application/pkcs7-mime": "p7m",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file that came along."""

    name: str
    type: str
    data: bytes = field(repr=False)
    content_id: str | None = None
    """By which the HTML names it."""


@dataclass(slots=True)
class Found:
    """What was found in a tree of parts, in its order."""

    texts: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reports: list[Part] = field(default_factory=list)
    """message/delivery-status."""
    returned: list[Part] = field(default_factory=list)
    """Mails, or their headers, within this one."""
    seen: int = 0

    def note(self, text: str) -> None:
        """Say once what could not be read."""
        if text not in self.notes:
            self.notes.append(text)


def walk(part: Part, found: Found, depth: int = 0) -> None:
    """Look at a part and all below it."""
    headers.mend(part)
    found.seen += 1
    if found.seen > PARTS or depth > DEEPEST:
        found.note("It has so many parts, or so deep ones, that not all of them are shown.")
        return
    kind = content_type(part)
    below = part.get_payload()
    if kind.startswith("multipart/"):
        if kind == "multipart/encrypted":
            found.note("It is encrypted, and cannot be read here.")
        if isinstance(below, list):
            for child in below:
                if isinstance(child, Message):
                    walk(child, found, depth + 1)
            return
        found.note("Its parts are not marked off as they should be: shown as it came.")
        found.texts.append(decode(body(part), charset(part)))
        return
    if kind.startswith("message/"):
        _message(part, kind, found, depth)
        return
    _leaf(part, kind, found)


def content_type(part: Part) -> str:
    """As declared; text/plain where that cannot be read (RFC 2045, 5.2)."""
    try:
        return part.get_content_type()
    except Exception:  # of a header that nobody could read
        return "text/plain"


def body(part: Part) -> bytes:
    """The bytes of a part that has no parts."""
    try:
        data = part.get_payload(decode=True)
    except Exception:  # an encoding that nobody could read
        data = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return data if isinstance(data, bytes) else b""


def charset(part: Part) -> str | None:
    """As declared."""
    try:
        found = part.get_content_charset()
    except Exception:  # of a header that nobody could read
        return None
    return str(found) if found else None


def _message(part: Part, kind: str, found: Found, depth: int) -> None:
    below = part.get_payload()
    inner = below[0] if isinstance(below, list) and below else None
    if kind == "message/delivery-status":
        found.reports.append(part)
        return
    if kind in {"message/partial", "message/external-body"}:
        found.note("A part of it is elsewhere, and was not fetched.")
        return
    if not isinstance(inner, Message):
        _leaf(part, "text/plain", found)
        return
    found.returned.append(inner)
    subject = headers.line(inner, "subject")
    try:
        data = inner.as_bytes()
    except Exception:  # of a mail that cannot be written again
        data = str(inner.get_payload()).encode("utf-8", "surrogateescape")
    _keep(found, File(_named(subject or "message", "message/rfc822"), "message/rfc822", data))
    sender = next(iter(headers.people(inner, "from")), None)
    told = Found(seen=found.seen)
    walk(inner, told, depth + 1)
    found.seen = told.seen
    said = "\n".join(text.strip() for text in told.texts if text.strip())
    if said and not found.reports:
        head = " · ".join(filter(None, (sender.address if sender else "", subject)))
        found.texts.append(f"--- {head or 'message'} ---\n{said}")
    elif told.html and not found.texts and not found.html and not found.reports:
        found.html += told.html


def _leaf(part: Part, kind: str, found: Found) -> None:
    name = file_name(part)
    if kind == "text/rfc822-headers":
        found.returned.append(_headers_of(part))
        return
    if kind in TNEF or name.lower() == "winmail.dat":
        found.note(
            "Outlook packed this mail's text or files into winmail.dat (TNEF), which is attached."
        )
    elif kind in ENCRYPTED or kind == "application/pgp-encrypted":
        found.note("It is encrypted, and cannot be read here.")
    attached = _disposition(part) == "attachment" or bool(name)
    if kind == "text/calendar":
        found.texts.append(_appointment(decode(body(part), charset(part))))
        _keep(found, File(name or "invitation.ics", kind, body(part)))
    elif kind == "text/html" and not attached:
        found.html.append(_cut(decode(body(part), charset(part)), found))
    elif kind.startswith("text/") and not attached and kind not in {"text/rtf", "text/css"}:
        found.texts.append(_cut(decode(body(part), charset(part)), found))
    else:
        _file(part, kind, name, found)


def _file(part: Part, kind: str, name: str, found: Found) -> None:
    data = body(part)
    if not data and not name:
        return
    content_id = next(iter(headers.ids(part, "content-id")), None)
    if content_id is None:
        content_id = headers.first(part, "content-id").strip("<> ") or None
    called = name or _named("image" if kind.startswith("image/") else "file", kind)
    _keep(found, File(called, kind, data, content_id))


def _keep(found: Found, file: File) -> None:
    if len(found.files) < FILES:
        found.files.append(file)
    else:
        found.note(f"It has more than {FILES} files; the others are in the mail itself.")


def _cut(text: str, found: Found) -> str:
    if len(text) > TEXT_LIMIT:
        found.note("It is so long that its end is not shown.")
    return text[:TEXT_LIMIT]


def _disposition(part: Part) -> str:
    return headers.first(part, "content-disposition").partition(";")[0].strip().lower()


def file_name(part: Part) -> str:
    """The name that its sender gave it, without any path; empty where there is none."""
    try:
        found = part.get_filename() or ""
    except Exception:  # of a header that nobody could read
        found = ""
    # bytes beyond ASCII that stand there as they are
    told = decode(str(found).encode("utf-8", "surrogateescape"), None)
    name = headers.one_line(headers.words(told), LONGEST_NAME).replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    if len(name) > NAME_LENGTH and dot and len(ending) < 20:
        return f"{stem[: NAME_LENGTH - 1 - len(ending)]}.{ending}"
    return name[:NAME_LENGTH].strip()


def _named(stem: str, kind: str) -> str:
    clean = re.sub(r"[^\w .,()+-]+", "_", stem).strip(" .")[: NAME_LENGTH - 10]
    ending = ENDINGS.get(kind)
    return f"{clean or 'file'}.{ending}" if ending else clean or "file"


def _headers_of(part: Part) -> Part:
    inner: Part = Message()
    for text in decode(body(part), charset(part)).replace("\r\n", "\n").split("\n"):
        key, colon, value = text.partition(":")
        if colon and key and not key[0].isspace():
            inner.add_header(key.strip(), value.strip())
    return inner


def _appointment(calendar: str) -> str:
    """An invitation as a few lines (RFC 5545)."""
    unfolded = re.sub(r"\r?\n[ \t]", "", calendar)
    wanted = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "DESCRIPTION", "METHOD")
    said: dict[str, str] = {}
    for text in unfolded.splitlines():
        key, _, value = text.partition(":")
        name = key.partition(";")[0].upper()
        if name in wanted and value.strip():
            plain = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
            said.setdefault(name, plain.strip().removeprefix("mailto:"))
    return "\n".join(f"{name.capitalize()}: {said[name]}" for name in wanted if name in said)
