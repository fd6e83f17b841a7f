"""Starting and ending what a channel hears by itself: announcements and ring tones."""

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
