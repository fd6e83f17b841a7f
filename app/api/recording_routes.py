"""What was recorded of a conversation: to listen to, and for administrators to take away."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from app.api import recording_shapes, views
from app.api.access import ADMINS, AGENTS, BOTS
from app.api.auditing import audited
from app.api.conversation_routes import heard, known_id, readable
from app.api.problems import ProblemType as P
from app.api.problems import not_found
from app.api.requests import Nothing
from app.api.route import API, ONE, Call, Route, route
from app.api.visibility import in_inbox, was_theirs
from app.domain.conversation import Conversation
from app.records import AuditEntry, Recordings

NO_RECORDING = "there is no recording"
WAV = "audio/wav"
PLAYED_MS = 15 * 60_000


async def listen(call: Call[Nothing]) -> web.StreamResponse:
    """The recording, or the part that the header Range asks for (RFC 9110, section 14).

    An agent hears what waits for them, is offered to them, is or was theirs; others' recordings
    are supervisors', and programs' that transcribe messages.
    """
    conversation = await heard(call)
    recordings = Recordings(call.api.settings.recordings)
    may = _may_hear(call, conversation) or call.caller.hears_messages
    if not may or not recordings.has(conversation.id):
        raise not_found(NO_RECORDING)
    await _played(call, conversation, conversation.id)
    name = f'inline; filename="{"".join(c for c in conversation.id if c.isalnum())}.wav"'
    headers = {"Content-Type": WAV, "Content-Disposition": name, "Cache-Control": "private"}
    return web.FileResponse(recordings.path(conversation.id), headers=headers)


async def remove(call: Call[Nothing]) -> None:
    """Take the recording away for good; the conversation stays."""
    conversation = await readable(call)
    if not await Recordings(call.api.settings.recordings).remove(conversation.id):
        raise not_found(NO_RECORDING)
    await audited(call, "recording.removed", (conversation.id, conversation.customer.name))


async def talks(call: Call[Nothing]) -> recording_shapes.TalkRecordingList:
    """What was recorded of the talks of a conversation, under the law of `listen`."""
    conversation = await readable(call)
    if not _may_hear(call, conversation):
        return recording_shapes.TalkRecordingList([])
    parts = await call.api.records.talks.of(conversation.id)
    items = [
        recording_shapes.TalkRecording(p.id, views.instant(p.from_at), p.seconds) for p in parts
    ]
    return recording_shapes.TalkRecordingList(items)


async def listen_to_talk(call: Call[Nothing]) -> web.StreamResponse:
    """One part, or what the header Range asks for of it; as `listen`."""
    part = await call.api.records.talks.get(known_id(call))
    recordings = Recordings(call.api.settings.recordings)
    if part is None or not recordings.has(part.id):
        raise not_found(NO_RECORDING)
    conversation = await readable(replace(call, path={"id": part.conversation_id}))
    if not _may_hear(call, conversation):
        raise not_found(NO_RECORDING)
    await _played(call, conversation, part.id)
    headers = {"Content-Type": WAV, "Cache-Control": "private"}
    return web.FileResponse(recordings.path(part.id), headers=headers)


async def remove_talk(call: Call[Nothing]) -> None:
    """Take one part away for good."""
    talks = call.api.records.talks
    part = await talks.get(known_id(call))
    if part is None:
        raise not_found(NO_RECORDING)
    await Recordings(call.api.settings.recordings).remove(part.id)
    await talks.remove(part.id)
    await audited(call, "recording.removed", (part.conversation_id, part.id))


async def _played(call: Call[Nothing], conversation: Conversation, recording: str) -> None:
    """Note who heard it, or took it away as a file. A player asks for many pieces: they are one
    entry for each person, recording and `PLAYED_MS`."""
    now, who, customer = call.api.desk.now(), call.caller.id, conversation.customer
    entry = AuditEntry(
        id=f"played-{who}-{recording}-{now // PLAYED_MS}",
        at=now,
        who_id=who,
        who_name=call.api.desk.directory.person_name(who),
        act="recording.played",
        target_id=conversation.id,
        target_name=customer.name or customer.number,
        before=None,
        after={"recording": recording},
    )
    await call.api.records.audit.note([entry])


def _may_hear(call: Call[Nothing], conversation: Conversation) -> bool:
    viewer = call.viewer
    own = in_inbox(viewer, conversation) or was_theirs(viewer, conversation)
    return own or viewer.sees_all


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{ONE}/recording",
        listen,
        summary="Listen to what was recorded",
        takes=Nothing,
        roles=AGENTS | BOTS,
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
    route(
        "GET",
        f"{ONE}/recordings",
        talks,
        summary="What was recorded of the talks of a conversation",
        takes=Nothing,
        answers=recording_shapes.TalkRecordingList,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
    route(
        "GET",
        f"{API}/recordings/{{id}}",
        listen_to_talk,
        summary="Listen to one part of a talk",
        takes=Nothing,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
        content=WAV,
        also={206: "The part that was asked for", 416: "No such part"},
    ),
    route(
        "DELETE",
        f"{API}/recordings/{{id}}",
        remove_talk,
        summary="Take one part of a talk away for good",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
)
