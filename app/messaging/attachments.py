"""Files of written conversations, outside of the web's folders: stored whole, scanned, then there.

A file is written beside its place, looked at by the scanner, and only then moved to its name; who
dies in between leaves a part that nobody finds by an id.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("ringdesk.attachments")

SCAN_SECONDS = 60.0
SCANS_AT_ONCE = 4
CLEAN, FOUND = 0, 1
"""A scanner's exit status, as clamscan(1) tells it; any other: it could not look."""


class TooLarge(Exception):
    """More bytes than are taken."""


class Refused(Exception):
    """The scanner found something."""


class NotScanned(Exception):
    """The scanner could not look at it: nothing is known, so nothing is taken."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is on the disk. `size` in bytes; `path` within the folder."""

    path: str
    size: int
    sha256: str
    scanned: bool


class FileStore:
    """Keeps files by name; `scan` is a command that gets the path as its last word, or nothing."""

    def __init__(self, folder: Path, scan: Sequence[str] = ()) -> None:
        self._folder = folder
        self._scan = tuple(scan)
        self._turns = asyncio.Semaphore(SCANS_AT_ONCE)

    def path(self, within: str) -> Path:
        """Where a file is that `put` told of."""
        return self._folder / within

    async def put(self, name: str, chunks: AsyncIterator[bytes], limit: int) -> Written:
        """Store a file of at most `limit` bytes, on the disk when this returns. `name` is ours: a
        random one. Raises TooLarge, Refused, NotScanned, OSError."""
        within = f"{name[:2]}/{name}"
        final = self._folder / within
        part = final.with_suffix(".part")
        await asyncio.to_thread(part.parent.mkdir, 0o700, True, True)
        try:
            size, sha256 = await _write(part, chunks, limit)
            await self._look_at(part)
            await asyncio.to_thread(_settle, part, final)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        return Written(within, size, sha256, scanned=bool(self._scan))

    async def remove(self, within: str) -> None:
        """Take a file away; one that is not there is no fault. Raises OSError."""
        await asyncio.to_thread(self.path(within).unlink, True)

    async def _look_at(self, path: Path) -> None:
        if not self._scan:
            return
        async with self._turns:
            status = await self._run(path)
        if status == FOUND:
            raise Refused
        if status != CLEAN:
            raise NotScanned(f"the scanner answers {status}")

    async def _run(self, path: Path) -> int:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._scan,
                str(path),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise NotScanned(f"the scanner cannot be started: {error.strerror}") from None
        try:
            async with asyncio.timeout(SCAN_SECONDS):
                return await process.wait()
        except TimeoutError:
            raise NotScanned(f"the scanner needs more than {SCAN_SECONDS:g} s") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


async def _write(path: Path, chunks: AsyncIterator[bytes], limit: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    handle = await asyncio.to_thread(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return size, digest.hexdigest()


def _settle(part: Path, final: Path) -> None:
    """Its name, too, is on the disk (fsync(2): the directory needs one of its own)."""
    part.rename(final)
    handle = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
