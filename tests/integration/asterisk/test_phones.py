"""Agents' phones: they register as pushed users and call out, emergency numbers before all else.

Ringdesk is away in all of these: nothing here may need it.
"""

from pathlib import Path
from urllib.parse import quote

import pytest

from app.domain.dialling import Action, DialRule
from tests.integration.asterisk.desk import DeskPhones
from tests.integration.asterisk.dial_rules import tell_rules
from tests.integration.asterisk.pushed import push_user
from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.phones import Line
from tests.support.polling import eventually

PHONE_HZ, OUTSIDE_HZ = 450, 700


ANYTHING = (DialRule("", Action.ALLOW),)


async def _dial(phones: DeskPhones, stack: Stack, number: str) -> Line:
    await push_user(stack.ari, "k7q2m9", "pass-k7q2m9")
    return await phones.dial_from_desk("k7q2m9", "pass-k7q2m9", number, PHONE_HZ)


@pytest.mark.parametrize("number", ["112", "911", "999"])
async def test_an_emergency_call_goes_out_the_trunk_and_both_hear_each_other(
    stack: Stack, phones: DeskPhones, number: str
) -> None:
    help_desk = await phones.number(number, OUTSIDE_HZ)

    line = await _dial(phones, stack, number)

    await help_desk.answered()
    await eventually(lambda: line.hears(OUTSIDE_HZ) and help_desk.line.hears(PHONE_HZ))
    assert "632960000" in str(help_desk.line.call.peer)
    await line.hang_up()


async def test_an_emergency_call_is_tried_again_when_the_trunk_refuses(
    stack: Stack, phones: DeskPhones
) -> None:
    line = await _dial(phones, stack, "112")  # nobody has that number yet: 404

    help_desk = await phones.number("112", OUTSIDE_HZ)

    await help_desk.answered()
    await line.hang_up()


async def test_an_agent_calls_a_number_outside(stack: Stack, phones: DeskPhones) -> None:
    await tell_rules(stack, ANYTHING)
    outside = await phones.number("+441632960222", OUTSIDE_HZ)

    line = await _dial(phones, stack, "+441632960222")

    await outside.answered()
    await eventually(lambda: line.hears(OUTSIDE_HZ) and outside.line.hears(PHONE_HZ))
    await line.hang_up()


async def test_an_agent_hears_themselves_at_300(stack: Stack, phones: DeskPhones) -> None:
    line = await _dial(phones, stack, "300")

    await eventually(lambda: line.hears(PHONE_HZ))
    await line.hang_up()


async def test_one_dialled_number_never_dials_two(stack: Stack, phones: DeskPhones) -> None:
    await tell_rules(stack, ANYTHING)
    both = [await phones.number(n, OUTSIDE_HZ) for n in ("+4416329601", "+4416329602")]
    as_one = await phones.number("+4416329601+4416329602", OUTSIDE_HZ)

    # No phone of ours would send this number, so that it is dialled inside Asterisk.
    number = quote("+4416329601&+4416329602")
    dialled = f"channels?endpoint=Local/{number}@from-agents&context=demo-talk&extension=s"
    assert (await stack.ari.ask("POST", dialled))[0] == 200

    line = await as_one.answered()
    assert [phone.rings for phone in both] == [0, 0]
    await line.hang_up()


async def test_without_a_trunk_an_emergency_call_says_that_it_failed(tmp_path: Path) -> None:
    async with (
        running_asterisk(tmp_path, TRUNK="") as stack,
        DeskPhones(str(stack.trunk), stack.sip) as phones,
    ):
        line = await _dial(phones, stack, "112")

        await eventually(lambda: _no_channels(stack))
        assert not line.up


async def _no_channels(stack: Stack) -> bool:
    return bool(await stack.ari.get("channels") == [])
