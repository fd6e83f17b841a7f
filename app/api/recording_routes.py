"""What was recorded of a conversation: to listen to, and for administrators to take away."""

from typing import Any

from aiohttp import web

from app.api.access import ADMINS, AGENTS
from app.api.auditing import audited
from app.api.conversation_routes import readable
from app.api.problems import ProblemType as P
from app.api.problems import not_found
from app.api.requests import Nothing
from app.api.route import ONE, Call, Route, route
from app.api.visibility import in_inbox, was_theirs
from app.records import Recordings

NO_RECORDING = "there is no recording"
WAV = "audio/wav"


async def listen(call: Call[Nothing]) -> web.StreamResponse:
    """The recording, or the part that the header Range asks for (RFC 9110, section 14).

    An agent hears what waits for them, is offered to them, is or was theirs; others' recordings
    are supervisors'.
    """
    conversation = await readable(call)
    viewer = call.viewer
    own = in_inbox(viewer, conversation) or was_theirs(viewer, conversation)
    recordings = Recordings(call.api.settings.recordings)
    if not (own or viewer.sees_all) or not recordings.has(conversation.id):
        raise not_found(NO_RECORDING)
    name = f'inline; filename="{"".join(c for c in conversation.id if c.isalnum())}.wav"'
    headers = {"Content-Type": WAV, "Content-Disposition": name, "Cache-Control": "private"}
    return web.FileResponse(recordings.path(conversation.id), headers=headers)


async def remove(call: Call[Nothing]) -> None:
    """Take the recording away for good; the conversation stays."""
    conversation = await readable(call)
    if not await Recordings(call.api.settings.recordings).remove(conversation.id):
        raise not_found(NO_RECORDING)
    await audited(call, "recording.removed", (conversation.id, conversation.customer.name))


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{ONE}/recording",
        listen,
        summary="Listen to what was recorded",
        takes=Nothing,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
        content=WAV,
        also={206: "The part that was asked for", 416: "No such part"},
    ),
    route(
        "DELETE",
        f"{ONE}/recording",
        remove,
        summary="Take a recording away for good",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
)
