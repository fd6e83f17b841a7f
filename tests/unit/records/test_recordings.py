"""Recordings on the disk, and the WAV files that a killed Asterisk leaves."""

import io
import stat
import wave as standard
from pathlib import Path

import pytest

from app.records import Recordings, wave


def a_recording(seconds: float) -> bytes:
    held = io.BytesIO()
    with standard.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x01\x02" * round(seconds * 8000))
    return held.getvalue()


def test_a_whole_recording_is_left_as_it_is() -> None:
    sound = a_recording(1.5)
    assert wave.mended(sound) == sound
    assert wave.seconds(sound) == 1.5


@pytest.mark.parametrize("said", [0, 10_000_000])
def test_one_whose_header_was_not_finished_is_mended(said: int) -> None:
    # given what is on the disk when Asterisk dies: a header that tells nothing, an odd last byte
    whole = a_recording(2)
    cut = whole[:40] + said.to_bytes(4, "little") + whole[44:] + b"\x01"

    # when
    sound = wave.mended(cut)

    # then any player takes it
    assert wave.seconds(sound) == 2
    with standard.open(io.BytesIO(sound)) as file:
        assert file.getnframes() == 16_000


@pytest.mark.parametrize("bad", [b"", b"RIFF", b"no wav at all", a_recording(0)[:36]])
def test_what_is_no_recording_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="WAV"):
        wave.mended(bad)


async def test_kept_found_and_taken_away(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "recordings")
    for identity in ("m1", "../../etc/passwd", "a/b"):
        assert not recordings.has(identity)
        await recordings.keep(identity, b"first")
        await recordings.keep(identity, b"second")
        path = recordings.path(identity)
        assert path.read_bytes() == b"second"
        assert path.is_relative_to(tmp_path / "recordings")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [each.name for each in path.parent.iterdir()] == [path.name]
        assert await recordings.remove(identity)
        assert not await recordings.remove(identity)
