"""Mails that were set aside: what lies there and why, and making conversations of them."""

from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, ConfigDict, Field

from app.api import views
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.email_shapes import Address
from app.api.problems import ProblemType as P
from app.api.problems import invalid
from app.api.requests import Nothing, Request, storable
from app.api.route import API, Call, Route, route
from app.api.shapes import Instant
from app.domain.mail import Email

PATH = f"{API}/mails-aside"
SHOWN = 500
"""Characters of a mail's text in the list."""


class AsideQuery(Request):
    """Which of them, newest first."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    cursor: Annotated[str, Field(max_length=100), AfterValidator(storable)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MailAside(Struct, frozen=True, rename={"from_": "from"}):
    """A mail in no conversation; `reasons` says why."""

    id: str
    mailbox: str
    """Its address; empty when it is gone."""
    at: Instant
    from_: Address
    subject: str
    text: str
    """Its beginning."""
    reasons: list[str]


class MailAsideList(Struct, frozen=True):
    """Mails that were set aside, newest first."""

    items: list[MailAside]
    next: str | None = None


class MailBegun(Struct, frozen=True):
    """The conversation that was made of a mail."""

    conversation_id: str


async def list_aside(call: Call[AsideQuery]) -> MailAsideList:
    """What lies aside: loops, bounces and automatic answers to nothing of ours, the unreadable."""
    try:
        found, after = await call.api.desk.mail_aside.page(call.input.limit, call.input.cursor)
    except ValueError as error:
        raise invalid("cursor", str(error)) from None
    addresses = {one.id: one.address for one in await call.api.records.mailboxes.all()}
    return MailAsideList([_shown(one, addresses.get(one.mailbox_id, "")) for one in found], after)


async def begin(call: Call[Nothing]) -> MailBegun:
    """It waits for whom its mailbox's rules say; again, it is the same conversation."""
    mail, conversation_id = await call.api.desk.mail_aside.begin(call.id)
    await audited(call, "mail.begun", (mail.id, mail.subject))
    return MailBegun(conversation_id)


def _shown(mail: Email, address: str) -> MailAside:
    return MailAside(
        id=mail.id,
        mailbox=address,
        at=views.instant(mail.at),
        from_=Address(mail.sender.address, mail.sender.name),
        subject=mail.subject,
        text=mail.text[:SHOWN],
        reasons=list(mail.notes),
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_aside,
        summary="Mails that were set aside, newest first, and why",
        takes=AsideQuery,
        answers=MailAsideList,
        roles=ADMINS,
    ),
    route(
        "POST",
        f"{PATH}/{{id}}/begin",
        begin,
        summary="Make a conversation of a mail that was set aside",
        takes=Nothing,
        answers=MailBegun,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNAVAILABLE),
    ),
)
