"""Emails as the API answers them, and what callers may send about them."""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct
from pydantic import AfterValidator, Field

from app.api import message_shapes, views
from app.api.ports import DirectoryPort
from app.api.requests import Email as AddressText
from app.api.requests import Request, Text, storable
from app.api.shapes import Instant, Named
from app.desk.mail_out import Outgoing
from app.desk.mail_replies import Reply
from app.domain.mail import Direction, Email, MailState, Person
from app.domain.message import ATTACHMENTS_EACH, CLIENT_ID_LENGTH
from app.messaging.mail_writing import SUBJECT_LENGTH
from app.records import Draft

RECIPIENTS = 50
"""In each of To, Cc and Bcc."""


class Address(Struct, frozen=True):
    """Somebody who writes, or is written to."""

    address: str
    name: str


class How(StrEnum):
    """How far a mail of ours is."""

    SENDING = "sending"
    DELAYED = "delayed"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class Sending(Struct, frozen=True):
    """How far a mail of ours is, and what the server said."""

    state: How
    detail: str | None
    next_at: Instant | None
    """When it is tried again."""
    refused: list[str]
    """Who does not get it, in the server's words."""


class MailItem(Struct, frozen=True, rename={"from_": "from"}):
    """What an email has beside its message, which has the same `seq`."""

    id: str
    seq: int | None
    direction: Direction
    subject: str
    from_: Address
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]
    at: Instant
    has_html: bool
    has_remote: bool
    """Its HTML would load pictures from elsewhere."""
    is_automatic: bool
    notes: list[str]
    """What could not be read."""
    sending: Sending | None
    """None: it came in."""


class MailReply(Struct, frozen=True):
    """How an answer begins."""

    mailbox: Named | None
    """None: its mailbox is gone, and nothing can be sent."""
    address: str
    signature: str
    to: list[Address]
    cc: list[Address]
    """Everybody else who was written to: for an answer to all."""
    subject: str


class MailDraft(Struct, frozen=True):
    """What was begun; `agent` wrote on it last."""

    to: str
    cc: str
    bcc: str
    subject: str
    text: str
    attachments: list[message_shapes.Attachment]
    quote: bool
    agent: Named
    at: Instant


class EmailList(Struct, frozen=True):
    """The emails of a conversation in their order, how an answer begins, and what was begun."""

    items: list[MailItem]
    reply: MailReply
    draft: MailDraft | None
    next: str | None = None


class EmailChanged(Struct, frozen=True):
    """An email of this conversation was sent, delayed, or came back: read them again."""

    conversation_id: str


class Recipient(Request):
    """An address, with the name beside it."""

    address: AddressText
    name: Annotated[str, Field(max_length=200), AfterValidator(storable)] = ""


Recipients = Annotated[list[Recipient], Field(max_length=RECIPIENTS)]
Subject = Annotated[str, Field(max_length=SUBJECT_LENGTH), AfterValidator(storable)]
FileIds = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=ATTACHMENTS_EACH)]


class NewEmail(Request):
    """An answer; the mailbox's signature and the mail that is answered go along unless said."""

    client_id: Annotated[str, Field(min_length=1, max_length=CLIENT_ID_LENGTH)]
    to: Annotated[list[Recipient], Field(min_length=1, max_length=RECIPIENTS)]
    cc: Recipients = Field(default_factory=list)
    bcc: Recipients = Field(default_factory=list)
    subject: Subject
    text: Text
    attachments: FileIds = Field(default_factory=list)
    quote: bool = True
    signature: bool = True

    def outgoing(self) -> Outgoing:
        """For the desk."""
        return Outgoing(
            self.client_id,
            self.subject,
            self.text,
            _people(self.to),
            _people(self.cc),
            _people(self.bcc),
            tuple(self.attachments),
            self.quote,
            self.signature,
        )


Line = Annotated[str, Field(max_length=5_000), AfterValidator(storable)]


class DraftChange(Request):
    """What is written so far: the fields as they stand, addresses as they were typed."""

    to: Line = ""
    cc: Line = ""
    bcc: Line = ""
    subject: Line = ""
    text: Text = ""
    attachments: FileIds = Field(default_factory=list)
    quote: bool = True


class HtmlQuery(Request):
    """Whether pictures from elsewhere are loaded: their servers see that the mail is read."""

    images: Annotated[str, Field(pattern="^(blocked|shown)$")] = "blocked"


def _people(given: list[Recipient]) -> tuple[Person, ...]:
    return tuple(Person(one.address, one.name) for one in given)


def _addresses(of: tuple[Person, ...]) -> list[Address]:
    return [Address(one.address, one.name) for one in of]


def email(of: Email, has_remote: bool) -> MailItem:
    """One email."""
    return MailItem(
        id=of.id,
        seq=of.seq,
        direction=of.direction,
        subject=of.subject,
        from_=Address(of.sender.address, of.sender.name),
        to=_addresses(of.to),
        cc=_addresses(of.cc),
        bcc=_addresses(of.bcc),
        at=views.instant(of.date or of.at),
        has_html=of.html is not None,
        has_remote=has_remote,
        is_automatic=bool(of.auto),
        notes=list(of.notes) if of.direction is Direction.IN else [],
        sending=_sending(of) if of.direction is Direction.OUT else None,
    )


def _sending(of: Email) -> Sending:
    delayed = of.attempts > 0 and of.error is not None
    how = {
        MailState.SENT: How.SENT,
        MailState.FAILED: How.FAILED,
        MailState.BOUNCED: How.BOUNCED,
    }.get(of.state, How.DELAYED if delayed else How.SENDING)
    retry = views.instant(of.next_at) if how is How.DELAYED and of.next_at else None
    return Sending(how, of.error, retry, list(of.notes))


def reply(of: Reply) -> MailReply:
    """How an answer begins."""
    box = of.mailbox
    return MailReply(
        mailbox=Named(box.id, box.name) if box else None,
        address=box.address if box else "",
        signature=box.signature if box else "",
        to=_addresses(of.to),
        cc=_addresses(of.cc),
        subject=of.subject,
    )


def draft(of: Draft, files: list[message_shapes.Attachment], directory: DirectoryPort) -> MailDraft:
    """A draft, with those of its files that are still there."""
    kept = {key: str(of.draft.get(key, "")) for key in ("to", "cc", "bcc", "subject", "text")}
    return MailDraft(
        **kept,
        attachments=files,
        quote=bool(of.draft.get("quote", True)),
        agent=Named(of.agent_id, directory.person_name(of.agent_id)),
        at=views.instant(of.at),
    )
