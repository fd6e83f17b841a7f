"""Starting and ending what a channel hears by itself: announcements and ring tones.

A stop that falls into a number or a key that Asterisk says by its own rules is lost: 204, and the
next piece plays (res_stasis_playback.c, where `ast_say_number` and the like pass the stop over;
seen on 22.10). Then PlaybackStarted comes once more, and the stop is asked for again.
"""

import contextlib
from collections.abc import Iterable

from app.telephony.ari_errors import AriError, LinkDown, NotFound, Timeout
from app.telephony.ari_resources import Channels, Playbacks
from app.telephony.mirror import Line, Mirror


class Sounds:
    """Plays and stops. Both go over the WebSocket, so a stop never overtakes its play."""

    def __init__(self, channels: Channels, playbacks: Playbacks, mirror: Mirror) -> None:
        self._channels = channels
        self._playbacks = playbacks
        self._mirror = mirror

    async def play(
        self, line: Line, media: Iterable[str], language: str, conversation_id: str | None = None
    ) -> None:
        """Play on a channel; the playback is known before Asterisk is asked. Raises AriError."""
        sound = self._mirror.play(line, conversation_id)
        try:
            await self._channels.play(line.id, sound.id, media, language)
        except (LinkDown, Timeout):
            raise  # it may play: the sound stays known, and the next reconcile tells
        except AriError:
            self._mirror.silence(sound.id)
            raise

    async def stop(self, line: Line) -> None:
        """End what plays on a channel, if anything does. Raises AriError."""
        sound = line.sounding
        if sound is None:
            return
        sound.stopped = True
        try:
            with contextlib.suppress(NotFound):  # it came to its end at the same instant
                await self._playbacks.stop(sound.id)
        except AriError:
            sound.stopped = False
            raise

    async def look(self, channel_id: str) -> float | None:
        """Stop once more what goes on though it was stopped. Raises AriError."""
        line = self._mirror.lines.get(channel_id)
        if line is not None and line.sound is not None and line.sound.stopped:
            with contextlib.suppress(NotFound):
                await self._playbacks.stop(line.sound.id)
        return None
