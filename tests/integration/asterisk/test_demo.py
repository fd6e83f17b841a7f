"""The demo's caller and phone: Asterisk calls itself over SIP, so that RTP really flows."""

from pathlib import Path
from typing import Any

from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.polling import eventually


async def _call(stack: Stack, endpoint: str, more: str) -> tuple[int, Any]:
    return await stack.ari.ask("POST", f"channels?endpoint=PJSIP/{endpoint}&{more}")


async def _packets_both_ways(stack: Stack, channel: str) -> bool:
    counted = await stack.ari.get(f"channels/{channel}/rtp_statistics")
    return bool(counted["rxcount"] > 25 and counted["txcount"] > 25)


async def test_the_demo_s_customer_is_a_customer_with_rtp(stack: Stack) -> None:
    async with stack.ari.serve("ringdesk") as app:
        talk = "extension=s&context=demo-talk&callerId=Dana+<%2B441632960123>&channelId=dana"
        status, _ = await _call(stack, "200@demo-loop", talk)
        assert status == 200

        entered = (await app.first("StasisStart"))["channel"]

        assert entered["caller"]["number"] == "+441632960123"
        assert await stack.ari.variable(entered["id"], "RINGDESK_SKILLS") == "Billing"
        await stack.ari.ask("POST", f"channels/{entered['id']}/moh")
        await eventually(lambda: _packets_both_ways(stack, entered["id"]))
        await eventually(lambda: _packets_both_ways(stack, "dana"))
        await stack.ari.ask("DELETE", "channels/dana")
        assert stack.log() == []


async def test_the_demo_s_phone_answers_and_hums_whatever_is_dialled(stack: Stack) -> None:
    async with stack.ari.serve("ringdesk") as app:
        await _call(stack, "ana@demo-phone", "app=ringdesk&channelId=leg")
        await app.first("StasisStart")
        await stack.ari.ask("POST", "bridges/talk?type=mixing")
        await stack.ari.ask("POST", "bridges/talk/addChannel?channel=leg")
        await _call(stack, "%2B441632960123@demo-phone", "app=ringdesk&channelId=other")
        await eventually(lambda: len(app.all("StasisStart")) == 2)
        await stack.ari.ask("POST", "bridges/talk/addChannel?channel=other")

        await eventually(lambda: _packets_both_ways(stack, "leg"))

        assert app.all("StasisEnd") == []


async def test_without_the_demo_there_is_neither(tmp_path: Path) -> None:
    async with running_asterisk(tmp_path, DEMO="0") as stack:
        endpoints = {e["resource"] for e in await stack.ari.get("endpoints/PJSIP")}
        assert endpoints == {"trunk"}
