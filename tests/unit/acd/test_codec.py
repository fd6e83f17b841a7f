"""Small things that need no server."""

import pytest

from app.acd import codec
from app.acd.connection import text
from app.acd.errors import EpochLost, NotYours, from_reply
from app.acd.limits import checked_id, checked_skills
from app.acd.scripts import flattened
from app.acd.stream import _entries
from app.domain.events import EventType


def test_an_entry_keeps_the_types_of_its_data() -> None:
    event = codec.event(
        "1-2", {"type": "offer_rang", "at": "5", "agent": "ana", "n:attempt": "3", "d:cause": "7"}
    )
    assert (event.type, event.at, event.agent_id, event.conversation_id) == (
        EventType.OFFER_RANG,
        5,
        "ana",
        None,
    )
    assert event.data == {"attempt": 3, "cause": "7"}


def test_skills_are_sorted_and_each_stands_once() -> None:
    assert checked_skills(["b", "a", "b"], 2) == "a\nb"
    assert codec.ids("a\nb") == ("a", "b")
    assert codec.ids("") == codec.ids(None) == ()


@pytest.mark.parametrize("bad", ["", "x" * 201, "a\nb", "a\x00", "\x7f"])
def test_ids_that_would_break_the_keys_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="agent"):
        checked_id(bad, "agent")


def test_what_is_none_is_not_sent() -> None:
    assert flattened({"a": None, "b": False, "c": "", "d": 7}) == ["b", 0, "c", "", "d", 7]


def test_error_replies_become_our_errors() -> None:
    assert isinstance(from_reply("NOT_YOURS it is not yours"), NotYours)
    assert isinstance(from_reply("EPOCH gone"), EpochLost)
    assert from_reply("ERR unknown command") is None


def test_replies_of_both_protocols_read_alike() -> None:
    entry = ("1-1", {"type": "x"})
    assert _entries([["s", [entry]]]) == [entry]
    assert _entries({"s": [[entry]]}) == [entry]
    assert _entries({"s": [entry]}) == [entry]
    assert _entries([]) == _entries(None) == _entries({}) == []
    assert text([b"a", (b"b", {b"c": 1}), "d", None]) == ["a", ("b", {"c": 1}), "d", None]
