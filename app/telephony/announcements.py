"""Tells waiting callers their place, from time to time and never a worse one than before.

Played on the caller's own channel, so that nobody else hears it; the call's next move stops it
first (a playback blocks its channel's move until it ends).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.telephony.ari_errors import AriError
from app.telephony.ari_resources import Channels
from app.telephony.mirror import Line, Mirror
from app.telephony.sounds import Sounds
from app.telephony.wants import CallWant, Place

TOLD = "RINGDESK_TOLD"
"""Channel variable: the best place told so far. It survives our restart."""


@dataclass(slots=True)
class _Said:
    best: int | None
    next_at: float


class Announcements:
    """When each caller is told what; `look` is run by a Keeper, one at a time per call."""

    def __init__(
        self,
        mirror: Mirror,
        channels: Channels,
        sounds: Sounds,
        wants: Callable[[str], CallWant | None],
        *,
        first_seconds: float,
        every_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._sounds = sounds
        self._wants = wants
        self._first = first_seconds
        self._every = every_seconds
        self._clock = clock
        self._said: dict[str, _Said] = {}

    def forget(self, channel_id: str) -> None:
        """The call is no more."""
        self._said.pop(channel_id, None)

    async def look(self, channel_id: str) -> float | None:
        """Announce if it is time; seconds until the next look, or None. Raises AriError."""
        want, line = self._waiting(channel_id)
        if want is None or line is None:
            return None
        said = self._said.get(channel_id)
        if said is None:
            said = _Said(_number(line.variables.get(TOLD)), self._clock() + self._first)
            self._said[channel_id] = said
        left = said.next_at - self._clock()
        if left > 0:
            return left
        if line.sound is not None:
            return None  # touched again when it ends
        place = min(want.position or 1, said.best or want.position or 1)
        await self._remember(line, place)
        if self._waiting(channel_id)[0] is None:
            return None
        said.best = place
        said.next_at = self._clock() + self._every
        await self._sounds.play(line, sentence(place, want.exit_key), want.language)
        return self._every

    def _waiting(self, channel_id: str) -> tuple[CallWant | None, Line | None]:
        """The want and the channel of a caller who waits in the holding bridge with a place."""
        want = self._wants(channel_id)
        line = self._mirror.lines.get(channel_id)
        if want is None or want.place is not Place.WAITING or want.position is None:
            return None, None
        if line is None or line.bridge_id is None or line.bridge_id != self._mirror.waiting_id:
            return None, None
        return want, line

    async def _remember(self, line: Line, place: int) -> None:
        if line.variables.get(TOLD) == str(place):
            return
        try:
            await self._channels.setChannelVars(line.id, {TOLD: str(place)})
        except AriError:
            return  # only a restart would miss it
        line.variables[TOLD] = str(place)


def sentence(place: int, exit_key: str | None = None) -> tuple[str, ...]:
    """The media of an announcement, from Asterisk's core sounds (as app_queue says it).

    With the key that leads out of the queue: as the dialplan comes, to leaving a message.
    """
    told: tuple[str, ...] = ("sound:queue-youarenext",)
    if place > 1:
        told = ("sound:queue-thereare", f"number:{place}", "sound:queue-callswaiting")
    way_out = ("sound:vm-press", f"characters:{exit_key}", "sound:vm-for", "sound:vm-message")
    return (*told, *(way_out if exit_key else ()), "sound:queue-thankyou")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 7 else None
