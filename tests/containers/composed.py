"""Calls through the composed system: run by `make containers`, which brings it up first.

`first` and `second` are run with a `compose down` and `up` between them.
"""

import json
import os
import subprocess
from dataclasses import dataclass

import aiohttp
import pytest

from tests.support.people import Agent
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually

SERVICES = ("app", "asterisk", "redis", "postgres")
ANA_HZ, CUSTOMER_HZ = 800, 1400


@dataclass(frozen=True)
class Composed:
    """Where the composed system is; the trunk is we ourselves."""

    url: str = "http://127.0.0.1:8080"
    sip: str = "127.0.0.1:5060"
    trunk: str = "127.0.0.1:5070"


def inside(service: str, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a service's container."""
    engine = os.environ["CONTAINER_ENGINE"]
    container = f"ringdesk-{service}-1"
    return subprocess.run(
        [engine, "exec", container, *command], capture_output=True, text=True, check=False
    )


async def one_call(number: str) -> str:
    """A customer calls 200, ana accepts, both hear each other; the conversation's id."""
    composed = Composed()
    ana = Agent(composed, "ana")
    try:
        await ana.sign_in()
        async with PhoneNetwork(composed.trunk, composed.sip) as phones:
            await ana.use_number(await phones.number("+442079460123", ANA_HZ))
            await ana.become("available")
            line = await phones.call("200", CUSTOMER_HZ, number)

            async def mine() -> str | None:
                inbox = (await ana.get("inbox"))["conversations"]
                here = [c["id"] for c in inbox if c["customer"]["number"] == number and c["offer"]]
                return here[0] if here else None

            talk = str(await eventually(mine, within=15))
            await ana.offered(talk, within=15)
            await ana.accept(talk)
            await eventually(lambda: line.hears(ANA_HZ) and ana.line.hears(CUSTOMER_HZ), within=10)
            await ana.end(talk)
            await ana.wrap_up(talk, notes="through the containers")
            await ana.become("offline")
        return talk
    finally:
        await ana.close()


async def test_first_a_call_goes_through() -> None:
    assert await one_call("+493012345671")


async def test_first_all_parts_answer() -> None:
    async with aiohttp.ClientSession(Composed().url) as http, http.get("/readyz") as reply:
        told = await reply.text()
        assert reply.status == 200, told
    parts = json.loads(told)["parts"]
    assert all(parts.values()), told


@pytest.mark.parametrize("service", SERVICES)
def test_first_nobody_is_root_and_nothing_can_be_changed(service: str) -> None:
    who = inside(service, "id", "-u")
    written = inside(service, "sh", "-c", "echo x > /etc/ringdesk-was-here")

    assert who.returncode == 0, who.stderr
    assert int(who.stdout) != 0
    assert written.returncode != 0


def test_first_a_start_compiles_no_module() -> None:
    """Nothing can be written there: what the image does not bring would be compiled each time."""
    told = inside("app", ".venv/bin/python", "-v", "-c", "import app.service")
    lines = told.stderr.splitlines()

    assert told.returncode == 0, told.stderr
    assert any(line.startswith("# code object from") and "/app/service/" in line for line in lines)
    assert not [line for line in lines if line.startswith("# code object") and ".py'" in line]


async def test_second_what_was_known_is_known_again() -> None:
    sam = Agent(Composed(), "sam")
    try:
        await sam.sign_in()
        found = (await sam.get("conversations"))["items"]
    finally:
        await sam.close()

    assert [c["customer"]["number"] for c in found] == ["+493012345671"]
    assert found[0]["segments"][0]["notes"] == "through the containers"


async def test_second_a_call_goes_through_again() -> None:
    assert await one_call("+493012345672")
