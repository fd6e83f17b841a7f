"""Putting a channel into a bridge: one addChannel, and what each refusal of it means."""

from app.telephony.ari_errors import AriError, BadRequest, NotFound
from app.telephony.ari_resources import Bridges
from app.telephony.mirror import Line, Mirror

EVENT_SECONDS = 0.2
"""How long events may take to say where a channel is."""


class Moves:
    """Moves channels between bridges."""

    def __init__(self, bridges: Bridges, mirror: Mirror) -> None:
        self._bridges = bridges
        self._mirror = mirror

    async def into(self, line: Line, room_id: str) -> float:
        """Move a channel; seconds until the next look at it.

        The reply can come before the event that says the same, and an event about an earlier
        move after it. Where the two do not agree, the events get time to tell: a move that is
        repeated for nothing is heard, for the channel leaves the bridge and enters it again.
        Raises AriError: NotFound when the bridge is gone (and forgotten here), Unprocessable when
        the channel is not in our application. A channel that is gone (400) is left to its event.
        """
        line.left.clear()
        try:
            await self._bridges.addChannel(room_id, line.id)
        except NotFound:
            self._mirror.close_room(room_id)
            raise
        except BadRequest:
            return EVENT_SECONDS
        if self._mirror.lines.get(line.id) is not line:  # taken back meanwhile: it is not ours
            await self.out(line.id, room_id)
            return 0.0
        if room_id in line.left:
            return EVENT_SECONDS
        if line.bridge_id != room_id:
            self._mirror.entered(line, room_id)
        return 0.0

    async def out(self, channel_id: str, room_id: str) -> None:
        """Take a stranger out of a bridge. Raises AriError other than that it is out already."""
        try:
            await self._bridges.removeChannel(room_id, channel_id)
        except BadRequest:
            pass
        except AriError as error:
            if error.status not in {404, 422}:
                raise
        line = self._mirror.lines.get(channel_id)
        if line is not None:
            self._mirror.left(line, room_id)
        else:
            self._mirror.in_room(room_id).discard(channel_id)
