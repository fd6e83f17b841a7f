"""A supervisor queues calls of the AI for people and moves talks from agent to agent: who hears
whom is proved by tones. An agent can do none of it, and sees of others' calls what is allowed."""

import pytest

from tests.support.bot import Bot
from tests.support.consults import on_a_call
from tests.support.people import Agent, Person, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World

pytestmark = pytest.mark.slow
LONG = 20.0
"""Seconds, for whatever need not be quick on a busy machine."""


async def test_a_talk_is_moved_to_another_agent(world: World) -> None:
    # given a talk of Ana's, and Chi who does not have its skill
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    before = await world.conversation(caller, "active")

    # when a supervisor moves it to Chi
    moved = await world.supervisor.post(
        f"conversations/{talk}/queue", {"skills": [], "agent": chi.email}
    )

    # then the customer hears music at their old age, and Ana's part is over but for her notes
    assert moved["queued_at"] == before["queued_at"]
    await chi.offered(talk)
    await eventually(
        lambda: all(caller.line.hears_other_than(hz) for hz in (ana.phone.hz, chi.phone.hz)),
        within=LONG,
    )
    await eventually(ana.line.hears_nothing, within=LONG)

    # when Chi takes it, then the customer has her, and Ana does not hear them
    await chi.accept(talk)
    await world.hear_each_other(chi, caller, within=LONG)
    await eventually(ana.line.hears_nothing, within=LONG)
    await ana.wrap_up(talk, notes="was moved")
    await chi.end(talk)
    await chi.wrap_up(talk)
    kept = await world.closed(talk, within=LONG)
    parts = [(s["agent"]["id"], s["notes"]) for s in kept["segments"]]
    assert parts == [(ana.id, "was moved"), (chi.id, "")]
    assert ana.phone.rings == chi.phone.rings == 1

    # and it stands in the log, with where it was and where it went
    entry = await _noted(world, talk, "conversation.moved")
    assert entry["before"] == {"state": "active", "agent": "Ana"}
    assert entry["after"]["agent"] == chi.email


async def test_a_call_of_the_ai_is_queued_for_people(world: World) -> None:
    # given a caller whom a bot plays something, and Ana who is free
    ana = await world.at_work("ana")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open(caller.number, "Greta Gable", channel)
        said = [{"id": "t1", "speaker": "customer", "text": "I have had enough"}]
        await program.post(f"conversations/{talk}/transcript", {"turns": said})
        await world.behind.ari("POST", f"channels/{channel}/answer")
        prompts = ",".join(["sound:vm-options"] * 6)
        await world.behind.ari("POST", f"channels/{channel}/play/p{channel}", media=prompts)
        await eventually(caller.line.hears_something, within=LONG)

        # when a supervisor queues it for Billing, without a word of the bot's
        queued = await world.supervisor.post(f"conversations/{talk}/queue", {"skills": ["Billing"]})

        # then it is Ana's, with what was said to the AI, and the bot is heard no more
        assert queued["state"] in {"queued", "offered"}
        offered = await ana.offered(talk)
        assert [turn["text"] for turn in offered["transcript"]] == ["I have had enough"]
        await ana.accept(talk)
        await world.hear_each_other(ana, caller, within=LONG)
        await ana.end(talk)
        await ana.wrap_up(talk)
    assert (await _noted(world, talk, "conversation.moved"))["before"]["state"] == "bot"


async def test_a_talk_is_handed_back_to_the_ai_by_a_supervisor(world: World) -> None:
    # given a caller whom a bot handed over to Ana
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        await bot.hand_over(channel, SKILLS="Billing")
        talk = await world.talking(ana, caller)

        # when a supervisor hands them back, then the bot has them, and Ana writes
        await world.supervisor.post(f"conversations/{talk}/hand-back", {"notes": "it can do that"})
        start = await bot.next_start()
        assert (start["channel"]["id"], start["args"]) == (channel, ["handback", talk])
        await bot.plays(channel, 1000)
        await eventually(lambda: caller.line.hears(1000), within=LONG)
        await eventually(ana.line.hears_nothing, within=LONG)
        await ana.wrap_up(talk)
        await caller.line.hang_up()
        await world.closed(talk, within=LONG)

    # and it stands in the log
    entry = await _noted(world, talk, "conversation.handed_back")
    assert entry["before"] == {"state": "active", "agent": "Ana"}


async def test_an_agent_moves_nobody_elses_call_and_sees_only_what_is_allowed(
    world: World,
) -> None:
    # given a talk of Ana's that Ben's skills could have had, and Chi's could not
    ana, caller, talk = await on_a_call(world)
    ben, chi = [await world.person(name) for name in ("ben", "chi")]
    one = f"conversations/{talk}"

    for stranger in (ben, chi):
        # then neither moves it, by whatever way there is
        for what in ("queue", "take-over", "listen", "whisper", "barge"):
            assert await _refused(stranger, "POST", f"{one}/{what}") == 403
        for what in ("hold", "mute", "end", "requeue", "hand-back"):
            assert await _refused(stranger, "POST", f"{one}/{what}") in {403, 404, 409}
        assert await _refused(stranger, "GET", "live") == 403
        # nor reads it, its past, or who could have had it
        for what in ("", "/timeline", "/explain", "/export", "/recording", "/recordings"):
            assert await _refused(stranger, "GET", f"{one}{what}") == 404, what
        assert talk not in await _ids(stranger, "conversations")
    await world.hear_each_other(ana, caller)

    # when it waits again for Billing, then Ben reads it and Chi does not
    await ana.become("busy")
    await ana.requeue(talk)
    await world.conversation(caller, "queued", within=LONG)
    assert (await ben.get(one))["id"] == talk
    assert talk in [c["id"] for c in (await ben.get("inbox"))["conversations"]]
    assert await _refused(chi, "GET", one) == 404
    # but what is said of colleagues is not for him
    explained = await ben.get(f"{one}/explain")
    assert [agent["id"] for agent in explained["agents"]] == [ben.id]

    # when it is over, then Ana still reads what she had, and they do not
    await caller.line.hang_up()
    await world.closed(talk, within=LONG)
    assert (await ana.get(one))["state"] == "closed"
    await eventually(lambda: _has(ana, talk), within=LONG, every=0.1)
    for stranger in (ben, chi):
        assert await _refused(stranger, "GET", one) == 404
        assert talk not in await _ids(stranger, "conversations")


async def test_the_earlier_talks_of_a_customer_are_read_while_they_are_in_hand(
    world: World,
) -> None:
    # given a talk of Ana's that is over
    ana, caller, talk = await on_a_call(world)
    await ana.end(talk)
    await ana.wrap_up(talk, notes="promised a refund")
    await world.closed(talk, within=LONG)
    await ana.become("offline")
    chi = await world.at_work("chi")
    assert await _refused(chi, "GET", f"conversations/{talk}") == 404

    # when the same customer has Chi
    line = await world.phones.call("202", caller.hz, caller.number)
    later = await world.talking(chi, Caller(caller.number, line))

    # then she reads the earlier talk; once her wrap-up is closed, no more
    assert (await chi.get(f"conversations/{talk}"))["segments"][0]["notes"] == "promised a refund"
    await chi.end(later)
    assert (await chi.get(f"conversations/{talk}"))["id"] == talk
    await chi.wrap_up(later)
    await eventually(lambda: _hidden(chi, talk), within=LONG, every=0.1)


async def _refused(who: Person, method: str, path: str) -> int:
    """The status of the refusal."""
    with pytest.raises(Refused) as refused:
        await (who.post(path, {}) if method == "POST" else who.get(path))
    return refused.value.status


async def _ids(who: Person, path: str) -> list[str]:
    return [str(item["id"]) for item in (await who.get(path))["items"]]


async def _has(who: Agent, talk: str) -> bool:
    return talk in await _ids(who, "conversations")


async def _hidden(who: Agent, talk: str) -> bool:
    try:
        await who.get(f"conversations/{talk}")
    except Refused as refused:
        return refused.status == 404
    return False


async def _noted(world: World, talk: str, act: str) -> Json:
    """The entry of the audit log, once it is there."""
    admin = Person(world.stack, "admin")
    await admin.sign_in()
    try:

        async def entry() -> Json | None:
            items: list[Json] = (await admin.get("audit", limit="100"))["items"]
            return next((e for e in items if (e["act"], e["target_id"]) == (act, talk)), None)

        return await eventually(entry, within=LONG, every=0.1)
    finally:
        await admin.close()
