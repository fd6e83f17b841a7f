"""An AI agent: it has the call over ARI, and tells over HTTP how it goes."""

from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.support.bot import Bot
from tests.support.people import Person
from tests.support.picture import Json
from tests.support.world import Caller, World

SAID = (
    ("AI", "How can I help?"),
    ("Maria Lopez", "I was charged twice for order 48213."),
    ("AI", "May I have the amount?"),
    ("Maria Lopez", "42 dollars. I want to speak to a person."),
)
TONE = 1000
"""Hz; what who is handed back hears of it."""


class Ai:
    """Takes the callers of extension 100."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._bot = Bot(world.stack, world.behind)
        self._http: aiohttp.ClientSession
        self._prompt = ""

    async def __aenter__(self) -> Self:
        admin = Person(self._world.stack, "admin")
        await admin.sign_in()
        key = (await admin.post("api-keys", {"name": "the tests' AI"}))["key"]
        await admin.close()
        self._http = aiohttp.ClientSession(
            f"{self._world.stack.url}/api/v1/", headers={"Authorization": f"Bearer {key}"}
        )
        await self._bot.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._bot.__aexit__(kind, error, trace)
        await self._http.close()

    async def takes_a_call(self, name: str = "Maria Lopez") -> tuple[Caller, str]:
        """A customer calls and talks to the AI; the caller, and the conversation's id."""
        caller = await self._world.call("100")
        channel = await self._bot.next_call()
        opened = await self._ask(
            "POST",
            "conversations",
            {
                "channel": "voice",
                "customer": {"name": name, "number": caller.number},
                "entry": "100",
                "flow": {"name": "refund", "step": "verify"},
                "channel_id": channel,
            },
        )
        return caller, str(opened["id"])

    async def says(self, talk: str, speaker: str, text: str) -> None:
        """One more turn."""
        turns = [{"speaker": speaker, "text": text}]
        await self._ask("POST", f"conversations/{talk}/transcript", {"turns": turns})

    async def finds_out(self, talk: str, **found: Any) -> None:
        """Sentiment, flow or parameters."""
        await self._ask("PATCH", f"conversations/{talk}/context", found)

    async def queues(self, talk: str, *skills: str, **more: Any) -> None:
        """Hand over to people with these skills."""
        await self._ask("POST", f"conversations/{talk}/queue", {"skills": skills, **more})

    async def gets_back(self, talk: str) -> str:
        """Who is handed back hears a tone, and is told so; the agent's notes."""
        start = await self._bot.next_start()
        channel = start["channel"]["id"]
        assert start["args"] == ["handback", talk]
        notes = await self._bot.variable(channel, "RINGDESK_NOTES")
        self._prompt = await self._bot.plays(channel, TONE)
        await self.says(talk, "AI", f"Welcome back. {notes}")
        return notes

    async def hushes(self) -> None:
        """End that tone."""
        await self._bot.hushes(self._prompt)

    async def hands_over(self, *skills: str) -> tuple[Caller, str]:
        """A whole talk that ends with a person wanted."""
        caller, talk = await self.takes_a_call()
        for speaker, text in SAID:
            await self.says(talk, speaker, text)
        for sentiment in (0.2, -0.3, -0.6):
            await self.finds_out(talk, sentiment=sentiment)
        await self.finds_out(talk, parameters={"order": "48213", "amount": "42.00"})
        await self.queues(talk, *skills, reason="wants a person")
        return caller, talk

    async def _ask(self, method: str, path: str, body: Any) -> Json:
        async with self._http.request(method, path, json=body) as answer:
            told: Json = await answer.json(content_type=None)
            assert answer.status < 300, (method, path, answer.status, told)
            return told
