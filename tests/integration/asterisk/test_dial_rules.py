"""What agents' phones may call: the dialplan decides as the domain does, without Ringdesk."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.domain.dialling import Action, Caller, DialRule, Numbering, decide
from tests.integration.asterisk.desk import DeskPhones
from tests.integration.asterisk.dial_rules import tell_rules
from tests.integration.asterisk.pushed import push_user
from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.polling import eventually
from tests.support.stack import ROOT

PROBE = """
[probe]
exten => _[0-9+*#]!,1,Gosub(dial-rules,s,1(${EXTEN}))
 same => n,Set(GLOBAL(probe-${EXTEN})=${GOSUB_RETVAL})
 same => n,Hangup()
"""
RULES = (
    DialRule("+49900123", Action.ALLOW),
    DialRule("+49900", Action.DENY),
    DialRule("+1900", Action.DENY),
    DialRule("+3480", Action.DENY),
    DialRule("0900", Action.DENY),
    DialRule("+4420", Action.DENY, Caller.BOTS),
    DialRule("+881", Action.DENY),
    DialRule("*", Action.DENY),
    DialRule("#", Action.DENY),
    DialRule("47", Action.ALLOW, Caller.AGENTS),
    DialRule("+", Action.ALLOW),
    DialRule("0", Action.ALLOW),
)
NUMBERINGS = {
    "plain": Numbering(),
    "Germany": Numbering(country="49"),
    "America": Numbering(country="1", national="1", international="011"),
    "Spain": Numbering(country="34", national=""),
}
NUMBERS = [
    "+49900124",
    "+49900123",
    "0900124",
    "0900123",
    "0049900124",
    "030123456",
    "+4930123456",
    "9005550100",
    "19005550100",
    "2125550100",
    "0118812345",
    "+88123",
    "0088123",
    "00",
    "803123456",
    "912345678",
    "4711",
    "4811",
    "47",
    "*21*0301234#",
    "#31#030",
    "+442079460",
    "01144207946",
    "0",
    "000",
    "5550100",
    "08",
    "+1900",
    "123456789012345",
]
PHONE_HZ, OUTSIDE_HZ = 450, 700
USER = "k7q2m9"


@pytest.fixture
async def probed(tmp_path: Path) -> AsyncIterator[Stack]:
    """An Asterisk whose dialplan has one context more, which notes what the rules say."""
    folder = tmp_path / "dialplan"
    shutil.copytree(ROOT / "dialplan", folder)
    with (folder / "demo.conf").open("a") as file:
        file.write(PROBE)
    async with running_asterisk(tmp_path / "state", DIALPLAN_DIR=str(folder)) as running:
        yield running


async def _told(stack: Stack, number: str) -> str:
    await stack.ari.ask(
        "POST", f"channels?endpoint=Local/{quote(number)}@probe&context=demo-talk&extension=s"
    )
    name = quote(f"probe-{number}")

    async def noted() -> str:
        answer = await stack.ari.get(f"asterisk/variable?variable={name}")
        return str(answer["value"])

    return await eventually(noted)


@pytest.mark.parametrize("name", NUMBERINGS)
async def test_the_dialplan_decides_as_the_domain_does(probed: Stack, name: str) -> None:
    numbering = NUMBERINGS[name]
    await tell_rules(probed, RULES, numbering)

    told = {number: await _told(probed, number) for number in NUMBERS}

    agents = {n: decide(n, Caller.AGENTS, RULES, numbering).allowed for n in NUMBERS}
    assert told == {n: "allow" if allowed else "deny" for n, allowed in agents.items()}
    assert {"allow", "deny"} == set(told.values())


async def test_before_any_rule_is_known_nothing_may_be_called(probed: Stack) -> None:
    assert await _told(probed, "+4930") == "deny"


async def test_the_newest_rules_hold_also_after_asterisk_was_restarted(probed: Stack) -> None:
    everything = (DialRule("", Action.ALLOW),)
    await tell_rules(probed, everything)
    assert await _told(probed, "+4930") == "allow"
    await tell_rules(probed, (DialRule("+4931", Action.DENY), *everything))
    assert [await _told(probed, n) for n in ("+49311", "+49321")] == ["deny", "allow"]

    await eventually(lambda: probed.kept("/ringdesk-dial/current") == "b")
    await probed.kill_and_start()

    assert [await _told(probed, n) for n in ("+49312", "+49322")] == ["deny", "allow"]


async def test_a_phone_gets_no_further_than_the_rules_and_always_to_112(
    stack: Stack, phones: DeskPhones
) -> None:
    # given rules that allow one number alone, once a day
    rules = (DialRule("+441632960222", Action.ALLOW), DialRule("", Action.DENY))
    await tell_rules(stack, rules, limit=1)
    await push_user(stack.ari, USER, f"pass-{USER}")
    denied = await phones.number("+441632960333", OUTSIDE_HZ)
    allowed = await phones.number("+441632960222", OUTSIDE_HZ)
    help_desk = await phones.number("112", OUTSIDE_HZ)

    # when it calls what is denied, then nobody is rung
    line = await phones.dial_from_desk(USER, f"pass-{USER}", "+441632960333", PHONE_HZ)
    await eventually(lambda: line.over)
    assert denied.rings == 0

    # when it calls what is allowed twice, then once it gets through
    line = await phones.call("+441632960222", PHONE_HZ, USER)
    await allowed.answered()
    await line.hang_up()
    line = await phones.call("+441632960222", PHONE_HZ, USER)
    await eventually(lambda: line.over)
    assert allowed.rings == 1

    # and help is reached all the same
    line = await phones.call("112", PHONE_HZ, USER)
    await help_desk.answered()
    await line.hang_up()
