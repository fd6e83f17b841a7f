"""What is told of a conversation before the live picture has it.

Messages and the queue's changes come on two streams, and either may be ahead: a bot that was not
told of the first message of a new chat would leave its customer without a word.
"""

import time
from collections import deque
from collections.abc import Callable

HELD_SECONDS = 10.0
"""A choice: some seconds more than either stream was seen behind the other in a fault drill."""
MOST = 1000


class ReorderBuffer:
    """Holds what is to be told until its conversation is there, in order; at most MOST of it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: deque[tuple[float, str, Callable[[], None]]] = deque(maxlen=MOST)

    def hold(self, conversation_id: str, tell: Callable[[], None]) -> None:
        """Keep it for a while."""
        self._held.append((self._clock() + HELD_SECONDS, conversation_id, tell))

    def release(self, conversation_id: str) -> None:
        """Tell what came of this conversation; it is not held any longer."""
        if not self._held:
            return
        now = self._clock()
        fresh = [one for one in self._held if one[0] > now]
        self._held = deque((one for one in fresh if one[1] != conversation_id), maxlen=MOST)
        for _, of, tell in fresh:
            if of == conversation_id:
                tell()
