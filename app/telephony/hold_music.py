"""Music on a caller's channel itself, until they are in the queue's bridge, which has its own.

The dialplan begins it before the entry (dialplan/queue.conf): so it plays also while this process,
or its link to Asterisk, stands still. Who comes from a bot gets it once their arrival is unsettled
for a while, which is when the live queue does not answer. It ends before the call is brought
anywhere: in a bridge it would sound over everybody.
"""

from collections.abc import Callable

from app.telephony.ari_resources import Channels
from app.telephony.mirror import Line, Mirror
from app.telephony.wants import HANDED_BACK

MUSIC = "RINGDESK_MUSIC"
"""Channel variable: music was begun on the channel."""
UNSETTLED_MS = 400
"""So long a caller from a bot may hear nothing."""


class HoldMusic:
    """Begins and ends it; `look` is run by a Keeper, one at a time per call."""

    def __init__(self, mirror: Mirror, channels: Channels, now: Callable[[], int]) -> None:
        self._mirror = mirror
        self._channels = channels
        self._now = now

    async def look(self, channel_id: str) -> float | None:
        """Begin it if nobody settles the arrival; seconds until the next look. Raises AriError."""
        line = self._mirror.lines.get(channel_id)
        if not self._is_missing(line):
            return None
        assert line is not None
        left = UNSETTLED_MS - (self._now() - line.came_at)
        if left > 0:
            return left / 1000
        if not line.up:
            await self._channels.answer(line.id)
        await self._channels.setChannelVars(line.id, {MUSIC: "1"})
        if self._is_missing(self._mirror.lines.get(channel_id)):
            line.variables[MUSIC] = "1"
            line.hushed = False
            await self._channels.startMoh(line.id)
        return None

    async def end(self, line: Line) -> bool:
        """End it; false if it does not play. Raises AriError."""
        begun = line.variables.get(MUSIC) or line.variables.get(HANDED_BACK)
        if not begun or line.hushed:
            return False
        await self._channels.stopMoh(line.id)
        line.hushed = True  # only now: a link that breaks in between leaves it playing
        return True

    def _is_missing(self, line: Line | None) -> bool:
        if line is None or not line.in_app or not line.unsettled:
            return False
        return not line.variables.get(MUSIC) and line.bridge_id is None
