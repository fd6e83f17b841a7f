"""The store of files: whole or not at all, under the limit, past the scanner."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.messaging.attachments import FileStore, NotScanned, Refused, TooLarge


async def of(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_file_is_kept_with_its_size_and_sum(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    written = await store.put("abcdef", of(b"one ", b"two"), 7)
    assert (written.size, written.scanned) == (7, False)
    assert written.sha256 == sha256(b"one two").hexdigest()
    path = store.path(written.path)
    assert path.read_bytes() == b"one two" and path.stat().st_mode & 0o777 == 0o600
    await store.remove(written.path)
    await store.remove(written.path)  # again is no fault
    assert everything(tmp_path) == []


async def test_one_byte_too_many_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        await FileStore(tmp_path).put("abcdef", of(b"12345678"), 7)
    assert everything(tmp_path) == []


async def test_a_sender_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await FileStore(tmp_path).put("abcdef", broken(), 100)
    assert everything(tmp_path) == []


async def test_the_scanner_decides(tmp_path: Path) -> None:
    found = FileStore(tmp_path, ("sh", "-c", 'grep -q EICAR "$0" && exit 1 || exit 0'))
    assert (await found.put("aaaa", of(b"harmless"), 100)).scanned
    with pytest.raises(Refused):
        await found.put("bbbb", of(b"an EICAR file"), 100)
    for scan in (("sh", "-c", "exit 2"), ("/no/such/scanner",), ("sh", "-c", "kill -9 $$")):
        with pytest.raises(NotScanned):
            await FileStore(tmp_path, scan).put("cccc", of(b"harmless"), 100)
    assert [path.name for path in everything(tmp_path)] == ["aaaa"]
