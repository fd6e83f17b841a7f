"""Webhooks: who is told of what becomes of conversations, and how that went."""

from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, Field
from yarl import URL

from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route
from app.api.shapes import Instant
from app.api.views import instant, moment
from app.desk.webhooks import new_secret
from app.domain.webhooks import TOLD
from app.records import Webhook as Kept

PATH = f"{API}/webhooks"


def _url(text: str) -> str:
    try:
        url = URL(text)
    except ValueError:
        raise ValueError("must be an http or https address") from None
    if url.scheme not in {"http", "https"} or not url.host or url.user or url.password:
        raise ValueError("must be an http or https address, without a user or a password")
    return text


def _event(name: str) -> str:
    if name not in TOLD:
        raise ValueError(f"must be one of {', '.join(TOLD)}")
    return name


Events = Annotated[
    list[Annotated[str, Field(max_length=60), AfterValidator(_event)]], Field(max_length=50)
]


class NewWebhook(Request):
    """Where to post, and which events; without any: all of them."""

    url: Annotated[str, Field(max_length=1000), AfterValidator(_url)]
    events: Events = Field(default_factory=list)


class WebhookChange(NewWebhook):
    """The same, and whether it is switched on."""

    active: bool = True


class Webhook(Struct, frozen=True):
    """A webhook, and how the latest try went."""

    id: str
    url: str
    events: list[str]
    active: bool
    failures: int
    error: str | None
    retry_at: Instant | None
    told_at: Instant | None
    created_at: Instant


class NewWebhookMade(Struct, frozen=True):
    """A new webhook with the secret of its signatures, which is shown this once."""

    id: str
    url: str
    events: list[str]
    secret: str


class WebhookList(Struct, frozen=True):
    """All webhooks."""

    items: list[Webhook]
    next: str | None = None


async def list_webhooks(call: Call[Nothing]) -> WebhookList:
    """All webhooks."""
    return WebhookList([_shown(each) for each in await call.api.records.webhooks.all()])


async def add_webhook(call: Call[NewWebhook]) -> NewWebhookMade:
    """Make one."""
    made = await call.api.records.webhooks.add(call.input.url, new_secret(), call.input.events)
    await audited(call, "webhook.added", (made.id, made.url), after=_shown(made))
    return NewWebhookMade(made.id, made.url, list(made.events), made.secret)


async def change_webhook(call: Call[WebhookChange]) -> Webhook:
    """Change one; switched on again it goes on where it was."""
    records, given = call.api.records.webhooks, call.input
    before = await records.get(call.id)
    after = await records.change(call.id, given.url, given.events, given.active)
    await audited(call, "webhook.changed", (after.id, after.url), _shown(before), _shown(after))
    return _shown(after)


async def remove_webhook(call: Call[Nothing]) -> None:
    """Take one away."""
    gone = await call.api.records.webhooks.get(call.id)
    await call.api.records.webhooks.remove(call.id)
    await audited(call, "webhook.removed", (gone.id, gone.url), before=_shown(gone))


def _shown(of: Kept) -> Webhook:
    return Webhook(
        id=of.id,
        url=of.url,
        events=list(of.events),
        active=of.active,
        failures=of.failures,
        error=of.error,
        retry_at=moment(of.retry_at or None),
        told_at=moment(of.told_at),
        created_at=instant(of.created_at),
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_webhooks,
        summary="Webhooks, and how the latest try of each went",
        takes=Nothing,
        answers=WebhookList,
        roles=ADMINS,
    ),
    route(
        "POST",
        PATH,
        add_webhook,
        summary="Make a webhook; the secret of its signatures is shown this once",
        takes=NewWebhook,
        answers=NewWebhookMade,
        roles=ADMINS,
        status=201,
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        change_webhook,
        summary="Change a webhook, or switch it on again",
        takes=WebhookChange,
        answers=Webhook,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_webhook,
        summary="Take a webhook away",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
)
