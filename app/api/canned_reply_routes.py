"""Canned replies: what agents send with a few keys, and administrators write.

A text may name what is put in its place when it is used: `{{customer}}`, `{{agent}}`, `{{skill}}`,
`{{email}}`, `{{number}}`, or a fact that the AI captured such as `{{order}}`; after a bar stands
what is written where nothing is known (`{{customer|there}}`). The page fills them in, and the
agent reads the text before it goes.
"""

import re
from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, Field

from app.api.access import ADMINS, AGENTS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.problems import invalid
from app.api.requests import Line, Nothing, Request, storable
from app.api.route import API, Call, Route, route
from app.domain.message import TEXT_LENGTH
from app.records import CannedReply as Kept

PATH = f"{API}/canned-replies"
MAX_REPLIES = 500
"""An agent's page has all of them, so that a search takes no request."""
NAME_LENGTH = 60
VARIABLE = re.compile(r"\{\{[^{}|\n]{1,60}(\|[^{}\n]{0,200})?\}\}")


def _text(text: str) -> str:
    text = storable(text.strip())
    if not text:
        raise ValueError("must not be empty")
    rest = VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise ValueError("a variable is written {{customer}} or {{customer|there}}")
    return text


class CannedReplyChange(Request):
    """A reply, whole."""

    name: Annotated[Line, Field(max_length=NAME_LENGTH)]
    """What agents look for after the `/`."""
    text: Annotated[str, Field(max_length=TEXT_LENGTH), AfterValidator(_text)]
    skills: Annotated[tuple[Line, ...], Field(max_length=20, strict=False)] = ()
    """Names of skills: it is for conversations that ask for one of them; without any for all."""


class CannedReply(Struct, frozen=True):
    """A reply; `skills` by name."""

    id: str
    name: str
    text: str
    skills: list[str]


class CannedReplyList(Struct, frozen=True):
    """All replies, by name."""

    items: list[CannedReply]
    next: str | None = None


async def list_replies(call: Call[Nothing]) -> CannedReplyList:
    """All replies."""
    return CannedReplyList(
        [_shown(call, one) for one in await call.api.records.canned_replies.all()]
    )


async def add_reply(call: Call[CannedReplyChange]) -> CannedReply:
    """Add one."""
    replies = call.api.records.canned_replies
    if len(await replies.all()) >= MAX_REPLIES:
        raise invalid("name", f"there are {MAX_REPLIES} replies already, the most there can be")
    added = _shown(call, await replies.add(_given(call)))
    await audited(call, "canned_reply.added", (added.id, added.name), after=added)
    return added


async def change_reply(call: Call[CannedReplyChange]) -> CannedReply:
    """Replace one."""
    replies = call.api.records.canned_replies
    before = _shown(call, await replies.get(call.id))
    reply = _given(call, call.id)
    await replies.change(reply)
    after = _shown(call, reply)
    await audited(call, "canned_reply.changed", (after.id, after.name), before, after)
    return after


async def remove_reply(call: Call[Nothing]) -> None:
    """Take one away; what was sent with it stays."""
    replies = call.api.records.canned_replies
    before = _shown(call, await replies.get(call.id))
    await replies.remove(call.id)
    await audited(call, "canned_reply.removed", (before.id, before.name), before)


def _given(call: Call[CannedReplyChange], id: str = "") -> Kept:
    found = {name: call.api.desk.directory.skill_id(name) for name in call.input.skills}
    for name, skill in found.items():
        if skill is None:
            raise invalid("skills", f"there is no skill “{name}”")
    skills = tuple(dict.fromkeys(skill for skill in found.values() if skill))
    return Kept(id, call.input.name, call.input.text, skills)


def _shown(call: Call[Any], reply: Kept) -> CannedReply:
    skills = [call.api.desk.directory.skill_name(skill) for skill in reply.skills]
    return CannedReply(reply.id, reply.name, reply.text, skills)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_replies,
        summary="Replies to choose from",
        takes=Nothing,
        answers=CannedReplyList,
        roles=AGENTS,
    ),
    route(
        "POST",
        PATH,
        add_reply,
        summary="Add a canned reply",
        takes=CannedReplyChange,
        answers=CannedReply,
        roles=ADMINS,
        status=201,
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        change_reply,
        summary="Change a canned reply",
        takes=CannedReplyChange,
        answers=CannedReply,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_reply,
        summary="Take a canned reply away",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
)
