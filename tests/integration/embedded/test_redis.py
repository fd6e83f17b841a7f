"""The private Redis of a state folder: it outlives the service and loses nothing."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.config import Settings, load
from app.embedded import Embedded, EmbeddedError
from app.embedded.process import Process
from tests.support.polling import eventually

SERVICE = """
import asyncio
from app.config import load
from app.embedded import Embedded

async def serve():
    embedded = await Embedded.start(load())
    print("ready", flush=True)
    await embedded.watch()

asyncio.run(serve())
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A private Redis; Asterisk is somebody else's, so that none is started here."""
    return {
        "RINGDESK_STATE_DIR": str(tmp_path / "state"),
        "RINGDESK_ARI_URL": "http://127.0.0.1:21999/ari",
    }


@pytest.fixture
def settings(environment: dict[str, str], tmp_path: Path) -> Iterator[Settings]:
    yield load(environment, dotenv=tmp_path / "none")
    for file in (tmp_path / "state" / "run").glob("redis.pid"):
        os.kill(int(file.read_text()), signal.SIGKILL)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Embedded]:
    """A service that watches its servers, as `service.py` does."""
    embedded = await Embedded.start(settings, say=lambda _: None)
    watch = asyncio.create_task(embedded.watch())
    try:
        yield embedded
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await embedded.stop()


def serve_elsewhere(environment: dict[str, str]) -> subprocess.Popen[str]:
    """A service in a process of its own, ready."""
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert service.stdout is not None
    assert "ready\n" in iter(service.stdout.readline, "")
    return service


def redis_pid(settings: Settings) -> int:
    return int((settings.state_dir / "run" / "redis.pid").read_text())


async def killed_and_replaced(settings: Settings) -> None:
    killed = redis_pid(settings)
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: redis_pid(settings) != killed, within=15)


async def write(embedded: Embedded, key: str) -> None:
    async with Redis.from_url(embedded.endpoints.redis_url) as redis:
        await redis.set(key, "here")


async def holds(embedded: Embedded, key: str) -> bool:
    """Whether Redis answers and has what `write` wrote."""
    async with Redis.from_url(embedded.endpoints.redis_url, decode_responses=True) as redis:
        try:
            return bool(await redis.get(key) == "here")
        except RedisError:
            return False


async def test_start_says_so_serves_and_stop_leaves_nothing(settings: Settings) -> None:
    said: list[str] = []

    embedded = await Embedded.start(settings, say=said.append)
    await write(embedded, "a")
    pid = redis_pid(settings)
    await embedded.stop()

    assert len(said) == 1
    assert said[0].startswith(f"redis: started (process {pid}")
    assert Process.at(pid) is None
    assert not list((settings.state_dir / "run").glob("*.pid"))


async def test_the_endpoints_file_is_private_and_whole(settings: Settings) -> None:
    async with running(settings) as embedded:
        file = settings.state_dir / "run" / "endpoints.json"

        told = json.loads(file.read_text())

        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert told["redis"] == {"url": embedded.endpoints.redis_url}
        assert told["ari"] == {
            "url": "http://127.0.0.1:21999/ari",
            "user": "ringdesk",
            "password": "",
        }
        assert told["ami"]["host"] == "127.0.0.1"
        assert told["ami"]["port"] == 5038


async def test_redis_wants_the_password_and_listens_on_loopback_alone(settings: Settings) -> None:
    async with running(settings) as embedded:
        async with Redis.from_url(embedded.endpoints.redis_url, decode_responses=True) as redis:
            config = await redis.config_get("*")
        without = embedded.endpoints.redis_url.split("@")[1]
        async with Redis.from_url(f"redis://{without}") as stranger:
            with pytest.raises(RedisError, match="authenticated"):
                await stranger.ping()

        assert config["bind"] == "127.0.0.1"
        assert config["appendonly"] == "yes"
        assert config["appendfsync"] == "everysec"
        assert config["maxmemory-policy"] == "noeviction"
        assert config["save"] == ""


async def test_killed_redis_is_back_within_two_seconds_with_its_data_and_port(
    settings: Settings,
) -> None:
    async with running(settings) as embedded:
        await write(embedded, "kept")
        killed = redis_pid(settings)

        os.kill(killed, signal.SIGKILL)

        await eventually(lambda: redis_pid(settings) != killed, within=2)

        await eventually(lambda: holds(embedded, "kept"), within=2)


async def test_a_killed_service_leaves_redis_running_and_the_next_adopts_it(
    settings: Settings, environment: dict[str, str]
) -> None:
    # given a service in a process of its own
    service = serve_elsewhere(environment)
    pid = redis_pid(settings)
    # when it is killed
    service.kill()
    service.communicate()
    # then its Redis goes on, and the next service takes it as it is
    said: list[str] = []
    assert Process.at(pid) is not None
    embedded = await Embedded.start(settings, say=said.append)
    assert "adopted" in said[0]
    assert redis_pid(settings) == pid
    # and watches and stops it like its own
    watch = asyncio.create_task(embedded.watch())
    await killed_and_replaced(settings)
    successor = redis_pid(settings)
    watch.cancel()
    await embedded.stop()
    assert Process.at(successor) is None


async def test_released_servers_go_on(settings: Settings) -> None:
    embedded = await Embedded.start(settings, say=lambda _: None)
    pid = redis_pid(settings)

    await embedded.release()

    assert Process.at(pid) is not None
    async with running(settings):
        assert redis_pid(settings) == pid


async def test_a_server_that_hangs_is_replaced_at_the_next_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = await Embedded.start(settings, say=lambda _: None)
    await embedded.release()
    hung = redis_pid(settings)
    os.kill(hung, signal.SIGSTOP)
    monkeypatch.setattr("app.embedded.valkey.START_SECONDS", 1.0)
    monkeypatch.setattr("app.embedded.valkey.STOP_SECONDS", 0.5)

    async with running(settings) as again:
        await write(again, "a")

        assert redis_pid(settings) != hung
    assert Process.at(hung) is None


async def test_a_second_service_on_the_same_state_folder_is_refused(settings: Settings) -> None:
    async with running(settings):
        with pytest.raises(EmbeddedError) as refused:
            await Embedded.start(settings)

        assert f"another Ringdesk (process {os.getpid()}) uses" in str(refused.value)
        assert "RINGDESK_STATE_DIR" in str(refused.value)
        assert "\n" not in str(refused.value)


async def test_a_port_that_somebody_took_is_one_clear_line(settings: Settings) -> None:
    async with running(settings):
        pass
    ports = settings.state_dir / "run" / "ports.json"
    port = json.loads(ports.read_text())["redis"]
    with socket.create_server(("127.0.0.1", port)), pytest.raises(EmbeddedError) as refused:
        await Embedded.start(settings)

    assert str(refused.value) == (
        f"127.0.0.1:{port}, wanted by redis, is taken by another program: "
        f"stop that, or change its line in {ports}"
    )


async def test_a_server_that_cannot_start_says_why_and_frees_the_folder(
    settings: Settings,
) -> None:
    home = settings.state_dir / "redis"
    (home / "appendonlydir").mkdir(parents=True)
    (home / "appendonlydir" / "appendonly.aof.manifest").write_text("not a manifest\n")

    with pytest.raises(EmbeddedError, match=r"^redis ended: .*manifest.*redis\.log\)$"):
        await Embedded.start(settings)

    assert not list((settings.state_dir / "run").glob("*.pid"))


async def test_a_redis_configured_from_outside_is_left_alone(tmp_path: Path) -> None:
    settings = load(
        {
            "RINGDESK_STATE_DIR": str(tmp_path),
            "RINGDESK_REDIS_URL": "redis://192.0.2.1:6379/3",
            "RINGDESK_ARI_URL": "http://192.0.2.2:8088/ari",
            "RINGDESK_ARI_PASSWORD": "theirs",
            "RINGDESK_AMI_HOST": "192.0.2.3",
            "RINGDESK_AMI_PORT": "5039",
        },
        dotenv=tmp_path / "none",
    )
    said: list[str] = []

    embedded = await Embedded.start(settings, say=said.append)

    assert said == []
    assert embedded.endpoints.redis_url == "redis://192.0.2.1:6379/3"
    assert embedded.endpoints.ari_password == "theirs"
    assert (embedded.endpoints.ami_host, embedded.endpoints.ami_port) == ("192.0.2.3", 5039)
    await embedded.stop()


async def test_redis_killed_again_and_again_is_back_each_time(settings: Settings) -> None:
    async with running(settings) as embedded:
        await write(embedded, "kept")
        for _ in range(5):
            await killed_and_replaced(settings)

            await eventually(lambda: holds(embedded, "kept"), within=15)
