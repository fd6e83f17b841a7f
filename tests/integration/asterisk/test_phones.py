"""Agents' phones: they register as pushed users and call out, emergency numbers before all else.

Ringdesk is away in all of these: nothing here may need it.
"""

from pathlib import Path
from urllib.parse import quote

import pytest

from app.domain.dialling import Action, DialRule
from app.telephony.endpoints import Endpoints, SipEndpoint
from tests.integration.asterisk.desk import DeskPhones
from tests.integration.asterisk.dial_rules import tell_rules
from tests.integration.asterisk.link import asterisk
from tests.integration.asterisk.pushed import push_user
from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.phones import Line
from tests.support.polling import eventually

PHONE_HZ, OUTSIDE_HZ = 450, 700
DYNAMIC = "asterisk/config/dynamic/res_pjsip"


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


async def test_a_phone_calls_for_help_after_asterisk_was_restarted_and_ringdesk_is_away(
    stack: Stack, phones: DeskPhones
) -> None:
    # given a registered phone of an agent as Ringdesk pushes it, one whose password was changed,
    # and one of somebody who left
    await _push(stack, "k7q2m9", "first")
    await _push(stack, "k7q2m9", "pass-k7q2m9")
    await _push(stack, "gone42", "pass-gone42")
    for kind in ("endpoint", "aor", "auth"):
        assert (await stack.ari.ask("DELETE", f"{DYNAMIC}/{kind}/gone42"))[0] == 204
    await phones.register("k7q2m9", "pass-k7q2m9")
    await eventually(lambda: _state(stack, "k7q2m9", "online"))
    await eventually(lambda: stack.kept("/ringdesk/endpoint/k7q2m9"))
    await eventually(lambda: not stack.kept("/ringdesk/endpoint/gone42"))

    # when Asterisk dies and is started again, with nobody there to push anything
    await stack.kill_and_start()

    # then the phone is known and reachable without registering anew
    await eventually(lambda: _state(stack, "k7q2m9", "online"), within=10)
    known = {e["resource"] for e in await stack.ari.get("endpoints/PJSIP")}
    assert "gone42" not in known

    # and it reaches help, with the newest password
    help_desk = await phones.number("112", OUTSIDE_HZ)
    line = await phones.call("112", PHONE_HZ, "k7q2m9")
    await help_desk.answered()
    await eventually(lambda: line.hears(OUTSIDE_HZ) and help_desk.line.hears(PHONE_HZ))
    await line.hang_up()

    # and what is kept is for its owner alone
    kept = stack.config.home / "lib" / "astdb.sqlite3"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_who_is_no_agent_any_more_is_taken_away_and_others_endpoints_stay(
    stack: Stack,
) -> None:
    # given two phones that an earlier process pushed, and one of somebody else's making
    for user in ("k7q2m9", "gone42"):
        await _push(stack, user, f"pass-{user}")
    await push_user(stack.ari, "theirs", "pass-theirs")

    # when this process knows one of them
    endpoints = Endpoints(asterisk(stack.ari))
    endpoints.declare(SipEndpoint("k7q2m9", "pass-k7q2m9"))
    found = [e["resource"] for e in await stack.ari.get("endpoints/PJSIP")]
    await endpoints.drop_strays(found)

    # then the other one is gone, and nothing else
    left = {e["resource"] for e in await stack.ari.get("endpoints/PJSIP")}
    assert left == set(found) - {"gone42"}


async def _push(stack: Stack, user: str, password: str) -> None:
    endpoints = Endpoints(asterisk(stack.ari), "127.0.0.1")
    await endpoints.push(SipEndpoint(user, password))


async def _state(stack: Stack, user: str, state: str) -> bool:
    return bool((await stack.ari.get(f"endpoints/PJSIP/{user}"))["state"] == state)
