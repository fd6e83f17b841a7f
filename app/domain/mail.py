"""An email and the mailboxes that it comes to and goes out from. Pure; instants in ms.

Every email is a message of its conversation, too (`message`): that is its text and its place among
the others. What only emails have stands here.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.message import Attachment

MAIL_LIMIT = 25 * 1024 * 1024
"""Bytes of one mail as it comes over the wire (RFC 1870); larger ones become a note."""
TEXT_SHOWN = 20_000
"""Characters of an email's text in its message; the whole text stands in the email."""
TEXT_LIMIT = 1_000_000
"""Characters of a text or of HTML that are kept; the rest is in the file of the mail."""


class Direction(StrEnum):
    """Which way an email went."""

    IN = "in"
    OUT = "out"


class MailState(StrEnum):
    """What became of an email. In: received → filed or aside. Out: queued → sent or failed."""

    RECEIVED = "received"
    """Stored, and not yet in a conversation."""
    FILED = "filed"
    """In its conversation."""
    ASIDE = "aside"
    """Stored, and in no conversation: a loop, or an automatic answer to nothing of ours."""
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or given up."""
    BOUNCED = "bounced"
    """Sent, and came back (RFC 3464)."""


class Auto(StrEnum):
    """What an email is when nobody wrote it (RFC 3834, RFC 3464); nothing answers it by itself."""

    NO = ""
    REPLIED = "auto-replied"
    GENERATED = "auto-generated"
    LIST = "list"
    BOUNCE = "bounce"
    LOOP = "loop"


class Security(StrEnum):
    """How a mail server is spoken to."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """An IMAP or SMTP server and our account there."""

    host: str
    port: int
    security: Security = Security.TLS
    user: str = ""
    """Empty: without signing in."""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    """Of IMAP."""


@dataclass(frozen=True, slots=True)
class MailRule:
    """What a mail needs that comes from somebody, or is about something; all that is set must
    be in it, whatever the case."""

    sender: str = ""
    """A part of the address: `@example.com` is a whole domain."""
    subject: str = ""
    """A part of the subject."""
    skills: tuple[str, ...] = ()
    """Ids; instead of the mailbox's."""
    priority: int | None = None
    """None: the mailbox's."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address of ours. Its address is the `entry` of its conversations."""

    id: str
    name: str
    address: str
    enabled: bool = True
    imap: MailServer | None = None
    """None: its mail comes by our SMTP or LMTP listener alone."""
    smtp: MailServer | None = None
    """None: nothing can be sent from here."""
    skills: tuple[str, ...] = ()
    """Ids of skills that its conversations require."""
    priority: int = 0
    rules: tuple[MailRule, ...] = ()
    """The first that fits decides."""
    signature: str = ""
    uid_validity: int = 0
    """Of the IMAP folder (RFC 9051, 2.3.1.1); 0: never read."""
    uid_seen: int = 0
    """The highest UID that is stored here."""


@dataclass(frozen=True, slots=True)
class Person:
    """An address of an email, with the name beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """One email, in or out."""

    id: str
    direction: Direction
    mailbox_id: str
    state: MailState
    at: int
    """When it was stored."""
    same: str
    """Two of a mailbox and direction with the same are one: the Message-ID, or a hash."""
    conversation_id: str | None = None
    seq: int | None = None
    """Its message within the conversation."""
    message_id: str | None = None
    """Without the angle brackets, as all ids here."""
    in_reply_to: str | None = None
    refs: tuple[str, ...] = ()
    sender: Person = Person("")
    reply_to: tuple[Person, ...] = ()
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    """Out only."""
    envelope_to: str = ""
    """The address that it was delivered to, with a token in it perhaps."""
    subject: str = ""
    text: str = ""
    html: str | None = None
    """Sanitised; None: it had none."""
    inline: dict[str, str] = field(default_factory=dict)
    """Content-ID to the attachment's id, for pictures inside the HTML."""
    attachments: tuple[Attachment, ...] = ()
    raw: str | None = None
    """File name of the mail as it came, below the folder for mails."""
    date: int | None = None
    """As its header says."""
    auto: Auto = Auto.NO
    notes: tuple[str, ...] = ()
    """What could not be read, and why it is where it is."""
    bounce_of: tuple[str, ...] = ()
    """Message-IDs of ours that this bounce is about."""
    author_id: str = ""
    """Out: who wrote it."""
    left: tuple[str, ...] = ()
    """Out: addresses that have not taken it yet."""
    attempts: int = 0
    next_at: int | None = None
    """Out: when to try (again)."""
    error: str | None = None
    """Out: what the server said last."""
    sent_at: int | None = None


def needs(mailbox: Mailbox, sender: str, subject: str) -> tuple[tuple[str, ...], int]:
    """The skills that a new conversation requires, and its priority."""
    for rule in mailbox.rules:
        named = rule.sender or rule.subject
        if (
            named
            and rule.sender.casefold() in sender.casefold()
            and rule.subject.casefold() in subject.casefold()
        ):
            priority = mailbox.priority if rule.priority is None else rule.priority
            return rule.skills, priority
    return mailbox.skills, mailbox.priority
