"""The archive stores each event once and gives back what happened."""

from dataclasses import replace

import pytest

from app.domain.conversation import Customer, Segment, State, WrapUp
from app.domain.events import EventType
from app.records import Records, Turn
from tests.integration.records.given import (
    T0,
    a_conversation,
    a_finished_conversation,
    an_item,
    an_offer,
)


async def test_a_conversation_comes_back_as_it_was(records: Records) -> None:
    # given a conversation with every field filled
    finished = a_finished_conversation()
    # when it is archived, then it reads the same
    await records.archive.apply([an_item(1, finished)])
    found = await records.archive.find("c1")
    assert found is not None
    assert found.conversation == finished


async def test_the_timeline_has_every_event_in_the_streams_order(records: Records) -> None:
    # given a story whose sequence numbers do not sort as text
    waiting = a_conversation()
    offered = replace(waiting, state=State.OFFERED, offer=an_offer("ana"))
    active = replace(waiting, state=State.ACTIVE, agent_id="ana", segments=(Segment("ana", T0),))
    story = [
        an_item(9, waiting, EventType.CONVERSATION_QUEUED),
        an_item(10, offered, EventType.CONVERSATION_OFFERED, "ana"),
        an_item(11, None, EventType.AGENT_CHANGED, "ana"),
        an_item(100, active, EventType.OFFER_ACCEPTED, "ana"),
    ]
    # when it is archived
    await records.archive.apply(story)
    # then the last state stands, and the timeline has what concerns the conversation
    found = await records.archive.find("c1")
    assert found is not None
    assert found.conversation.state is State.ACTIVE
    assert [(e.type, e.agent_id) for e in found.timeline] == [
        (EventType.CONVERSATION_QUEUED, None),
        (EventType.CONVERSATION_OFFERED, "ana"),
        (EventType.OFFER_ACCEPTED, "ana"),
    ]
    assert found.timeline[0].stream_id == f"{T0}-9"
    assert found.timeline[0].data == {"number": 9}
    assert await records.archive.cursor() == f"{T0}-100"


async def test_a_repeated_or_older_item_is_ignored(records: Records) -> None:
    first = an_item(1, a_conversation())
    second = an_item(2, a_conversation(state=State.CLOSED))
    await records.archive.apply([first, second])
    await records.archive.apply([first])
    await records.archive.apply([first, second])
    await records.archive.apply([])
    found = await records.archive.find("c1")
    assert found is not None
    assert found.conversation.state is State.CLOSED
    assert len(found.timeline) == 2
    assert await records.archive.cursor() == f"{T0}-2"


async def test_an_event_of_a_forgotten_conversation_is_still_stored(records: Records) -> None:
    # given a conversation that the queue has dropped by the time its event is read
    await records.archive.apply([an_item(1, a_conversation())])
    last = an_item(2, a_conversation())
    await records.archive.apply([replace(last, conversation=None)])
    found = await records.archive.find("c1")
    assert found is not None and len(found.timeline) == 2


async def test_a_bad_stream_id_is_refused_and_stores_nothing(records: Records) -> None:
    good = an_item(1, a_conversation())
    with pytest.raises(ValueError, match="invalid literal"):
        await records.archive.apply([good, replace(good, stream_id="x-1")])
    assert await records.archive.cursor() == "0-0"
    assert await records.archive.find("c1") is None


async def test_open_conversations_can_be_rebuilt_from_the_archive(records: Records) -> None:
    older = a_conversation("c1", created_at=T0 - 10, routed_to="ana", channel_id="chan")
    newer = a_conversation("c2", state=State.WRAP_UP, segments=(Segment("ana", T0),))
    closed = a_conversation("c3", state=State.CLOSED)
    items = [an_item(n, one) for n, one in enumerate([closed, newer, older], 1)]
    await records.archive.apply(items)
    assert await records.archive.open() == [older, newer]


async def test_what_a_caller_sends_never_stops_the_archive(records: Records) -> None:
    # given a hand-over full of what databases refuse
    hostile = a_conversation(
        customer=Customer("Robert'); DROP TABLE\x00 people;--\ud83d", "+1\r\nAction: x", None),
        parameters={"nul\x00": "a\x00b", "huge": float("inf"), "no": float("nan"), "s": "\udc00"},
        sentiment=float("nan"),
        reason="x" * 200_000,
        flow={"steps": [float("-inf")]},
    )
    # when it is archived, then it is stored, with only those characters replaced
    await records.archive.apply([an_item(1, hostile)])
    found = await records.archive.find("c1")
    assert found is not None
    assert found.conversation.customer.name == "Robert'); DROP TABLE\ufffd people;--\ufffd"
    assert found.conversation.parameters["huge"] is None
    assert found.conversation.flow == {"steps": [None]}
    assert len(found.conversation.reason or "") == 200_000


async def test_notes_are_stored_as_they_are_typed_each_in_its_own_part(records: Records) -> None:
    # given Ana's part of a talk with her notes, and Ben's after it
    hers = Segment("ana", T0, T0 + 50, "transfer", WrapUp.OPEN, notes="wants")
    his = Segment("ben", T0 + 60, notes="asked for the invoice")
    await records.archive.apply([an_item(1, a_conversation(segments=(hers, his)))])
    assert await _notes(records) == ["wants", "asked for the invoice"]
    # when she types on, then the archive has her newest words, and his are as they were
    hers = replace(hers, notes="wants a refund")
    await records.archive.apply([an_item(2, a_conversation(segments=(hers, his)))])
    assert await _notes(records) == ["wants a refund", "asked for the invoice"]
    # and when she empties them and closes, nothing older comes back, nor into a later part
    hers = replace(hers, wrap_up=WrapUp.CLOSED, notes="")
    later = Segment("ana", T0 + 90)
    await records.archive.apply([an_item(3, a_conversation(segments=(hers, his, later)))])
    assert await _notes(records) == ["", "asked for the invoice", ""]


async def test_turns_are_stored_once_in_order(records: Records) -> None:
    turns = [Turn("b", "bot", "Hello", T0), Turn("a", "customer", "Hi", T0)]
    await records.transcripts.add_turns("c1", turns)
    await records.transcripts.add_turns("c1", [*turns, Turn("c", "bot", "How can I help?", T0)])
    await records.transcripts.add_turns("c2", [Turn("a", "bot", "another call", T0)])
    assert [t.text for t in await records.transcripts.turns("c1")] == [
        "Hello",
        "Hi",
        "How can I help?",
    ]
    await records.archive.apply([an_item(1, a_conversation())])
    found = await records.archive.find("c1")
    assert found is not None and [t.id for t in found.transcript] == ["b", "a", "c"]


async def _notes(records: Records) -> list[str]:
    found = await records.archive.find("c1")
    assert found is not None
    return [part.notes for part in found.conversation.segments]
