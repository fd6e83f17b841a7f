"""A private Asterisk in a folder of the test's own, and a small ARI client to look into it."""

import asyncio
import os
import re
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from app.config import Address, load
from app.embedded import is_free
from app.embedded.asterisk import asterisk_config, asterisk_server
from app.embedded.asterisk_config import AsteriskConfig
from app.embedded.server import Ports, Secrets
from app.embedded.supervisor import Supervisor
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port

APP_AWAY = re.compile(
    "outbound websocket per-call config|Stasis app '[a-z-]+' doesn't exist|WebSocket read error"
)
Json = dict[str, Any]


@dataclass
class Stack:
    """One running Asterisk. `trunk` is where a test's carrier must listen."""

    config: AsteriskConfig
    supervisor: Supervisor
    ari: "Ari"
    trunk: Address
    folder: Path

    def kept(self, key: str) -> str | None:
        """What stands on disk in Asterisk's own database, which is written once a second."""
        with closing(sqlite3.connect(self.config.home / "lib" / "astdb.sqlite3")) as database:
            row = database.execute("SELECT value FROM astdb WHERE key = ?", (key,)).fetchone()
            return str(row[0]) if row else None

    async def kill_and_start(self) -> None:
        """Kill it -9 (its calls are gone), and start it again on the same state folder."""
        pid = self.supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        addresses = self.supervisor.server.listens.values()
        await eventually(lambda: self.supervisor.pid is None and all(map(is_free, addresses)))
        self.supervisor = Supervisor(self.supervisor.server, self.folder)
        await self.supervisor.start()

    @property
    def sip(self) -> str:
        return str(self.config.sip)

    def log(self) -> list[str]:
        """Warnings and errors in the log, save for those that tell of an application away."""
        lines = (self.config.log / "messages.log").read_text(errors="replace").splitlines()
        loud = [line for line in lines if "WARNING[" in line or "ERROR[" in line]
        return [line for line in loud if not APP_AWAY.search(line)]


class Ari:
    """Requests to ARI over HTTP; the status and the JSON of each answer."""

    def __init__(self, session: aiohttp.ClientSession, config: AsteriskConfig) -> None:
        self._session = session
        self._config = config
        self._auth = aiohttp.encode_basic_auth(config.ari_user, config.ari_password)

    async def ask(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        url = f"http://{self._config.http}/ari/{path}"
        headers = {"Authorization": self._auth}
        async with self._session.request(method, url, headers=headers, json=body) as reply:
            return reply.status, await reply.json() if reply.status != 204 else None

    async def get(self, path: str) -> Any:
        status, answer = await self.ask("GET", path)
        assert status == 200, (path, status, answer)
        return answer

    async def variable(self, channel: str, name: str) -> str:
        answer = await self.get(f"channels/{channel}/variable?variable={name}")
        return str(answer["value"])

    @asynccontextmanager
    async def serve(self, app: str) -> AsyncIterator["StasisApp"]:
        """Be the Stasis application until the end of the block."""
        url = f"ws://{self._config.http}/ari/events?app={app}"
        async with self._session.ws_connect(url, headers={"Authorization": self._auth}) as socket:
            served = StasisApp()
            reader = asyncio.create_task(served.read(socket))
            yield served
            reader.cancel()


class StasisApp:
    """The events of one Stasis application, in their order."""

    def __init__(self) -> None:
        self.events: list[Json] = []

    async def read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.events.append(message.json())

    def all(self, kind: str) -> list[Json]:
        return [event for event in self.events if event["type"] == kind]

    async def first(self, kind: str, within: float = 15.0) -> Json:
        return (await eventually(lambda: self.all(kind), within=within))[0]


@asynccontextmanager
async def running_asterisk(folder: Path, **settings: str) -> AsyncIterator[Stack]:
    """Start Asterisk with these settings (names without their prefix); stop it at the end."""
    trunk = Address("127.0.0.1", carrier_port())
    chosen = {"SIP_BIND": "127.0.0.1:0", "TRUNK": f"sip:{trunk}", "STATE_DIR": str(folder)}
    chosen.update(settings)
    environment = {f"RINGDESK_{name}": value for name, value in chosen.items() if value}
    loaded = load(environment, dotenv=folder / "none")
    ports, secrets = Ports(folder / "run/ports.json"), Secrets(folder / "run/secrets.json")
    supervisor = Supervisor(asterisk_server(loaded, ports, secrets), folder)
    config = asterisk_config(loaded, ports, secrets)
    await supervisor.start()
    try:
        async with aiohttp.ClientSession() as session:
            stack = Stack(config, supervisor, Ari(session, config), trunk, folder)
            try:
                yield stack
            finally:
                await stack.supervisor.stop()
    finally:
        await supervisor.stop()


def carrier_port() -> int:
    """A port that baresip can listen on: it takes TCP beside UDP, and the next one for TLS."""
    while True:
        port = free_tcp_port()
        with socket.socket() as tls, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                udp.bind(("127.0.0.1", port))
                tls.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
