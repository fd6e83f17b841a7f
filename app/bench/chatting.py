"""Customers at a chat widget and agents at their Inbox, as their pages speak: both sides' clients.

The same for Ringdesk and for the bare relay. A message carries its number in its text, so that
whoever gets it can tell when it was due.
"""

import asyncio
import random
import re
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from app.bench.people import SignedIn
from app.bench.wire import Http, Receive, WebSocket
from app.config import Refusal

API = "/api/v1"
OPENING_SECONDS = 60.0
AT_ONCE = 40
"""Pages that open, and chats that begin, at a time."""
FILLER = "is a sentence about as long as those that people write in chats"
CUSTOMER, AGENT = b"c", b"a"
_NUMBER = re.compile(rb'"text":"([ca])(\d+) ')
_ACK = re.compile(rb'"type":"ack","client_id":"c(\d+)"')


class _Agent(msgspec.Struct):
    id: str


class _Offer(msgspec.Struct):
    agent: _Agent


class _Named(msgspec.Struct):
    name: str | None = None


class _Conversation(msgspec.Struct):
    id: str
    state: str
    customer: _Named
    offer: _Offer | None = None


class _Changed(msgspec.Struct):
    data: _Conversation


_CHANGED = msgspec.json.Decoder(_Changed)


@dataclass(slots=True)
class Tally:
    """When each message was due, and how long it took; seconds. A number is given once."""

    number: int = 0
    under_way: dict[int, float] = field(default_factory=dict)
    """Due, and not with the other side yet."""
    unacknowledged: dict[int, float] = field(default_factory=dict)
    to_agent: list[float] = field(default_factory=list)
    to_customer: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    promised: set[int] = field(default_factory=set)
    """All whose authors were ever told that they are stored."""

    def due(self, at: float) -> int:
        """One more; its number."""
        self.number += 1
        self.under_way[self.number] = self.unacknowledged[self.number] = at
        return self.number

    def arrived(self, number: int, times: list[float]) -> None:
        """The other side has it; again does not count."""
        due = self.under_way.pop(number, None)
        if due is not None:
            times.append(time.perf_counter() - due)

    def acked(self, number: int) -> None:
        """Its author was told that it is stored."""
        self.promised.add(number)
        due = self.unacknowledged.pop(number, None)
        if due is not None:
            self.acknowledged.append(time.perf_counter() - due)

    def refuse(self, why: str) -> None:
        """One was not taken, and its author was told."""
        self.refused.append(why)

    def begin(self) -> None:
        """Count anew; what is still under way is given up."""
        for kept in (self.under_way, self.unacknowledged):
            kept.clear()
        for times in (self.to_agent, self.to_customer, self.acknowledged):
            times.clear()
        self.refused.clear()


@dataclass(slots=True)
class Customer:
    """A page with the widget."""

    name: str
    socket: WebSocket
    conversation: str = ""
    agent: SignedIn | None = None
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    accepted: asyncio.Event = field(default_factory=asyncio.Event)


class Floor:
    """Everybody at one address."""

    def __init__(self, address: str, agents: Sequence[SignedIn]) -> None:
        self.tally = Tally()
        self.customers: list[Customer] = []
        self._address = address
        self._agents = agents
        self._sockets: list[WebSocket] = []
        self._http = Http(address)
        self._turns = {agent.id: asyncio.Lock() for agent in agents}
        self._by_name: dict[str, Customer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._chance = random.Random(7)

    async def agents_come(self) -> None:
        """Each opens their Inbox and is available. Raises Refusal."""
        await self._many(self._agent_comes(agent) for agent in self._agents)

    async def _agent_comes(self, agent: SignedIn) -> None:
        path, receive = f"{API}/events", self._to_agent(agent)
        self._sockets.append(await WebSocket.connect(self._address, path, agent.cookie, receive))

    async def available(self) -> None:
        """Everybody takes work. Raises Refusal."""
        status = b'{"status":"available"}'
        await self._many(self.ask("PUT", "/me/status", agent, status) for agent in self._agents)

    async def customers_come(self, count: int) -> None:
        """So many open the page, and say nothing. Raises Refusal."""
        await self._many(self._customer_comes(f"customer-{n}") for n in range(count))

    async def _customer_comes(self, name: str) -> None:
        box: list[Customer] = []
        socket = await WebSocket.connect(
            self._address, "/chat", "page=1", lambda text: self._to_customer(box[0], text)
        )
        customer = self._by_name[name] = Customer(name, socket)
        box.append(customer)
        self.customers.append(customer)
        self._sockets.append(socket)
        socket.send(msgspec.json.encode({"type": "hello", "name": name}))
        await _within(customer.greeted, "the hello was not answered")

    async def chats_begin(self) -> None:
        """Each customer writes, and an agent accepts. Raises Refusal."""
        await self._many(self._chat_begins(customer) for customer in self.customers)

    async def _chat_begins(self, customer: Customer) -> None:
        hello = {"type": "message", "client_id": "hello", "text": "Hello"}
        customer.socket.send(msgspec.json.encode(hello))
        await _within(customer.accepted, "a chat was not accepted")

    async def pace(self, rate: float, seconds: float) -> None:
        """So many messages a second, from customers and agents in turn, whatever becomes of them;
        each customer and their agent write as often as the others."""
        order = self._chance.sample(self.customers, len(self.customers))
        start = time.perf_counter()
        for n in range(round(rate * seconds)):
            due = start + n / rate
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            elif n % 50 == 0:
                await asyncio.sleep(0)
            customer = order[n // 2 % len(order)]
            (self._agent_writes if n % 2 else self._customer_writes)(customer, due)

    async def settled(self, within: float) -> bool:
        """Wait until everything has arrived; False when it does not in time (seconds)."""
        end = time.perf_counter() + within
        while self.tally.under_way or self.tally.unacknowledged:
            if time.perf_counter() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    async def ask(self, method: str, path: str, who: SignedIn, body: bytes) -> bytes:
        """One request of a page; its answer. Raises Refusal."""
        status, answer = await self._http.ask(method, f"{API}{path}", _header(who), body)
        if status >= 400:
            raise Refusal(f"{method} {path}: {status} {answer[:300].decode(errors='replace')}")
        return answer

    async def close(self) -> None:
        """Everybody leaves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for socket in self._sockets:
            socket.close()
        self._http.close()

    # -- what pages send

    def _customer_writes(self, customer: Customer, due: float) -> None:
        number = self.tally.due(due)
        customer.socket.send(
            b'{"type":"message","client_id":"c%d","text":"c%d %b"}'
            % (number, number, FILLER.encode())
        )

    def _agent_writes(self, customer: Customer, due: float) -> None:
        self._keep(self._post(customer, self.tally.due(due)))

    async def _post(self, customer: Customer, number: int) -> None:
        """An agent's page sends one message after the other."""
        agent = customer.agent
        if agent is None:
            raise ValueError("nobody has this customer")
        path = f"{API}/conversations/{customer.conversation}/messages"
        body = b'{"client_id":"a%d","text":"a%d %b"}' % (number, number, FILLER.encode())
        async with self._turns[agent.id]:
            try:
                status, answer = await self._http.ask("POST", path, _header(agent), body)
            except ConnectionError as error:
                status, answer = 599, str(error).encode()
        if status >= 400:
            self.tally.refuse(f"{status} {answer[:200].decode(errors='replace')}")
        else:
            self.tally.acked(number)

    # -- what pages get

    def _to_customer(self, customer: Customer, text: bytes) -> None:
        found = _NUMBER.search(text)
        if found is not None:
            if found[1] == AGENT:
                self.tally.arrived(int(found[2]), self.tally.to_customer)
        elif (ack := _ACK.search(text)) is not None:
            self.tally.acked(int(ack[1]))
        elif text.startswith(b'{"type":"hello"'):
            customer.greeted.set()
        elif text.startswith(b'{"type":"error"'):
            self.tally.refuse(text[:200].decode(errors="replace"))

    def _to_agent(self, agent: SignedIn) -> Receive:
        def receive(text: bytes) -> None:
            found = _NUMBER.search(text)
            if found is not None:
                if found[1] == CUSTOMER:
                    self.tally.arrived(int(found[2]), self.tally.to_agent)
            elif text.startswith(b'{"type":"conversation.changed"'):
                self._changed(agent, _CHANGED.decode(text).data)

        return receive

    def _changed(self, agent: SignedIn, talk: _Conversation) -> None:
        """Accept what is offered."""
        customer = self._by_name.get(talk.customer.name or "")
        mine = talk.offer is not None and talk.offer.agent.id == agent.id
        if customer is not None and mine and talk.state == "offered" and not customer.conversation:
            customer.conversation, customer.agent = talk.id, agent
            self._keep(self._accept(customer, agent))

    async def _accept(self, customer: Customer, agent: SignedIn) -> None:
        await self.ask("POST", f"/conversations/{customer.conversation}/accept", agent, b"{}")
        customer.accepted.set()

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _many(self, work: Iterable[Coroutine[None, None, object]]) -> None:
        left = asyncio.Semaphore(AT_ONCE)

        async def one(each: Coroutine[None, None, object]) -> None:
            async with left:
                await each

        await asyncio.gather(*map(one, work))


async def _within(event: asyncio.Event, fault: str) -> None:
    try:
        async with asyncio.timeout(OPENING_SECONDS):
            await event.wait()
    except TimeoutError:
        raise Refusal(f"{fault} within {OPENING_SECONDS:g} s") from None


def _header(who: SignedIn) -> str:
    return f"Cookie: {who.cookie}"
