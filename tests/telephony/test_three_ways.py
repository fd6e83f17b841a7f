"""Three ways to hand a caller over, all equal: HTTP, ARI's move, and the dialplan alone."""

import argparse
import json
import re
import shlex
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from string import Template

import aiohttp
import pytest

from tests.support.bot import Bot
from tests.support.people import Person
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.stack import ROOT, Stack
from tests.support.world import Caller, World

PATIENCE = 20.0
PARAMETERS = {"order_number": "4711"}
Way = Callable[[World, Bot, str], Awaitable[None]]


class Program:
    """A bot's side of the HTTP API, and a shell in which the README's commands are typed."""

    def __init__(self, stack: Stack, key: str) -> None:
        self._http = aiohttp.ClientSession(
            f"{stack.url}/api/v1/", headers={"Authorization": f"Bearer {key}"}
        )
        ari = stack.endpoints["ari"]
        self._ari = (ari["user"], ari["password"])
        self.values = {
            "API": f"{stack.url}/api/v1",
            "KEY": key,
            "ARI": ari["url"].rstrip("/"),
            "ARI_USER": ari["user"],
        }

    async def types(self, command: str) -> Json:
        """A curl command, as curl would do it: the README is right without curl here, too."""
        line = argparse.ArgumentParser()
        line.add_argument("curl")
        line.add_argument("url")
        line.add_argument("-u", dest="user")
        line.add_argument("-H", dest="header", default="")
        line.add_argument("-X", dest="method", default="POST")
        line.add_argument("--json")
        given = line.parse_args(shlex.split(Template(command).substitute(self.values)))
        name, _, value = given.header.partition(": ")
        headers = {name: value} if name else {}
        if given.user:
            headers["Authorization"] = aiohttp.encode_basic_auth(*self._ari)
        async with (
            aiohttp.ClientSession(headers=headers) as shell,
            shell.request(
                given.method, given.url, json=json.loads(given.json) if given.json else None
            ) as answer,
        ):
            told = await answer.text()
            assert answer.status < 400, (command, told)
            return dict(json.loads(told)) if told else {}

    async def ask(self, method: str, path: str, body: Json) -> Json:
        """One request; fails where it is refused."""
        async with self._http.request(method, path, json=body) as answer:
            told: Json = await answer.json()
            assert answer.status < 400, told
            return told

    async def opens(self, channel: str, number: str) -> str:
        """A conversation about a caller whom the bot has; its id."""
        customer = {"name": None, "number": number}
        opened = {"channel": "voice", "channel_id": channel, "customer": customer}
        return str((await self.ask("POST", "conversations", opened))["id"])

    async def close(self) -> None:
        """Be done."""
        await self._http.close()


@asynccontextmanager
async def program(world: World) -> AsyncIterator[Program]:
    """A program with a key of its own."""
    admin = Person(world.stack, "admin")
    await admin.sign_in()
    key = await admin.post("api-keys", {"name": "a bot of a story"})
    made = Program(world.stack, key["key"])
    try:
        yield made
    finally:
        await made.close()
        await admin.delete(f"api-keys/{key['id']}")
        await admin.close()


async def by_http(world: World, bot: Bot, channel: str) -> None:
    """Open, tell, hand over."""
    number = next(
        c["caller"]["number"] for c in await world.behind.channels() if c["id"] == channel
    )
    async with program(world) as told:
        talk = f"conversations/{await told.opens(channel, number)}"
        turns = {"turns": [{"speaker": "customer", "text": "Hablo español."}]}
        await told.ask("POST", f"{talk}/transcript", turns)
        await told.ask("PATCH", f"{talk}/context", {"parameters": PARAMETERS, "sentiment": 0.5})
        await told.ask("POST", f"{talk}/queue", {"skills": ["Spanish"]})


async def by_ari(world: World, bot: Bot, channel: str) -> None:
    """Variables, and a move."""
    await bot.hand_over(channel, SKILLS="Spanish", PARAMETERS=json.dumps(PARAMETERS))


async def by_dialplan(world: World, bot: Bot, channel: str) -> None:
    """Variables, and back into the dialplan, where ringdesk-queue is."""
    given = {"RINGDESK_SKILLS": "Spanish", "RINGDESK_PARAMETERS": json.dumps(PARAMETERS)}
    for name, value in given.items():
        await world.behind.ari("POST", f"channels/{channel}/variable", variable=name, value=value)
    to = {"context": "ringdesk-queue", "extension": "s", "priority": "1"}
    await world.behind.ari("POST", f"channels/{channel}/continue", **to)


WAYS = pytest.mark.parametrize("hand_over", [by_http, by_ari, by_dialplan])


@WAYS
async def test_the_right_agent_sees_what_the_bot_knew(world: World, hand_over: Way) -> None:
    # given an agent for Billing, one for Spanish, and a caller whom a bot has
    ana, chi = await world.at_work("ana"), await world.at_work("chi")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()

        # when the bot hands them over to Spanish
        await hand_over(world, bot, channel)

        # then who speaks it is offered them, with what the bot knew
        offered = await world.conversation(caller, "offered", within=PATIENCE)
        mine = await chi.offered(offered["id"], within=PATIENCE)
        assert mine["skills"] == ["Spanish"]
        assert mine["parameters"] == PARAMETERS
        assert mine["customer"]["number"] == caller.number
        assert mine["faults"] == []
        said = ["Hablo español."] if hand_over is by_http else []
        assert [turn["text"] for turn in mine["transcript"]] == said

        # and they talk, on one conversation, which is kept whole
        await chi.accept(mine["id"])
        await world.hear_each_other(chi, caller, within=PATIENCE)
        await chi.end(mine["id"])
        await chi.wrap_up(mine["id"])
        kept = await world.closed(mine["id"], within=PATIENCE)
        assert (kept["outcome"], kept["parameters"]) == ("completed", PARAMETERS)
        assert [segment["agent"]["id"] for segment in kept["segments"]] == [chi.id]

    async def listed() -> list[str]:
        found = await world.supervisor.get("conversations", q=caller.number[1:])
        return [c["id"] for c in found["items"]]

    assert await eventually(listed, within=PATIENCE, every=0.1) == [mine["id"]]
    assert ana.phone.rings == 1, "her leg stands, and nothing came to it"


@pytest.mark.parametrize("hand_over", [by_ari, by_dialplan])
async def test_back_to_the_bot_and_over_again_is_one_timeline(world: World, hand_over: Way) -> None:
    # given a caller whom a bot handed over, and who talks with an agent (over HTTP the demo bot's
    # own story does the same)
    chi = await world.at_work("chi")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        await hand_over(world, bot, channel)
        talk = await world.talking(chi, caller)

        # when she hands them back, then the bot gets them, and is heard
        await chi.post(f"conversations/{talk}/hand-back", {"notes": "wants to pay"})
        start = await bot.next_start()
        assert (start["channel"]["id"], start["args"]) == (channel, ["handback", talk])
        assert await bot.variable(channel, "RINGDESK_NOTES") == "wants to pay"
        prompt = await bot.plays(channel, 1000)
        await eventually(lambda: caller.line.hears(1000), within=PATIENCE)
        await eventually(lambda: took(world, talk), within=PATIENCE, every=0.05)
        await bot.hushes(prompt)
        await chi.wrap_up(talk)

        # and when it hands them over in the same way again, then it is the same conversation
        await hand_over(world, bot, channel)
        assert await world.talking(chi, caller) == talk
        await chi.end(talk)
        await chi.wrap_up(talk)

    # and its one timeline tells of every state
    kept = await world.closed(talk, within=PATIENCE)
    assert (kept["outcome"], kept["parameters"]) == ("completed", PARAMETERS)
    assert [part["ended_by"] for part in kept["segments"]] == ["hand_back", "agent"]

    async def told() -> list[str] | None:
        past = await world.supervisor.get(f"conversations/{talk}/timeline")
        types = [entry["type"] for entry in past["items"]]
        return types if "conversation_closed" in types else None

    types = await eventually(told, within=PATIENCE, every=0.1)
    assert [kind for kind in types if kind in STATES] == [*STATES[:5], *STATES[:3], *STATES[5:]]


STATES = (
    "conversation_queued",
    "conversation_offered",
    "offer_accepted",
    "conversation_handed_back",
    "bot_took",
    "conversation_ended",
    "conversation_closed",
)


async def took(world: World, talk: str) -> bool:
    """Whether the bot has taken up the caller who was handed back."""
    now = await world.supervisor.get(f"conversations/{talk}")
    return bool(now["state"] == "bot" and now["bot"]["until"] is None)


@pytest.mark.alone
@pytest.mark.parametrize("way", ["HTTP", "move", "dialplan"])
async def test_a_hand_over_rings_within_a_tenth_of_a_second(world: World, way: str) -> None:
    # given an agent whose leg stands, and a bot that has a caller, several times
    chi = await world.at_work("chi")
    async with Bot(world.stack, world.behind) as bot, program(world) as told:
        for _attempt in range(3):  # something else on the machine may have slowed one of them
            taken = [await until_it_rings(world, bot, told, chi.id, way) for _ in range(7)]
            print(f"by {way}, request to ringing leg: {[round(t * 1000) for t in taken]} ms")
            if statistics.median(taken) < 0.1:
                return
        raise AssertionError(f"seconds until it rang, even the third time: {taken}")


async def until_it_rings(world: World, bot: Bot, told: Program, agent: str, way: str) -> float:
    """Seconds from the bot's request until the agent's leg rings, as a page sees it."""
    caller = await world.call("100", hz=700)
    channel = await bot.next_call()
    if way == "HTTP":
        talk = await told.opens(channel, caller.number)
        asked_at = time.monotonic()
        await told.ask("POST", f"conversations/{talk}/queue", {"skills": ["Spanish"]})
    else:
        skills = {"variable": "RINGDESK_SKILLS", "value": "Spanish"}
        await world.behind.ari("POST", f"channels/{channel}/variable", **skills)
        asked_at = time.monotonic()
        await world.behind.ari("POST", f"channels/{channel}/{REQUESTS[way][0]}", **REQUESTS[way][1])
    await eventually(lambda: rings(world, agent), within=PATIENCE, every=0.001)
    taken = time.monotonic() - asked_at
    await gone(world, agent, caller)
    return taken


REQUESTS = {
    "move": ("move", {"app": "ringdesk", "appArgs": "queue"}),
    "dialplan": ("continue", {"context": "ringdesk-queue", "extension": "s", "priority": "1"}),
}


def rings(world: World, agent: str) -> bool:
    """Whether the leg rings, as a page sees it."""
    return bool(world.supervisor.picture.agents[agent]["leg"]["state"] == "ringing")


async def gone(world: World, agent: str, caller: Caller) -> None:
    """The caller hangs up, and the leg is quiet again."""
    await caller.line.hang_up()
    await eventually(lambda: not rings(world, agent), within=PATIENCE)


@pytest.mark.parametrize("way", [1, 2, 3], ids=["dialplan", "move", "HTTP"])
async def test_the_commands_of_the_readme(world: World, way: int) -> None:
    # given a caller whom a bot has, and who is there for Spanish
    chi = await world.at_work("chi")
    async with Bot(world.stack, world.behind) as bot, program(world) as told:
        caller = await world.call("100")
        told.values["CHANNEL"] = await bot.next_call()

        # when the commands of the guide are typed (the move wants the skill said before)
        commands = guide()
        if way == 2:
            await told.types(commands[1][0])
        for command in commands[way]:
            answer = await told.types(command)
            told.values.setdefault("ID", answer.get("id", ""))

        # then the caller is offered, with all that was told
        number = "+441632960123" if way == 3 else caller.number
        offered = await eventually(
            lambda: next((c for c in in_queue(world) if c["customer"]["number"] == number), None),
            within=PATIENCE,
        )
        mine = await chi.offered(offered["id"], within=PATIENCE)
        assert mine["skills"] == ["Spanish"]
        if way == 3:
            assert mine["id"] == told.values["ID"]
            assert mine["parameters"] == {"order_number": "4711"}
            assert (mine["sentiment"], mine["reason"]) == (-0.4, "asked for a person")
            assert [turn["text"] for turn in mine["transcript"]] == ["Where is my order?"]
        await chi.accept(mine["id"])
        await world.hear_each_other(chi, caller, within=PATIENCE)


def in_queue(world: World) -> list[Json]:
    """Conversations that are offered."""
    return [c for c in world.supervisor.picture.conversations.values() if c["state"] == "offered"]


def guide() -> dict[int, list[str]]:
    """The commands of the README's guide, by way."""
    text = (ROOT / "README.md").read_text().split("## For authors of bots")[1].split("\n## ")[0]
    ways = re.split(r"^(\d)\. ", text, flags=re.MULTILINE)[1:]
    return {
        int(number): re.findall(r"^ +(curl .+)$", part, re.MULTILINE)
        for number, part in zip(ways[::2], ways[1::2], strict=True)
    }
