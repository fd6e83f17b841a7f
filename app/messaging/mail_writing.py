"""Writes a mail as it goes over the wire (RFC 5322, MIME).

The same letter is the same mail, but for MIME's boundaries.

Whatever comes from people or from other mails is checked: what could begin another header is
refused, never mended in silence. Everybody's headers but Bcc are written; who gets a blind copy is
the envelope's business alone.
"""

import html
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.domain.mail import Person

REFERENCES_KEPT = 20
"""The first, and the newest of the others (RFC 5322, 3.6.4 wants them all; servers do not)."""
SUBJECT_LENGTH = 300
OURS = "X-Ringdesk"
"""In every mail of ours: one that comes back with it went round in a circle."""
QUOTED_LENGTH = 20_000
"""Characters of the customer's mail that go back with the answer."""
_ID = re.compile(r"[^\s<>@]{1,200}@[^\s<>@]{1,200}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_REPLY = re.compile(r"\s*(re|aw|sv|antw|rif|tr|r)\s*(\[\d+\])?\s*:\s*", re.IGNORECASE)


class BadMail(ValueError):
    """This cannot stand in a mail; the text says what."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class File:
    """An attached file."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Quoted:
    """The mail that is answered, as far as it goes along."""

    sender: Person
    at: int
    """Milliseconds since the epoch."""
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is to be written. Ids are without angle brackets."""

    message_id: str
    at: int
    """Milliseconds since the epoch."""
    sender: Person
    to: tuple[Person, ...]
    subject: str
    text: str
    cc: tuple[Person, ...] = ()
    reply_to: str | None = None
    in_reply_to: str | None = None
    refs: tuple[str, ...] = ()
    quoted: Quoted | None = None
    signature: str = ""
    files: tuple[File, ...] = ()
    auto: bool = False
    """Nobody wrote it: no machine shall answer it (RFC 3834)."""


def write(letter: Letter) -> bytes:
    """The mail, with CRLF and in 7 bits. Raises BadMail."""
    if not letter.to:
        raise BadMail("to", "a mail needs somebody whom it is to")
    mail = EmailMessage(policy=SMTP)
    try:
        _head(mail, letter)
    except BadMail:
        raise
    except (ValueError, MessageError, IndexError) as error:
        raise BadMail("to", f"this is no address that a mail can go to ({error})") from None
    mail.set_content(plain_text(letter), cte="quoted-printable")
    mail.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    for file in letter.files:
        _attach(mail, file)
    return _thread(letter) + mail.as_bytes()


def reply_subject(subject: str) -> str:
    """`Re: ` once, whatever stood there in however many languages."""
    bare = _CONTROL.sub(" ", subject)
    while (found := _REPLY.match(bare)) is not None:
        bare = bare[found.end() :]
    return f"Re: {bare.strip()}"[:SUBJECT_LENGTH]


def chain(refs: Sequence[str], message_id: str | None) -> tuple[str, ...]:
    """The References of an answer to the mail with these References and this id."""
    ids = [one for one in (*refs, *([message_id] if message_id else [])) if _ID.fullmatch(one)]
    whole = [one for one in dict.fromkeys(ids) if one.isascii()]
    return tuple(
        whole if len(whole) <= REFERENCES_KEPT else [whole[0], *whole[1 - REFERENCES_KEPT :]]
    )


def plain_text(letter: Letter) -> str:
    """What was written, the signature (RFC 3676, 4.3), and what is quoted."""
    parts = [_lines(letter.text)]
    if letter.signature.strip():
        parts.append(f"-- \n{_lines(letter.signature)}")
    if letter.quoted is not None:
        marked = "\n".join(f"> {line}".rstrip() for line in _quoted(letter.quoted).split("\n"))
        parts.append(f"{_introduction(letter.quoted)}\n{marked}")
    return "\n\n".join(parts) + "\n"


def as_html(letter: Letter) -> str:
    """The same for who reads HTML; nothing in it is anything but text."""
    parts = [_block(letter.text)]
    if letter.signature.strip():
        parts.append(f'<div style="color:#666">-- <br>{_block(letter.signature)}</div>')
    if letter.quoted is not None:
        style = "margin:0 0 0 4px;padding-left:8px;border-left:2px solid #ccc"
        said = _block(_quoted(letter.quoted))
        parts.append(
            f"<div>{html.escape(_introduction(letter.quoted))}</div>"
            f'<blockquote type="cite" style="{style}">{said}</blockquote>'
        )
    body = "<br>\n".join(parts)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>{body}</body></html>\n'


def checked_line(field: str, text: str) -> str:
    """Text that may stand in a header. Raises BadMail."""
    if _CONTROL.search(text):
        raise BadMail(field, "must be one line without control characters")
    return text


def wire_address(person: Person, field: str = "to") -> Address:
    """With the host's name as the domain name system has it (RFC 5891). Raises BadMail."""
    local, at, host = checked_line(field, person.address).strip().rpartition("@")
    if not (local and at and host) or not local.isascii():
        raise BadMail(field, f"{person.address!r} is no address that a mail can go to")
    try:
        plain = host if host.startswith("[") else host.encode("idna").decode("ascii")
        return Address(checked_line(field, person.name), addr_spec=f"{local}@{plain}")
    except (ValueError, MessageError, IndexError):
        raise BadMail(field, f"{person.address!r} is no address that a mail can go to") from None


def _head(mail: EmailMessage, letter: Letter) -> None:
    mail["Date"] = format_datetime(datetime.fromtimestamp(letter.at / 1000, UTC))
    mail["From"] = wire_address(letter.sender, "from")
    mail["To"] = [wire_address(one, "to") for one in letter.to]
    if letter.cc:
        mail["Cc"] = [wire_address(one, "cc") for one in letter.cc]
    if letter.reply_to:
        mail["Reply-To"] = wire_address(Person(letter.reply_to, letter.sender.name), "from")
    subject = checked_line("subject", letter.subject)
    if len(subject) > SUBJECT_LENGTH:
        raise BadMail("subject", f"must not have more than {SUBJECT_LENGTH} characters")
    mail["Subject"] = subject
    mail[OURS] = "1"
    if letter.auto:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"


def _thread(letter: Letter) -> bytes:
    """Ids go past the library, which would encode a long one and so break the thread."""
    lines = [f"Message-ID: <{_id(letter.message_id)}>"]
    if letter.in_reply_to and _ID.fullmatch(letter.in_reply_to) and letter.in_reply_to.isascii():
        lines.append(f"In-Reply-To: <{letter.in_reply_to}>")
    if letter.refs:
        lines.append("References: " + "\r\n ".join(f"<{_id(one)}>" for one in letter.refs))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _id(text: str) -> str:
    if not _ID.fullmatch(text) or not text.isascii():
        raise BadMail("message_id", "this is no id of a mail")
    return text


def _attach(mail: EmailMessage, file: File) -> None:
    kind = file.type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.type, re.ASCII) else ""
    kind = kind or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    main, _, sub = kind.lower().partition("/")
    if main in {"message", "multipart"}:
        main, sub = "application", "octet-stream"
    mail.add_attachment(
        file.data, main, sub, filename=checked_line("attachments", file.name), cte="base64"
    )


def _introduction(quoted: Quoted) -> str:
    when = datetime.fromtimestamp(quoted.at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    name = _CONTROL.sub(" ", quoted.sender.name or quoted.sender.address)
    return f"On {when}, {name} wrote:"


def _quoted(quoted: Quoted) -> str:
    text = _lines(quoted.text)
    return text if len(text) <= QUOTED_LENGTH else text[:QUOTED_LENGTH] + "\n[…]"


def _lines(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text).strip("\n")


def _block(text: str) -> str:
    return f'<div style="white-space:pre-wrap">{html.escape(_lines(text))}</div>'
