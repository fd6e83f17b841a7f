"""A bot on Asterisk, as anybody could write one: callers of extension 100 come to it over ARI."""

import asyncio
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.support.asterisk_view import Behind
from tests.support.stack import Stack

APP = "demo-bot"
_MOST = 30_000
"""Asterisk's HTTP server refuses bodies above 40,960 bytes (http.c, MAX_CONTENT_LENGTH)."""


class Bot:
    """Takes calls in the Stasis application `demo-bot` and hands them over to people."""

    def __init__(self, stack: Stack, behind: Behind) -> None:
        self._ari = stack.endpoints["ari"]
        self._behind = behind
        self._arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._listen())
        async with asyncio.timeout(15):
            await self._connected.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def next_call(self, within: float = 15.0) -> str:
        """The channel of the next caller."""
        return str((await self.next_start(within))["channel"]["id"])

    async def next_start(self, within: float = 15.0) -> dict[str, Any]:
        """The whole StasisStart of the next caller."""
        async with asyncio.timeout(within):
            return await self._arrived.get()

    async def plays(self, channel: str, tone: int) -> str:
        """Play a tone to a caller, without end; the playback's id."""
        told = await self._behind.ari("POST", f"channels/{channel}/play", media=f"tone:{tone}")
        return str(told["id"])

    async def records(self, channel: str) -> None:
        """Take down what a caller says, for as long as they are there."""
        await self._behind.ari(
            "POST", f"channels/{channel}/record", name=f"bot-{channel}", format="wav"
        )

    async def hushes(self, playback: str) -> None:
        """End a playback: until then its channel does nothing else."""
        await self._behind.ari("DELETE", f"playbacks/{playback}")

    async def variable(self, channel: str, name: str) -> str:
        """A channel variable's value."""
        told = await self._behind.ari("GET", f"channels/{channel}/variable", variable=name)
        return str(told["value"])

    async def hand_over(self, channel: str, **variables: str) -> None:
        """Set RINGDESK_* variables (written without the prefix) and move the call to people."""
        for name, value in variables.items():
            await self._set(channel, f"RINGDESK_{name}", value)
        await self._behind.ari("POST", f"channels/{channel}/move", app="ringdesk", appArgs="queue")

    async def _set(self, channel: str, name: str, value: str) -> None:
        path = f"channels/{channel}/variable"
        first, rest = value[:_MOST], value[_MOST:]
        await self._behind.ari("POST", path, {"variable": name, "value": first})
        for start in range(0, len(rest), _MOST):
            piece = rest[start : start + _MOST]
            # PUSH (func_strings.c) appends to a variable, which is how it gets longer than a body.
            await self._behind.ari("POST", path, {"variable": f"PUSH({name},-)", "value": piece})

    async def _listen(self) -> None:
        url = self._ari["url"].rstrip("/") + "/events"
        headers = {
            "Authorization": aiohttp.encode_basic_auth(self._ari["user"], self._ari["password"])
        }
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.ws_connect(url, params={"app": APP}) as socket,
        ):
            self._connected.set()
            async for message in socket:
                event: dict[str, Any] = message.json()
                if event["type"] == "StasisStart":
                    self._arrived.put_nowait(event)
