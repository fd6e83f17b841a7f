"""Live View: what supervisors see of everything that is open, and do on other people's calls."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.api import shapes, views
from app.api.access import SUPERVISORS
from app.api.conversation_routes import known_id, shown
from app.api.problems import ProblemType as P
from app.api.requests import Nothing
from app.api.route import API, MOVE, ONE, Call, Route, route
from app.domain.supervision import How

Handler = Callable[[Call[Any]], Awaitable[shapes.Conversation]]


async def live(call: Call[Nothing]) -> shapes.Inbox:
    """Everything that is open: with the AI, in the queue, with agents, and being written about."""
    hub = call.api.hub
    await hub.wait()
    viewer = call.viewer
    seen = [
        views.conversation(c, call.api.desk.directory, viewer.detail, hub.turns(c.id))
        for c in hub.conversations(viewer)
    ]
    return shapes.Inbox(hub.live.seq, seen)


async def take_over(call: Call[Nothing]) -> shapes.Conversation:
    """Take a conversation from the AI, the queue or its agent."""
    conversation = await call.api.desk.take_over(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


def _begin(how: How) -> Handler:
    async def begin(call: Call[Nothing]) -> shapes.Conversation:
        conversation = await call.api.desk.supervise(
            call.caller.id, known_id(call), how, command_id=call.command_id
        )
        return await shown(call, conversation)

    begin.__name__ = how.value
    return begin


def _stop(how: How) -> Handler:
    async def stop(call: Call[Nothing]) -> shapes.Conversation:
        conversation = await call.api.desk.unsupervise(
            call.caller.id, known_id(call), how, command_id=call.command_id
        )
        return await shown(call, conversation)

    stop.__name__ = f"stop_{how.value}"
    return stop


def _pair(how: How, begins: str) -> tuple[Route[Any], Route[Any]]:
    path = f"{ONE}/{how.value}"
    on = route(
        "POST",
        path,
        _begin(how),
        summary=f"{begins}, from my own leg; another way than before takes its place",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=SUPERVISORS,
        problems=(*MOVE, P.LEG_NOT_ANSWERED),
    )
    off = route(
        "DELETE",
        path,
        _stop(how),
        summary=f"Leave the call, if I {how.value} on it",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=SUPERVISORS,
        problems=MOVE,
    )
    return on, off


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/live",
        live,
        summary="Everything that is open, oldest first",
        takes=Nothing,
        answers=shapes.Inbox,
        roles=SUPERVISORS,
        problems=(P.UNAVAILABLE,),
    ),
    *_pair(How.LISTEN, "Hear a call, heard by nobody"),
    *_pair(How.WHISPER, "Hear a call, heard by its agent (or the AI) and not by the customer"),
    *_pair(How.BARGE, "Hear a call, heard by everybody on it"),
    route(
        "POST",
        f"{ONE}/take-over",
        take_over,
        summary="Take a conversation from the AI, the queue or its agent",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=SUPERVISORS,
        problems=(*MOVE, P.LEG_NOT_ANSWERED),
    ),
)
