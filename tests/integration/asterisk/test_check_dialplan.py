"""`check-dialplan` finds each kind of fault in a real Asterisk, and nothing in a sound dialplan."""

import shutil
import time
from pathlib import Path

import pytest

from app.config import load
from app.embedded.asterisk import install_folder
from app.embedded.asterisk_config import DIALPLAN
from app.embedded.check_dialplan import check_dialplan
from app.embedded.server import EmbeddedError

FAULTS = {
    "an unclosed bracket": ("exten => 500,1,Answer(", "parenthesis"),
    "no arrow": ("exten 500", "No '=' (equal sign)"),
    "a priority that is none": ("exten => 500,once,Answer()", "once"),
    "same without a start": ("same => n,Answer()", "same"),
    "the same extension twice": ("exten => 500,1,Answer()\nexten => 500,1,Hangup()", "500"),
    "an include of no file": ('#include "dialplan/gone.conf"', "gone.conf"),
    "an include of no context": ("include => gone", "gone"),
    "an unknown application": ("exten => 500,1,Anwser()", "no application Anwser"),
    "an unknown application within another": (
        "exten => 500,1,ExecIf($[1 > 0]?Anwser():Hangup())",
        "no application Anwser",
    ),
    "an unknown function": ("exten => 500,1,NoOp(${LENGTH(abc)})", "no function LENGTH"),
    "an unknown function that is set": (
        "exten => 500,1,Set(CALERID(num)=1)",
        "no function CALERID",
    ),
    "brackets that do not match": ("exten => 500,1,NoOp(${EXTEN)", "brackets do not match"),
    "Goto to no context": ("exten => 500,1,Goto(gone,s,1)", "no context gone"),
    "Goto to no extension": ("exten => 500,1,Goto(ringdesk-queue,t,1)", "no extension t"),
    "Goto to no label": ("exten => 500,1,Goto(ringdesk-queue,s,entry)", "no priority entry"),
    "Goto to no priority": ("exten => 500,1,Goto(7)", "no priority 7"),
    "GotoIf, its second branch": (
        'exten => 500,1,GotoIf($["${EXTEN}" = "5:?"]?1:gone)',
        "no priority gone",
    ),
    "GotoIfTime": ("exten => 500,1,GotoIfTime(9:00-17:00,mon-fri,*,*?gone,s,1)", "context gone"),
    "Gosub": ("exten => 500,1,Gosub(gone,s,1(${EXTEN}))", "no context gone"),
    "GosubIf": ("exten => 500,1,GosubIf($[1]?gone,s,1(a:b))", "no context gone"),
    "Dial to a local extension": ("exten => 500,1,Dial(Local/9@gone/n,20)", "no context gone"),
    "Dial with a subroutine": ("exten => 500,1,Dial(PJSIP/a,20,U(gone^a))", "no context gone"),
}
SOUND = """
exten => 500,1,Set(CALLERID(num)=${FILTER(0-9,${CALLERID(num)})})
 same => n(again),GotoIf($["${CALLERID(num)}" = ""]?ringdesk-queue,s,enter:last)
 same => n,GotoIfTime(9:00-17:00,mon-fri,*,*?${EXTEN},1)
 same => n,ExecIf(${ISNULL(${FOO})}?Playback(tt-monkeys&vm-goodbye,skip):Set(BAR=1))
 same => n,Goto(${CONTEXT_OF},s,1)
 same => n,Goto(from-trunk,${EXTEN},again)
 same => n,Gosub(ringdesk-queue,s,1(a,(b)))
 same => n,Dial(Local/200@from-trunk&PJSIP/trunk,20,U(ringdesk-after))
 same => n(last),Goto(demo,200,1)
exten => _60[1-4]X!,1,Goto(again-here)
 same => n(again-here),Goto(from-agents,999,1)
 same => n,Goto(from-trunk,6021,1)
"""


@pytest.fixture
def dialplan(tmp_path: Path) -> Path:
    folder = tmp_path / "my dialplan"
    shutil.copytree(DIALPLAN, folder)
    return folder


@pytest.fixture
def asterisk(tmp_path: Path) -> Path:
    return install_folder(load(dotenv=tmp_path / "none"))


def _add(dialplan: Path, lines: str) -> None:
    with (dialplan / "from-trunk.conf").open("a") as file:
        file.write(f"\n[from-trunk]\n{lines}\n")


async def test_the_dialplan_that_comes_with_ringdesk_is_sound(asterisk: Path) -> None:
    began = time.monotonic()
    assert await check_dialplan(DIALPLAN, asterisk) == []
    assert time.monotonic() - began < 5


async def test_what_is_right_is_not_called_wrong(dialplan: Path, asterisk: Path) -> None:
    _add(dialplan, SOUND)

    assert await check_dialplan(dialplan, asterisk) == []


@pytest.mark.parametrize(("lines", "told"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_is_told(dialplan: Path, asterisk: Path, lines: str, told: str) -> None:
    _add(dialplan, lines)

    faults = await check_dialplan(dialplan, asterisk)

    assert any(told in fault for fault in faults), faults
    assert not any("/etc/" in fault for fault in faults)


async def test_a_fault_names_its_file_and_line(dialplan: Path, asterisk: Path) -> None:
    (dialplan / "demo.conf").write_text("[demo]\nexten => 100,1,Goto(gone,s,1)\n")

    faults = await check_dialplan(dialplan, asterisk)

    assert faults == ["demo.conf:2: Goto(gone,s,1): there is no context gone"]


async def test_what_ringdesk_relies_on_must_be_there(dialplan: Path, asterisk: Path) -> None:
    (dialplan / "queue.conf").write_text("[ringdesk-bot]\nexten => s,1,Hangup()\n")
    (dialplan / "demo.conf").write_text("[demo]\nexten => 300,1,Hangup()\n")
    (dialplan / "transfer.conf").write_text("")
    (dialplan / "message.conf").write_text("")

    faults = await check_dialplan(dialplan, asterisk)

    assert faults == [
        "context ringdesk-queue is missing: callers are handed to Ringdesk there",
        "context ringdesk-message is missing: callers leave a message there while Ringdesk is away",
        "context ringdesk-transfer is missing: callers are sent to numbers outside from there",
    ]


async def test_a_folder_without_a_dialplan_is_told(tmp_path: Path, asterisk: Path) -> None:
    assert await check_dialplan(tmp_path, asterisk) == [f"{tmp_path}/extensions.conf is missing"]


async def test_without_asterisk_it_says_what_to_do(dialplan: Path, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"get-asterisk\.sh"):
        await check_dialplan(dialplan, tmp_path / "nothing")
