"""`ringdesk-queue`: music while nobody serves, entry by itself, the age of the wait, the way back.

The Stasis application `ringdesk` is the test itself, so that Ringdesk can be away as it likes.
"""

import asyncio
import re
import shutil
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from app.embedded.asterisk_config import DIALPLAN
from tests.integration.asterisk.stack import Ari, Stack, running_asterisk
from tests.support.phones import Line, PhoneNetwork
from tests.support.polling import eventually
from tests.support.sound import RATE, tone

MUSIC_HZ = 700
CALLER = "+441632960111"
GOSUB_NUMBER = """
[from-trunk]
exten => 500,1,Gosub(ringdesk-queue,s,1)
 same => n,Set(CAME_BACK=${RINGDESK_RESULT})
 same => n,Stasis(after)
"""


@pytest.fixture
async def own_number(tmp_path: Path) -> AsyncIterator[Stack]:
    """An Asterisk whose admin added number 500, which uses Gosub."""
    folder = tmp_path / "dialplan"
    shutil.copytree(DIALPLAN, folder)
    with (folder / "from-trunk.conf").open("a") as file:
        file.write(GOSUB_NUMBER)
    async with running_asterisk(tmp_path, DIALPLAN_DIR=str(folder)) as running:
        yield running


async def test_a_caller_hears_music_while_ringdesk_is_away_and_enters_when_it_is_back(
    stack: Stack, phones: PhoneNetwork
) -> None:
    await _steady_music(stack)
    called_at = time.time() * 1000
    line = await phones.call("200", 440, CALLER)
    await eventually(lambda: line.up, within=15)
    up_at = time.time() * 1000
    heard_from = await eventually(lambda: line.hears_something() and time.monotonic(), within=15)
    await eventually(lambda: time.monotonic() > heard_from + 4)  # several retries
    longest, _, third = _pauses(line, heard_from)[:3]
    assert third < 0.4  # a pause at each retry would come again and again
    assert longest < 1.5  # the machine itself may stop for a moment, once

    async with stack.ari.serve("ringdesk") as app:
        start = await app.first("StasisStart")

        channel = start["channel"]["id"]
        assert start["args"] == ["queue"]
        assert start["channel"]["caller"]["number"] == CALLER
        assert await stack.ari.variable(channel, "RINGDESK_SKILLS") == "Billing"
        queued_at = int(await stack.ari.variable(channel, "RINGDESK_QUEUED_AT"))
        assert called_at - 100 <= queued_at <= up_at + 100
        # the music follows into Stasis, until Ringdesk has a place for them
        assert await stack.ari.variable(channel, "RINGDESK_MUSIC") == "1"
        entered_at = time.monotonic()
        await eventually(lambda: time.monotonic() > entered_at + 2 and line.hears_something())
        assert (await stack.ari.ask("DELETE", f"channels/{channel}/moh"))[0] == 204
        await eventually(line.hears_nothing)
    await line.hang_up()
    assert stack.log() == []


async def test_a_caller_stays_when_ringdesk_dies_and_keeps_the_age(
    stack: Stack, phones: PhoneNetwork
) -> None:
    async with stack.ari.serve("ringdesk") as app:
        line = await phones.call("201", 440, CALLER)
        channel = (await app.first("StasisStart"))["channel"]["id"]
        queued_at = await stack.ari.variable(channel, "RINGDESK_QUEUED_AT")
        assert await stack.ari.variable(channel, "RINGDESK_PRIORITY") == "10"

    async with stack.ari.serve("ringdesk"):
        assert [c["id"] for c in await stack.ari.get("channels")] == [channel]
        assert await stack.ari.variable(channel, "RINGDESK_QUEUED_AT") == queued_at
        await eventually(lambda: line.up, within=15)  # the phone may be late to say so
    await line.hang_up()


async def test_who_came_by_goto_is_hung_up_when_ringdesk_sends_them_on(
    stack: Stack, phones: PhoneNetwork
) -> None:
    async with stack.ari.serve("ringdesk") as app:
        line = await phones.call("202", 440, CALLER)
        channel = (await app.first("StasisStart"))["channel"]["id"]

        await stack.ari.ask("POST", f"channels/{channel}/continue")

        await line.ended()
    assert stack.log() == []


async def test_who_came_by_gosub_goes_back_with_the_reason(own_number: Stack) -> None:
    stack = own_number
    async with (
        PhoneNetwork(str(stack.trunk), stack.sip) as phones,
        stack.ari.serve("ringdesk") as app,
        stack.ari.serve("after") as after,
    ):
        line = await phones.call("500", 440, CALLER)
        channel = (await app.first("StasisStart"))["channel"]["id"]
        await _set(stack.ari, channel, "RINGDESK_RESULT", "max_wait")

        await stack.ari.ask("POST", f"channels/{channel}/continue")

        await after.first("StasisStart")
        assert await stack.ari.variable(channel, "CAME_BACK") == "max_wait"
        await line.hang_up()
    assert stack.log() == []


async def test_the_bot_s_number_goes_to_the_bot_and_to_the_queue_without_one(
    stack: Stack, phones: PhoneNetwork
) -> None:
    async with stack.ari.serve("ringdesk") as ringdesk:
        async with stack.ari.serve("demo-bot") as bot:
            with_bot = await phones.call("100", 440, CALLER)
            await bot.first("StasisStart")
            assert ringdesk.events == []
            await with_bot.hang_up()

        without_bot = await phones.call("100", 440, CALLER)
        await ringdesk.first("StasisStart")
        await without_bot.hang_up()


HOSTILE = {
    "expression": '" = "" | 1 ? s,1 : ${SHELL(touch pwned)}',
    "brackets": ")}]${CHANNEL(hangup)}",
    "line breaks": "1\r\nAction: Hangup\r\n\r\n",
    "30 kB": "7" * 30_000,  # ARI refuses a request above 40 kB
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
async def test_nothing_that_a_bot_sets_is_evaluated(
    stack: Stack, phones: PhoneNetwork, value: str
) -> None:
    async with stack.ari.serve("demo-bot") as bot:
        line = await phones.call("100", 440, CALLER)
        channel = (await bot.first("StasisStart"))["channel"]["id"]
        for name in ("SKILLS", "PRIORITY", "PARAMETERS", "QUEUED_AT"):
            await _set(stack.ari, channel, f"RINGDESK_{name}", value)

        await stack.ari.ask("POST", f"channels/{channel}/continue?context=ringdesk-queue")

        await _tries_to_enter(stack, channel)
        async with stack.ari.serve("ringdesk") as app:
            await app.first("StasisStart")
            assert await stack.ari.variable(channel, "RINGDESK_QUEUED_AT") == value
        await line.hang_up()
    assert stack.log() == []


async def _set(ari: Ari, channel: str, name: str, value: str) -> None:
    path = f"channels/{channel}/variable?variable={name}"
    status, answer = await ari.ask("POST", path, value=value)
    assert status == 204, answer


async def _tries_to_enter(stack: Stack, channel: str) -> None:
    """Wait until the caller is in the loop of music (`Read`, for the key) and retries."""

    async def waiting() -> bool:
        state = await stack.ari.get(f"channels/{channel}")
        return bool(state["dialplan"]["app_name"] == "Read")

    await eventually(waiting, within=15)


async def _steady_music(stack: Stack) -> None:
    """A tone of 60 s for music: the pieces that come with Asterisk have rests of their own."""
    folder = stack.folder / "music"
    folder.mkdir()
    (folder / "tone.sln").write_bytes(tone(MUSIC_HZ, 0, 60 * RATE))
    classes = stack.config.etc / "musiconhold.conf"
    classes.write_text(re.sub("(?m)^directory = .*$", f"directory = {folder}", classes.read_text()))
    console = [str(stack.config.installation.program), "-C", str(stack.config.main_file), "-rx"]
    reload = await asyncio.create_subprocess_exec(*console, "moh reload", stdout=DEVNULL)
    assert await reload.wait() == 0


def _pauses(line: Line, since: float) -> list[float]:
    """Seconds without a loud frame, the longest first."""
    frames = line.heard.frames(since)
    loud = frames.arrived[frames.loud()]
    return sorted(map(float, np.diff(loud)), reverse=True)
