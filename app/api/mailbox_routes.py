"""Mailboxes: the addresses that customers write to, their servers, and what their mail needs."""

from dataclasses import replace
from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, Field

from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.books import skill_ids
from app.api.problems import ProblemType as P
from app.api.problems import invalid, not_found
from app.api.requests import Email, Line, Nothing, Request, SkillNames, storable
from app.api.route import API, Call, Route, route
from app.domain import mail
from app.domain.mail import MailRule, MailServer, Security
from app.messaging.mail_writing import BadMail, wire_address
from app.records.identity import new_id

PATH = f"{API}/mailboxes"
RULES = 100
"""Of one mailbox."""


def _plain(text: str) -> str:
    if text and not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text.strip()


def _host(text: str) -> str:
    if not text or not text.isascii() or any(c.isspace() or c in "/@\x00" for c in text):
        raise ValueError("must be the name or the address of a host")
    return text


Plain = Annotated[str, Field(max_length=200), AfterValidator(_plain)]


class Server(Request):
    """An IMAP or SMTP server and our account there; a password that is left out stays."""

    host: Annotated[str, Field(max_length=253), AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Annotated[str, Field(pattern="^(tls|starttls|none)$")] = "tls"
    user: Annotated[str, Field(max_length=254), AfterValidator(storable)] = ""
    password: Annotated[str, Field(max_length=1000), AfterValidator(storable)] | None = None
    folder: Plain = "INBOX"


class Rule(Request):
    """What a mail needs whose sender and subject have these words; the first rule that fits."""

    sender: Plain = ""
    subject: Plain = ""
    skills: SkillNames = Field(default_factory=list)
    priority: Annotated[int, Field(ge=0, le=10)] | None = None


class MailboxChange(Request):
    """A mailbox as it is to be."""

    name: Line
    address: Email
    enabled: bool = True
    imap: Server | None = None
    smtp: Server | None = None
    skills: SkillNames = Field(default_factory=list)
    priority: Annotated[int, Field(ge=0, le=10)] = 0
    rules: Annotated[list[Rule], Field(max_length=RULES)] = Field(default_factory=list)
    signature: Annotated[str, Field(max_length=5_000), AfterValidator(storable)] = ""


class MailServerShape(Struct, frozen=True):
    """A server; its password is never told."""

    host: str
    port: int
    security: str
    user: str
    has_password: bool
    folder: str


class MailRuleShape(Struct, frozen=True):
    """A rule, with its skills by name."""

    sender: str
    subject: str
    skills: list[str]
    priority: int | None


class Mailbox(Struct, frozen=True):
    """A mailbox."""

    id: str
    name: str
    address: str
    enabled: bool
    imap: MailServerShape | None
    smtp: MailServerShape | None
    skills: list[str]
    priority: int
    rules: list[MailRuleShape]
    signature: str


class MailboxList(Struct, frozen=True):
    """All mailboxes, by name."""

    items: list[Mailbox]
    next: str | None = None


class MailboxTried(Struct, frozen=True):
    """What its servers said; null: it lets us in. Without an IMAP server of its own there is
    nothing to say, either."""

    smtp: str | None
    imap: str | None


async def list_mailboxes(call: Call[Nothing]) -> MailboxList:
    """All mailboxes."""
    return MailboxList([_shown(call, each) for each in await call.api.records.mailboxes.all()])


async def add_mailbox(call: Call[MailboxChange]) -> Mailbox:
    """Make one."""
    made = _wanted(call, mail.Mailbox(new_id(), "", ""))
    await call.api.records.mailboxes.add(made)
    shown = _shown(call, made)
    await audited(call, "mailbox.added", (made.id, made.address), after=shown)
    return shown


async def change_mailbox(call: Call[MailboxChange]) -> Mailbox:
    """Change one."""
    before = await _known(call)
    after = _wanted(call, before)
    await call.api.records.mailboxes.change(after)
    shown = _shown(call, after)
    await audited(call, "mailbox.changed", (after.id, after.address), _shown(call, before), shown)
    return shown


async def remove_mailbox(call: Call[Nothing]) -> None:
    """Take one away; its conversations stay."""
    gone = await _known(call)
    await call.api.records.mailboxes.remove(gone.id)
    await audited(call, "mailbox.removed", (gone.id, gone.address), before=_shown(call, gone))


async def try_mailbox(call: Call[Nothing]) -> MailboxTried:
    """Whether its servers let us in; nothing is sent, fetched or marked."""
    smtp, imap = await call.api.desk.mail_out.try_out(await _known(call))
    return MailboxTried(smtp or None, imap or None)


async def _known(call: Call[Any]) -> mail.Mailbox:
    found = await call.api.records.mailboxes.get(call.id)
    if found is None:
        raise not_found("there is no such mailbox")
    return found


def _wanted(call: Call[MailboxChange], before: mail.Mailbox) -> mail.Mailbox:
    given = call.input
    try:
        wire_address(mail.Person(given.address, given.name), "address")
    except BadMail as bad:
        raise invalid("address", bad.detail) from None
    return replace(
        before,
        name=given.name,
        address=given.address,
        enabled=given.enabled,
        imap=_server(given.imap, before.imap),
        smtp=_server(given.smtp, before.smtp),
        skills=tuple(sorted(skill_ids(call, given.skills))),
        priority=given.priority,
        rules=tuple(_rule(call, n, rule) for n, rule in enumerate(given.rules)),
        signature=given.signature,
    )


def _rule(call: Call[MailboxChange], number: int, rule: Rule) -> MailRule:
    if not (rule.sender or rule.subject):
        raise invalid(f"rules.{number}", "say what the sender or the subject has")
    skills = skill_ids(call, rule.skills, f"rules.{number}.skills")
    return MailRule(rule.sender, rule.subject, tuple(sorted(skills)), rule.priority)


def _server(given: Server | None, before: MailServer | None) -> MailServer | None:
    """A kept password goes along to its own server alone."""
    if given is None:
        return None
    kept = ""
    if before is not None and (before.host, before.user) == (given.host, given.user):
        kept = before.password
    password = kept if given.password is None else given.password
    security = Security(given.security)
    return MailServer(given.host, given.port, security, given.user, password, given.folder)


def _shown(call: Call[Any], of: mail.Mailbox) -> Mailbox:
    return Mailbox(
        id=of.id,
        name=of.name,
        address=of.address,
        enabled=of.enabled,
        imap=_server_shown(of.imap),
        smtp=_server_shown(of.smtp),
        skills=_names(call, of.skills),
        priority=of.priority,
        rules=[
            MailRuleShape(rule.sender, rule.subject, _names(call, rule.skills), rule.priority)
            for rule in of.rules
        ],
        signature=of.signature,
    )


def _server_shown(of: MailServer | None) -> MailServerShape | None:
    if of is None:
        return None
    known = bool(of.password)
    return MailServerShape(of.host, of.port, of.security.value, of.user, known, of.folder)


def _names(call: Call[Any], skills: tuple[str, ...]) -> list[str]:
    return sorted(call.api.desk.directory.skill_name(skill) for skill in skills)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_mailboxes,
        summary="Mailboxes, by name",
        takes=Nothing,
        answers=MailboxList,
        roles=ADMINS,
    ),
    route(
        "POST",
        PATH,
        add_mailbox,
        summary="Make a mailbox",
        takes=MailboxChange,
        answers=Mailbox,
        roles=ADMINS,
        status=201,
        problems=(P.UNKNOWN_SKILL,),
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        change_mailbox,
        summary="Change a mailbox; a password that is left out stays",
        takes=MailboxChange,
        answers=Mailbox,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNKNOWN_SKILL),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_mailbox,
        summary="Take a mailbox away; its conversations stay",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
    route(
        "POST",
        f"{PATH}/{{id}}/try",
        try_mailbox,
        summary="Try a mailbox's servers: sign in, send and mark nothing",
        takes=Nothing,
        answers=MailboxTried,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
)
