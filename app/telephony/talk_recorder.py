"""Recording of talks: MixMonitor on the customer's own channel, compared with what is wanted.

Why MixMonitor and not a recording of a bridge: it hangs on the customer's channel, so it goes
along from bridge to bridge (transfers, consults, conferences) and has exactly what the customer
hears and says; it is Asterisk's own, so a killed service leaves it running; and the file grows as
the talk goes on, so what was said before a crash of Asterisk is there. A snoop channel would be a
call of its own in our application, to be told from customers at each reconcile.

The channel's variable says which file is being written, and comes with every list of channels: so
the next start knows. A name behind a question mark was asked for, and nobody knows with what
result: that one is ended, and a new part begins. A pause ends the part, and what follows is
another one: what is said in between reaches no file.
"""

import base64
import contextlib
import logging
import re
from collections.abc import Callable

from app.telephony.ami import AmiError, AmiLink
from app.telephony.ari_errors import AriError, LinkDown, NotFound
from app.telephony.ari_resources import Channels
from app.telephony.mirror import Line, Mirror
from app.telephony.notice import HEARD
from app.telephony.wants import CallWant

log = logging.getLogger("ringdesk.recording")

RECORDING = "RINGDESK_RECORDING"
"""Channel variable: the name of the file that is being written."""
PREFIX = "ringdesk-talk-"
NAME = re.compile(r"ringdesk-talk-([0-9]{1,16})-([0-9A-Za-z_-]{1,200})")
FOLDER = "../recording"
"""From MixMonitor's own folder to the one that ARI lists and fetches (both in the spool)."""


class TalkRecorder:
    """`look` is run by a Keeper, one at a time per call."""

    def __init__(
        self,
        mirror: Mirror,
        channels: Channels,
        ami: AmiLink | None,
        wants: Callable[[str], CallWant | None],
        now: Callable[[], int],
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._ami = ami
        self._wants = wants
        self._now = now

    def settled(self, channel_id: str) -> bool:
        """Whether a look would find nothing to do."""
        want, line = self._wants(channel_id), self._mirror.lines.get(channel_id)
        if want is None or line is None or not line.in_app or line.ending:
            return True
        written = line.variables.get(RECORDING, "")
        return not written.startswith("?") and bool(written) is self._wanted(want, line)

    async def look(self, channel_id: str) -> None:
        """Begin or end. Raises AriError."""
        want, line = self._wants(channel_id), self._mirror.lines.get(channel_id)
        if want is None or line is None or self.settled(channel_id):
            return
        if line.variables.get(RECORDING):
            await self.stop(line)
        if self._wanted(want, line) and self._wants(channel_id) is want:
            await self._start(line, want)

    def _wanted(self, want: CallWant, line: Line) -> bool:
        """Between two bridges it goes on; it begins with somebody to talk to."""
        if not want.record or line.variables.get(RECORDING):
            return want.record
        talks = line.bridge_id is not None and line.bridge_id != self._mirror.waiting_id
        return talks and HEARD in line.variables

    async def stop(self, line: Line) -> None:
        """End what is being written of this call, if anything is. Raises AriError."""
        if not line.variables.get(RECORDING):
            return
        with contextlib.suppress(AmiError):  # none was running: it was asked for in vain
            await self._act("StopMixMonitor", Channel=line.id)
        await self._note(line, "")

    async def _start(self, line: Line, want: CallWant) -> None:
        name = f"{PREFIX}{self._now()}-{_safe(want.conversation_id)}"
        if not NAME.fullmatch(name):
            return
        await self._note(line, f"?{name}")
        await self._act("MixMonitor", Channel=line.id, File=f"{FOLDER}/{name}.wav")
        await self._note(line, name)

    async def _note(self, line: Line, name: str) -> None:
        line.variables[RECORDING] = name
        try:
            await self._channels.setChannelVars(line.id, {RECORDING: name})
        except NotFound:
            log.debug("call %s is over", line.id)

    async def _act(self, action: str, **fields: str) -> None:
        if self._ami is None or not self._ami.connected:
            raise LinkDown("AMI is not connected: a recording cannot begin or end")
        await self._ami.action(action, **fields)

    async def release(self, line: Line) -> None:
        """The call leaves us: nothing of what follows is recorded, as far as it can be helped."""
        try:
            await self.stop(line)
        except AriError as error:
            log.warning("the recording of %s could not be ended: %s", line.id, error)


def conversation_of(name: str) -> tuple[str, int] | None:
    """Whose recording it is, and since when (ms); None when it is none of ours."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    safe = found[2]
    try:
        padded = safe + "=" * (-len(safe) % 4)
        return base64.urlsafe_b64decode(padded).decode(), int(found[1])
    except (ValueError, UnicodeError):
        return None


def being_written(mirror: Mirror) -> set[str]:
    """The names of the files that grow now."""
    return {line.variables.get(RECORDING, "").lstrip("?") for line in mirror.lines.values()}


def _safe(conversation_id: str) -> str:
    return base64.urlsafe_b64encode(conversation_id.encode()).decode().rstrip("=")
