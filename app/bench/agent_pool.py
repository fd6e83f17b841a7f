"""Asterisk's own nailed-up agents (app_agent_pool), whom app_queue calls through Local channels.

Their phones are called once and stay on the line, as Ringdesk's standing legs do: no phone rings
for a call. They are logged in for their own runs alone, for Asterisk plays music to all of them.
"""

import asyncio
import time
from pathlib import Path

import aiohttp

from app.bench import dialplan
from app.bench.ami_tape import Tape
from app.config import Refusal

LOGIN_SECONDS = 20.0
ASK_AGAIN_SECONDS = 0.1


class AgentPool:
    """`ari` is a session with Asterisk's sign-in; `url` its REST interface."""

    def __init__(self, ari: aiohttp.ClientSession, url: str, agents: int) -> None:
        self._ari = ari
        self._url = url
        self.names = [f"{1000 + n}" for n in range(agents)]

    async def load(self, etc: Path, ami: Tape) -> None:
        """Have Asterisk know the agents."""
        (etc / "agents.conf").write_text(dialplan.agents_conf(self.names))
        await ami.send(Action="ModuleLoad", Module="app_agent_pool.so", LoadType="load")

    async def log_in(self) -> None:
        """Call all phones, which answer. Raises Refusal when some do not come."""
        for name in self.names:
            where = f"context={dialplan.LOGIN}&extension={name}&priority=1"
            await self._post(f"channels/{_channel(name)}?endpoint=PJSIP/{name}@trunk&{where}")
        end = time.monotonic() + LOGIN_SECONDS
        while missing := len(self.names) - await self._logged_in():
            if time.monotonic() > end:
                raise Refusal(f"{missing} agents of app_agent_pool did not log in")
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async def log_out(self) -> None:
        """Hang all phones up, and wait until they are."""
        for name in self.names:
            async with self._ari.delete(f"{self._url}/channels/{_channel(name)}"):
                pass
        while await self._logged_in():
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async def _logged_in(self) -> int:
        async with self._ari.get(f"{self._url}/channels") as answer:
            told = await answer.json()
        return sum(one["dialplan"]["app_name"] == "AgentLogin" for one in told)

    async def _post(self, path: str) -> None:
        async with self._ari.post(f"{self._url}/{path}"):
            pass


def _channel(name: str) -> str:
    return f"bench-agent-{name}"
