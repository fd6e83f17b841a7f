"""What the API answers about recordings of talks."""

from msgspec import Struct

from app.api.shapes import Instant


class TalkRecording(Struct, frozen=True):
    """One part of a recorded talk: until a pause, a hold, or the end."""

    id: str
    at: Instant
    seconds: float


class TalkRecordingList(Struct, frozen=True):
    """All parts of one conversation, oldest first."""

    items: list[TalkRecording]
    next: str | None = None
