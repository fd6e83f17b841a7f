"""A desk phone that goes to another address takes its user along: nothing of the old one stays."""

import asyncio

import pytest

from tests.support.far_phones import FarPhones
from tests.support.world import World


@pytest.mark.slow
async def test_a_phone_that_moved_and_lost_its_power_is_lost_after_a_restart(
    own_world: World,
) -> None:
    # given Ana's registered phone, and a service that came up anew beside it
    world = own_world
    ana = await world.person("ana")
    user, password = world.sip_user(ana)
    await world.phones.desk_phone(user, password, world.tone())
    await ana.put("me/preferences", {"leg": "per_call", "audio": "sip"})
    await ana.connect("sip")
    await asyncio.to_thread(lambda: (world.stack.kill9("service"), world.stack.restart()))
    await ana.leg_is("connected")

    # when she signs in with it at another address, while something answers at the old one
    async with FarPhones(world.stack.sip, [(user, password, world.tone(), False)]) as far:
        aor = await world.behind.ari("GET", f"asterisk/config/dynamic/res_pjsip/aor/{user}")
        assert len([pair for pair in aor if pair["attribute"] == "contact"]) == 1
        await ana.leg_is("connected")

        # and it loses its power, then it is out of reach
        await far.vanish()
        await ana.leg_is("disconnected")


@pytest.mark.slow
async def test_a_contact_that_an_earlier_version_left_for_good_is_gone_after_a_start(
    own_world: World,
) -> None:
    # given an AOR with a contact for good, beside an endpoint with an earlier version's mark
    world = own_world
    user, _ = world.sip_user(await world.person("ana"))
    path = "asterisk/config/dynamic/res_pjsip"
    await asyncio.to_thread(world.stack.kill9, "service")
    for kind, name, value in (
        ("endpoint", "accountcode", "ringdesk"),
        ("aor", "contact", f"sip:{user}@127.0.0.1:9"),
    ):
        change = {"fields": [{"attribute": name, "value": value}]}
        await world.behind.ari("PUT", f"{path}/{kind}/{user}", change)

    # when this version starts
    await asyncio.to_thread(world.stack.restart)

    # then nothing is rung at the old address any more
    aor = await world.behind.ari("GET", f"{path}/aor/{user}")
    assert [pair["value"] for pair in aor if pair["attribute"] == "contact"] in ([], [""])
    (mark,) = [
        pair["value"]
        for pair in await world.behind.ari("GET", f"{path}/endpoint/{user}")
        if pair["attribute"] == "accountcode"
    ]
    assert mark == "ringdesk-2"
