"""A hundred agents at Ringdesk's desk: what a page does, done at once.

One supervisor's socket tells of every offer; the agent's own sign-in accepts it, ends the talk
after its time, and closes the wrap-up.
"""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.bench.people import SignedIn, Staff
from app.bench.wire import Http, Receive, WebSocket
from app.config import Refusal

API = "/api/v1"
LEG_SECONDS = 30.0
AVAILABLE = ("PUT", "/me/status", b'{"status":"available"}')


class _Agent(msgspec.Struct):
    id: str


class _Offer(msgspec.Struct):
    attempt: int
    rang: bool
    agent: _Agent


class _Customer(msgspec.Struct):
    number: str | None = None


class _Conversation(msgspec.Struct):
    id: str
    state: str
    customer: _Customer
    offer: _Offer | None = None
    agent: _Agent | None = None


class _Head(msgspec.Struct):
    type: str


class _Changed(msgspec.Struct):
    data: _Conversation


_HEAD = msgspec.json.Decoder(_Head)
_CHANGED = msgspec.json.Decoder(_Changed)


@dataclass(slots=True)
class Desk:
    """The agents, their connections, and what they saw."""

    address: str
    staff: Staff
    talk_seconds: float
    accept_when_ringing: bool = False
    rung: bool = False
    """Their phones are rung for each call, and answering one accepts."""
    rang: dict[str, float] = field(default_factory=dict)
    """When the first ring of a caller's number was seen: seconds since the epoch."""
    refused: list[str] = field(default_factory=list)
    _taken: set[tuple[str, int]] = field(default_factory=set)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _people: dict[str, SignedIn] = field(default_factory=dict)
    _http: Http = field(init=False)
    _socket: WebSocket | None = None
    _pages: list[WebSocket] = field(default_factory=list)
    page_messages: int = 0

    def __post_init__(self) -> None:
        self._http = Http(self.address)
        self._people = {agent.id: agent for agent in self.staff.agents}

    async def open(self) -> None:
        """Watch, have every leg connected, and be available. Raises Refusal."""
        self._socket = await self._listen(self.staff.supervisor, self._take)
        for method, path, body in (("POST", "/me/leg", b"{}"), AVAILABLE):
            await asyncio.gather(*(self._must(method, path, a, body) for a in self.staff.agents))
        await self._legs_up(b"persistent")

    async def ring_per_call(self) -> None:
        """From now on their phones are rung for each call. Raises Refusal."""
        self.rung = True
        wish = b'{"leg":"per_call","confirm_answer":false}'
        steps = (("DELETE", "/me/leg", b""), ("PUT", "/me/preferences", wish))
        for method, path, body in (*steps, ("POST", "/me/leg", b"{}"), AVAILABLE):
            await asyncio.gather(*(self._must(method, path, a, body) for a in self.staff.agents))
        await self._legs_up(b"per_call")

    async def open_pages(self) -> None:
        """Every agent opens the Inbox as well."""
        for agent in self.staff.agents:
            self._pages.append(await self._listen(agent, self._count))

    def close_pages(self) -> None:
        """Every agent closes the Inbox."""
        for page in self._pages:
            page.close()
        self._pages.clear()

    async def idle(self) -> None:
        """Wait until nobody talks or writes any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def forget(self) -> None:
        """A new run begins."""
        self.rang.clear()
        self.refused.clear()
        self.page_messages = 0

    async def close(self) -> None:
        """Leave everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.close_pages()
        if self._socket is not None:
            self._socket.close()
        self._http.close()

    async def _listen(self, who: SignedIn, receive: Receive) -> WebSocket:
        return await WebSocket.connect(self.address, f"{API}/events", who.cookie, receive)

    def _count(self, _: bytes) -> None:
        self.page_messages += 1

    def _take(self, text: bytes) -> None:
        if _HEAD.decode(text).type != "conversation.changed":
            return
        conversation = _CHANGED.decode(text).data
        if self.rung:
            self._talk_rung(conversation)
            return
        offer = conversation.offer
        if offer is None or conversation.state != "offered":
            return
        if offer.rang:
            self.rang.setdefault(conversation.customer.number or "", time.time())
        key = (conversation.id, offer.attempt)
        if key in self._taken or (self.accept_when_ringing and not offer.rang):
            return
        self._taken.add(key)
        self._have(self._serve(self._people[offer.agent.id], conversation.id, accept=True))

    def _talk_rung(self, conversation: _Conversation) -> None:
        """Somebody's phone was answered: they talk, and end it on their page."""
        key = (conversation.id, 0)
        if conversation.state == "active" and conversation.agent and key not in self._taken:
            self._taken.add(key)
            agent = self._people[conversation.agent.id]
            self._have(self._serve(agent, conversation.id, accept=False))

    def _have(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, agent: SignedIn, conversation: str, *, accept: bool) -> None:
        """Accept, talk, end, close the wrap-up."""
        path = f"/conversations/{conversation}"
        if accept and not await self._may(f"{path}/accept", agent):
            return
        await asyncio.sleep(self.talk_seconds)
        if await self._may(f"{path}/end", agent):
            await self._may(f"{path}/wrap-up", agent)

    async def _may(self, path: str, agent: SignedIn) -> bool:
        try:
            status, body = await self._http.ask(
                "POST", f"{API}{path}", f"Cookie: {agent.cookie}", b"{}"
            )
        except ConnectionError as error:
            self.refused.append(f"{path}: {error}")
            return False
        if status >= 400:
            self.refused.append(f"{path}: {status} {body[:200].decode(errors='replace')}")
        return status < 400

    async def _must(self, method: str, path: str, agent: SignedIn, body: bytes) -> None:
        status, answer = await self._http.ask(
            method, f"{API}{path}", f"Cookie: {agent.cookie}", body
        )
        if status >= 400:
            raise Refusal(f"{method} {path}: {status} {answer[:300].decode(errors='replace')}")

    async def _legs_up(self, kind: bytes) -> None:
        end = time.monotonic() + LEG_SECONDS
        while True:
            answers = await asyncio.gather(
                *(
                    self._http.ask("GET", f"{API}/me", f"Cookie: {a.cookie}")
                    for a in self.staff.agents
                )
            )
            up = (b'"state":"connected"', b'"kind":"%s"' % kind)
            told = [body.replace(b" ", b"") for _, body in answers]
            down = sum(not all(word in body for word in up) for body in told)
            if not down:
                return
            if time.monotonic() > end:
                raise Refusal(f"{down} agents' legs did not come up within {LEG_SECONDS:g} s")
            await asyncio.sleep(0.1)
