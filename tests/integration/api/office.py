"""An office for the API's stories: the service's own wiring on a real Redis and a real database.

Asterisk is away: what it would tell comes as facts, by the way that its own facts come.
"""

import asyncio
import secrets
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from app.api import make_app
from app.api.passwords import hash_password
from app.config import Settings, load
from app.desk.desk import Desk
from app.domain.agent import Role
from app.embedded import Endpoints
from app.records import NewPerson, Records
from app.service.wiring import House
from app.telephony import CallArrived, CallGone, Fact, LegRinging, LegUp
from tests.support.polling import eventually

Json = dict[str, Any]
PASSWORD = "only-for-tests-9Kd"
HASH = hash_password(PASSWORD)
PEOPLE: dict[str, tuple[Role, tuple[str, ...]]] = {
    "ana": (Role.AGENT, ("Billing",)),
    "ben": (Role.AGENT, ("Billing", "Spanish")),
    "sam": (Role.SUPERVISOR, ()),
    "ada": (Role.ADMIN, ()),
}


class Caller:
    """Somebody (or some program) with an HTTP client of their own."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {key}"} if key else {"Origin": url}
        self.http = aiohttp.ClientSession(
            url, headers=headers, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self.id = ""

    async def sign_in(self, name: str) -> None:
        """Sign in with the password of these tests."""
        answer = await self.ask(
            "POST", "session", {"email": f"{name}@example.com", "password": PASSWORD}
        )
        self.id = answer["id"]

    async def ask(
        self, method: str, path: str, body: Any = None, status: int | None = None, **more: Any
    ) -> Json:
        """Ask under /api/v1; the JSON of the answer. Expects success, or `status`."""
        async with self.http.request(method, f"/api/v1/{path}", json=body, **more) as answer:
            text = await answer.text()
            expected = answer.status < 400 if status is None else answer.status == status
            assert expected, f"{method} {path}: {answer.status} {text}"
            found: Json = await answer.json(content_type=None) if text else {}
            return found

    async def refused(
        self, method: str, path: str, body: Any = None, *, status: int, type: str, **more: Any
    ) -> Json:
        """Ask for what must be refused with this status and this type of problem."""
        found = await self.ask(method, path, body, status, **more)
        assert found["type"] == f"urn:ringdesk:problem:{type}", found
        assert found["status"] == status
        return found

    def watch(self, after: str | None = None, **more: Any) -> Any:
        """The event socket, as a context manager."""
        query = {"after": after} if after else {}
        return self.http.ws_connect("/api/v1/events", params=query, **more)


class Office:
    """A running service without Asterisk, and the people in it."""

    def __init__(self, redis_url: str, folder: Path, port: int, **settings: str) -> None:
        self._redis_url = redis_url
        self._port = port
        self.folder = folder
        self.settings: Settings = load(
            {
                "RINGDESK_HTTP": f"127.0.0.1:{port}",
                "RINGDESK_STATE_DIR": str(folder),
                **{f"RINGDESK_{name}": value for name, value in settings.items()},
            },
            folder / "no.env",
        )
        self.url = f"http://127.0.0.1:{port}"
        self._callers: list[Caller] = []

    async def open(self, new: bool = True) -> None:
        """Build the service as it builds itself, and let everything run but the telephone."""
        self.records = await Records.open(self.settings.database_url)
        if new:
            await self._people()
        self.house = House(self.settings, self._endpoints(), self.records)
        self._stack = AsyncExitStack()
        await self.house.open(self._stack)
        self.desk: Desk = self.house.desk
        self._tasks = [
            asyncio.create_task(run(), name=name)
            for name, run in self.house.loops.items()
            if name != "telephony"
        ]
        self.app = make_app(self.desk, self.records, self.settings)
        self.server = TestServer(self.app, port=self._port)
        await self.server.start_server()

    async def close(self) -> None:
        """Take everything down."""
        for caller in self._callers:
            await caller.http.close()
        await self.server.close()
        pending = set(self._tasks)
        while pending:
            # Python 3.11's wait_for, which redis-py writes with, can lose a cancellation.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.2)
        await self._stack.aclose()
        await self.records.close()

    async def somebody(self) -> Caller:
        """Nobody in particular."""
        caller = Caller(self.url)
        self._callers.append(caller)
        return caller

    async def person(self, name: str) -> Caller:
        """Somebody of the office, signed in."""
        caller = await self.somebody()
        await caller.sign_in(name)
        return caller

    async def bot(
        self, name: str = "bot", key: str | None = None, scopes: Iterable[str] = ()
    ) -> Caller:
        """A program with a key of its own; with `key` it sends that instead."""
        key_id, made = await self.records.keys.add(name, scopes)
        caller = Caller(self.url, key or made)
        caller.id = key_id
        self._callers.append(caller)
        return caller

    async def fact(self, fact: Fact) -> None:
        """What Asterisk would tell."""
        await self.house.take(fact)

    async def call(self, number: str = "+15550123", **variables: str) -> str:
        """A customer calls and waits; the conversation's id."""
        channel = secrets.token_hex(6)
        given = {f"RINGDESK_{name.upper()}": value for name, value in variables.items()}
        await self.fact(
            CallArrived(
                channel_id=channel,
                variables=given,
                caller_number=number,
                caller_name="Maria Lopez",
                entry="200",
                args=("queue",),
                at=self.desk.now(),
            )
        )

        async def arrived() -> str | None:
            snapshot = await self.desk.snapshot()
            return next((c.id for c in snapshot.conversations if c.channel_id == channel), None)

        return str(await eventually(arrived))

    async def hang_up(self, conversation_id: str) -> None:
        """The customer goes."""
        conversation = await self.desk.conversation(conversation_id)
        channel = conversation.channel_id or ""
        await self.fact(CallGone(channel_id=channel, cause=16, hung_up=True, at=self.desk.now()))

    async def at_work(self, name: str) -> Caller:
        """Somebody who is available, with their leg up."""
        caller = await self.person(name)
        await self.fact(LegUp(caller.id, f"leg-{name}", self.desk.now()))
        await self.until(caller, lambda me: me["leg"]["state"] == "connected")
        await caller.ask("PUT", "me/status", {"status": "available"})
        return caller

    async def ring(self, agent: Caller, conversation_id: str) -> None:
        """The offer is heard on the agent's leg."""
        await self.until(agent, lambda me: me["offer"] == conversation_id)
        await self.fact(LegRinging(agent.id, conversation_id, self.desk.now()))

        async def rings() -> bool:
            offer = (await self.desk.conversation(conversation_id)).offer
            return offer is not None and offer.rang

        await eventually(rings)

    async def until(self, caller: Caller, holds: Any, within: float = 15.0) -> Json:
        """What the caller is, once something is true of it."""

        async def probe() -> Json | None:
            async with caller.http.get("/api/v1/me") as answer:
                if answer.status in {404, 503}:
                    return None  # the live queue is being rebuilt
                assert answer.status == 200, await answer.text()
                me: Json = await answer.json()
                return me if holds(me) else None

        found = await eventually(probe, within=within)
        assert found is not None
        return found

    async def _people(self) -> None:
        skills = {name: await self.records.skills.add(name) for name in ("Billing", "Spanish")}
        await self.records.skills.add("Fraud")
        await self.records.dispositions.add("Solved")
        for name, (role, held) in PEOPLE.items():
            person = await self.records.people.add(
                NewPerson(
                    email=f"{name}@example.com",
                    name=name.title(),
                    role=role,
                    password_hash=HASH,
                    phone_number="+15550100",
                )
            )
            await self.records.people.set_skills(
                person.id, [skills[skill].id for skill in held], by_admin=True
            )

    def _endpoints(self) -> Endpoints:
        return Endpoints(
            redis_url=self._redis_url,
            ari_url="http://127.0.0.1:1/ari",
            ari_user="nobody",
            ari_password="none",
            ami_host="127.0.0.1",
            ami_port=1,
            ami_user="nobody",
            ami_password="none",
        )
