"""People at their pages, through the public HTTP API."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp

from tests.support.phones import Line, Phone
from tests.support.picture import Json, Picture
from tests.support.polling import eventually
from tests.support.stack import PASSWORD


class Served(Protocol):
    """Something that serves the API: a stack, or a composed system."""

    @property
    def url(self) -> str:
        """Where the pages and the API are."""


class Refused(Exception):
    """A problem document (RFC 9457)."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem

    @property
    def type(self) -> str:
        """The last part of the problem's type."""
        return str(self.problem.get("type", "")).rpartition(":")[2]


class Person:
    """Somebody signed in: name is the part of the e-mail address before the @."""

    def __init__(self, stack: Served, name: str) -> None:
        self.name = name
        self.email = f"{name}@example.com"
        self._stack = stack
        self._http = aiohttp.ClientSession(
            f"{stack.url}/api/v1/", cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self.id = ""
        self.picture = Picture(self.watch)

    async def sign_in(self, password: str = PASSWORD) -> None:
        """Get the cookie. Raises Refused."""
        await self.post("session", {"email": self.email, "password": password})
        self.id = (await self.me())["id"]

    def watch(self) -> Any:
        """A WebSocket of live events (an asynchronous context manager)."""
        return self._http.ws_connect("events", headers={"Origin": self._stack.url}, heartbeat=5)

    async def open_socket(self, url: str, **headers: str) -> aiohttp.ClientWebSocketResponse:
        """A WebSocket of SIP in this sign-in."""
        given = {"Origin": self._stack.url, **headers}
        return await self._http.ws_connect(url, protocols=("sip",), headers=given)

    async def close(self) -> None:
        """Leave the page, without signing out."""
        await self.picture.close()
        await self._http.close()

    async def get(self, path: str, **query: str) -> Json:
        """GET under /api/v1."""
        return await self._ask("GET", path, None, query)

    async def download(self, path: str) -> bytes:
        """What a GET under /api/v1 brings, as it is. Raises ClientResponseError."""
        async with self._http.get(path, raise_for_status=True) as reply:
            return await reply.read()

    async def post(self, path: str, body: Any = None, key: str | None = None) -> Json:
        """POST under /api/v1; `key` is the Idempotency-Key."""
        return await self._ask("POST", path, body, key=key)

    async def put(self, path: str, body: Any) -> Json:
        """PUT under /api/v1."""
        return await self._ask("PUT", path, body)

    async def delete(self, path: str) -> Json:
        """DELETE under /api/v1."""
        return await self._ask("DELETE", path, None)

    async def text(self, path: str) -> str:
        """GET of any path of the service, as text."""
        async with self._http.get(f"{self._stack.url}{path}") as reply:
            assert reply.status == 200, f"{path}: {reply.status}"
            return await reply.text()

    async def upload(self, name: str, data: bytes) -> str:
        """Send a file up; its id."""
        headers = {"Origin": self._stack.url, "Content-Type": "application/octet-stream"}
        async with self._http.post(
            "attachments", params={"name": name}, data=data, headers=headers
        ) as reply:
            answer: Json = await reply.json()
            if reply.status >= 400:
                raise Refused(reply.status, answer)
            return str(answer["id"])

    async def me(self) -> Json:
        """What the page shows about oneself."""
        return await self.get("me")

    async def _ask(
        self,
        method: str,
        path: str,
        body: Any,
        query: dict[str, str] | None = None,
        key: str | None = None,
    ) -> Json:
        headers = {"Origin": self._stack.url} | ({"Idempotency-Key": key} if key else {})
        async with self._http.request(
            method, path, json=body, params=query, headers=headers
        ) as reply:
            answer: Json = await reply.json(content_type=None) if await reply.read() else {}
            if reply.status >= 400:
                raise Refused(reply.status, answer)
            return answer


class Agent(Person):
    """An agent with a phone: what they do all day."""

    def __init__(self, stack: Served, name: str) -> None:
        super().__init__(stack, name)
        self.phone: Phone
        self.witness: Callable[[str], Awaitable[str]] | None = None
        """Says how this agent's leg is in Asterisk, for the failure of a story."""

    @property
    def line(self) -> Line:
        """The audio leg as the agent's phone has it."""
        return self.phone.line

    async def use_number(self, phone: Phone) -> None:
        """Have the leg over a phone number, and connect it."""
        self.phone = phone
        await self.put("me/preferences", {"phone_number": phone.name})
        await self.connect("number")

    async def use_desk_phone(self, phone: Phone) -> None:
        """Have the leg over a registered SIP phone, and connect it."""
        self.phone = phone
        await self.connect("sip")

    async def connect(self, audio: str) -> None:
        """Connect the leg and wait until it is."""
        await self.post("me/leg", {"audio": audio})
        await self.leg_is("connected")

    async def leg_is(self, state: str, within: float = 15.0) -> None:
        """Wait for a state of the leg."""

        async def reached() -> bool:
            return bool((await self.me())["leg"]["state"] == state)

        await eventually(reached, within=within, every=0.05)

    async def is_(self, status: str, reason: str | None = None, within: float = 15.0) -> None:
        """Wait for a status (and its reason)."""

        async def reached() -> bool:
            me = await self.me()
            return me["status"] == status and reason in {None, me["status_reason"]}

        await eventually(reached, within=within, every=0.05)

    async def become(self, status: str, **more: str) -> Json:
        """Choose a status."""
        return await self.put("me/status", {"status": status, **more})

    async def offered(self, talk: str, within: float = 15.0) -> Json:
        """Wait until this conversation is offered to me and my phone rings."""

        async def mine() -> Json | None:
            for conversation in (await self.get("inbox"))["conversations"]:
                offer = conversation["offer"]
                if conversation["id"] == talk and offer and offer["agent"]["id"] == self.id:
                    return conversation if offer["rang"] else None
            return None

        try:
            return await eventually(mine, within=within, every=0.03)
        except AssertionError:
            raise AssertionError(f"not offered: {await self._as_seen(talk)}") from None

    async def _as_seen(self, talk: str) -> str:
        """The conversation, oneself, and one's leg in Asterisk: what explains a failure."""
        me, shown = await self.me(), (await self.get("inbox"))["conversations"]
        mine = [{k: c[k] for k in ("id", "state", "offer", "agent")} for c in shown]
        leg = await self.witness(self.id) if self.witness else ""
        lines = self.phone.lines if hasattr(self, "phone") else []
        calls = [(line.call.state.name, line.close_reason) for line in lines]
        return f"{talk} of {mine}; {self.name} {me['status']}, leg {me['leg']}; {calls}; {leg}"

    async def accept(self, talk: str) -> Json:
        """Accept on the page."""
        return await self.post(f"conversations/{talk}/accept")

    async def reject(self, talk: str) -> Json:
        """Reject on the page."""
        return await self.post(f"conversations/{talk}/reject")

    async def requeue(self, talk: str) -> Json:
        """Put it back into the queue."""
        return await self.post(f"conversations/{talk}/requeue")

    async def end(self, talk: str) -> Json:
        """End on the page."""
        return await self.post(f"conversations/{talk}/end")

    async def wrap_up(self, talk: str, **written: str) -> Json:
        """Close my wrap-up."""
        return await self.post(f"conversations/{talk}/wrap-up", written)

    async def go_home(self) -> None:
        """Leave nothing behind: no call, no wrap-up, no leg."""
        await self.become("offline")
        for conversation in (await self.get("inbox"))["conversations"]:
            await self._finish(conversation)
        await self.delete("me/leg")
        await self.put("me/preferences", {"leg": "persistent"})

    async def _finish(self, conversation: Json) -> None:
        mine = [s for s in conversation["segments"] if s["agent"]["id"] == self.id]
        if conversation["state"] == "active" and conversation["agent"]["id"] == self.id:
            await self.end(conversation["id"])
            await self.wrap_up(conversation["id"])
        elif any(s["wrap_up"] == "open" for s in mine):
            await self.wrap_up(conversation["id"])
