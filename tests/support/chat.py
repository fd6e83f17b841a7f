"""A customer at a chat widget, over the real WebSocket; it sends again what was not acknowledged,
as the widget does."""

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.support.picture import Json
from tests.support.polling import eventually


class Chatter:
    """One customer; stays connected over cuts and restarts until closed."""

    def __init__(self, url: str, entry: str = "default", origin: str | None = None) -> None:
        self._url = url
        self._entry = entry
        self._origin = origin or url
        self._http = aiohttp.ClientSession()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None
        self.hello: Json = {}
        self.token: str | None = None
        self.conversation: str | None = None
        self.messages: list[Json] = []
        """Every message frame, as it came."""
        self.acked: dict[str, int] = {}
        self.unacked: dict[str, Json] = {}
        self.errors: list[Json] = []
        self.other: list[Json] = []
        self.state = ""
        self.agent: str | None = None
        self.away: str | None = None
        """Why nobody comes."""
        self.more: dict[str, Any] = {}
        self._turn = asyncio.Lock()
        self._retries: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._stay())
        await eventually(lambda: self.hello, within=30)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tasks = [*self._retries, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()

    @property
    def seqs(self) -> list[int]:
        """The numbers of what was shown, as it came."""
        return [m["seq"] for m in self.messages]

    @property
    def texts(self) -> list[str]:
        """What was said, as it came."""
        return [m["text"] for m in self.messages]

    async def say(self, client_id: str, text: str, attachments: Sequence[str] = ()) -> None:
        """Send, now or once connected again."""
        frame = {"type": "message", "client_id": client_id, "text": text}
        async with self._turn:  # after what is being sent again
            self.unacked[client_id] = {**frame, "attachments": list(attachments)}
            await self._send(self.unacked[client_id])

    async def says(
        self, client_id: str, text: str, within: float = 20, attachments: Sequence[str] = ()
    ) -> int:
        """Send, and wait until it is stored; its number."""
        await self.say(client_id, text, attachments)
        await eventually(lambda: client_id in self.acked, within=within)
        return self.acked[client_id]

    async def send(self, frame: Json) -> None:
        """Any frame."""
        await self._send(frame)

    async def cut(self) -> None:
        """The network goes away in mid-sentence."""
        if self._socket is not None:
            await self._socket.close()

    async def _send(self, frame: Json) -> None:
        if self._socket is not None and not self._socket.closed:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                await self._socket.send_json(frame)

    async def _stay(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._once()
            self._socket = None
            await asyncio.sleep(0.1)

    async def _once(self) -> None:
        async with self._http.ws_connect(
            f"{self._url}/chat", params={"entry": self._entry}, headers={"Origin": self._origin}
        ) as socket:
            after = self.messages[-1]["seq"] if self.messages else 0
            hello = {"type": "hello", "after": after, **self.more}
            hello |= {"token": self.token} if self.token else {}
            hello |= {"conversation": self.conversation} if self.conversation else {}
            await socket.send_json(hello)
            async for sent in socket:
                if sent.type is aiohttp.WSMsgType.TEXT:
                    frame = sent.json()
                    self._take(frame)
                    if frame["type"] == "hello":
                        await self._begin(socket)

    async def _begin(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Connected: what was not acknowledged goes first, in its order."""
        async with self._turn:
            self._socket = socket
            for frame in list(self.unacked.values()):
                await self._send(frame)

    async def _again(self, refused: Json) -> None:
        """What could not be stored is sent once more, after the time that was asked for."""
        await asyncio.sleep(refused["retry_ms"] / 1000)
        async with self._turn:
            if frame := self.unacked.get(refused["client_id"]):
                await self._send(frame)

    def _take(self, frame: Json) -> None:
        match frame["type"]:
            case "hello":
                self.hello, self.token = frame, frame["token"]
                self.conversation = frame["conversation"]
                self.state, self.agent, self.away = (frame[k] for k in ("state", "agent", "away"))
                self.messages += frame["messages"]
            case "message":
                self.messages.append(frame)
            case "ack":
                self.acked[frame["client_id"]] = frame["seq"]
                self.unacked.pop(frame["client_id"], None)
            case "conversation":
                self.conversation = frame["conversation"]
            case "state":
                self.state, self.agent, self.away = (frame[k] for k in ("state", "agent", "away"))
            case "error":
                self.errors.append(frame)
                if "retry_ms" in frame and frame.get("client_id") in self.unacked:
                    again = asyncio.create_task(self._again(frame))
                    self._retries.add(again)
                    again.add_done_callback(self._retries.discard)
            case _:
                self.other.append(frame)
