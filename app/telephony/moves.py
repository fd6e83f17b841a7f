"""Putting a channel into a bridge: one addChannel, and what each refusal of it means."""

from app.telephony.ari_errors import AriError, BadRequest, NotFound
from app.telephony.ari_resources import Bridges
from app.telephony.mirror import Line, Mirror


class Moves:
    """Moves channels between bridges."""

    def __init__(self, bridges: Bridges, mirror: Mirror) -> None:
        self._bridges = bridges
        self._mirror = mirror

    async def into(self, line: Line, room_id: str) -> None:
        """Move a channel; the mirror knows at once, unless events already know more.

        Raises AriError: NotFound when the bridge is gone (and forgotten here), BadRequest when
        the channel is, Unprocessable when the channel is not in our application.
        """
        seen = line.moves
        try:
            await self._bridges.addChannel(room_id, line.id)
        except NotFound:
            self._mirror.close_room(room_id)
            raise
        if line.moves == seen and line.id in self._mirror.lines:
            self._mirror.entered(line, room_id)

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
