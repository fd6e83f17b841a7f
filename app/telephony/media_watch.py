"""Listens whether anything comes from agents' phones, for nobody would tell us that one is dead.

A contact that is out of reach alone proves nothing (a lost packet), nor does silence alone
(phones with silence suppression are healthy). Both together for two seconds do; for a browser,
which sends silence as packets, one second does. Silence alone makes a leg suspect, which its
agent is told, and ends it after a long time, but never while the customer speaks to it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.telephony.ari_errors import NotFound
from app.telephony.ari_resources import Channels
from app.telephony.endpoints import WEB_PREFIX
from app.telephony.facts import Fact, LegSilent
from app.telephony.mirror import Line, Mirror

SILENT_SECONDS = 2.0
WEB_SILENT_SECONDS = 1.0
LOOK_SECONDS = 0.5
"""Between two looks at a phone that is out of reach."""
CALM_SECONDS = 5.0
"""Between two looks at any other."""
SUSPECT_SECONDS = 15.0
"""Silence after which a leg is suspect."""


@dataclass(slots=True)
class _Heard:
    channel_id: str
    packets: int
    since: float
    """When the latest packet was counted, at the latest."""
    gone_since: float | None = None
    """Since when it is out of reach and silent."""
    told: bool | None = None
    """Whether the desk takes it for silent; None: nobody knows (an earlier process told)."""
    others: int | None = None
    """Packets from whoever is in a talk with it."""


class MediaWatch:
    """Watches legs; `look` is run by a Keeper, one at a time per agent.

    `silent_seconds` of silence alone end a leg; 0: they never do.
    """

    def __init__(
        self,
        mirror: Mirror,
        channels: Channels,
        tell: Callable[[Fact], None],
        now: Callable[[], int],
        *,
        silent_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._tell = tell
        self._now = now
        self._limit = silent_seconds
        self._clock = clock
        self._heard: dict[str, _Heard] = {}
        self.unreachable: set[str] = set()
        """Endpoints out of reach, as AMI tells."""

    def agents_on(self, endpoint: str) -> Iterable[str]:
        """Agents whose legs go over this endpoint."""
        legs = self._mirror.legs()
        return [line.agent_id for line in legs if line.agent_id and line.endpoint == endpoint]

    def is_new(self, agent_id: str) -> bool:
        """Whether the agent has a leg that stands and is not watched yet."""
        leg, heard = self._mirror.leg(agent_id), self._heard.get(agent_id)
        return leg is not None and _stands(leg) and (heard is None or heard.channel_id != leg.id)

    async def look(self, agent_id: str) -> float | None:
        """Compare packet counts; seconds until the next look, or None. Raises AriError."""
        leg = self._mirror.leg(agent_id)
        if leg is None or not _stands(leg):
            self._heard.pop(agent_id, None)
            return None
        heard = self._heard.get(agent_id)
        if heard is None or heard.channel_id != leg.id:
            # Noted before Asterisk is asked: it is looked at now, and not once more.
            heard = self._heard[agent_id] = _Heard(leg.id, -1, self._clock())
        try:
            packets = (await self._channels.rtpstatistics(leg.id)).rxcount
        except NotFound:
            return None
        if packets != heard.packets or leg.on_hold:
            self._speaks(agent_id, heard, packets)
        else:
            self._is_silent(agent_id, heard)
        if leg.endpoint in self.unreachable:
            return await self._look_closely(leg, heard)
        heard.gone_since = None
        if self._limit and self._silence(heard) >= self._limit and not await self._is_needed(leg):
            await self.lose(leg)
            return None
        return CALM_SECONDS

    def _silence(self, heard: _Heard) -> float:
        return self._clock() - heard.since

    def _speaks(self, agent_id: str, heard: _Heard, packets: int) -> None:
        first, heard.packets, heard.since = heard.packets < 0, packets, self._clock()
        heard.gone_since = heard.others = None
        if heard.told is not False and not first:
            heard.told = False
            self._tell(LegSilent(agent_id, heard.channel_id, False, self._now()))

    def _is_silent(self, agent_id: str, heard: _Heard) -> None:
        if heard.told is not True and self._silence(heard) >= SUSPECT_SECONDS:
            heard.told = True
            self._tell(LegSilent(agent_id, heard.channel_id, True, self._now()))

    async def _look_closely(self, leg: Line, heard: _Heard) -> float | None:
        """Its contact is out of reach, too."""
        if heard.gone_since is None:
            heard.gone_since = self._clock()
            return LOOK_SECONDS
        left = _patience(leg) - (self._clock() - heard.gone_since)
        if left > 0:
            return min(left, LOOK_SECONDS)
        await self.lose(leg)
        return None

    async def _is_needed(self, leg: Line) -> bool:
        """Whether somebody in its bridge speaks to it: their packets grew since the last look."""
        others = self._mirror.in_room(leg.bridge_id) - {leg.id}
        heard = self._heard.get(leg.agent_id or "")
        known = (self._mirror.lines.get(channel_id) for channel_id in others)
        if any(line is not None and line.snoop is not None for line in known):
            return True  # a supervisor, who listens to somebody
        if not others or heard is None:
            return False
        before, heard.others = heard.others, 0
        for channel_id in others:
            try:
                heard.others += (await self._channels.rtpstatistics(channel_id)).rxcount
            except NotFound:
                continue
        return heard.others != before

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


def _stands(leg: Line) -> bool:
    return leg.in_app and leg.up and not leg.lost


def _patience(leg: Line) -> float:
    return WEB_SILENT_SECONDS if leg.endpoint.startswith(WEB_PREFIX) else SILENT_SECONDS
