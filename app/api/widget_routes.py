"""Chat widgets: where chats come in, how they begin, and from whose pages."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct
from pydantic import AfterValidator, Field

from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.problems import invalid, not_found
from app.api.requests import Line, Nothing, Request, Text
from app.api.route import API, Call, Route, route
from app.desk.chats import DEFAULT_ENTRY
from app.domain.message import Widget

PATH = f"{API}/chat-widgets"
MAX_WIDGETS = 200
ENTRY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
Asked = Literal["nothing", "name", "email"]


def _origin(text: str) -> str:
    """As a browser tells it: scheme, host, port. Raises ValueError."""
    if text == "*":
        return text
    parts = urlsplit(text.rstrip("/"))
    alone = parts.scheme in {"http", "https"} and parts.netloc and not parts.path
    if not alone or parts.query or parts.username or parts.hostname is None:
        raise ValueError("must be a page's origin such as https://shop.example, or *")
    return text.rstrip("/").lower()


class WidgetChange(Request):
    """How the chats of a widget begin."""

    title: Annotated[Text, Field(max_length=100)] = ""
    skills: Annotated[tuple[Line, ...], Field(max_length=20, strict=False)] = ()
    """Names of skills."""
    priority: Annotated[int, Field(ge=0, le=10)] = 0
    bot: Line | None = None
    """The id of the API key whose program begins; without it chats begin in the queue."""
    ask: Asked = "nothing"
    origins: Annotated[
        tuple[Annotated[str, Field(max_length=300), AfterValidator(_origin)], ...],
        Field(max_length=50, strict=False),
    ] = ()


class ChatWidget(Struct, frozen=True):
    """A widget; `snippet` is the line for the page that shows it."""

    entry: str
    title: str
    skills: list[str]
    priority: int
    bot: str | None
    ask: str
    origins: list[str]
    snippet: str


class ChatWidgetList(Struct, frozen=True):
    """All widgets, by entry; the one called `default` is always there."""

    items: list[ChatWidget]
    next: str | None = None


async def list_widgets(call: Call[Nothing]) -> ChatWidgetList:
    """All widgets."""
    found = {one.entry: one for one in await call.api.records.widgets.all()}
    found.setdefault(DEFAULT_ENTRY, Widget(DEFAULT_ENTRY))
    return ChatWidgetList([_shown(call, found[entry]) for entry in sorted(found)])


async def put_widget(call: Call[WidgetChange]) -> ChatWidget:
    """Add or change a widget; what it says holds for the chats that begin from now on."""
    given, widgets = call.input, call.api.records.widgets
    entry = call.id
    if not ENTRY.fullmatch(entry):
        raise invalid("entry", "must be 1 to 40 small letters, digits and hyphens")
    before = await widgets.get(entry)
    if before is None and len(await widgets.all()) >= MAX_WIDGETS:
        raise invalid("entry", f"there are {MAX_WIDGETS} widgets already, the most there can be")
    if given.bot is not None:
        keys = {key.id for key in await call.api.records.keys.all() if key.revoked_at is None}
        if given.bot not in keys:
            raise invalid("bot", "there is no such API key, or it is revoked")
    widget = Widget(
        entry,
        given.title,
        tuple(_skill(call, name) for name in given.skills),
        given.priority,
        given.bot,
        given.ask,
        tuple(dict.fromkeys(given.origins)),
    )
    await widgets.put(widget)
    after = _shown(call, widget)
    shown = _shown(call, before) if before else None
    await audited(call, "widget.changed", (entry, entry), shown, after)
    return after


async def remove_widget(call: Call[Nothing]) -> None:
    """Take a widget away that nothing uses; the one called `default` is as it comes again."""
    before = await call.api.records.widgets.get(call.id)
    if before is None:
        raise not_found("there is no such chat widget")
    await call.api.desk.chats.remove_widget(call.id)
    await audited(call, "widget.removed", (call.id, call.id), _shown(call, before))


def _skill(call: Call[WidgetChange], name: str) -> str:
    found = call.api.desk.directory.skill_id(name)
    if found is None:
        raise invalid("skills", f"there is no skill “{name}”")
    return found


def _shown(call: Call[Any], widget: Widget) -> ChatWidget:
    entry = f' data-entry="{widget.entry}"' if widget.entry != DEFAULT_ENTRY else ""
    return ChatWidget(
        entry=widget.entry,
        title=widget.title,
        skills=[call.api.desk.directory.skill_name(skill) for skill in widget.skills],
        priority=widget.priority,
        bot=widget.bot,
        ask=widget.ask,
        origins=list(widget.origins),
        snippet=f'<script src="{call.api.settings.public_url}/widget.js"{entry} async></script>',
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_widgets,
        summary="Where chats come in",
        takes=Nothing,
        answers=ChatWidgetList,
        roles=ADMINS,
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        put_widget,
        summary="Add or change a chat widget",
        takes=WidgetChange,
        answers=ChatWidget,
        roles=ADMINS,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_widget,
        summary="Take a chat widget away; `used_by` of a refusal says what still uses it",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNAVAILABLE),
    ),
)
