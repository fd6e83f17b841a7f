"""Callers who find Ringdesk away leave a message: one callback each, whoever dies meanwhile."""

import asyncio
import io
import math
import shutil
import time
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.embedded.asterisk_config import DIALPLAN
from tests.conftest import running
from tests.support.people import Person
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.sound import Frames
from tests.support.stack import PASSWORD, Stack
from tests.support.world import Caller, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
AWAY_SECONDS = 2
RETRY_SECONDS = 3
SHORT_WORDS = """
[globals](+)
MESSAGE_OFFER = vm-press&digits/1
MESSAGE_INTRO = vm-message
"""
BEEP_HZ = 700
"""Asterisk's own beep, to 50 Hz."""


@pytest.fixture(scope="module")
def away_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose callers are soon offered to leave a message, and soon called again.

    What they are told there is short, as admins may set it; test_exits hears the long words.
    """
    dialplan = tmp_path_factory.mktemp("short-words") / "dialplan"
    shutil.copytree(DIALPLAN, dialplan)
    with (dialplan / "extensions.conf").open("a") as file:
        file.write(SHORT_WORDS)
    yield from running(
        tmp_path_factory,
        "away",
        DIALPLAN_DIR=str(dialplan),
        AWAY_SECONDS=str(AWAY_SECONDS),
        CALLBACK_RETRY_SECONDS=str(RETRY_SECONDS),
        OFFER_SECONDS="5",
    )


@pytest.fixture
async def world(away_stack: Stack) -> AsyncIterator[World]:
    async with World(away_stack) as around:
        yield around
    assert "Traceback" not in away_stack.said()


def spool(stack: Stack) -> list[Path]:
    """Asterisk's own copies."""
    return sorted((stack.folder / "asterisk" / "spool" / "recording").glob("*.wav"))


async def speaks(world: World, to: str = "200") -> Caller:
    """While Ringdesk is away somebody calls, chooses to leave a message, and speaks."""
    before, pressed_at, beeped = len(spool(world.stack)), 0.0, False
    caller = await world.call(to)
    await eventually(caller.line.hears_something)  # music at once

    async def records() -> bool:
        nonlocal pressed_at, beeped
        if time.monotonic() - pressed_at > 3:
            pressed_at = await caller.line.press("1")
        beeped = beeped or caller.line.strongest() == BEEP_HZ
        return len(spool(world.stack)) > before

    await eventually(records, within=60)
    assert beeped
    return caller


async def left(world: World, to: str = "200", seconds: float = 3.0) -> Caller:
    """Somebody spoke for so long and hung up in the middle of it."""
    caller = await speaks(world, to)
    await asyncio.sleep(seconds)
    await caller.line.hang_up()
    return caller


async def callback_of(world: World, caller: Caller, state: str) -> Json:
    found = await world.conversation(caller, state, within=10)
    assert found["callback"], found
    return found


async def heard(person: Person, talk: str) -> tuple[float, Frames]:
    """The recording as the page gets it: its seconds, and its frames of 20 ms."""
    async with person._http.get(f"conversations/{talk}/recording") as reply:
        assert (reply.status, reply.content_type) == (200, "audio/wav")
        sound = await reply.read()
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    whole = len(pcm) // 160
    frames: NDArray[np.float64] = np.asarray(pcm[: whole * 160].reshape(-1, 160), np.float64)
    return len(pcm) / 8000, Frames(
        frames / np.float64(32768), np.arange(whole, dtype=np.float64) * 0.02
    )


async def asterisk_keeps_nothing(world: World) -> None:
    """Neither recordings nor notes: ours is on the disk, and the conversation in SQL."""
    await eventually(lambda: not spool(world.stack), within=15, every=0.1)


async def test_a_message_becomes_one_callback_and_the_customer_is_called(world: World) -> None:
    # given an agent at work, and a customer whose phone can be called
    ana = await world.at_work("ana")
    began = time.time()
    world.stack.kill9()

    # when the customer speaks and hangs up in the middle, and Ringdesk comes back
    caller = await left(world)
    phone = await world.phones.number(caller.number, world.tone())
    await asyncio.to_thread(world.stack.restart)

    # then it is offered with what was said, at the age it has earned
    offered = await callback_of(world, caller, "offered")
    talk = offered["id"]
    assert offered["callback"]["recording"]
    assert offered["callback"]["number"] == caller.number
    assert offered["skills"] == ["Billing"]
    assert offered["entry"] == "200"
    assert offered["queued_at"] < time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(began + 5))
    await ana.offered(talk)
    seconds, sound = await heard(ana, talk)
    assert seconds > 2
    assert sound.carry(caller.hz).mean() > 0.8

    # and a program that transcribes hears it, and tells what was said: it stands on the offer
    async with Program(world, "read", "write", "messages") as scribe:
        assert (await scribe.sound(talk))[:4] == b"RIFF"
        turn = {"id": "1", "speaker": "customer", "text": "Please call me about my bill."}
        await scribe.post(f"conversations/{talk}/transcript", {"turns": [turn]})
    shown = (await ana.get("inbox"))["conversations"]
    assert [c["transcript"][0]["text"] for c in shown if c["id"] == talk] == [turn["text"]]

    # and on accept the customer's phone rings once, and they talk
    await ana.accept(talk)
    await phone.answered(within=10)
    await eventually(lambda: phone.line.hears(ana.phone.hz) and ana.line.hears(phone.hz), within=10)
    assert phone.rings == 1
    await phone.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await ana.wrap_up(talk)
    assert (await world.closed(talk))["outcome"] == "completed"
    await asterisk_keeps_nothing(world)


async def test_killed_while_somebody_speaks_and_again_while_it_is_taken_in(world: World) -> None:
    # given a caller who speaks while Ringdesk is away
    world.stack.kill9()
    caller = await speaks(world, "202")

    # when it comes back in the middle, dies again and again at different instants
    for patience in (0.0, 0.3, 0.7):
        await asyncio.to_thread(world.stack.restart)
        if patience == 0.0:
            assert not caller.line.over
            assert world.supervisor.picture.of(caller.number) is None
            await asyncio.sleep(2)
            await caller.line.hang_up()
        await asyncio.sleep(patience)
        world.stack.kill9()
    await asyncio.to_thread(world.stack.restart)

    # then there is the one callback, whole
    waiting = await callback_of(world, caller, "queued")
    await asterisk_keeps_nothing(world)
    found = await world.supervisor.get("conversations", q=caller.number)
    assert [one["id"] for one in found["items"]] == [waiting["id"]]
    seconds, sound = await heard(world.supervisor, waiting["id"])
    assert seconds > 4
    assert sound.carry(caller.hz).mean() > 0.8
    await nobody_waits(world, caller, waiting["id"])


async def nobody_waits(world: World, caller: Caller, talk: str) -> None:
    """End a callback that the next story must not be offered: the customer calls in and goes."""
    await world.phones.call("200", world.tone(), caller.number)

    async def joined() -> str | None:
        for each in await world.behind.channels():
            if each.get("channelvars", {}).get("RINGDESK_CONVERSATION") == talk:
                return str(each["id"])
        return None

    channel = await eventually(joined)
    await world.behind.ari("DELETE", f"channels/{channel}")
    assert (await world.closed(talk))["outcome"] == "abandoned"


async def test_asterisk_is_killed_after_and_while_a_message_was_left(world: World) -> None:
    # given one message that was left, and one that is being spoken
    world.stack.kill9()
    first = await left(world, "202")
    second = await speaks(world, "202")
    await asyncio.sleep(3)

    # when Asterisk dies, and all of it comes back
    world.stack.kill9("asterisk")
    await asyncio.to_thread(world.stack.restart)

    # then both are there, the second with what was on the disk
    for caller in (first, second):
        waiting = await callback_of(world, caller, "queued")
        seconds, sound = await heard(world.supervisor, waiting["id"])
        assert seconds >= 2
        assert sound.carry(caller.hz).mean() > 0.8
        assert waiting["skills"] == ["Spanish"]
        await nobody_waits(world, caller, waiting["id"])
    await asterisk_keeps_nothing(world)


async def test_too_short_a_message_is_none_and_who_goes_on_waiting_gets_in(world: World) -> None:
    # given
    world.stack.kill9()
    caller = await speaks(world, "202")

    # when they hang up at once, and another only waits
    await caller.line.hang_up()
    patient, called = await world.call("202"), time.monotonic()
    await eventually(patient.line.hears_something)
    # the offer is made, with silence for the key, which is not pressed; then there is music again
    await eventually(lambda: 2.5 < patient.line.longest_quiet(called) < math.inf, within=30)
    await eventually(patient.line.hears_something)
    await asyncio.to_thread(world.stack.restart)

    # then the one is nothing, and the other waits as anybody
    waiting = await world.conversation(patient, "queued", within=20)
    assert waiting["callback"] is None
    await asterisk_keeps_nothing(world)
    assert world.supervisor.picture.of(caller.number) is None
    await patient.line.hang_up()
    await world.closed(waiting["id"])


async def test_nobody_answers_the_customer_calls_in_and_who_may_hear_what_they_said(
    world: World,
) -> None:
    # given a message, and a customer who does not answer
    ana = await world.at_work("ana")
    world.stack.kill9()
    caller = await left(world)
    phone = await world.phones.number(caller.number, world.tone(), answers=False)
    await asyncio.to_thread(world.stack.restart)
    talk = (await callback_of(world, caller, "offered"))["id"]
    await ana.offered(talk)
    await ana.accept(talk)

    # when it rings: the agent hears ringing, and the customer hears nothing yet
    await eventually(lambda: phone.rings == 1, within=10)
    await eventually(ana.line.hears_something)

    # and they refuse it
    await phone.line.hang_up()
    missed = await callback_of(world, caller, "queued")

    # then the agent is free and quiet, without a wrap-up, and the next try comes by itself
    assert missed["callback"]["tries"] == 1
    assert missed["callback"]["not_before"]
    assert (await ana.me())["wrap_ups"] == 0
    await eventually(lambda: ana.line.hears_nothing(0.5))
    await ana.offered(talk, within=RETRY_SECONDS + 10)
    assert phone.rings == 1

    # and when the customer calls in themselves, it is the same conversation at its age
    line = await world.phones.call("200", world.tone(), caller.number)
    await eventually(lambda: line.up)
    await ana.accept(talk)
    await eventually(lambda: line.hears(ana.phone.hz) and ana.line.hears(line.hz), within=10)
    joined = await world.conversation(caller, "active")
    assert (joined["id"], joined["queued_at"]) == (talk, missed["queued_at"])
    assert phone.rings == 1

    # and only an administrator takes the recording away
    chi, admin = await world.person("chi"), Person(world.stack, "admin")
    await admin.sign_in(PASSWORD)
    path = f"conversations/{talk}/recording"
    for person, status in ((chi, 404), (world.supervisor, 403), (ana, 403)):
        method = "GET" if person is chi else "DELETE"
        headers = {"Origin": world.stack.url}
        async with person._http.request(method, path, headers=headers) as reply:
            assert reply.status == status
    async with ana._http.get(path, headers={"Range": "bytes=0-43"}) as reply:
        assert (reply.status, len(await reply.read())) == (206, 44)
    await admin.delete(path)
    async with ana._http.get(path) as reply:
        assert reply.status == 404
    await admin.close()
    await ana.end(talk)
    await ana.wrap_up(talk)
    assert (await world.closed(talk))["outcome"] == "completed"


async def test_killed_while_the_customers_phone_rings_nobody_is_called_twice(
    world: World,
) -> None:
    # given a customer whose phone rings, with ana on the line
    ana = await world.at_work("ana")
    world.stack.kill9()
    caller = await left(world)
    phone = await world.phones.number(caller.number, world.tone(), answers=False)
    await asyncio.to_thread(world.stack.restart)
    talk = (await callback_of(world, caller, "offered"))["id"]
    await ana.offered(talk)
    await ana.accept(talk)
    await eventually(lambda: phone.rings == 1, within=10)

    # when Ringdesk dies, and the customer answers
    world.stack.kill9()
    await phone.line.call.answer()

    # then they hear music, and once it is back they are with her; it rang once
    await eventually(phone.line.hears_something)
    await asyncio.to_thread(world.stack.restart)
    await eventually(lambda: phone.line.hears(ana.phone.hz) and ana.line.hears(phone.hz), within=15)
    active = await world.conversation(caller, "active")
    assert (active["id"], active["callback"]["dialling"]) == (talk, False)
    assert phone.rings == 1
    await ana.end(talk)
    await ana.wrap_up(talk)
    await phone.line.ended()
    await world.closed(talk)
