"""Music on a caller's channel itself, where no bridge gives them any.

The dialplan begins it before the entry (dialplan/queue.conf): so it plays also while this process,
or its link to Asterisk, stands still. While the live queue does not answer we begin it: for who
comes from a bot and whose arrival nobody settles, and for whose agent hung up and whom nobody
brings anywhere. It ends before the call is brought anywhere: in a bridge it would sound over
everybody.
"""

from collections.abc import Callable

from app.telephony.ari_resources import Channels
from app.telephony.identify import room_agent
from app.telephony.mirror import Line, Mirror
from app.telephony.wants import HANDED_BACK

MUSIC = "RINGDESK_MUSIC"
"""Channel variable: music was begun on the channel."""
UNSETTLED_MS = 400
"""So long a caller may hear nothing."""


def has_music(line: Line) -> bool:
    """Whether music plays on the channel itself."""
    begun = line.variables.get(MUSIC) or line.variables.get(HANDED_BACK)
    return bool(begun) and not line.hushed


class HoldMusic:
    """Begins and ends it; `look` is run by a Keeper, one at a time per call."""

    def __init__(self, mirror: Mirror, channels: Channels, now: Callable[[], int]) -> None:
        self._mirror = mirror
        self._channels = channels
        self._now = now

    def found(self, line: Line) -> None:
        """A call of an earlier process was found: what says on it that music was begun is of before
        it was brought to where it stands."""
        line.hushed = line.bridge_id is not None and not self._is_left(line)

    def note_left(self, channel_id: str) -> bool:
        """Note whether a call was left by its agent's leg; true when it was, just now: it is to be
        looked at."""
        line = self._mirror.lines.get(channel_id)
        if line is None:
            return False
        if not self._is_left(line):
            line.left_since = None
        elif line.left_since is None:
            line.left_since = self._now()
            return True
        return False

    async def look(self, channel_id: str) -> float | None:
        """Begin it if nobody brings the caller anywhere; seconds until the next look. Raises
        AriError."""
        line = self._mirror.lines.get(channel_id)
        since = self._silent_since(line)
        if line is None or since is None:
            return None
        left = UNSETTLED_MS - (self._now() - since)
        if left > 0:
            return left / 1000
        async with line.at_music:
            await self._begin(line)
        return None

    async def end(self, line: Line) -> bool:
        """End it; false if it does not play. Raises AriError."""
        if not has_music(line):
            return False
        async with line.at_music:  # what begins and ends it must not overtake one another
            await self._channels.stopMoh(line.id)
            line.hushed = True  # only now: a link that breaks in between leaves it playing
        return True

    async def _begin(self, line: Line) -> None:
        if not line.up:
            await self._channels.answer(line.id)
        await self._channels.setChannelVars(line.id, {MUSIC: "1"})
        if self._silent_since(self._mirror.lines.get(line.id)) is None:
            return
        line.variables[MUSIC] = "1"
        line.hushed = False
        await self._channels.startMoh(line.id)

    def _silent_since(self, line: Line | None) -> int | None:
        """Since when they hear nothing from anybody (ms)."""
        if line is None or not line.in_app:
            return None
        if self._is_left(line):
            return None if has_music(line) else line.left_since
        begun = line.variables.get(MUSIC)  # who was handed back once may hear none any more
        unsettled = line.unsettled and line.bridge_id is None
        return line.came_at if unsettled and not begun else None

    def _is_left(self, line: Line) -> bool:
        """Whether they stand in an agent's bridge that the agent's leg has left."""
        if line.agent_id is not None or line.snoop is not None or line.ending:
            return False
        room = self._mirror.rooms.get(line.bridge_id or "")
        return room is not None and room_agent(room.name) is not None and room.channels <= {line.id}
