"""The holding bridge in which customers wait with music; made when it is needed and missing."""

import asyncio
from collections.abc import Callable

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
                await self._bridges.startMoh(room_id)
                self._mirror.open_room(room_id, WAITING_NAME)
                self._mirror.waiting_id = room_id
            return self._mirror.waiting_id
