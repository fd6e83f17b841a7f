"""The WAV files that Asterisk writes: how long they last, and mending one that was cut off.

Asterisk writes the sizes into the header when the recording ends; one that was killed in between
leaves them 0 (format_wav.c). What was said is there all the same.
"""

import struct

HEADER = struct.Struct("<4sI4s")
CHUNK = struct.Struct("<4sI")
RATE_AT = 8
"""Bytes per second, within the chunk `fmt ` (RIFF, WAVEFORMAT)."""


def mended(sound: bytes) -> bytes:
    """The same with sizes that fit the file. Raises ValueError when it is no WAV file."""
    begin, size, _ = _parts(sound)
    there = (len(sound) - begin) // 2 * 2
    if 0 < size <= there:
        return sound
    whole = bytearray(sound[: begin + there])
    struct.pack_into("<I", whole, 4, len(whole) - 8)
    struct.pack_into("<I", whole, begin - 4, there)
    return bytes(whole)


def seconds(sound: bytes) -> float:
    """How long it lasts. Raises ValueError when it is no WAV file."""
    _, size, rate = _parts(sound)
    return size / rate


def _parts(sound: bytes) -> tuple[int, int, int]:
    """Where the samples begin, how many bytes the header says they are, bytes per second."""
    if len(sound) < HEADER.size or HEADER.unpack_from(sound)[::2] != (b"RIFF", b"WAVE"):
        raise ValueError("no WAV file")
    at, rate = HEADER.size, 0
    while at + CHUNK.size <= len(sound):
        name, size = CHUNK.unpack_from(sound, at)
        at += CHUNK.size
        if name == b"data" and rate:
            return at, size, rate
        if name == b"fmt " and at + RATE_AT + 4 <= len(sound):
            (rate,) = struct.unpack_from("<I", sound, at + RATE_AT)
        at += size + size % 2
    raise ValueError("a WAV file without sound")
