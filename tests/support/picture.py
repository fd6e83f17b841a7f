"""The live picture that a page keeps: a snapshot, and the changes applied to it in order."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import aiohttp

Json = dict[str, Any]


class Picture:
    """What `GET /api/v1/events` told so far. `history` has each conversation's states in order."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self.seq = ""
        self.conversations: dict[str, Json] = {}
        self.agents: dict[str, Json] = {}
        self.history: dict[str, list[str]] = {}
        self.events: list[Json] = []
        self._task: asyncio.Task[None] | None = None
        self.drawn = asyncio.Event()

    async def open(self) -> None:
        """Connect, and stay connected over restarts of the service, until closed."""
        self.begin()
        async with asyncio.timeout(10):
            await self.drawn.wait()

    def begin(self) -> None:
        """As `open`, without waiting for the first snapshot."""
        self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Disconnect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def of(self, number: str) -> Json | None:
        """The newest conversation of the customer with this number."""
        found = [c for c in self.conversations.values() if c["customer"]["number"] == number]
        return max(found, key=lambda c: str(c["created_at"])) if found else None

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with self._connect() as socket:
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            self._apply(message.json())
            await asyncio.sleep(0.1)

    def _apply(self, event: Json) -> None:
        self.events.append(event)
        self.seq = event.get("seq", self.seq)
        data = event["data"]
        match event["type"]:
            case "snapshot":
                self.conversations.clear()
                for conversation in data["conversations"]:
                    self._draw(conversation)
                self.agents = {a["id"]: a for a in data["agents"]}
                self.drawn.set()
            case "conversation.changed":
                self._draw(data)
            case "conversation.removed":
                self.conversations.pop(data["id"], None)
            case "agent.changed":
                self.agents[data["id"]] = data

    def _draw(self, conversation: Json) -> None:
        self.conversations[conversation["id"]] = conversation
        states = self.history.setdefault(conversation["id"], [])
        if not states or states[-1] != conversation["state"]:
            states.append(conversation["state"])
