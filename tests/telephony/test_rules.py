"""Routing rules on real calls, and callers whom nobody can serve."""

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from tests.support.bot import Bot
from tests.support.people import Person
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.sound import RATE, tone
from tests.support.stack import PASSWORD
from tests.support.world import World
from tests.telephony.choices import PATIENT, becomes_a_callback, is_told, settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ANNOUNCED_HZ = 3050
"""Nobody else's; see World.tone."""


@asynccontextmanager
async def rules(world: World, *wanted: Json) -> AsyncIterator[None]:
    """Routing rules for one story, removed afterwards."""
    admin = Person(world.stack, "admin")
    await admin.sign_in(PASSWORD)
    made = [await admin.post("routing-rules", rule) for rule in wanted]
    try:
        yield
    finally:
        for rule in made:
            await admin.delete(f"routing-rules/{rule['id']}")
        await admin.close()


def waited(conversation: Json, applied: Json) -> float:
    """Seconds from the beginning of the wait until a rule was applied."""
    began = datetime.fromisoformat(conversation["queued_at"])
    return (datetime.fromisoformat(applied["at"]) - began).total_seconds()


async def with_rules(world: World, talk: str, count: int) -> Json:
    """The conversation, once so many rules were applied."""

    async def found() -> Json | None:
        seen = await world.supervisor.get(f"conversations/{talk}")
        return seen if len(seen["rules"]) == count else None

    return await eventually(found, within=PATIENT, every=0.05)


async def test_a_rule_on_sentiment_moves_a_call_from_the_bot_to_people_while_it_is_up(
    world: World,
) -> None:
    unhappy = {
        "name": "Unhappy",
        "when": {"sentiment_below": -0.4, "state": "bot"},
        "then": {"queue": {"skills": ["Billing"]}, "priority": 7},
    }
    async with rules(world, unhappy), Bot(world.stack, world.behind) as bot, Program(world) as ai:
        # given an agent, and a caller whom the bot has in an application of its own
        ana = await world.at_work("ana")
        caller = await world.call("100")
        channel = await bot.next_call()
        opened = await ai.post(
            "conversations",
            {"channel": "voice", "customer": {"number": caller.number}, "channel_id": channel},
        )
        talk = opened["id"]

        # when the customer becomes unhappy
        await ai.patch(f"conversations/{talk}/context", {"sentiment": -0.6})

        # then they are offered to her, on the same line, and the two talk
        offered = await world.conversation_is(talk, "offered")
        assert (offered["skills"], offered["priority"]) == (["Billing"], 7)
        assert [applied["rule"] for applied in offered["rules"]] == ["Unhappy"]
        await ana.offered(talk)
        await ana.accept(talk)
        await world.hear_each_other(ana, caller, within=PATIENT)

        # and it is in the archive
        await caller.line.hang_up()
        await world.conversation_is(talk, "wrap_up")
        await ana.wrap_up(talk)
        kept = await world.closed(talk, within=PATIENT)
        assert [applied["rule"] for applied in kept["rules"]] == ["Unhappy"]


async def test_a_relaxation_comes_at_its_second_once_also_across_kill_9(own_world: World) -> None:
    world = own_world
    wider = {
        "name": "Wider",
        "when": {"skills": ["Spanish"], "waiting_seconds": 4},
        "then": {"relax": ["Spanish"]},
    }
    # an offer that rings on while the service is away must not run out on a slow machine
    patient = settings(world, offer_seconds=300)
    async with patient, rules(world, wider), Bot(world.stack, world.behind) as bot:
        # given agents of whom none has both skills, and a caller who needs both
        ana = await world.at_work("ana")
        caller = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Billing,Spanish,")
        talk = (await world.conversation(caller, "queued"))["id"]

        # when the service dies before the first second, and comes back
        await asyncio.to_thread(lambda: (world.stack.kill9(), world.stack.restart()))
        await world.supervisor.picture.open()

        # then one skill is dropped, not before its second, and it rings
        seen = await with_rules(world, talk, 1)
        assert waited(seen, seen["rules"][0]) >= 4
        await ana.offered(talk, within=PATIENT)

        # and when it dies again, the rule is not applied again
        await asyncio.to_thread(lambda: (world.stack.kill9(), world.stack.restart()))
        await ana.offered(talk, within=PATIENT)
        seen = await with_rules(world, talk, 1)
        assert seen["skills"] == ["Billing"]
        await ana.accept(talk)
        await world.hear_each_other(ana, caller, within=PATIENT)


async def test_a_rule_announces_and_offers_a_callback_to_who_waits_long(world: World) -> None:
    # given a recording of the admins, a rule about long waits, and the only one with Spanish busy
    file = world.stack.folder / "sounds" / "en" / "please-wait.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        sound.writeframes(tone(ANNOUNCED_HZ, 0, 4 * RATE))
    long = {
        "name": "Long",
        "when": {"skills": ["Spanish"], "waiting_seconds": 1},
        "then": {"announce": "please-wait", "offer": ["callback"]},
    }
    async with rules(world, long):
        chi = await world.at_work("chi")
        await chi.become("busy")

        # when somebody waits, then they hear it, are offered to be called back, and want it
        caller = await world.call("202")
        waiting = await world.conversation(caller, "queued")
        assert waiting["staffing"] == "ok"
        await eventually(lambda: caller.line.hears(ANNOUNCED_HZ), within=PATIENT)
        seen = await with_rules(world, waiting["id"], 1)
        assert seen["rules"][0]["did"] == "announced please-wait; offered a callback"
        await is_told(world, caller, "offer")
        await becomes_a_callback(world, caller, waiting["id"])

        # and once she has time, they are called, and the two talk
        phone = await world.phones.number(caller.number, world.tone())
        await chi.become("available")
        await chi.offered(waiting["id"], within=PATIENT)
        await chi.accept(waiting["id"])
        await eventually(
            lambda: phone.lines and phone.line.hears(chi.phone.hz) and chi.line.hears(phone.hz),
            within=PATIENT,
        )
        await chi.end(waiting["id"])
        await chi.wrap_up(waiting["id"])


async def test_whom_nobody_can_serve_chooses_a_callback_by_key_and_is_called(
    world: World,
) -> None:
    # given nobody signed in who has Spanish, and a caller whose own phone can be called
    caller = await world.call("202")
    waiting = await world.conversation(caller, "queued")
    assert waiting["staffing"] == "none_signed_in"

    # when they are told, and press 1, once, then it waits as a callback, and the line is theirs
    await is_told(world, caller, "nobody")
    await becomes_a_callback(world, caller, waiting["id"])

    # and when somebody comes, they accept, the customer is called, and the two talk
    phone = await world.phones.number(caller.number, world.tone())
    chi = await world.at_work("chi")
    await chi.offered(waiting["id"], within=PATIENT)
    await chi.accept(waiting["id"])
    await eventually(lambda: phone.lines and phone.line.hears(chi.phone.hz), within=PATIENT)
    await eventually(lambda: chi.line.hears(phone.hz), within=PATIENT)
    await chi.end(waiting["id"])
    await chi.wrap_up(waiting["id"])


async def test_a_rule_releases_a_caller_who_waits_for_one_agent(world: World) -> None:
    alone = {
        "name": "Not for her alone",
        "when": {"skills": ["Billing"], "waiting_seconds": 3},
        "then": {"release_agent": True},
    }
    async with rules(world, alone), Bot(world.stack, world.behind) as bot, Program(world) as ai:
        # given Ana at home, Ben with the same skill at work, and a caller whom a bot has for Ana
        ana, ben = await world.person("ana"), await world.at_work("ben")
        caller = await world.call("100")
        talk = await ai.open_call(caller.number, await bot.next_call())
        handed = await ai.queue(talk, "Billing", agent=ana.email)

        # then the bot is told that nobody is there for them, and they wait for her, with music
        assert (handed["state"], handed["staffing"]) == ("queued", "none_signed_in")
        assert handed["routed_to"]["name"] == "Ana"
        await eventually(caller.line.hears_something, within=PATIENT)
        assert ben.phone.rings == 1, "his leg stands, and nothing came to it"

        # when they have waited for three seconds, then it rings at Ben's, at their age
        offered = await ben.offered(talk, within=PATIENT)
        assert (offered["routed_to"], offered["skills"]) == (None, ["Billing"])
        assert offered["queued_at"] == handed["queued_at"]
        seen = await with_rules(world, talk, 1)
        assert seen["rules"][0]["did"] == "released it from its agent"
        assert waited(seen, seen["rules"][0]) >= 3

        # and they talk
        await ben.accept(talk)
        await world.hear_each_other(ben, caller, within=PATIENT)
        await ben.end(talk)
        await ben.wrap_up(talk)


async def test_a_rule_overflows_to_other_skills_and_the_talk_is_theirs(world: World) -> None:
    overflow = {
        "name": "Anybody in Billing",
        "when": {"skills": ["Spanish"], "waiting_seconds": 2},
        "then": {"overflow": ["Billing"], "priority": 3},
    }
    async with rules(world, overflow):
        # given an agent for Billing alone, and a caller for Spanish, whom nobody can serve
        ana = await world.at_work("ana")
        caller = await world.call("202")
        talk = (await world.conversation(caller, "queued"))["id"]

        # when they have waited for two seconds, then it rings at hers, once, and they talk
        offered = await ana.offered(talk, within=PATIENT)
        assert (offered["skills"], offered["priority"]) == (["Billing"], 3)
        await ana.accept(talk)
        await world.hear_each_other(ana, caller, within=PATIENT)
        seen = await with_rules(world, talk, 1)
        assert seen["rules"][0]["did"] == "now needs Billing; priority 3"
        assert waited(seen, seen["rules"][0]) >= 2

        # and who is in the archive is found with the rule that brought them there
        await ana.end(talk)
        await ana.wrap_up(talk)
        kept = await world.closed(talk, within=PATIENT)
        assert [applied["rule"] for applied in kept["rules"]] == ["Anybody in Billing"]
