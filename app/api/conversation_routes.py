"""Conversations: reading them, agents' moves, and what supervisors ask."""

from typing import Any

from app.api import requests, shapes, views
from app.api.access import AGENTS, BOTS, bot_mark, has_turns, is_message
from app.api.problems import ProblemType as P
from app.api.problems import invalid, not_found
from app.api.requests import Nothing, Request
from app.api.route import API, MOVE, ONE, Call, Route, route
from app.api.visibility import in_hand, may_read, same_customer
from app.domain.conversation import Conversation
from app.domain.routing import Verdict
from app.records import BadCursor, Search

NO_CONVERSATION = "no such conversation"


async def inbox(call: Call[requests.InboxQuery]) -> shapes.Inbox:
    """What waits for the caller, is offered to them, or is theirs; personal filters are the page's.

    Offers, one's own and wrap-ups are never filtered, so both views hold the same here.
    """
    hub = call.api.hub
    await hub.wait()
    viewer = call.viewer
    own = viewer.as_agent()
    seen = [
        views.conversation(c, call.api.desk.directory, viewer.detail, hub.turns(c.id))
        for c in hub.conversations(own)
    ]
    return shapes.Inbox(hub.live.seq, seen)


async def get_conversation(call: Call[Nothing]) -> shapes.Conversation:
    """One conversation, live or from the archive."""
    return await shown(call, await heard(call))


async def search(call: Call[requests.ArchiveQuery]) -> shapes.ConversationList:
    """The archive as far as the caller may see it, newest first."""
    asked, viewer = call.input, call.viewer
    found = asked_of(call, asked.cursor, asked.limit)
    try:
        page = await call.api.records.archive.search(found)
    except BadCursor as error:
        raise invalid("cursor", str(error)) from None
    directory = call.api.desk.directory
    items = [views.conversation(c, directory, viewer.detail) for c in page.items]
    matches = {of: list(map(views.match, some)) for of, some in page.matches.items()}
    return shapes.ConversationList(items, page.next, matches)


def asked_of(
    call: Call[requests.ArchiveQuery] | Call[requests.ExportQuery], cursor: str | None, limit: int
) -> Search:
    """The search that was asked for, within what the caller may see."""
    asked, viewer = call.input, call.viewer
    return Search(
        q=asked.q,
        state=asked.state,
        channel=asked.channel,
        agent=_agent_id(call, asked.agent),
        from_at=round(asked.from_.timestamp() * 1000) if asked.from_ else None,
        to_at=round(asked.to.timestamp() * 1000) if asked.to else None,
        visible_to=None if viewer.sees_all else viewer.id,
        cursor=cursor,
        limit=limit,
    )


async def accept(call: Call[Nothing]) -> shapes.Conversation:
    """Take what is offered to the caller."""
    conversation = await call.api.desk.accept(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def reject(call: Call[Nothing]) -> shapes.Conversation:
    """Give an offer back."""
    conversation = await call.api.desk.reject(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def requeue(call: Call[Nothing]) -> shapes.Conversation:
    """Put an active conversation back at its old place."""
    conversation = await call.api.desk.requeue(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def end(call: Call[Nothing]) -> shapes.Conversation:
    """End a talk, and the wrap-up opens; a bot ends what it opened, unless an agent has it."""
    if call.caller.is_bot:
        own = await readable(call)
        return await shown(call, await call.api.desk.finish(own.id, command_id=call.command_id))
    conversation = await call.api.desk.end(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def write_notes(call: Call[requests.Notes]) -> shapes.Conversation:
    """Save the caller's notes."""
    desk = call.api.desk
    return await shown(
        call, await desk.write_notes(call.caller.id, known_id(call), call.input.notes)
    )


async def close_wrap_up(call: Call[requests.WrapUpDone]) -> shapes.Conversation:
    """Close the caller's wrap-up; the next work may come."""
    conversation = await call.api.desk.close_wrap_up(
        call.caller.id,
        known_id(call),
        notes=call.input.notes,
        disposition=call.input.disposition,
        command_id=call.command_id,
    )
    return await shown(call, conversation)


async def explain(call: Call[Nothing]) -> shapes.Explanation:
    """Every agent, and why they can or cannot get it now; agents learn of themselves only."""
    conversation = await readable(call)
    verdicts = await call.api.desk.explain(conversation.id)
    return views.explanation([v for v in verdicts if _may_know(call, v)])


async def timeline(call: Call[Nothing]) -> shapes.Timeline:
    """What happened to it, oldest first, as far as it is archived (a moment ago)."""
    conversation = await readable(call)
    kept = await call.api.records.archive.find(conversation.id)
    entries = kept.timeline if kept else ()
    return views.timeline(entries, call.api.desk.directory, call.viewer)


async def heard(call: Call[Request]) -> Conversation:
    """As `readable`, and for a program that transcribes them a message that a caller left."""
    if call.caller.hears_messages and is_message(known_id(call)):
        found = await call.api.desk.conversation(known_id(call))
        if found.callback is not None and found.callback.recording:
            return found
    return await readable(call)


async def readable(call: Call[Request]) -> Conversation:
    """The conversation of the path, if the caller may see it. Raises Problem: not-found."""
    conversation = await call.api.desk.conversation(known_id(call))
    await call.api.hub.wait()
    viewer = call.viewer
    # Looked for only where nothing else decides: it goes through everything that is open.
    own = (c for c in call.api.hub.live.of_agent(viewer.id) if in_hand(viewer, c))
    if not may_read(viewer, conversation) and not any(_is_before(conversation, c) for c in own):
        raise not_found(NO_CONVERSATION)
    return conversation


def _is_before(earlier: Conversation, in_hand: Conversation) -> bool:
    """Whether it is an earlier one of the same customer."""
    follows = in_hand.parameters.get("follows") == earlier.id
    return follows or same_customer(earlier.customer, in_hand.customer)


async def shown(call: Call[Request], conversation: Conversation) -> shapes.Conversation:
    """The answer: the conversation with its transcript."""
    turns = (
        await call.api.records.transcripts.turns(conversation.id)
        if has_turns(conversation.id)
        else ()
    )
    return views.conversation(conversation, call.api.desk.directory, call.viewer.detail, turns)


async def told(call: Call[Request], conversation: Conversation) -> shapes.Conversation:
    """The answer to a program: as `shown`, where the live picture has the transcript from there."""
    hub = call.api.hub
    if not hub.knows_turns(conversation.id):
        return await shown(call, conversation)
    turns = hub.turns(conversation.id)
    return views.conversation(conversation, call.api.desk.directory, call.viewer.detail, turns)


def known_id(call: Call[Request]) -> str:
    """The `{id}` of the path, if it can be one. Raises Problem: not-found.

    Moves need no more: the desk refuses what is not the caller's, and a repeated move must be
    answered even when the conversation has gone to somebody else meanwhile.
    """
    if not is_id(call.id):
        raise not_found(NO_CONVERSATION)
    return call.id


def own_id(call: Call[Request]) -> str:
    """The `{id}` of the path, if the calling program opened it, which the id itself tells. Raises
    Problem: not-found. Whether there is such a conversation the desk says."""
    known = known_id(call)
    if not known.startswith(bot_mark(call.caller.id)):
        raise not_found(NO_CONVERSATION)
    return known


def is_id(text: str) -> bool:
    """Whether this can be an id of anything."""
    return 0 < len(text) <= 200 and text.isprintable()


def _may_know(call: Call[Request], verdict: Verdict) -> bool:
    return call.caller.is_supervisor or verdict.agent_id == call.caller.id


def _agent_id(call: Call[Request], handle: str | None) -> str | None:
    if handle is None:
        return None
    person = call.api.desk.directory.find_person(handle)
    return person.id if person else handle


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/inbox",
        inbox,
        summary="What waits for me, is offered to me, is mine",
        takes=requests.InboxQuery,
        answers=shapes.Inbox,
        roles=AGENTS,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "GET",
        f"{API}/conversations",
        search,
        summary="Search the archive, newest first",
        takes=requests.ArchiveQuery,
        answers=shapes.ConversationList,
        roles=AGENTS,
    ),
    route(
        "GET",
        ONE,
        get_conversation,
        summary="One conversation",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=AGENTS | BOTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
    route(
        "GET",
        f"{ONE}/timeline",
        timeline,
        summary="What happened to a conversation, oldest first",
        takes=Nothing,
        answers=shapes.Timeline,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
    route(
        "POST",
        f"{ONE}/accept",
        accept,
        summary="Take what is offered to me",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=AGENTS,
        problems=(*MOVE, P.LEG_NOT_ANSWERED),
    ),
    route(
        "POST",
        f"{ONE}/reject",
        reject,
        summary="Give an offer back",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "POST",
        f"{ONE}/requeue",
        requeue,
        summary="Put my conversation back at its old place",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "POST",
        f"{ONE}/end",
        end,
        summary="End my conversation; an agent's wrap-up opens",
        takes=Nothing,
        answers=shapes.Conversation,
        roles=AGENTS | BOTS,
        problems=MOVE,
    ),
    route(
        "PUT",
        f"{ONE}/notes",
        write_notes,
        summary="Save my notes",
        takes=requests.Notes,
        answers=shapes.Conversation,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "POST",
        f"{ONE}/wrap-up",
        close_wrap_up,
        summary="Close my wrap-up",
        takes=requests.WrapUpDone,
        answers=shapes.Conversation,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "GET",
        f"{ONE}/explain",
        explain,
        summary="Every agent, and why they can or cannot get it now (agents: themselves)",
        takes=Nothing,
        answers=shapes.Explanation,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
)
