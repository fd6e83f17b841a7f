"""Whether an agent is heard: the leg's mute is compared with what is wanted, and set.

A leg that is to be muted is so before a customer comes into its bridge, and one that is not is
heard from the first word on.
"""

from collections.abc import Callable

from app.telephony.ari_resources import Channels
from app.telephony.mirror import Line


class Mutes:
    """Mutes legs and lifts it. Both go over the WebSocket, so the later one counts."""

    def __init__(self, channels: Channels, wanted: Callable[[str], bool]) -> None:
        self._channels = channels
        self._wanted = wanted

    async def settle(self, leg: Line) -> bool:
        """Set what is not as wanted; false if there was nothing to do. Raises AriError."""
        wanted = self._wanted(leg.agent_id or "")
        if leg.muted is wanted:
            return False
        leg.muted = None  # until the answer comes; without one it is set again
        await (self._channels.mute(leg.id) if wanted else self._channels.unmute(leg.id))
        leg.muted = wanted
        return True
