"""What a phone hears: a recording with the instant of every piece, and questions about it.

Tones are told apart by frequency in frames of 20 ms, the packets of G.711 (RFC 3551). A tone at a
multiple of 50 Hz fills exactly one bin of such a frame, so two tones never blur into each other.
"""

import threading
from bisect import bisect_left
from typing import cast

import numpy as np
from numpy.typing import NDArray

RATE = 8000
FRAME = RATE * 20 // 1000
_QUIET = 0.003
"""Root mean square (full scale 1) below which a frame counts as silence; G.711 noise is 0.0005."""

Samples = NDArray[np.float64]


def tone(hz: int, first_sample: int, count: int) -> bytes:
    """PCM of a steady tone whose phase goes on from `first_sample`; half of full scale."""
    t = (first_sample + np.arange(count)) / RATE
    return (np.sin(2 * np.pi * hz * t) * 16000).astype("<i2").tobytes()


class Recording:
    """Everything one call heard. Instants are `time.monotonic()` seconds, exact to about 20 ms."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pcm = bytearray()
        self._pieces: list[tuple[int, float]] = []

    def add(self, pcm: bytes, at: float) -> None:
        """Append 16-bit PCM that arrived at this instant (called by the media thread)."""
        with self._lock:
            self._pcm += pcm
            self._pieces.append((len(self._pcm) // 2, at))

    def frames(self, since: float, until: float = float("inf")) -> "Frames":
        """The whole frames of 20 ms that arrived in this time."""
        with self._lock:
            # Only the pieces from then on, and the one before, whose end may begin a frame: the
            # line of an agent is hours long.
            first = max(bisect_left(self._pieces, since, key=lambda piece: piece[1]) - 1, 0)
            before = self._pieces[first - 1][0] // FRAME * FRAME if first else 0
            pieces = self._pieces[first:]
            pcm = np.frombuffer(bytes(memoryview(self._pcm)[before * 2 :]), "<i2")
        ends = np.array([end for end, _ in pieces], dtype=np.int64) - before
        instants = np.array([at for _, at in pieces])
        whole = len(pcm) // FRAME
        last_samples = np.arange(1, whole + 1) * FRAME
        arrived = instants[np.searchsorted(ends, last_samples)] if whole else np.empty(0)
        wanted = (arrived >= since) & (arrived <= until)
        sound = pcm[: whole * FRAME].reshape(-1, FRAME)[wanted].astype(np.float64) / 32768
        return Frames(sound, arrived[wanted])


class Frames:
    """Frames of 20 ms and when each arrived."""

    def __init__(self, sound: Samples, arrived: Samples) -> None:
        self._sound = sound
        self.arrived = arrived

    def __len__(self) -> int:
        return len(self.arrived)

    @property
    def level(self) -> Samples:
        """Root mean square of each frame, full scale 1."""
        return cast(Samples, np.sqrt((self._sound**2).mean(axis=1)))

    def carry(self, hz: int, share: float = 1 / 3) -> NDArray[np.bool_]:
        """Whether each frame has this tone in it: `share` of its energy or more."""
        if not len(self):
            return np.zeros(0, dtype=np.bool_)
        wave = np.exp(-2j * np.pi * hz / RATE * np.arange(FRAME))
        amplitude = np.abs(self._sound @ wave) * 2 / FRAME
        part = amplitude**2 / 2 / np.maximum(self.level**2, 1e-12)
        carried: NDArray[np.bool_] = (part > share) & self.loud()
        return carried

    def loud(self) -> NDArray[np.bool_]:
        """Whether each frame has any sound in it."""
        return self.level > _QUIET

    def missing(self, hz: int) -> float:
        """Seconds of this tone that are missing between the first frame and the last.

        Counted by frames: a phone that is late in taking them has lost nothing.
        """
        if len(self) < 2:
            return float("inf")
        lasted = float(self.arrived[-1] - self.arrived[0])
        return lasted - FRAME / RATE * (int(self.carry(hz).sum()) - 1)

    def longest_gap(self, hz: int) -> float:
        """Seconds of the longest time without this tone, waiting for late packets included."""
        return _longest_pause(self.arrived[self.carry(hz)])

    def longest_quiet(self) -> float:
        """Seconds of the longest time without any sound, lost packets included."""
        return _longest_pause(self.arrived[self.loud()])

    def strongest(self) -> float:
        """Frequency (Hz) of the strongest component of the whole, to 50 Hz; 0 for silence."""
        if not len(self) or not self.loud().any():
            return 0.0
        spectrum = np.abs(np.fft.rfft(self._sound, axis=1)).mean(axis=0)
        return float(spectrum.argmax()) * RATE / FRAME


def _longest_pause(instants: Samples) -> float:
    return float(np.diff(instants).max()) if len(instants) > 1 else float("inf")
