"""A bot as a program: the HTTP API with a key."""

from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.support.people import Refused
from tests.support.picture import Json
from tests.support.world import World


class Program:
    """A client with a key of its own, which is revoked at the end."""

    def __init__(self, world: World, *scopes: str) -> None:
        self._world = world
        self._scopes = {"scopes": scopes} if scopes else {}
        self._revoke = ""
        self._http: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._admin = await self._world.person("admin")
        made = await self._admin.post("api-keys", {"name": "a bot of the tests", **self._scopes})
        self._revoke = made["id"]
        self._http = aiohttp.ClientSession(
            f"{self._world.stack.url}/api/v1/", headers={"Authorization": f"Bearer {made['key']}"}
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()
        await self._admin.delete(f"api-keys/{self._revoke}")

    async def get(self, path: str) -> Json:
        """GET under /api/v1. Raises Refused."""
        return await self._ask("GET", path, None)

    async def sound(self, talk: str) -> bytes:
        """What a caller left, as a WAV file."""
        async with self._http.get(f"conversations/{talk}/recording") as reply:
            assert (reply.status, reply.content_type) == (200, "audio/wav")
            return await reply.read()

    async def post(self, path: str, body: Any = None) -> Json:
        """POST under /api/v1. Raises Refused."""
        return await self._ask("POST", path, body)

    async def patch(self, path: str, body: Any = None) -> Json:
        """PATCH under /api/v1. Raises Refused."""
        return await self._ask("PATCH", path, body)

    async def open(self, number: str, name: str | None = None, channel: str | None = None) -> str:
        """A conversation by voice that the bot handles, on this channel of Asterisk; its id."""
        customer = {"number": number} | ({"name": name} if name else {})
        body = {"channel": "voice", "customer": customer} | (
            {"channel_id": channel} if channel else {}
        )
        opened = await self.post("conversations", body)
        return str(opened["id"])

    async def open_call(self, number: str, channel: str, **more: Any) -> str:
        """A conversation about a call that the bot has; its id."""
        body = {"channel": "voice", "customer": {"number": number}, "channel_id": channel, **more}
        return str((await self.post("conversations", body))["id"])

    async def queue(self, talk: str, *skills: str, **more: Any) -> Json:
        """Hand over to people."""
        return await self.post(f"conversations/{talk}/queue", {"skills": list(skills), **more})

    async def _ask(self, method: str, path: str, body: Any) -> Json:
        async with self._http.request(method, path, json=body) as reply:
            answer: Json = await reply.json(content_type=None) if await reply.read() else {}
            if reply.status >= 400:
                raise Refused(reply.status, answer)
            return answer
