"""A private Asterisk starts clean, listens where the settings say, and stops at once."""

import asyncio
import re
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.polling import eventually

TLS = Path(__file__).parents[2] / "support" / "tls"
CERT, KEY = str(TLS / "cert.pem"), str(TLS / "key.pem")
VARIANTS = {
    "nothing set": {"TRUNK": ""},
    "demo": {"DEMO": "1"},
    "trunk by address": {"TRUNK": "sip:192.0.2.1:5070", "TRUNK_MATCH": "192.0.2.0/24,192.0.2.9"},
    "trunk with sign-in": {
        "TRUNK_USER": "ringdesk",
        "TRUNK_PASSWORD": "a;b=c # d",
        "TRUNK_REGISTER": "1",
        "TRUNK_CODECS": "alaw,g722",
    },
    "trunk over TCP": {"TRUNK": "sip:127.0.0.1:5070;transport=tcp"},
    "trunk over TLS": {"TRUNK": "sips:127.0.0.1:5071"},
    "phones over TLS": {"SIP_TLS_BIND": "127.0.0.1:0", "TLS_CERT": CERT, "TLS_KEY": KEY},
    "behind NAT": {"EXTERNAL_ADDRESS": "192.0.2.7", "LOCAL_NETS": "10.0.0.0/8,192.168.0.0/16"},
    "on every address": {"SIP_BIND": "0.0.0.0:0", "DEMO": "1"},
    "app_queue for a benchmark": {"ASTERISK_MODULES": "app_queue"},
}


@pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS)
async def test_the_log_has_no_warning_after_a_start(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    async with running_asterisk(tmp_path, **settings) as stack:
        await stack.ari.get("asterisk/info")
        unwanted = [line for line in stack.log() if "res_pjsip_outbound_registration" not in line]
        assert unwanted == []  # no registrar answers in these tests


async def test_a_folder_with_blanks_and_a_semicolon_is_a_folder(tmp_path: Path) -> None:
    async with running_asterisk(tmp_path / "a b;c") as stack:
        assert stack.log() == []
        assert (stack.config.home / "run" / "asterisk.ctl").exists()


@pytest.mark.alone
async def test_it_stops_within_two_seconds_with_a_call_up(stack: Stack) -> None:
    async with stack.ari.serve("ringdesk") as app:
        await stack.ari.ask("POST", "channels?endpoint=PJSIP/300@demo-loop&app=ringdesk")
        await app.first("StasisStart")

        began = time.monotonic()
        await stack.supervisor.stop()

        assert time.monotonic() - began < 2


async def test_it_may_open_enough_files_for_many_calls(stack: Stack) -> None:
    assert stack.supervisor.pid
    soft, _ = resource.prlimit(stack.supervisor.pid, resource.RLIMIT_NOFILE)

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert soft == (65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard))


async def test_only_the_owner_reads_what_holds_secrets(stack: Stack) -> None:
    for file in stack.config.etc.glob("*.conf"):
        assert file.stat().st_mode & 0o077 == 0, file
    assert stack.config.etc.stat().st_mode & 0o077 == 0
    assert stack.config.log.stat().st_mode & 0o077 == 0


async def test_ari_wants_the_generated_password(stack: Stack) -> None:
    url = f"http://{stack.config.http}/ari/asterisk/info"
    wrong = aiohttp.encode_basic_auth(stack.config.ari_user, "ringdesk")
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as reply:
            assert reply.status == 401
        async with session.get(url, headers={"Authorization": wrong}) as reply:
            assert reply.status == 401


async def test_ami_cannot_make_calls_or_run_commands(stack: Stack) -> None:
    async with _ami(stack, stack.config.ami_password) as (reader, writer):
        await _until(reader, "FullyBooted")
        for action in ("Originate\r\nChannel: Local/s@demo-talk", "Command\r\nCommand: core stop"):
            writer.write(f"Action: {action}\r\n\r\n".encode())
            assert "Permission denied" in await _until(reader, "Response: Error")


async def test_a_wrong_ami_password_is_told_with_asterisk_s_own_time(stack: Stack) -> None:
    async with _ami(stack, stack.config.ami_password) as (listener, _):
        await _until(listener, "FullyBooted")

        async with _ami(stack, "wrong") as (reader, _):
            await _until(reader, "Authentication failed")

        told = await _until(listener, "Event: InvalidPassword")
        assert re.search(r"Timestamp: \d{10}\.\d{6}", told)
        log = stack.config.log / "security.log"
        await eventually(lambda: "InvalidPassword" in log.read_text())


async def test_rtp_stays_in_its_ports(tmp_path: Path) -> None:
    async with (
        running_asterisk(tmp_path, DEMO="1", RTP_PORTS="22900-22907") as stack,
        stack.ari.serve("ringdesk") as app,
    ):
        await stack.ari.ask("POST", "channels?endpoint=PJSIP/300@demo-loop&app=ringdesk")
        channel = (await app.first("StasisStart"))["channel"]["id"]

        local = await stack.ari.variable(channel, "CHANNEL(rtp,src)")

        host, _, port = local.partition(":")
        assert host == "127.0.0.1"
        assert 22900 <= int(port) <= 22907


async def test_a_ringing_tone_can_be_played(stack: Stack) -> None:
    async with stack.ari.serve("ringdesk") as app:
        await stack.ari.ask("POST", "channels?endpoint=PJSIP/300@demo-loop&app=ringdesk")
        channel = (await app.first("StasisStart"))["channel"]["id"]

        status, _ = await stack.ari.ask("POST", f"channels/{channel}/play?media=tone:ring")

        assert status == 201
        await app.first("PlaybackStarted")
        assert stack.log() == []


@asynccontextmanager
async def _ami(
    stack: Stack, secret: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address, user = stack.config.ami, stack.config.ami_user
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
    yield reader, writer
    writer.close()


async def _until(reader: asyncio.StreamReader, text: str) -> str:
    async with asyncio.timeout(5):
        while True:
            block = (await reader.readuntil(b"\r\n\r\n")).decode()
            if text in block:
                return block
