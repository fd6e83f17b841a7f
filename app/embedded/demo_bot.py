"""The demo's bot: a process of its own, kept running like the private servers.

It outlives a service that was killed, so its callers stay on the line; the next start adopts it.
"""

import asyncio
import importlib.util
import logging
import sys
from pathlib import Path

import aiohttp

from app.config import Settings
from app.embedded.endpoints import Endpoints
from app.embedded.server import EmbeddedError, Server
from app.embedded.supervisor import Supervisor

APP = "demo-bot"
"""Its Stasis application: BOT_APP in dialplan/extensions.conf."""
ROOT = Path(__file__).parents[2]
AGAIN_SECONDS = 5.0
ASIDE_SECONDS = 1.0

log = logging.getLogger("ringdesk.demo")


class Polite(Supervisor):
    """Leaves the application to another program that has taken it (newest wins) by the same name,
    upon which our bot ends without a fault, and comes back once nobody serves it."""

    async def _restart(self, deaths: int) -> None:
        left_it = self._child is not None and self._child.poll() == 0
        while left_it and await self._probe() and not self._stopping:
            await asyncio.sleep(ASIDE_SECONDS)
        await super()._restart(deaths)


class DemoBot:
    """Starts the demo bot, and starts it again when it dies; `key` is its API key."""

    def __init__(self, settings: Settings, endpoints: Endpoints, key: str) -> None:
        self._endpoints = endpoints
        self._supervisor = Polite(self._server(settings, key), settings.state_dir)
        self.up = asyncio.Event()
        """Set once it answers, or when it is known that it will not."""

    @staticmethod
    def installed() -> bool:
        """Whether what the bot is written with is there (the extra `demo` of pyproject.toml)."""
        return importlib.util.find_spec("asyncari") is not None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._supervisor.start()
                self.up.set()
                await self._supervisor.watch()
            except (EmbeddedError, OSError) as error:
                log.warning("extension 100 goes to people for now: %s", error)
                self.up.set()
            await asyncio.sleep(AGAIN_SECONDS)

    async def stop(self) -> None:
        """End it, for good."""
        await self._supervisor.stop()

    async def _serves(self) -> bool:
        """Whether somebody serves the application."""
        auth = aiohttp.encode_basic_auth(self._endpoints.ari_user, self._endpoints.ari_password)
        url = f"{self._endpoints.ari_url.rstrip('/')}/applications/{APP}"
        async with (
            aiohttp.ClientSession(headers={"Authorization": auth}) as http,
            http.get(url) as answer,
        ):
            return answer.status == 200

    def _server(self, settings: Settings, key: str) -> Server:
        folder = str(settings.state_dir)
        return Server(
            name=APP,
            # The folder tells whose bot this is, to `ps` and to the supervisor.
            argv=(sys.executable, "-m", "app.demo_bot", folder),
            ready=self._serves,
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
