"""Ends legs whose phone is out of reach and silent: nobody would tell us that they are dead.

A contact that is out of reach alone proves nothing (a lost packet), nor does silence alone
(phones with silence suppression are healthy). Both together for two seconds do; for a browser,
which sends silence as packets, one second does.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.telephony.ari_errors import NotFound
from app.telephony.ari_resources import Channels
from app.telephony.endpoints import WEB_PREFIX
from app.telephony.mirror import Line, Mirror

SILENT_SECONDS = 2.0
WEB_SILENT_SECONDS = 1.0
LOOK_SECONDS = 0.5


@dataclass(slots=True)
class _Heard:
    channel_id: str
    packets: int
    since: float


class MediaWatch:
    """Watches legs of unreachable endpoints; `look` is run by a Keeper, one at a time per agent."""

    def __init__(
        self, mirror: Mirror, channels: Channels, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._clock = clock
        self._heard: dict[str, _Heard] = {}
        self.unreachable: set[str] = set()
        """Endpoints out of reach, as AMI tells."""

    def agents_on(self, endpoint: str) -> Iterable[str]:
        """Agents whose legs go over this endpoint."""
        legs = self._mirror.legs()
        return [line.agent_id for line in legs if line.agent_id and line.endpoint == endpoint]

    async def look(self, agent_id: str) -> float | None:
        """Compare packet counts; seconds until the next look, or None. Raises AriError."""
        leg = self._mirror.leg(agent_id)
        if leg is None or not leg.in_app or leg.endpoint not in self.unreachable or leg.lost:
            self._heard.pop(agent_id, None)
            return None
        try:
            packets = (await self._channels.rtpstatistics(leg.id)).rxcount
        except NotFound:
            return None
        heard = self._heard.get(agent_id)
        if heard is None or heard.channel_id != leg.id or heard.packets != packets:
            self._heard[agent_id] = _Heard(leg.id, packets, self._clock())
            return LOOK_SECONDS
        left = _patience(leg) - (self._clock() - heard.since)
        if left > 0:
            return min(left, LOOK_SECONDS)
        await self.lose(leg)
        return None

    async def lose(self, leg: Line) -> None:
        """End a leg whose phone is gone: that is a loss, not a hang-up. Raises AriError."""
        leg.lost = True
        try:
            await self._channels.hangup(leg.id)
        except NotFound:
            return
        except BaseException:
            leg.lost = False
            raise


def _patience(leg: Line) -> float:
    return WEB_SILENT_SECONDS if leg.endpoint.startswith(WEB_PREFIX) else SILENT_SECONDS
