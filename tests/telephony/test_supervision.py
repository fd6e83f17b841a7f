"""A supervisor listens to calls, whispers to their agents, speaks to everybody, and takes over:
who hears whom, proved by tones."""

import time
from datetime import datetime

import pytest

from tests.support.bot import Bot
from tests.support.consults import consulting, music, on_a_call, press
from tests.support.people import Agent, Person, Refused
from tests.support.phones import Line
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World

pytestmark = pytest.mark.slow
LONG = 20.0
"""Seconds, for whatever need not be quick on a busy machine."""
WHILE = 0.6
"""Seconds of sound in which nothing forbidden may be heard."""


async def _hears(who: Agent, *tones: int) -> None:
    await eventually(lambda: all(who.line.hears_among(hz) for hz in tones), within=LONG)


async def _ears(world: World) -> list[str]:
    """The channels by which somebody listens."""
    channels = await world.behind.channels()
    return sorted(str(c["id"]) for c in channels if ",both,none," in c["dialplan"]["app_data"])


async def _silent_for(caller: Caller, hz: int) -> None:
    """For a while there is no trace of this tone."""
    await _never_hears(caller.line, hz)


async def _never_hears(line: Line, hz: int) -> None:
    since = time.monotonic()
    await eventually(lambda: time.monotonic() - since > WHILE, within=LONG)
    assert line.never_heard(hz, since), f"{hz} Hz"


async def test_listen_whisper_and_barge_change_places_without_a_gap(world: World) -> None:
    # given a talk, and a supervisor with a phone
    ana, caller, talk = await on_a_call(world)
    sam = await world.at_work("sam")
    began = time.monotonic()

    # when he listens, and once more by mistake
    seen = await press(sam, talk, "listen")
    assert (await press(sam, talk, "listen"))["version"] == seen["version"]

    # then he hears both, they hear nothing of him, and it is known who listens
    await _hears(sam, ana.line.hz, caller.hz)
    assert [(s["supervisor"]["id"], s["how"]) for s in seen["supervisors"]] == [(sam.id, "listen")]
    assert (await sam.me())["watching"]["conversation_id"] == talk
    await _silent_for(caller, sam.line.hz)
    assert ana.line.never_heard(sam.line.hz, began)
    ears = await _ears(world)

    # when he whispers, then the agent hears him and the customer does not
    await press(sam, talk, "whisper")
    await eventually(lambda: ana.line.hears_among(sam.line.hz), within=LONG)
    await _silent_for(caller, sam.line.hz)
    assert caller.line.never_heard(sam.line.hz, began)
    await _never_hears(ana.line, ana.phone.hz)

    # when he speaks to all, then both hear him
    await press(sam, talk, "barge")
    await eventually(
        lambda: caller.line.hears_among(sam.line.hz) and ana.line.hears_among(sam.line.hz),
        within=LONG,
    )
    await _hears(sam, ana.line.hz, caller.hz)

    # and nobody hears themselves: what he hears does not come back through him
    for line, hz in ((caller.line, caller.hz), (ana.line, ana.phone.hz), (sam.line, sam.phone.hz)):
        await _never_hears(line, hz)

    # when he listens again, then neither does
    await press(sam, talk, "listen")
    await eventually(lambda: not caller.line.hears_among(sam.line.hz), within=LONG)
    await eventually(lambda: not ana.line.hears_among(sam.line.hz), within=LONG)
    await _silent_for(caller, sam.line.hz)

    # and he heard them all the time, by the same ear, as they heard each other
    await _hears(sam, ana.line.hz, caller.hz)
    assert await _ears(world) == ears
    await world.hear_each_other(ana, caller, within=LONG)

    # when he leaves, and once more by mistake
    await sam.delete(f"conversations/{talk}/listen")
    left = await sam.delete(f"conversations/{talk}/listen")

    # then they talk on, and he hears nothing
    assert (left["state"], left["supervisors"]) == ("active", [])
    await eventually(sam.line.hears_nothing, within=LONG)
    await world.hear_each_other(ana, caller, within=LONG)
    assert ana.phone.rings == sam.phone.rings == 1


async def test_an_agent_can_do_none_of_it(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")

    # then
    for what in ("listen", "whisper", "barge", "take-over"):
        with pytest.raises(Refused) as refused:
            await press(chi, talk, what)
        assert (refused.value.status, refused.value.type) == (403, "forbidden")
    for what in ("listen", "whisper", "barge"):
        with pytest.raises(Refused) as refused:
            await chi.delete(f"conversations/{talk}/{what}")
        assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        await chi.get("live")
    assert refused.value.status == 403
    await world.hear_each_other(ana, caller)


async def test_without_a_leg_or_a_call_it_says_what_is_in_the_way(world: World) -> None:
    # given a talk, and a supervisor without a phone
    ana, caller, talk = await on_a_call(world)
    sam = await world.person("sam")
    await sam.become("busy")

    # then
    for what in ("listen", "take-over"):
        with pytest.raises(Refused) as refused:
            await press(sam, talk, what)
        assert (refused.value.status, refused.value.type) == (409, "leg-not-answered")
        assert "connect it first" in refused.value.problem["detail"]

    # when the call is over
    await caller.line.hang_up()
    await world.conversation_is(talk, "wrap_up", within=LONG)

    # then
    with pytest.raises(Refused) as refused:
        await press(sam, talk, "listen")
    assert (refused.value.status, refused.value.type) == (409, "wrong-state")
    await ana.wrap_up(talk)


async def test_it_follows_the_customer_and_ends_with_the_call(world: World) -> None:
    # given a supervisor who listens
    ana, caller, talk, chi = await consulting(world)
    sam = await world.at_work("sam")
    await press(sam, talk, "whisper")

    # then while the agent consults they are whispered to, and the customer's music is heard
    await eventually(lambda: ana.line.hears_among(sam.line.hz), within=LONG)
    await music(sam.line, ana.line.hz, chi.line.hz)

    # when the customer goes to whom she consulted
    await press(ana, talk, "transfer/complete")

    # then he hears those two, and whispers to the new agent alone
    await _hears(sam, chi.line.hz, caller.hz)
    await eventually(lambda: chi.line.hears_among(sam.line.hz), within=LONG)
    await eventually(lambda: not ana.line.hears_among(sam.line.hz), within=LONG)
    await _silent_for(caller, sam.line.hz)

    # when the customer hangs up
    await caller.line.hang_up()
    await world.conversation_is(talk, "wrap_up", within=LONG)

    # then he is free, and gets calls again
    await eventually(sam.line.hears_nothing, within=LONG)
    assert (await sam.me())["watching"] is None
    await ana.wrap_up(talk)
    await chi.wrap_up(talk)


async def test_who_supervises_is_offered_no_call(world: World) -> None:
    # given a talk and a supervisor who could take calls himself
    _ana, _caller, talk = await on_a_call(world)
    sam = await world.at_work("sam")
    await sam.put("me/preferences", {"skills": ["Billing"]})
    await press(sam, talk, "listen")

    # when somebody else calls, nobody gets them
    other = await world.call("200")
    await world.conversation(other, "queued", within=LONG)
    await eventually(other.line.hears_something, within=LONG)
    verdicts = await world.supervisor.get(
        f"conversations/{(await world.conversation(other, 'queued'))['id']}/explain"
    )
    his = next(a for a in verdicts["agents"] if a["id"] == sam.id)
    assert his["reasons"] == ["on_call"]

    # when he leaves the first
    await sam.delete(f"conversations/{talk}/listen")

    # then the second is his
    await world.conversation(other, "offered", within=LONG)
    await sam.put("me/preferences", {"skills": []})


async def test_two_supervisors_at_once_hear_each_other_speak_to_all(world: World) -> None:
    # given two who listen
    ana, caller, talk = await on_a_call(world)
    sam = await world.at_work("sam")
    pat = await world.at_work("admin")
    await press(sam, talk, "listen")
    await press(pat, talk, "listen")
    await _hears(pat, ana.line.hz, caller.hz)

    # when one speaks to all
    await press(sam, talk, "barge")

    # then all hear him, and nobody hears the other
    await eventually(lambda: caller.line.hears_among(sam.line.hz), within=LONG)
    await eventually(lambda: pat.line.hears_among(sam.line.hz), within=LONG)
    await _hears(pat, ana.line.hz, caller.hz)
    await _silent_for(caller, pat.line.hz)
    seen = await sam.get(f"conversations/{talk}")
    assert {(s["supervisor"]["id"], s["how"]) for s in seen["supervisors"]} == {
        (sam.id, "barge"),
        (pat.id, "listen"),
    }

    # when he hangs up his phone, then he alone is gone
    await sam.line.hang_up()
    await eventually(lambda: not caller.line.hears_among(sam.line.hz), within=LONG)
    await _hears(pat, ana.line.hz, caller.hz)
    await world.hear_each_other(ana, caller, within=LONG)

    async def alone() -> bool:
        seen = await pat.get(f"conversations/{talk}")
        return [s["supervisor"]["id"] for s in seen["supervisors"]] == [pat.id]

    await eventually(alone, within=LONG, every=0.05)


async def test_a_phone_that_is_rung_per_call_is_rung_to_listen(world: World) -> None:
    # given a supervisor whose desk phone stands idle between calls
    ana, caller, talk = await on_a_call(world)
    sam = await world.person("sam")
    await sam.put("me/preferences", {"leg": "per_call"})
    user, password = world.sip_user(sam)
    await sam.use_desk_phone(await world.phones.desk_phone(user, password, world.tone()))
    await sam.become("busy")

    # when
    await press(sam, talk, "listen")

    # then it rings, and who answers hears both
    await sam.phone.answered(within=LONG)
    await _hears(sam, ana.line.hz, caller.hz)
    assert sam.phone.rings == 1

    # when he hangs up
    await sam.line.hang_up()

    # then it is over for him, and he is not called again
    async def over() -> bool:
        return (await sam.me())["watching"] is None

    await eventually(over, within=LONG, every=0.05)
    await world.hear_each_other(ana, caller, within=LONG)
    assert sam.phone.rings == 1


async def test_a_call_of_the_ai_is_heard_and_taken_over(world: World) -> None:
    # given a caller whom a bot plays something
    sam = await world.at_work("sam")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open(caller.number, "Greta Gable", channel)
        await world.behind.ari("POST", f"channels/{channel}/answer")
        prompts = ",".join(["sound:vm-options"] * 6)
        await world.behind.ari("POST", f"channels/{channel}/play/p{channel}", media=prompts)
        await eventually(caller.line.hears_something, within=LONG)

        # when he listens, then he hears both, and the caller stays with the bot
        await press(sam, talk, "listen")
        await _hears(sam, caller.hz)
        assert not caller.line.hears_among(sam.line.hz)  # speech has a trace of every tone

        # when he speaks to all, then the caller hears him
        await press(sam, talk, "barge")
        await eventually(lambda: caller.line.hears_among(sam.line.hz), within=LONG)
        apps = await world.behind.ari("GET", "applications/demo-bot")
        assert channel in apps["channel_ids"]

        # and also while the bot is silent
        await world.behind.ari("DELETE", f"playbacks/p{channel}")
        await eventually(lambda: caller.line.hears(sam.line.hz), within=LONG)

        # when he takes it over
        taken = await press(sam, talk, "take-over")
        again = await press(sam, talk, "take-over")
        assert (again["agent"], len(again["segments"])) == (taken["agent"], 1)

        # then the call is his, and nobody supervises it
        assert (taken["state"], taken["agent"]["id"]) == ("active", sam.id)
        assert (taken["supervisors"], taken["why"]["how"]) == ([], "taken_over")
        await world.hear_each_other(sam, caller, within=LONG)
        await sam.end(talk)
        await sam.wrap_up(talk)


async def test_a_talk_is_taken_over_from_its_agent_who_writes(world: World) -> None:
    # given a supervisor who whispers
    ana, caller, talk = await on_a_call(world)
    sam = await world.at_work("sam")
    await press(sam, talk, "whisper")
    await eventually(lambda: ana.line.hears_among(sam.line.hz), within=LONG)

    # when
    await press(sam, talk, "take-over")

    # then the customer has him, and her part is over
    await world.hear_each_other(sam, caller, within=LONG)
    await eventually(ana.line.hears_nothing, within=LONG)
    await ana.wrap_up(talk, notes="was taken from me")
    await sam.end(talk)
    await sam.wrap_up(talk)
    kept = await world.closed(talk, within=LONG)
    parts = [(s["agent"]["id"], s["ended_by"], s["notes"]) for s in kept["segments"]]
    assert parts == [(ana.id, "take_over", "was taken from me"), (sam.id, "agent", "")]


async def test_a_waiting_caller_is_taken_over(world: World) -> None:
    # given a caller for whom nobody is there
    sam = await world.at_work("sam")
    caller = await world.call("202")
    talk = (await world.conversation(caller, "queued", within=LONG))["id"]

    # when
    await press(sam, talk, "take-over")

    # then
    await world.hear_each_other(sam, caller, within=LONG)
    await sam.end(talk)
    await sam.wrap_up(talk)


async def test_the_audit_log_says_who_listened_to_whom_from_when_until_when(world: World) -> None:
    # given
    _ana, _, talk = await on_a_call(world)
    sam = await world.at_work("sam")
    await press(sam, talk, "listen")
    await press(sam, talk, "whisper")
    await sam.delete(f"conversations/{talk}/whisper")

    # then each step stands in the log, once
    admin = Person(world.stack, "admin")
    await admin.sign_in()
    try:

        async def noted() -> list[str]:
            page = await admin.get("audit", limit="100")
            mine = [e for e in page["items"] if e["target_id"] == talk]
            acts = [e["act"] for e in reversed(mine)]
            return acts if len(acts) == 3 else []

        acts = await eventually(noted, within=LONG, every=0.1)
        page = await admin.get("audit", limit="100")
    finally:
        await admin.close()
    assert acts == [
        "conversation.listened",
        "conversation.whispered",
        "conversation.supervision_ended",
    ]
    last = next(e for e in page["items"] if e["target_id"] == talk)
    assert last["who_id"] == sam.id
    assert last["before"]["agent"] == "Ana"
    began, ended = last["before"]["from"], last["after"]["until"]
    assert datetime.fromisoformat(began) < datetime.fromisoformat(ended)
    assert last["after"]["cause"] == "stopped"
