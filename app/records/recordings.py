"""Recordings as files of the state folder, found by the conversation's id."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from pathlib import Path


class Recordings:
    """Keeps, finds and removes; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, conversation_id: str) -> Path:
        """Where this conversation's recording is, or would be: never outside of the folder."""
        name = hashlib.blake2s(conversation_id.encode(), digest_size=16).hexdigest()
        return self._folder / name[:2] / f"{name}.wav"

    def has(self, conversation_id: str) -> bool:
        """Whether there is one."""
        return self.path(conversation_id).is_file()

    async def keep(self, conversation_id: str, sound: bytes) -> None:
        """Store it, on the disk when this returns. Raises OSError."""
        await asyncio.to_thread(_write, self.path(conversation_id), sound)

    async def remove(self, conversation_id: str) -> bool:
        """Take it away; false when there was none. Raises OSError."""
        path = self.path(conversation_id)
        try:
            await asyncio.to_thread(path.unlink)
        except FileNotFoundError:
            return False
        return True


def _write(path: Path, sound: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sound)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """The name itself is on the disk, too (fsync(2): the directory needs one of its own)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
