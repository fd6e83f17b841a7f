"""`python -m app demo` plays a whole call, on private servers and on servers of one's own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.postgres import postgres_server
from tests.support.stack import Stack

STEPS = (
    "queued",
    "offered",
    "ringing",
    "accepted",
    "talking: RTP both ways",
    "ended, wrap-up open",
    "wrap-up closed",
    "in the archive: completed",
)


def play(stack: Stack) -> str:
    """Run the command beside the service; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--talk", "0.5"],
        cwd=stack.folder,
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}\n{stack.tail()}"
    return done.stdout


def assert_whole(timeline: str) -> None:
    """Every step is there, in order, each with its milliseconds."""
    places = [timeline.find(step) for step in STEPS]
    assert -1 not in places and places == sorted(places), timeline
    assert len(re.findall(r"^ +\d+\.\d ms", timeline, re.MULTILINE)) >= len(STEPS)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[Stack]:
    """A service on a Redis, an Asterisk and a PostgreSQL that it did not start."""
    with ExitStack() as ends:
        host = Stack(tmp_path / "host")
        ends.callback(host.stop)
        host.start()
        host.kill9("service")  # its servers go on, and are somebody else's from here on
        database = ends.enter_context(postgres_server(free_port()))
        redis, ari, ami = (host.endpoints[name] for name in ("redis", "ari", "ami"))
        guest = Stack(
            tmp_path / "guest",
            DATABASE_URL=database,
            REDIS_URL=redis["url"].removesuffix("/0") + "/1",
            ARI_URL=ari["url"],
            ARI_USER=ari["user"],
            ARI_PASSWORD=ari["password"],
            AMI_HOST=ami["host"],
            AMI_PORT=str(ami["port"]),
            AMI_USER=ami["user"],
            AMI_PASSWORD=ami["password"],
        )
        ends.callback(guest.stop)
        guest.start()
        yield guest
        guest.stop()
        assert host.pid("redis") and host.pid("asterisk"), "others' servers are not ours to stop"


def test_the_demo_plays_one_call_with_no_phone_at_hand(stack: Stack) -> None:
    assert_whole(play(stack))


def test_the_same_on_servers_of_ones_own(own_servers: Stack) -> None:
    assert own_servers.pid("redis") is None and own_servers.pid("asterisk") is None
    assert_whole(play(own_servers))


def test_without_a_service_the_demo_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo"],
        cwd=tmp_path,
        env=Stack(tmp_path).environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "make run" in done.stderr
