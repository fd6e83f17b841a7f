"""Two processes of the service on one Redis and one database serve the same conversation."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.api.chatting import accepted, write
from tests.integration.api.office import Office
from tests.support.chat import Chatter
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port

EACH = 25
"""A customer may send 30 at once."""


@pytest.fixture
async def other(office: Office, redis_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A second process beside the office, in the same folder."""
    opened = Office(redis_url, tmp_path, free_tcp_port())
    await opened.open(new=False)
    yield opened
    await opened.close()


async def test_a_customer_at_one_process_and_an_agent_at_the_other_have_one_order(
    office: Office, other: Office
) -> None:
    # given a customer at one process, and Ana with her Inbox at the other
    ana = await other.person("ana")
    async with Chatter(office.url) as customer, ana.watch():
        await ana.ask("PUT", "me/status", {"status": "available"})
        await customer.says("c0", "Hello?")
        talk = await accepted(other, ana, customer)

        # when both write at once
        async def answers() -> None:
            for n in range(EACH):
                await write(ana, talk, f"a{n}", f"answer {n}")

        async def asks() -> None:
            for n in range(1, EACH):
                await customer.say(f"c{n}", f"question {n}")

        await asyncio.gather(answers(), asks())

        # then the customer sees what is stored, each once, in its one order
        await eventually(lambda: len(customer.messages) == 2 * EACH, within=30)
        assert customer.seqs == list(range(1, 2 * EACH + 1))
        stored = await ana.ask("GET", f"conversations/{talk}/messages", params={"after": "0"})
        assert [m["text"] for m in stored["items"]] == customer.texts[: len(stored["items"])]
        assert customer.errors == []

        # and what is sent through both with one id stands there once
        here = await office.person("ana")
        twice = await asyncio.gather(*(write(who, talk, "same", "once") for who in (ana, here)))
        assert twice[0]["seq"] == twice[1]["seq"] == 2 * EACH + 1
        await eventually(lambda: customer.texts.count("once") == 1)


async def test_a_call_that_one_process_offers_is_accepted_at_the_other(
    office: Office, other: Office
) -> None:
    # given Ana, whose page is at the other process, and Sam who watches there, too
    ana = await office.at_work("ana")
    there = await other.person("ana")
    async with there.watch() as socket:
        snapshot = await socket.receive_json()
        assert snapshot["type"] == "snapshot"

        # when a call comes, and both processes' pages accept in the same instant
        call = await office.call(skills="Billing")
        await office.ring(ana, call)
        both = (one.ask("POST", f"conversations/{call}/accept", {}) for one in (ana, there))
        answers = await asyncio.gather(*both)

        # then it is hers, once, and the other page is told
        assert {a["state"] for a in answers} == {"active"}
        assert len(answers[0]["segments"]) == 1

        async def told() -> bool:
            frame = await socket.receive_json(timeout=10)
            changed = frame["type"] == "conversation.changed" and frame["data"]["id"] == call
            return bool(changed and frame["data"]["state"] == "active")

        await eventually(told)
