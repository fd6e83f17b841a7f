"""Keeps on each call's channel what a rebuild of the queue would need, as channel variables.

A look of its own, beside the call's: a variable is set by the channel's own thread, which waits
for a playback to end, and nothing else may wait for that.
"""

from collections.abc import Callable

from app.telephony.ari_resources import Channels
from app.telephony.mirror import Line, Mirror
from app.telephony.wants import CallWant

VALUE_LIMIT = 2000
"""Characters of one variable; longer ones are cut, for the dialplan's sake."""


class Breadcrumbs:
    """Sets the variables that differ; `look` is run by a Keeper, one at a time per call."""

    def __init__(
        self, mirror: Mirror, channels: Channels, wants: Callable[[str], CallWant | None]
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._wants = wants

    def missing(self, channel_id: str) -> dict[str, str]:
        """Variables that should stand on the channel and do not; empty while something plays."""
        want = self._wants(channel_id)
        line = self._mirror.lines.get(channel_id)
        if want is None or line is None or not line.in_app or line.unsettled or line.sound:
            return {}
        return _difference(want, line)

    async def look(self, channel_id: str) -> None:
        """Set what is missing. Raises AriError."""
        missing = self.missing(channel_id)
        line = self._mirror.lines.get(channel_id)
        if missing and line is not None:
            await self._channels.setChannelVars(channel_id, missing)
            line.variables.update(missing)


def _difference(want: CallWant, line: Line) -> dict[str, str]:
    wanted = {name: value[:VALUE_LIMIT] for name, value in want.variables.items()}
    return {n: v for n, v in wanted.items() if line.variables.get(n) != v}
