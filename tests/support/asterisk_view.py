"""Asterisk and Redis of a stack as a test sees them, past the service: for checks and for harm."""

import asyncio
import contextlib
from types import TracebackType
from typing import Any, Self

import aiohttp
from redis.asyncio import Redis

from app.telephony.mirror import SOUND_IDS, sound_id
from tests.support.stack import Stack


class Behind:
    """Direct ARI and Redis access to the servers of a stack."""

    def __init__(self, stack: Stack) -> None:
        told = stack.endpoints
        ari = told["ari"]
        self._base = ari["url"].rstrip("/")
        authorization = aiohttp.encode_basic_auth(ari["user"], ari["password"])
        self._http = aiohttp.ClientSession(headers={"Authorization": authorization})
        self.redis: Redis = Redis.from_url(told["redis"]["url"], decode_responses=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()
        await self.redis.aclose()

    async def ari(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """One ARI request; the answer's JSON, None when it has none. Raises on 4xx and 5xx."""
        url = f"{self._base}/{path}"
        async with self._http.request(method, url, params=query, json=body) as reply:
            if reply.status >= 400:
                raise AssertionError(f"ARI {method} {path}: {reply.status} {await reply.text()}")
            return await reply.json() if reply.content_type == "application/json" else None

    async def channels(self) -> list[dict[str, Any]]:
        """Every channel in Asterisk."""
        found: list[dict[str, Any]] = await self.ari("GET", "channels")
        return found

    async def holds(self, channel: str) -> bool:
        """Whether this channel is in our application."""
        return channel in (await self.ari("GET", "applications/ringdesk"))["channel_ids"]

    async def web_endpoints(self) -> list[dict[str, Any]]:
        """The SIP users of browsers' tabs."""
        found = await self.ari("GET", "endpoints/PJSIP")
        return [each for each in found if each["resource"].startswith("web-")]

    async def occupied_bridges(self) -> list[dict[str, Any]]:
        """Bridges with a channel in them; empty ones may stand ready for the next call."""
        return [b for b in await self.ari("GET", "bridges") if b["channels"]]

    async def channel_of(self, number: str) -> str:
        """The channel of the customer with this number: their phone's, since one that the dialplan
        makes (Local, for the note of a message) shows the same number."""
        phones = [c for c in await self.channels() if c["name"].startswith("PJSIP/")]
        return next(str(c["id"]) for c in phones if c["caller"]["number"] == number)

    async def announcement(self, channel: str, within: float = 10.0) -> None:
        """Wait until an announcement begins on this channel, heard by an application of ours."""
        async with (
            asyncio.timeout(within),
            self._http.ws_connect(f"{self._base}/events", params={"app": "witness"}) as socket,
        ):
            source = f"channel:{channel}"
            await self.ari("POST", "applications/witness/subscription", eventSource=source)
            async for message in socket:
                if message.json()["type"] == "PlaybackStarted":
                    return

    async def floor(self) -> str:
        """Every channel with its state and its RTP packets, and who is in which bridge."""
        told = []
        for channel in await self.channels():
            packets = "no RTP"
            with contextlib.suppress(AssertionError):
                counted = await self.ari("GET", f"channels/{channel['id']}/rtp_statistics")
                packets = f"{counted['rxcount']} packets in, {counted['txcount']} out"
            told.append(f"{channel['name']} {channel['id']} {channel['state']} {packets}")
        rooms = [(b["name"], b["technology"], b["channels"]) for b in await self.occupied_bridges()]
        return f"in Asterisk: {told}, {rooms}"

    async def leg(self, agent_id: str) -> str:
        """An agent's channels with their bridges and playbacks, in words."""
        channels, bridges = await self.channels(), await self.ari("GET", "bridges")
        told = []
        for channel in (c["id"] for c in channels if c["id"].startswith(f"leg-{agent_id}-")):
            state = next(c["state"] for c in channels if c["id"] == channel)
            rooms = [(b["id"], b["channels"]) for b in bridges if channel in b["channels"]]
            told.append(f"{channel} {state} in {rooms} plays {await self._playbacks(channel)}")
        return f"in Asterisk: {told or 'no leg'}"

    async def _playbacks(self, channel: str) -> dict[str, str]:
        found = {}
        for number in range(SOUND_IDS):
            playback = sound_id(channel, number)
            with contextlib.suppress(AssertionError):
                found[playback] = (await self.ari("GET", f"playbacks/{playback}"))["state"]
        return found

    async def variable(self, channel: str, name: str) -> str:
        """A channel variable; empty when it is not set."""
        url = f"{self._base}/channels/{channel}/variable"
        async with self._http.get(url, params={"variable": name}) as reply:
            told = await reply.json()
        assert reply.status in {200, 404}, told
        return str(told.get("value", ""))
