"""A mail as it came over the wire, read whole: who, about what, text, HTML, files, and what could
not be read. The email package's `compat32` tells the structure, since it never raises on one; what
the headers and bodies say is decoded here."""

import email
import email.policy
import hashlib
from dataclasses import dataclass

from app.domain.mail import TEXT_LIMIT, Auto, Person
from app.messaging.mail import automatic, headers
from app.messaging.mail.texts import decode, sanitised, text_of
from app.messaging.mail.tree import File, Found, Part, walk

SHOWN_RAW = 20_000
"""Characters of a mail that nobody can read, shown as they came."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """Everything that a mail tells."""

    message_id: str | None
    in_reply_to: str | None
    refs: tuple[str, ...]
    sender: Person
    reply_to: tuple[Person, ...]
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    delivered_to: tuple[Person, ...]
    subject: str
    text: str
    """Never empty where the mail says anything."""
    html: str | None
    files: tuple[File, ...]
    date: int | None
    """In ms since the epoch."""
    auto: Auto
    bounce_of: tuple[str, ...]
    bounce_detail: str
    delayed: bool
    """A report that says that we shall wait."""
    notes: tuple[str, ...]


def same(raw: bytes) -> tuple[str, str | None]:
    """What makes two mails one, and the Message-ID if it has one."""
    try:
        head = raw[:262_144].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"
        ids = headers.ids(_parsed(head), "message-id")
    except Exception:  # of a head that nobody can read
        ids = ()
    if ids:
        return f"id:{ids[0]}", ids[0]
    # lines may end otherwise on another way to us, and each way adds a Received
    plain = raw.replace(b"\r\n", b"\n")
    return f"sha256:{hashlib.sha256(plain).hexdigest()}", None


def read(raw: bytes) -> ReadMail:
    """Read it. Never raises: what cannot be read becomes a note, and its bytes are shown."""
    try:
        return _read(raw)
    except (Exception, RecursionError) as error:
        return unreadable(raw, f"It cannot be read ({type(error).__name__}): shown as it came.")


def unreadable(raw: bytes, why: str) -> ReadMail:
    """A mail of which the head alone, or nothing, is understood."""
    text = decode(raw[: SHOWN_RAW * 2], None)[:SHOWN_RAW]
    nobody = Person("")
    return ReadMail(
        None, None, (), nobody, (), (), (), (), "",
        text, None, (), None, Auto.NO, (), "", False, (why,),
    )  # fmt: skip


def _parsed(raw: bytes) -> Part:
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def _read(raw: bytes) -> ReadMail:
    message = _parsed(raw)
    found = Found()
    walk(message, found)
    sender = _sender(message)
    html = _html(found)
    text = _text(found, html)
    auto = automatic.kind(message, found, sender.address)
    bounce = auto is Auto.BOUNCE
    replies = headers.ids(message, "in-reply-to")
    return ReadMail(
        message_id=next(iter(headers.ids(message, "message-id")), None),
        in_reply_to=replies[0] if replies else None,
        refs=headers.ids(message, "references"),
        sender=sender,
        reply_to=headers.people(message, "reply-to"),
        to=headers.people(message, "to"),
        cc=headers.people(message, "cc"),
        delivered_to=(
            *headers.people(message, "delivered-to"),
            *headers.people(message, "x-original-to"),
        ),
        subject=headers.line(message, "subject"),
        text=text[:TEXT_LIMIT],
        html=html,
        files=tuple(found.files),
        date=headers.date(message),
        auto=auto,
        bounce_of=automatic.bounce_of(found, text) if bounce else (),
        bounce_detail=automatic.bounce_detail(found) if bounce else "",
        delayed=bounce and automatic.only_delayed(found),
        notes=tuple(found.notes),
    )


def _sender(message: Part) -> Person:
    for name in ("from", "sender", "reply-to", "return-path"):
        people = headers.people(message, name)
        if people:
            return people[0]
    return Person("")


def _html(found: Found) -> str | None:
    source = "\n".join(found.html).strip()
    return sanitised(source) or None if source else None


def _text(found: Found, html: str | None) -> str:
    text = "\n\n".join(part for each in found.texts if (part := _lines(each)))
    shown = text or (text_of(html) if html else "")
    if not shown and not found.files:
        found.note("It has no text.")
    return shown


def _lines(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip("\n")
