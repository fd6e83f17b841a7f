"""The demo's bots: processes of their own, kept running like the private servers.

They outlive a service that was killed, so its callers stay on the line; the next start adopts them.
"""

import asyncio
import importlib.util
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from app.config import Settings
from app.embedded.endpoints import Endpoints
from app.embedded.server import EmbeddedError, Server
from app.embedded.supervisor import Supervisor

APP = "demo-bot"
"""Its Stasis application: BOT_APP in dialplan/extensions.conf."""
CHAT = "demo-chat-bot"
ROOT = Path(__file__).parents[2]
AGAIN_SECONDS = 5.0
ASIDE_SECONDS = 1.0

log = logging.getLogger("ringdesk.demo")


class Polite(Supervisor):
    """Leaves the application to another program that has taken it (newest wins) by the same name,
    upon which our bot ends without a fault, and comes back once nobody serves it. How one that was
    adopted ended, nobody can tell: whoever serves the application then is left alone, too."""

    async def _restart(self, deaths: int) -> None:
        left_it = self._child is None or self._child.poll() == 0
        while left_it and await self._probe() and not self._stopping:
            await asyncio.sleep(ASIDE_SECONDS)
        await super()._restart(deaths)


class DemoBot:
    """Starts the demo's bots, for calls and for chats, and starts them again when they die; `key`
    is their API key."""

    def __init__(self, settings: Settings, endpoints: Endpoints, key: str) -> None:
        self._endpoints = endpoints
        voice = self._server(settings, key, APP, "app.demo_bot", self._serves)
        chat = self._server(settings, key, CHAT, "app.demo_chat_bot", _at_once)
        self._voice = Polite(voice, settings.state_dir)
        self._chat = Supervisor(chat, settings.state_dir)
        self.up = asyncio.Event()
        """Set once the one for calls answers, or when it is known that it will not."""

    @staticmethod
    def installed() -> bool:
        """Whether what the bot is written with is there (the extra `demo` of pyproject.toml)."""
        return importlib.util.find_spec("asyncari") is not None

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(self._keep(self._voice, self.up), self._keep(self._chat))

    async def _keep(self, supervisor: Supervisor, up: asyncio.Event | None = None) -> None:
        while True:
            try:
                await supervisor.start()
                if up is not None:
                    up.set()
                await supervisor.watch()
            except (EmbeddedError, OSError) as error:
                log.warning("%s is not there for now: %s", supervisor.server.name, error)
                if up is not None:
                    up.set()
            await asyncio.sleep(AGAIN_SECONDS)

    async def stop(self) -> None:
        """End them, for good."""
        await asyncio.gather(self._voice.stop(), self._chat.stop())

    async def _serves(self) -> bool:
        """Whether somebody serves the application."""
        auth = aiohttp.encode_basic_auth(self._endpoints.ari_user, self._endpoints.ari_password)
        url = f"{self._endpoints.ari_url.rstrip('/')}/applications/{APP}"
        async with (
            aiohttp.ClientSession(headers={"Authorization": auth}) as http,
            http.get(url) as answer,
        ):
            return answer.status == 200

    def _server(
        self,
        settings: Settings,
        key: str,
        name: str,
        module: str,
        ready: Callable[[], Awaitable[bool]],
    ) -> Server:
        folder = str(settings.state_dir)
        return Server(
            name=name,
            # The folder tells whose bot this is, to `ps` and to the supervisor.
            argv=(sys.executable, "-m", module, folder),
            ready=ready,
            identify=folder,
            cwd=ROOT,
            # Nothing of our own environment: proxies, say, would come between it and Asterisk.
            env={
                "ARI_URL": self._endpoints.ari_url,
                "ARI_USER": self._endpoints.ari_user,
                "ARI_PASSWORD": self._endpoints.ari_password,
                "RINGDESK_URL": settings.public_url if settings.tls_cert else settings.local_url,
                "RINGDESK_KEY": key,
            },
            stop_seconds=2.0,
        )


async def _at_once() -> bool:
    """It waits for the service by itself."""
    return True
