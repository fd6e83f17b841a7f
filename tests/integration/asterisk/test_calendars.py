"""Whether a calendar is open, asked by the dialplan of an Asterisk without Ringdesk."""

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desk.routing import Routing
from app.domain.calendar import Calendar, Hours
from tests.integration.asterisk.dial_rules import tell_hours
from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.polling import eventually
from tests.support.stack import ROOT

PROBE = """
[probe]
exten => _[a-zA-Z]!,1,Gosub(ringdesk-open,s,1(${EXTEN}))
 same => n,Set(GLOBAL(probe-${EXTEN})=${GOSUB_RETVAL})
 same => n,Hangup()
"""
ALWAYS = ((Hours(0, 1440),),) * 7
EVERY_HOUR = (tuple(Hours(h * 60, h * 60 + 30) for h in range(24)),) * 7


@pytest.fixture
async def probed(tmp_path: Path) -> AsyncIterator[Stack]:
    folder = tmp_path / "dialplan"
    shutil.copytree(ROOT / "dialplan", folder)
    with (folder / "demo.conf").open("a") as file:
        file.write(PROBE)
    async with running_asterisk(tmp_path / "state", DIALPLAN_DIR=str(folder)) as running:
        yield running


async def told(stack: Stack, name: str) -> str:
    await stack.ari.ask(
        "POST", f"channels?endpoint=Local/{name}@probe&context=demo-talk&extension=s"
    )

    async def noted() -> str:
        answer = await stack.ari.get(f"asterisk/variable?variable=probe-{name}")
        return str(answer["value"])

    return await eventually(noted)


def hours(*calendars: Calendar, at: float) -> dict[str, str]:
    routing = Routing.__new__(Routing)  # the hours alone: neither SQL nor people
    routing.calendars = calendars
    return routing.for_dialplan(round(at * 1000))


async def test_the_dialplan_knows_by_itself_what_is_open(probed: Stack) -> None:
    # given calendars as they were told a day ago
    calendars = (
        Calendar("1", "Always", "UTC", ALWAYS),
        Calendar("2", "Never at all", "UTC", ((),) * 7),
        Calendar("3", "Shut", "UTC", ALWAYS, emergency=True),
        Calendar("4", "Halves", "UTC", EVERY_HOUR),
    )
    await tell_hours(probed, hours(*calendars, at=time.time() - 24 * 3600))

    # then each is answered, and one that is not known is open
    answers = {name: await told(probed, name) for name in ("Always", "Neveratall", "Shut", "Other")}
    assert answers == {
        "Always": "open",
        "Neveratall": "closed",
        "Shut": "closed",
        "Other": "open",
    }
    before = time.gmtime().tm_min < 30
    halves = await told(probed, "Halves")
    if before is (time.gmtime().tm_min < 30):  # the half hour did not end meanwhile
        assert halves == ("open" if before else "closed")


async def test_what_is_told_anew_takes_the_place_of_what_was(probed: Stack) -> None:
    shut = Calendar("1", "Office", "UTC", ALWAYS, emergency=True)
    await tell_hours(probed, hours(shut, at=time.time()))
    assert await told(probed, "Office") == "closed"
    await tell_hours(probed, hours(at=time.time()))
    await eventually(lambda: probed.kept("/ringdesk-hours/current") == "b")
    await probed.ari.ask("POST", "asterisk/variable?variable=probe-Office&value=")
    assert await told(probed, "Office") == "open"
