"""Messages that callers left in Asterisk while Ringdesk was away: recordings, and notes on them.

The dialplan (`dialplan/message.conf`) records into Asterisk's spool and writes its notes into
Asterisk's database first. Both are read and removed over ARI and AMI, because Asterisk may be in
another container. Values in the notes are URI-encoded.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

from app.telephony.ami import AmiError, AmiLink
from app.telephony.ari_errors import LinkDown, NotFound
from app.telephony.ari_resources import Channels, Recordings
from app.telephony.mirror import Mirror
from app.telephony.talk_recorder import being_written, conversation_of

FAMILY = "ringdesk-message"
NAME = re.compile(r"ringdesk-message-[0-9]{1,20}-[0-9A-Za-z.]{1,150}")
CHANNEL = "channel"
"""The note that says on which channel the caller speaks, or spoke."""


@dataclass(frozen=True, slots=True)
class LeftMessage:
    """What one caller left; a recording without notes has lost them, notes without one may be of
    a caller who is about to speak."""

    name: str
    recorded: bool
    notes: Mapping[str, str] = field(default_factory=dict)


class Spool:
    """Asterisk's side of the messages. Every method raises AriError."""

    def __init__(
        self, recordings: Recordings, channels: Channels, ami: AmiLink | None, mirror: Mirror
    ) -> None:
        self._mirror = mirror
        self._recordings = recordings
        self._channels = channels
        self._ami = ami

    async def messages(self) -> list[LeftMessage]:
        """Every message, oldest first by its name. Notes are read first: who begins to speak
        in between has them in time for the next look, never a recording without notes."""
        stored = {
            r.name for r in await self._recordings.listStored() if NAME.fullmatch(r.name)
        }  # fmt: skip
        notes = await self._notes()
        names = sorted(stored | notes.keys())
        return [LeftMessage(name, name in stored, notes.get(name, {})) for name in names]

    async def talks(self) -> set[str]:
        """The names of recorded talks that grow no longer."""
        stored = {r.name for r in await self._recordings.listStored()}
        return {n for n in stored if conversation_of(n)} - being_written(self._mirror)

    async def fetch_talk(self, name: str) -> bytes:
        """A recorded talk's file. Raises NotFound, too."""
        return await self._recordings.getStoredFile(name)

    async def remove_talk(self, name: str) -> None:
        """Take a recorded talk away; one that is gone already is fine."""
        if conversation_of(name) is None:
            raise ValueError(name)
        with suppress(NotFound):
            await self._recordings.deleteStored(name)

    async def is_spoken(self, message: LeftMessage) -> bool:
        """Whether the caller is still there: what they say is not complete yet."""
        channel_id = message.notes.get(CHANNEL)
        if not channel_id:
            return False
        try:
            await self._channels.get(channel_id)
        except NotFound:
            return False
        return True

    async def fetch(self, message: LeftMessage) -> bytes:
        """The recording's file. Raises NotFound, too."""
        return await self._recordings.getStoredFile(message.name)

    async def remove(self, message: LeftMessage) -> None:
        """Take away recording, then notes; what is gone already is fine."""
        if not NAME.fullmatch(message.name):
            raise ValueError(message.name)
        if message.recorded:
            with suppress(NotFound):
                await self._recordings.deleteStored(message.name)
        if message.notes and self._ami is not None:
            with suppress(AmiError):  # "Database entry not found"
                await self._ami.action("DBDelTree", Family=FAMILY, Key=message.name)

    async def _notes(self) -> dict[str, dict[str, str]]:
        if self._ami is None or not self._ami.connected:
            raise LinkDown("AMI is not connected: a message's notes cannot be read")
        try:
            entries = await self._ami.action("DBGetTree", Family=FAMILY)
        except AmiError:
            return {}  # "Database entry not found"
        found: dict[str, dict[str, str]] = {}
        for entry in entries:
            family, _, rest = entry.get("key", "").lstrip("/").partition("/")
            name, _, what = rest.partition("/")
            if family == FAMILY and NAME.fullmatch(name) and what:
                found.setdefault(name, {})[what] = unquote(entry.get("val", ""), errors="replace")
        return found
