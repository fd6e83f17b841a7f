"""Administrators see in the audit log who was turned away, and who was shut out."""

import asyncio
import socket

from app.telephony.guessing import WRONG
from tests.integration.asterisk.raw_sip import sign_in
from tests.support.polling import eventually
from tests.support.world import World

GUESSER = "127.0.0.4"


async def test_guessing_stands_in_the_audit_log(world: World) -> None:
    # given somebody who tries passwords with a user that there is
    ana = await world.person("ana")
    admin = await world.person("admin")
    user, _ = world.sip_user(ana)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as guesser:
        guesser.bind((GUESSER, 0))
        guesser.settimeout(3)
        for n in range(WRONG):
            await asyncio.to_thread(sign_in, world.stack.sip, guesser, user, f"wrong{n}", n)

    # then it is told once, however often, and that they were shut out
    async def noted() -> bool:
        found = (await admin.get("audit", act="security."))["items"]
        acts = [(one["act"], one["who_name"]) for one in found if one["target_name"] == GUESSER]
        return sorted(acts) == [("security.refused", "Asterisk"), ("security.shut_out", "Asterisk")]

    await eventually(noted, every=0.1)
