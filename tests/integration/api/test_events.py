"""The event socket: snapshot and what follows, for whom it concerns, with no gap."""

import asyncio

import pytest

from app.api.client import QUEUE_LIMIT
from app.api.hub import Hub
from app.api.server import API
from app.desk.feed import Change
from tests.integration.api.office import Office
from tests.integration.api.page import Page, agrees_with_a_fresh_one
from tests.support.chat import Chatter
from tests.support.polling import eventually


async def test_events_applied_to_the_snapshot_equal_a_fresh_one(office: Office) -> None:
    # given a day's work, watched by everybody from its beginning
    ana, ben = await office.at_work("ana"), await office.at_work("ben")
    sam = await office.person("sam")
    pages = [await Page(who).open() for who in (ana, ben, sam)]

    # when calls come, are refused, taken, put back, ended, given up
    first = await office.call(skills="Billing")
    second = await office.call("+15550199", skills="Spanish")
    third = await office.call("+15550177", skills="Fraud")
    await office.ring(ana, first)
    await ana.ask("POST", f"conversations/{first}/reject", {})
    await agrees_with_a_fresh_one(*pages)
    await ben.ask("POST", f"conversations/{second}/accept", {})
    await ben.ask("PUT", f"conversations/{second}/notes", {"notes": "wrong card"})
    await office.hang_up(third)
    await agrees_with_a_fresh_one(*pages)
    await ben.ask("POST", f"conversations/{second}/requeue", {})
    await office.hang_up(second)
    await ana.ask("PUT", "me/preferences", {"skills": ["Billing", "Fraud"], "chat_cap": 2})
    await ana.ask("PUT", "me/status", {"status": "busy", "reason": "lunch"})

    # then each page, fed by events alone, says what a fresh one says
    await agrees_with_a_fresh_one(*pages)
    assert pages[0].me is not None
    assert pages[0].me["status_reason"] == "lunch"
    assert pages[0].me["preferences"]["chat_cap"] == 2
    assert {s["name"] for s in pages[0].me["skills"]} == {"Billing", "Fraud"}
    for page in pages:
        await page.close()


async def test_a_conversation_leaves_the_page_of_whom_it_no_longer_concerns(
    office: Office,
) -> None:
    ana, ben = await office.at_work("ana"), await office.at_work("ben")
    page = await Page(ana).open()
    call = await office.call(skills="Billing")
    await eventually(lambda: call in page.conversations)

    await ana.ask("POST", f"conversations/{call}/reject", {})  # Ben is offered it

    await office.until(ben, lambda me: me["offer"] == call)
    await eventually(lambda: call not in page.conversations)
    assert page.messages[-1]["type"] in {"conversation.removed", "agent.changed"}
    await ana.refused("GET", f"conversations/{call}", status=404, type="not-found")
    await page.close()


async def test_agents_see_themselves_and_supervisors_everybody(office: Office) -> None:
    ana, sam = await office.at_work("ana"), await office.person("sam")
    hers, his = await Page(ana).open(), await Page(sam).open()
    assert set(hers.agents) == {ana.id}
    assert len(his.agents) == 4
    call = await office.call(skills="Fraud")
    await eventually(lambda: call in his.conversations)
    assert call not in hers.conversations
    assert his.conversations[call]["staffing"] == "none_skilled"
    await hers.close()
    await his.close()


async def test_who_could_have_got_it_is_told_to_supervisors_only(office: Office) -> None:
    ana, sam = await office.at_work("ana"), await office.person("sam")
    await office.at_work("ben")
    hers, his = await Page(ana).open(), await Page(sam).open()
    call = await office.call(skills="Billing")
    await eventually(lambda: (his.conversations.get(call) or {}).get("why"))
    await eventually(lambda: call in hers.conversations)
    assert [who["name"] for who in his.conversations[call]["why"]["eligible"]] == ["Ben"]
    assert hers.conversations[call]["why"]["eligible"] == []
    await hers.close()
    await his.close()


async def test_a_supervisor_resumes_with_what_was_missed(office: Office) -> None:
    sam = await office.person("sam")
    page = await Page(sam).open()
    stays = await office.call(skills="Fraud")
    gone = await office.call(skills="Fraud")
    await eventually(lambda: {stays, gone} <= set(page.conversations))
    await page.close()

    await office.hang_up(gone)
    new = await office.call(skills="Spanish")

    async def counted() -> bool:
        return office.app[API].hub.live.conversations.keys() == {stays, new}

    await eventually(counted)
    before = len(page.messages)
    await page.open(after=page.seq)
    await eventually(lambda: "resumed" in page.types())
    missed = page.messages[before:]
    assert "snapshot" not in [message["type"] for message in missed]
    assert stays not in [message["data"].get("id") for message in missed]
    await agrees_with_a_fresh_one(page)
    await page.close()


async def test_a_place_that_is_not_known_gets_a_snapshot(office: Office) -> None:
    ana = await office.at_work("ana")
    for after in ("nonsense", "other-1-0", "--", "x" * 199, "1-2-３"):
        page = await Page(ana).open(after)
        assert page.types()[0] == "snapshot"
        await page.close()
    await ana.refused("GET", "events", params={"after": "x" * 201}, status=422, type="validation")


async def test_an_agent_resumes_too(office: Office) -> None:
    ana = await office.at_work("ana")
    page = await Page(ana).open()
    call = await office.call(skills="Billing")
    await eventually(lambda: call in page.conversations)
    await page.close()
    await office.ring(ana, call)
    await page.open(after=page.seq)
    await agrees_with_a_fresh_one(page)
    await page.close()


async def test_every_socket_hears_the_same_in_order(office: Office) -> None:
    sam = await office.person("sam")
    pages = [await Page(sam).open() for _ in range(20)]
    calls = [await office.call(f"+1555{n:04}", skills="Fraud") for n in range(10)]
    for page in pages:
        await page.has(*calls)
        changed = [m["data"]["id"] for m in page.messages if m["type"] == "conversation.changed"]
        assert list(dict.fromkeys(changed)) == calls
        await page.close()


async def test_an_open_page_keeps_the_inbox_open(office: Office) -> None:
    ana = await office.person("ana")

    async def left() -> int:
        return (await office.desk.agent(ana.id)).inbox_until - office.desk.now()

    async def is_open() -> bool:
        return await left() > 60_000

    async def is_in_grace() -> bool:
        return 0 < await left() <= 30_000

    assert await left() <= 0
    page = await Page(ana).open()
    await eventually(is_open)
    await page.close()
    await eventually(is_in_grace)


async def test_signing_out_closes_the_sockets_of_that_sign_in_alone(office: Office) -> None:
    here, there = await office.person("ana"), await office.person("ana")
    page, other = await Page(here).open(), await Page(there).open()
    await here.ask("DELETE", "session")
    await eventually(lambda: page.closed == 4401)
    assert other.closed is None
    await here.refused("GET", "me", status=401, type="unauthenticated")
    await there.ask("GET", "me")
    await other.close()


async def test_our_own_restart_is_told_and_closes_no_inbox(office: Office) -> None:
    ana = await office.person("ana")
    page = await Page(ana).open()
    assert office.server.runner is not None
    await office.server.runner.shutdown()
    await eventually(lambda: page.closed == 1012)
    assert (await office.desk.agent(ana.id)).inbox_until > office.desk.now() + 60_000


async def test_a_reader_who_does_not_read_is_dropped_and_delays_nobody(office: Office) -> None:
    # given one page that does not read and one that does
    sam = await office.person("sam")
    deaf = await sam.watch()
    hub = office.app[API].hub
    (slow,) = await eventually(lambda: tuple(hub._clients))
    assert deaf._conn is not None
    assert deaf._conn.protocol is not None
    deaf._conn.protocol.pause_reading()
    page = await Page(sam).open()

    # when more is told than its buffers and its queue hold
    for _ in range(2 * QUEUE_LIMIT):
        slow.send(b'{"filler": "%s"}' % (b"x" * 60_000))
        await asyncio.sleep(0)
    call = await office.call(skills="Fraud")

    # then it is gone, and the other hears everything
    await eventually(lambda: call in page.conversations, within=5)
    await eventually(lambda: slow not in hub._clients)
    await page.close()
    deaf._conn.protocol.resume_reading()
    await deaf.close()


async def test_a_message_that_is_ahead_of_its_conversation_is_told_after_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a page that listens, where the queue's changes come late
    in_time = Hub._tell

    async def late(hub: Hub, change: Change) -> None:
        await asyncio.sleep(0.5)
        await in_time(hub, change)

    monkeypatch.setattr(Hub, "_tell", late)
    sam = await office.person("sam")
    async with sam.watch() as events, Chatter(office.url) as customer:
        assert (await events.receive_json())["type"] == "snapshot"

        # when a customer begins a chat, by writing
        await customer.say("m1", "Hello")

        # then the page hears of both, the chat first
        told: list[str] = []
        while "message.added" not in told:
            frame = await asyncio.wait_for(events.receive_json(), 10)
            told.append(frame["type"])
        assert "conversation.changed" in told[:-1]
        assert frame["data"]["conversation_id"] == customer.conversation
