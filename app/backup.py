"""`python -m app backup` and `restore`: what Ringdesk keeps for good, as one file.

In it: the database (people, settings, archive, messages), recordings, files and mails as they came.
Not in it: what waits at this moment (Redis; the next start makes it anew from the database), and
the secrets of the private servers, which are made anew as well. The file holds customers' words and
phones' passwords: it is made for its owner alone.
"""

import asyncio
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from app.acd import connect
from app.config import Refusal, Settings
from app.embedded import StateLock
from app.records.copies import CannotCopy, copy_to, make_from, name_of

Say = Callable[[str], None]

FOLDERS = ("recordings", "attachments", "mails")
LIVE = "redis"
"""The private Redis's folder: of another time than the copy."""


async def backup(settings: Settings, file: Path, say: Say) -> int:
    """Copy everything into `file`; the service may run. Raises Refusal.

    The database goes first: what it names is on the disk already.
    """
    name = name_of(settings.database_url)
    with tempfile.TemporaryDirectory(prefix="ringdesk-") as scratch:
        database = Path(scratch) / name
        try:
            await copy_to(settings.database_url, database)
        except CannotCopy as error:
            raise Refusal(str(error)) from None
        size = await asyncio.to_thread(_pack, file, database, settings)
    say(f"{file}: {size / 1e6:.1f} MB")
    return 0


async def restore(settings: Settings, file: Path, say: Say) -> int:
    """Make an empty place what `file` has; no service may run. Raises Refusal, EmbeddedError."""
    lock = StateLock.take(settings.state_dir / "run")
    try:
        await _require_empty(settings)
        with tempfile.TemporaryDirectory(prefix="ringdesk-", dir=settings.state_dir) as scratch:
            _unpack(file, Path(scratch))
            try:
                await make_from(_database_in(Path(scratch)), settings.database_url)
            except CannotCopy as error:
                raise Refusal(str(error)) from None
            for folder in FOLDERS:
                with suppress(FileNotFoundError):
                    (Path(scratch) / folder).rename(settings.state_dir / folder)
    finally:
        lock.release()
    say("restored: start the service, which brings an older database up to date by itself")
    return 0


def _pack(file: Path, database: Path, settings: Settings) -> int:
    """Its size in bytes; `file` is there whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_name(file.name + ".part")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
            tar.add(database, database.name)
            for folder in FOLDERS:
                for path in sorted((settings.state_dir / folder).rglob("*")):
                    if path.is_file():
                        with suppress(FileNotFoundError):  # its time to be kept was over just now
                            tar.add(path, str(path.relative_to(settings.state_dir)))
        out.flush()
        os.fsync(out.fileno())
    made.rename(file)
    return file.stat().st_size


def _unpack(file: Path, into: Path) -> None:
    """Files alone, and none anywhere else (Python 3.11.2 has no filter that would see to it)."""
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                folder, *rest = PurePosixPath(member.name).parts
                if not member.isfile() or ".." in rest or (rest and folder not in FOLDERS):
                    raise Refusal(f"{file} is no backup of Ringdesk: it has {member.name}")
                target = into / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                assert source is not None  # what is a file has contents
                with target.open("wb") as kept:
                    shutil.copyfileobj(source, kept)
                target.chmod(member.mode & 0o700)
    except (OSError, tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise Refusal(f"{file} is no backup, or not all of one: {error}") from None


def _database_in(scratch: Path) -> Path:
    found = [path for path in scratch.iterdir() if path.is_file()]
    if len(found) != 1:
        raise Refusal("there is no database in the backup")
    return found[0]


async def _require_empty(settings: Settings) -> None:
    for folder in (*FOLDERS, LIVE):
        there = settings.state_dir / folder
        if there.is_dir() and any(there.iterdir()):
            raise Refusal(f"{there} has something in it: restore into another RINGDESK_STATE_DIR")
        with suppress(FileNotFoundError):
            there.rmdir()
    if settings.redis_url is not None:
        redis = connect(settings.redis_url)
        try:
            if await redis.exists("{ringdesk}:epoch"):
                raise Refusal("Redis has a live queue of another time: empty it (FLUSHDB) first")
        finally:
            await redis.aclose()
