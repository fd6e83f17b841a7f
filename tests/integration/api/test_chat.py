"""Chats over the real socket: a customer and an agent, and nothing of Asterisk."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.integration.api.office import Caller, Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually

PATIENCE = 20.0


@pytest.fixture
async def ana(office: Office) -> AsyncIterator[Caller]:
    """Ana, available, with her Inbox open."""
    ana = await office.person("ana")
    async with ana.watch() as socket:
        ana.events = socket  # type: ignore[attr-defined]
        await ana.ask("PUT", "me/status", {"status": "available"})
        yield ana


async def offered(office: Office, agent: Caller, talk: str) -> None:
    await office.until(agent, lambda me: me["offer"] == talk, within=PATIENCE)


async def accepted(office: Office, agent: Caller, customer: Chatter) -> str:
    """The agent has the customer's chat; its id."""
    await eventually(lambda: customer.conversation, within=PATIENCE)
    talk = str(customer.conversation)
    await offered(office, agent, talk)
    await agent.ask("POST", f"conversations/{talk}/accept", {})
    await eventually(lambda: customer.state == "active", within=PATIENCE)
    return talk


async def write(agent: Caller, talk: str, client_id: str, text: str) -> Json:
    body = {"client_id": client_id, "text": text}
    return await agent.ask("POST", f"conversations/{talk}/messages", body)


async def test_a_customer_and_an_agent_write_to_each_other(office: Office, ana: Caller) -> None:
    # given a customer whose first words wait in the queue
    async with Chatter(office.url) as customer:
        assert customer.hello["state"] == "new"
        assert await customer.says("c1", "Hello?") == 1
        # when Ana accepts, and both write
        talk = await accepted(office, ana, customer)
        assert customer.agent == "Ana"
        answer = await write(ana, talk, "a1", "Good day!")
        assert (answer["seq"], answer["author"], answer["name"]) == (2, "agent", "Ana")
        await customer.says("c2", "I was charged twice.")
        # then each has all of it, in one order
        await eventually(lambda: customer.seqs == [1, 2, 3], within=PATIENCE)
        assert customer.texts == ["Hello?", "Good day!", "I was charged twice."]
        kept = await ana.ask("GET", f"conversations/{talk}/messages")
        assert [m["text"] for m in kept["items"]] == customer.texts
        assert [
            m["text"]
            for m in (await ana.ask("GET", f"conversations/{talk}/messages?after=2"))["items"]
        ] == customer.texts[2:]
        # and the same message again is the same message
        assert (await write(ana, talk, "a1", "Good day!"))["seq"] == 2
        # when Ana ends it, there is a wrap-up, and nobody can write any more
        await ana.ask("POST", f"conversations/{talk}/end", {})
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        body = {"client_id": "a2", "text": "too late"}
        await ana.refused(
            "POST", f"conversations/{talk}/messages", body, status=409, type="wrong-state"
        )
        assert (await write(ana, talk, "a1", "Good day!"))["seq"] == 2
        await ana.ask("POST", f"conversations/{talk}/wrap-up", {})


async def test_agents_pages_hear_of_messages_typing_and_reading(
    office: Office, ana: Caller
) -> None:
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        # when the customer types, reads and writes
        await customer.send({"type": "typing"})
        await customer.send({"type": "read", "seq": 1})
        await customer.says("c2", "Anybody?")
        # then Ana's page is told
        seen: dict[str, Json] = {}
        while {"message.typing", "message.read"} - seen.keys() or seen["message.added"]["message"][
            "seq"
        ] < 2:
            event = await ana.events.receive_json(timeout=PATIENCE)  # type: ignore[attr-defined]
            seen[event["type"]] = event["data"]
        assert seen["message.typing"] == {
            "conversation_id": talk,
            "side": "customer",
            "agent_id": None,
            "on": True,
        }
        assert seen["message.read"]["side"] == "customer"
        assert seen["message.added"]["message"]["text"] == "Anybody?"
        # and the other way
        await ana.ask("POST", f"conversations/{talk}/typing", {})
        await ana.ask("POST", f"conversations/{talk}/read", {"seq": 2})
        await eventually(lambda: len(customer.other) >= 2, within=PATIENCE)
        assert {"type": "typing", "name": "Ana", "on": True} in customer.other
        assert {"type": "read", "seq": 2} in customer.other


async def test_a_cut_line_loses_nothing_and_doubles_nothing(office: Office, ana: Caller) -> None:
    async with Chatter(office.url) as customer:
        await customer.says("c0", "Hello?")
        talk = await accepted(office, ana, customer)
        # when the line is cut again and again while both write
        for n in range(1, 13):
            await customer.say(f"c{n}", f"word {n}")
            if n % 3 == 0:
                await customer.cut()
            await write(ana, talk, f"a{n}", f"answer {n}")
        # then every word is there once, in the order of each
        await eventually(lambda: len(customer.acked) == 13, within=PATIENCE)
        await eventually(lambda: len(customer.messages) == 25, within=PATIENCE)
        assert customer.seqs == list(range(1, 26))
        mine = [m["text"] for m in customer.messages if m["author"] == "customer"]
        assert sorted(mine) == sorted(["Hello?", *(f"word {n}" for n in range(1, 13))])
        theirs = [m["text"] for m in customer.messages if m["author"] == "agent"]
        assert theirs == [f"answer {n}" for n in range(1, 13)]


async def test_a_customer_who_comes_back_has_their_history(office: Office, ana: Caller) -> None:
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        token = customer.token
    # when a new page has the token, then it has the talk
    again = Chatter(office.url)
    again.token = token
    async with again:
        assert again.texts == ["Hello?"]
        assert again.hello["state"] == "waiting"
    # and who has none, or another's, is somebody new
    for wrong in (None, "v1.abc.def", f"{token}x", "x" * 200):
        stranger = Chatter(office.url)
        stranger.token = wrong
        async with stranger:
            assert stranger.hello["messages"] == []
            assert stranger.token != token


async def test_another_sites_page_may_not_open_a_chat(office: Office) -> None:
    async with aiohttp.ClientSession() as http:
        for origin in ("https://elsewhere.example", "null", office.url + ".evil"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(f"{office.url}/chat", headers={"Origin": origin})
            assert refused.value.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as unknown:
            await http.ws_connect(f"{office.url}/chat?entry=nowhere")
        assert unknown.value.status == 404


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        '{"type":"message"}',
        '{"type":"message","client_id":"","text":"x"}',
        '{"type":"message","client_id":"a b","text":"x"}',
        '{"type":"read","seq":-1}',
        '{"type":"nothing"}',
        '{"type":"message","client_id":"x","text":"' + "x" * 4001 + '"}',
        '{"type":"hello"}',
    ],
)
async def test_what_cannot_be_meant_closes_the_chat(office: Office, frame: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{office.url}/chat") as socket:
        await socket.send_json({"type": "hello"})
        assert (await socket.receive_json(timeout=PATIENCE))["type"] == "hello"
        await socket.send_str(frame)
        while (await socket.receive(timeout=PATIENCE)).type not in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
        }:
            pass
        assert socket.close_code == 1008


async def test_a_message_may_be_4000_characters_long(office: Office) -> None:
    async with Chatter(office.url) as customer:
        text = "\N{GRINNING FACE}" * 4000
        assert await customer.says("c1", text) == 1
        await eventually(lambda: customer.texts == [text], within=PATIENCE)
