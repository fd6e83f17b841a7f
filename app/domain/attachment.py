"""A file that somebody sends along: what it may be called and what it may be. Pure.

What a file is, its name's ending says: by it the receiver's machine opens it, whatever its sender
told. So the ending decides what is taken, and the media type follows from it.
"""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

NAME_LENGTH = 150
"""Characters of a name; longer ones lose their middle and keep their ending."""
NO_NAME = "file"
UNKNOWN = "application/octet-stream"
UNSENT_EACH = 20
"""Files that one uploader may have here without sending them."""
UNSENT_HOURS = 24
"""After which a file that was not sent is removed."""
MEGABYTE = 1024 * 1024

TYPES: Final[Mapping[str, str]] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "bmp": "image/bmp",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/x-wav",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "zip": "application/zip",
}
"""Endings that may be sent unless a setting says otherwise, and their media types."""
SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that pages may show as pictures; every other one is told as unknown bytes."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file in the store. `size` in bytes, instants in ms."""

    id: str
    conversation_id: str | None
    """None as long as a customer's first message is not sent."""
    message_seq: int | None
    """The message that it went with; None until it is sent."""
    uploader: str
    """`agent:`, `bot:` or `visitor:` with an id; or what a mailbox calls itself."""
    name: str
    type: str
    size: int
    sha256: str
    path: str
    """Within the store's folder."""
    created_at: int
    scanned: bool
    """A scanner has looked at it."""


def clean_name(name: str) -> str:
    """One printable line without any path; what turns the direction of writing is taken out, for
    with it `gpj.exe` looks like a picture."""
    base = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in base if unicodedata.category(c)[0] not in "CZ" or c == " ")
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > NAME_LENGTH:
        stem, ending = kept[:NAME_LENGTH], ending_of(kept)
        kept = f"{stem[: NAME_LENGTH - 1 - len(ending)]}.{ending}" if ending else stem
    return kept or NO_NAME


def ending_of(name: str) -> str:
    """What stands behind the last dot, in small letters; empty where there is none."""
    stem, dot, ending = name.rpartition(".")
    known = dot and stem and ending.isascii() and ending.isalnum() and len(ending) <= 10
    return ending.lower() if known else ""


def media_type(name: str) -> str:
    """By the name's ending."""
    return TYPES.get(ending_of(name), UNKNOWN)


def may_be_sent(name: str, endings: Collection[str]) -> bool:
    """Whether files with this name's ending are taken."""
    return ending_of(name) in endings


def served_as(type: str) -> str:
    """The media type that a download is told with: never one that a browser would run."""
    return type if type in SHOWN else UNKNOWN
