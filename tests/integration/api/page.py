"""What a page knows from the event socket alone: a snapshot, and the events applied to it."""

import asyncio
from typing import Any

import aiohttp
import msgspec

from app.api.openapi import EVENTS
from tests.integration.api.office import Caller, Json
from tests.support.polling import eventually


class Page:
    """Applies every message, as the browser does."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.me: Json | None = None
        self.conversations: dict[str, Json] = {}
        self.agents: dict[str, Json] = {}
        self.seq = ""
        self.messages: list[Json] = []
        self.closed: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def open(self, after: str | None = None) -> "Page":
        """Connect and wait for the first message."""
        self._socket = await self.caller.watch(after)
        seen = len(self.messages)
        self._task = asyncio.create_task(self._read())
        await eventually(lambda: len(self.messages) > seen)
        return self

    async def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            await self._task

    async def has(self, *ids: str) -> None:
        """Wait until these conversations are in the picture."""
        await eventually(lambda: set(ids) <= set(self.conversations))

    @property
    def state(self) -> tuple[Any, ...]:
        """Everything that is drawn."""
        return self.me, self.conversations, self.agents

    def types(self) -> list[str]:
        """The types of the messages so far."""
        return [message["type"] for message in self.messages]

    async def _read(self) -> None:
        socket = self._socket
        assert socket is not None
        async for message in socket:
            self._apply(message.json())
        self.closed = socket.close_code

    def _apply(self, event: Json) -> None:
        self.messages.append(event)
        # The browser's types are made from EVENTS: what is sent must be of these shapes.
        msgspec.convert(event["data"], EVENTS[event["type"]][0])
        self.seq = event["seq"]
        data = event["data"]
        match event["type"]:
            case "snapshot":
                self.me = data["me"]
                self.conversations = {c["id"]: c for c in data["conversations"]}
                self.agents = {a["id"]: a for a in data["agents"]}
            case "conversation.changed":
                self.conversations[data["id"]] = data
            case "conversation.removed":
                self.conversations.pop(data["id"], None)
            case "agent.changed":
                self.agents[data["id"]] = data
                if self.me and self.me["id"] == data["id"]:
                    self.me = data
            case "agent.removed":
                self.agents.pop(data["id"], None)
            case "transcript.added":
                self.conversations[data["conversation_id"]]["transcript"] += data["turns"]


async def agrees_with_a_fresh_one(*pages: Page) -> None:
    """Every page says what a page opened now says, once both have heard the same."""
    for page in pages:

        async def same(page: Page = page) -> bool:
            fresh = await Page(page.caller).open()
            await fresh.close()
            return fresh.state == page.state

        await eventually(same)
