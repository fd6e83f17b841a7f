"""A server's process is recognised, and no other is taken for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded.process import LOG_LIMIT, Process, ProcessFile, last_line, spawn
from app.embedded.server import Server


async def _ready() -> bool:
    return True


def sleeper(name: str) -> Server:
    """A server that does nothing; `name` stands in its command line."""
    program = (sys.executable, "-c", "import signal; signal.pause()", name)
    return Server(name="sleeper", argv=program, ready=_ready, identify=name)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = spawn(sleeper(str(tmp_path)), tmp_path / "log" / "sleeper.log")
    yield process
    process.kill()
    process.wait()


def known(child: subprocess.Popen[bytes]) -> Process:
    process = Process.at(child.pid)
    assert process is not None
    return process


def test_a_recorded_process_is_found(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    file = ProcessFile(tmp_path, sleeper(str(tmp_path)))
    file.record(known(child))

    assert file.find() == known(child)
    assert (tmp_path / "sleeper.pid").read_text() == f"{child.pid}\n"


def test_one_that_was_never_recorded_is_found_and_recorded(
    tmp_path: Path, child: subprocess.Popen[bytes]
) -> None:
    file = ProcessFile(tmp_path, sleeper(str(tmp_path)))

    assert file.find() == known(child)
    assert (tmp_path / "sleeper.pid").read_text() == f"{child.pid}\n"


def test_an_id_that_somebody_else_has_now_is_not_ours(tmp_path: Path) -> None:
    file = ProcessFile(tmp_path, sleeper(str(tmp_path)))
    me = Process.at(os.getpid())
    assert me is not None
    file.record(me)

    assert file.find() is None


def test_the_same_id_with_another_start_time_is_not_ours(
    tmp_path: Path, child: subprocess.Popen[bytes]
) -> None:
    earlier = Process(child.pid, "another-boot 1")
    assert not earlier.alive

    earlier.signal(signal.SIGKILL)

    assert child.poll() is None


async def test_the_end_is_noticed_and_a_zombie_counts_as_ended(
    child: subprocess.Popen[bytes],
) -> None:
    process = known(child)
    child.kill()

    await process.gone()

    assert not process.alive
    assert Process.at(child.pid) is None


def test_it_leads_a_session_of_its_own(child: subprocess.Popen[bytes]) -> None:
    assert os.getsid(child.pid) == child.pid != os.getsid(0)


def test_a_long_log_is_put_aside_at_the_start(tmp_path: Path) -> None:
    log = tmp_path / "log" / "sleeper.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (LOG_LIMIT + 1))
    server = sleeper(str(tmp_path))

    with spawn(server, log) as process:
        process.kill()

    assert log.stat().st_size == 0
    assert log.with_suffix(".log.1").stat().st_size == LOG_LIMIT + 1


def test_the_last_line_with_text_says_why(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("starting\n\x1b[1mport is taken\x1b[0m\n\x1b[0m\n")

    assert last_line(log) == "port is taken"
    assert last_line(tmp_path / "none.log") == ""
