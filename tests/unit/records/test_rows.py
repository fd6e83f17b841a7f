"""The archive keeps up with the domain."""

from dataclasses import fields

from app.domain.conversation import Conversation, Segment
from app.records.archive_rows import conversation_row, segment_rows
from app.records.schema import conversations, segments
from tests.integration.records.given import a_finished_conversation

LIVE_ONLY = {
    *("rejoin_until", "excluded", "held", "muted", "recording_paused"),
    *("forward_to", "forward_joined", "consult", "supervisors"),
}
"""What is lost with the live queue, on purpose (DESIGN, "Who holds the truth")."""
ELSEWHERE = {
    "customer": "customer_name",
    "offer": "offered_to",
    "segments": "id",
    "exit_key": "way_out",
    "leave_at": "way_out",
    "result": "way_out",
    "choices": "way_out",
}


def test_every_field_of_a_conversation_is_archived_or_live_only() -> None:
    columns = set(conversation_row(a_finished_conversation()))
    assert columns == set(conversations.columns.keys())
    kept = {ELSEWHERE.get(field.name, field.name) for field in fields(Conversation)} - LIVE_ONLY
    assert kept <= columns


def test_every_field_of_a_segment_is_archived_or_live_only() -> None:
    columns = set(segment_rows(a_finished_conversation())[0])
    assert columns == set(segments.columns.keys())
    # a wrap-up that is restored gets its whole time again
    assert {field.name for field in fields(Segment)} - {"wrap_up_until"} <= columns
