"""The limit of the messages' benchmark: the same frames through aiohttp alone, nothing stored.

`python -m app.bench.relay PORT` serves what the benchmark asks of Ringdesk: customers on `/chat`,
agents on `/api/v1/events`, accept, and the agents' messages by POST. Everybody gets as many frames
of the same shape; there are no sign-ins, no queue and no database.
"""

import asyncio
import itertools
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import uvloop
from aiohttp import WSMsgType, web

_encode = msgspec.json.encode


class Said(msgspec.Struct):
    """What a customer's page or an agent's sends."""

    client_id: str = ""
    text: str = ""
    type: str = ""
    name: str = ""


_SAID = msgspec.json.Decoder(Said)


class Talk:
    """A customer, and the agent who has them."""

    def __init__(self, id: str, name: str, customer: web.WebSocketResponse) -> None:
        self.id = id
        self.name = name
        self.customer = customer
        self.agent: web.WebSocketResponse | None = None
        self.seq = 0

    async def say(self, said: Said, author: str) -> dict[str, Any]:
        """To both of them; the message as it is told."""
        self.seq += 1
        message = {
            "seq": self.seq,
            "author": author,
            "name": None,
            "text": said.text,
            "at": datetime.now(UTC),
            "attachments": [],
            "client_id": said.client_id,
        }
        await self.customer.send_frame(_encode({"type": "message", **message}), WSMsgType.TEXT)
        await self.tell("message.added", {"conversation_id": self.id, "message": message})
        return message

    async def tell(self, kind: str, data: dict[str, Any]) -> None:
        """The agent's page gets an event."""
        if self.agent is not None:
            event = {"type": kind, "seq": f"0-{self.seq}", "at": datetime.now(UTC), "data": data}
            await self.agent.send_frame(_encode(event), WSMsgType.TEXT)


class Relay:
    """Who is here; an agent gets each new customer in turn."""

    def __init__(self) -> None:
        self._talks: dict[str, Talk] = {}
        self._agents: list[tuple[str, web.WebSocketResponse]] = []
        self._numbers = itertools.count()

    def app(self) -> web.Application:
        """Its routes."""
        app = web.Application()
        one = "/api/v1/conversations/{id}"
        app.router.add_get("/chat", self._customer)
        app.router.add_get("/api/v1/events", self._agent)
        app.router.add_post(f"{one}/accept", self._accept)
        app.router.add_post(f"{one}/messages", self._write)
        return app

    async def _customer(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20.0, compress=False)
        await socket.prepare(request)
        talk = Talk(f"w{next(self._numbers)}", "", socket)
        async for frame in socket:
            said = _SAID.decode(frame.data)
            if said.type == "hello":
                talk.name = said.name
                hello = {"type": "hello", "token": talk.id, "messages": []}
                await socket.send_frame(_encode(hello), WSMsgType.TEXT)
                continue
            if talk.agent is None:
                await self._offer(talk)
            await talk.say(said, "customer")
            ack = {"type": "ack", "client_id": said.client_id, "seq": talk.seq}
            await socket.send_frame(_encode(ack), WSMsgType.TEXT)
        return socket

    async def _offer(self, talk: Talk) -> None:
        agent_id, talk.agent = self._agents[len(self._talks) % len(self._agents)]
        self._talks[talk.id] = talk
        offer = {"attempt": 1, "agent": {"id": agent_id}, "rang": True}
        told = {
            "id": talk.id,
            "state": "offered",
            "customer": {"name": talk.name},
            "offer": offer,
        }
        await talk.tell("conversation.changed", told)

    async def _agent(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20.0, compress=False)
        await socket.prepare(request)
        self._agents.append((request.cookies["agent"], socket))
        async for _ in socket:
            pass
        return socket

    async def _accept(self, _: web.Request) -> web.Response:
        return web.Response(body=b"{}", content_type="application/json")

    async def _write(self, request: web.Request) -> web.Response:
        talk = self._talks[request.match_info["id"]]
        told = await talk.say(_SAID.decode(await request.read()), "agent")
        return web.Response(body=_encode(told), content_type="application/json")


async def serve(port: int) -> None:
    """On 127.0.0.1, until the process is ended."""
    runner = web.AppRunner(Relay().app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
