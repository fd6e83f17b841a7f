"""How quickly one client may send: a token bucket. Seconds of a monotonic clock."""


class Bucket:
    """Lets `most` through at once, and `a_second` from then on."""

    def __init__(self, a_second: float, most: int) -> None:
        self._rate = a_second
        self._most = float(most)
        self._left = float(most)
        self._at = 0.0

    def wait(self, now: float) -> float:
        """Take one: 0 if it may pass, else the seconds until one may."""
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._rate
