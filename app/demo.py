"""`python -m app demo`: one customer call against the running service, with no phone at hand.

The caller and the agent's phone are made inside Asterisk and reach it over SIP, so that what
the RTP counters say is true. Everything else goes the way any page and any caller go.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from app.config import Refusal, Settings
from app.desk.leg_addresses import DEMO_NUMBER
from app.service import DEMO_PASSWORD_FILE

Say = Callable[[str], None]
Json = dict[str, Any]

AGENT = "ana@example.com"
LIMIT_SECONDS = 30.0
NUMBER = re.compile(r"[0-9+]{1,32}", re.ASCII)
KEYS = re.compile(r"[0-9*#]{0,64}", re.ASCII)
CALLER_NAME = "Maria Lopez"
RTP_POLL_SECONDS = 0.005


@dataclass(slots=True)
class Timeline:
    """What happened when, in milliseconds since the caller dialled."""

    say: Say
    began: float = field(default_factory=time.monotonic)
    last: float = 0.0

    def mark(self, what: str) -> None:
        """Print one line: since the dialling, and since the line before."""
        now = (time.monotonic() - self.began) * 1000
        self.say(f"{now:9.1f} ms  (+{now - self.last:8.1f})  {what}")
        self.last = now


class Demo:
    """Plays the agent and the customer."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        self._say = say

    async def play(self, talk_seconds: float) -> int:
        """Ring, accept, talk, hang up, wrap up; print the timeline. Raises Refusal."""
        try:
            async with asyncio.timeout(LIMIT_SECONDS + talk_seconds), self._stage() as stage:
                await stage.play(talk_seconds)
        except TimeoutError:
            raise Refusal("the call did not come to its end: see the service's log") from None
        return 0

    async def call_only(self, number: str, keys: str) -> int:
        """Only the customer: dials, presses keys for the bot, and stays until an agent or you hang
        up. Raises Refusal."""
        async with self._stage(agent=False) as stage:
            await stage.call_and_wait(number, keys)
        return 0

    @asynccontextmanager
    async def _stage(self, agent: bool = True) -> AsyncIterator["Stage"]:
        ari = self._endpoints()["ari"]
        base = f"{self._settings.local_url}/api/v1"
        jar = aiohttp.CookieJar(unsafe=True)  # cookies from an IP address too
        auth = aiohttp.encode_basic_auth(ari["user"], ari["password"])
        async with (
            aiohttp.ClientSession(
                cookie_jar=jar,
                raise_for_status=_refuse,
                connector=aiohttp.TCPConnector(ssl=False),  # the local one; see `local_url`
            ) as api,
            aiohttp.ClientSession(headers={"Authorization": auth}) as asterisk,
        ):
            stage = Stage(api, base, asterisk, ari["url"], self._say)
            try:
                if agent:
                    await stage.sign_in(AGENT, self._password())
                yield stage
            except aiohttp.ClientConnectionError as error:
                raise Refusal(f"the service does not answer ({error}): `make run`") from None
            finally:
                await stage.clean_up()

    def _endpoints(self) -> Json:
        path = self._settings.state_dir / "run" / "endpoints.json"
        try:
            found: Json = json.loads(path.read_text())
        except FileNotFoundError:
            raise Refusal(
                f"no service has run with {self._settings.state_dir}: `make run`"
            ) from None
        return found

    def _password(self) -> str:
        path = self._settings.state_dir / DEMO_PASSWORD_FILE
        if self._settings.demo_password:
            return self._settings.demo_password
        if not path.exists():
            raise Refusal("set RINGDESK_DEMO_PASSWORD as the service has it")
        return path.read_text().strip()


class Stage:
    """One call, seen from the page and from Asterisk."""

    def __init__(
        self,
        api: aiohttp.ClientSession,
        base: str,
        asterisk: aiohttp.ClientSession,
        ari_url: str,
        say: Say,
    ) -> None:
        self._api, self._base = api, base
        self._asterisk, self._ari_url = asterisk, ari_url.rstrip("/")
        self._say = say
        self._me = ""
        self._caller = f"demo-{time.time_ns()}"
        self._number = f"+1555{time.time_ns() // 1000 % 10_000_000:07}"

    async def sign_in(self, email: str, password: str) -> None:
        """As the agent's page does."""
        await self._post("/session", {"email": email, "password": password})
        self._me = (await self._get("/me"))["id"]

    async def play(self, talk_seconds: float) -> None:
        """The whole call."""
        async with self._api.ws_connect(f"{self._base}/events") as events:
            await self._make_ready(events)
            timeline = Timeline(self._say)
            await self._dial()
            conversation = await self._until(events, timeline, "queued")
            await self._until_ringing(events, timeline)
            accepted = asyncio.create_task(
                self._post(f"/conversations/{conversation}/accept", None)
            )
            await self._talk(timeline, accepted)
            await asyncio.sleep(talk_seconds)
            timeline.mark(f"talked for {talk_seconds:g} s, the agent ends the call")
            await self._post(f"/conversations/{conversation}/end", None)
            timeline.mark("ended, wrap-up open")
            wrap_up = {"notes": "A demo call.", "disposition": None}
            await self._post(f"/conversations/{conversation}/wrap-up", wrap_up)
            timeline.mark("wrap-up closed, the agent is eligible again")
            outcome = await self._archived(conversation)
            timeline.mark(f"closed and in the archive: {outcome}")

    async def call_and_wait(self, number: str, keys: str) -> None:
        """Dial and stay on the line."""
        await self._dial(number, keys)
        self._say(f"{CALLER_NAME} ({self._number}) calls {number}. Ctrl+C hangs up.")
        while await self._channel_named(self._caller):
            await asyncio.sleep(0.2)
        self._say("The call is over.")

    async def clean_up(self) -> None:
        """The caller hangs up, if they still hold the line."""
        async with self._asterisk.delete(f"{self._ari_url}/channels/{self._caller}"):
            pass

    async def _make_ready(self, events: aiohttp.ClientWebSocketResponse) -> None:
        snapshot = await events.receive_json()
        me = snapshot["data"]["me"]
        if me["leg"]["state"] == "disconnected":
            await self._put("/me/preferences", {"phone_number": DEMO_NUMBER, "audio": "number"})
            await self._post("/me/leg", {})
        await self._put("/me/status", {"status": "available"})
        while (await self._get("/me"))["leg"]["state"] == "disconnected":
            await asyncio.sleep(0.05)
        self._say(f"{me['name']} is available, the phone is connected. The customer dials 200.")

    async def _dial(self, number: str = "200", keys: str = "") -> None:
        if not NUMBER.fullmatch(number) or not KEYS.fullmatch(keys):
            raise Refusal("a number is digits, and keys are 0 to 9, # and *")
        call = {
            "endpoint": f"PJSIP/{number}@demo-loop",
            "context": "demo-talk",
            "extension": "s",
            "priority": 1,
            "callerId": f'"{CALLER_NAME}" <{self._number}>',
            "channelId": self._caller,
            # Half a second (w) before each key: a person's fingers, not a burst.
            "variables": {"DEMO_KEYS": "".join(f"w{key}" for key in keys)},
        }
        async with self._asterisk.post(f"{self._ari_url}/channels", json=call) as answer:
            if answer.status != 200:
                raise Refusal(f"Asterisk refused the demo's caller: {await answer.text()}")

    async def _until(
        self, events: aiohttp.ClientWebSocketResponse, timeline: Timeline, what: str
    ) -> str:
        """The id of the customer's conversation, once it is heard of."""
        async for conversation in self._mine(events):
            timeline.mark(what)
            if conversation["offer"]:
                timeline.mark("offered (in the same step)")
            return str(conversation["id"])
        raise Refusal("the service closed the connection")

    async def _until_ringing(
        self, events: aiohttp.ClientWebSocketResponse, timeline: Timeline
    ) -> None:
        """Until the offer rings on the agent's phone."""
        while True:
            event = await events.receive_json()
            data = event["data"]
            mine = event["type"] == "agent.changed" and data["id"] == self._me
            if mine and data["leg"]["state"] == "ringing":
                timeline.mark("ringing on the agent's phone")
                return

    async def _talk(self, timeline: Timeline, accepted: "asyncio.Task[Json]") -> None:
        """RTP both ways, by Asterisk's own counters of the two channels."""
        leg = await self._channel_named(f"leg-{self._me}")
        caller = await self._channel_named("PJSIP/demo-caller-in")
        await accepted
        timeline.mark("accepted")
        first = [*await self._counters(leg), *await self._counters(caller)]
        while True:
            await asyncio.sleep(RTP_POLL_SECONDS)
            now = [*await self._counters(leg), *await self._counters(caller)]
            if all(new > old for new, old in zip(now, first, strict=True)):
                timeline.mark("talking: RTP both ways on both sides")
                return

    async def _counters(self, channel: str) -> tuple[int, int]:
        url = f"{self._ari_url}/channels/{channel}/rtp_statistics"
        async with self._asterisk.get(url) as answer:
            told: Json = await answer.json()
        return int(told["rxcount"]), int(told["txcount"])

    async def _channel_named(self, prefix: str) -> str:
        """The id of the newest channel whose id or name begins so; empty when there is none."""
        async with self._asterisk.get(f"{self._ari_url}/channels") as answer:
            channels: list[Json] = await answer.json()
        found = [c for c in channels if c["id"].startswith(prefix) or c["name"].startswith(prefix)]
        return str(max(found, key=lambda c: c["creationtime"])["id"]) if found else ""

    async def _archived(self, conversation: str) -> str:
        while True:
            page = await self._get(f"/conversations?q={self._number[1:]}")
            for item in page["items"]:
                if item["id"] == conversation and item["outcome"]:
                    return str(item["outcome"])
            await asyncio.sleep(0.02)

    async def _mine(self, events: aiohttp.ClientWebSocketResponse) -> AsyncIterator[Json]:
        while True:
            event = await events.receive_json()
            data = event["data"]
            if (
                event["type"] == "conversation.changed"
                and data["customer"]["number"] == self._number
            ):
                yield data

    async def _get(self, path: str) -> Json:
        async with self._api.get(self._base + path) as answer:
            found: Json = await answer.json()
        return found

    async def _post(self, path: str, body: Json | None) -> Json:
        async with self._api.post(self._base + path, json=body) as answer:
            return dict(await answer.json()) if answer.status != 204 else {}

    async def _put(self, path: str, body: Json) -> None:
        async with self._api.put(self._base + path, json=body):
            pass


async def _refuse(answer: aiohttp.ClientResponse) -> None:
    if answer.status >= 400:
        raise Refusal(f"{answer.method} {answer.url.path}: {await answer.text()}")
