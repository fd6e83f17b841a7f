"""A conversation's own bridge: where a third party meets its agent, its customer, or both.

A talk of two needs none: the customer comes into the bridge of the agent's leg. Who else speaks
or listens (a consulted colleague, a number outside, a supervisor) gets this one, named after the
conversation: whoever is wanted in it comes by themselves, leg by leg and call by call, and once
nobody is in it or wanted in it, it is taken away.
"""

import asyncio
import contextlib
from collections.abc import Callable

from app.telephony.ari_errors import NotFound
from app.telephony.ari_resources import Bridges
from app.telephony.mirror import MEETING_PREFIX, Mirror


class Meetings:
    """One bridge for each conversation that wants one; a new id each time, as for every bridge.

    `made` is told of each new one, and sees that `look` comes.
    """

    def __init__(
        self,
        bridges: Bridges,
        mirror: Mirror,
        new_id: Callable[[], str],
        wanted: Callable[[str], bool],
        made: Callable[[str], None],
    ) -> None:
        self._bridges = bridges
        self._mirror = mirror
        self._new_id = new_id
        self._wanted = wanted
        self._made = made
        self._making = asyncio.Lock()

    async def id(self, conversation_id: str) -> str:
        """The bridge's id; made first if there is none. Raises AriError."""
        async with self._making:
            room_id = self._mirror.meetings.get(conversation_id)
            if room_id is None:
                room_id = f"{MEETING_PREFIX}{self._new_id()}"
                name = f"{MEETING_PREFIX}{conversation_id}"
                await self._bridges.create(room_id, "mixing,dtmf_events", name)
                self._mirror.open_room(room_id, name)
                self._mirror.meetings[conversation_id] = room_id
                # Whoever was to come may be wanted elsewhere by now, and nobody would look again.
                self._made(conversation_id)
            return room_id

    async def look(self, conversation_id: str) -> None:
        """Take the bridge away when it stands empty for nobody. Raises AriError."""
        async with self._making:
            room_id = self._mirror.meetings.get(conversation_id)
            if room_id is None or self._wanted(conversation_id) or self._mirror.in_room(room_id):
                return
            self._mirror.close_room(room_id)
            with contextlib.suppress(NotFound):
                await self._bridges.destroy(room_id)
