"""One end of a G.711 stream (RFC 3550, RFC 3551): sends a tone or nothing, records what comes."""

import asyncio
import time
from typing import Any, Self

import numpy as np

from tests.support.sound import FRAME, Recording, tone

_PACKET_SECONDS = 0.02


def _decoded() -> "np.ndarray[Any, np.dtype[np.int16]]":
    """The 256 samples of µ-law (ITU-T G.711)."""
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype("<i2")


_SAMPLES = _decoded()
_ORDER = np.argsort(_SAMPLES, kind="stable")
_SORTED = _SAMPLES[_ORDER]


def _encoded(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, "<i2")
    places = np.clip(np.searchsorted(_SORTED, samples), 0, 255)
    return _ORDER[places].astype(np.uint8).tobytes()


class RtpEnd(asyncio.DatagramProtocol):
    """`hz` is what it sends, 0 nothing at all: no packet. It may be changed at any time."""

    def __init__(self, hz: int) -> None:
        self.hz = hz
        self.heard = Recording()
        self.target: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport
        self._sending: asyncio.Task[None]
        self._sent = 0

    @classmethod
    async def open(cls, hz: int) -> Self:
        """Take a port, and begin."""
        loop = asyncio.get_running_loop()
        end = cls(hz)
        end._transport, _ = await loop.create_datagram_endpoint(
            lambda: end, local_addr=("127.0.0.1", 0)
        )
        end._sending = asyncio.create_task(end._send())
        return end

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._transport.get_extra_info("sockname")[1])

    def hears(self, hz: int, last: float = 0.2) -> bool:
        """Whether the tone filled (to nine tenths) the last so many seconds."""
        frames = self.heard.frames(time.monotonic() - last)
        return len(frames) >= last * 40 and bool(frames.carry(hz).mean() >= 0.9)

    def hears_among(self, hz: int, last: float = 0.2) -> bool:
        """As `hears`, where others speak, too: a tenth of the sound is this tone."""
        frames = self.heard.frames(time.monotonic() - last)
        return len(frames) >= last * 40 and bool(frames.carry(hz, 0.1).mean() >= 0.9)

    def never_heard(self, hz: int, since: float) -> bool:
        """Whether this tone was a tenth of the sound in hardly a frame since an instant."""
        frames = self.heard.frames(since)
        return len(frames) > 0 and bool(frames.carry(hz, 0.1).mean() < 0.2)

    def hears_other_than(self, hz: int, last: float = 0.5) -> bool:
        """Whether there was sound, and not this tone."""
        frames = self.heard.frames(time.monotonic() - last)
        return bool(frames.loud().any()) and bool(frames.carry(hz).mean() < 0.3)

    def hears_nothing(self, last: float = 0.3) -> bool:
        """Whether there was silence, or nothing came."""
        return not self.heard.frames(time.monotonic() - last).loud().any()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """One packet; what is no µ-law (keys, RTCP) is passed over."""
        if len(data) > 12 and data[1] & 0x7F == 0:
            payload = np.frombuffer(data[12:], np.uint8)
            self.heard.add(_SAMPLES[payload].tobytes(), time.monotonic())

    def close(self) -> None:
        """Send and hear nothing any more."""
        self._sending.cancel()
        self._transport.close()

    async def _send(self) -> None:
        due = time.monotonic()
        number = 0
        while True:
            due += _PACKET_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            number += 1
            if self.hz and self.target:
                header = bytes((0x80, 0)) + (number & 0xFFFF).to_bytes(2, "big")
                header += (number * FRAME & 0xFFFFFFFF).to_bytes(4, "big") + b"leg1"
                packet = header + _encoded(tone(self.hz, number * FRAME, FRAME))
                self._transport.sendto(packet, self.target)
