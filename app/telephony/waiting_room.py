"""The holding bridge in which customers wait with music; made when it is needed and missing.

Asterisk's music channel is a lonely one: it does not stay where nobody else is. So the music
begins once the first caller is in, and a bridge that was empty for an instant is silent from then
on. Such a bridge is retired (`Mirror.retired`): whoever is in it, or comes in late, is moved to
the next one, and it is taken away.
"""

import asyncio
import contextlib
from collections.abc import Callable

from app.telephony.ari_errors import AriError, NotFound
from app.telephony.ari_resources import Bridges
from app.telephony.mirror import WAITING_NAME, Mirror


class WaitingRoom:
    """One bridge for all who wait. It gets a new id each time (reused ids were a bug once)."""

    def __init__(self, bridges: Bridges, mirror: Mirror, new_id: Callable[[], str]) -> None:
        self._bridges = bridges
        self._mirror = mirror
        self._new_id = new_id
        self._making = asyncio.Lock()

    async def id(self) -> str:
        """The bridge's id; made first if there is none. Raises AriError."""
        async with self._making:
            if self._mirror.waiting_id is None:
                room_id = f"{WAITING_NAME}-{self._new_id()}"
                await self._bridges.create(room_id, "holding", WAITING_NAME)
                self._mirror.open_room(room_id, WAITING_NAME)
                self._mirror.waiting_id = room_id
                await self._clear()
            return self._mirror.waiting_id

    async def play_music(self, room_id: str) -> bool:
        """Start the music where it does not play; false when it plays. Raises AriError."""
        room = self._mirror.rooms.get(room_id)
        if room is None or room.music:
            return False
        room.music = True
        try:
            await self._bridges.startMoh(room_id)
        except AriError:
            room.music = False
            raise
        return True

    async def _clear(self) -> None:
        """Take retired bridges away. One in which somebody is goes the next time."""
        for room_id in tuple(self._mirror.retired):
            if self._mirror.in_room(room_id):
                continue
            self._mirror.close_room(room_id)
            with contextlib.suppress(NotFound):
                await self._bridges.destroy(room_id)
