"""A supervisor whispers to the agent of a chat, unseen by the customer, and takes it over."""

from typing import Any

from tests.integration.api.chatting import PATIENCE, AtWork, accepted, write
from tests.integration.api.office import Caller, Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually


async def whisper(who: Caller, talk: str, client_id: str, text: str) -> Json:
    body = {"client_id": client_id, "text": text}
    return await who.ask("POST", f"conversations/{talk}/whispers", body)


async def heard(socket: Any, text: str) -> Json:
    """The next event that whispers; it says this."""
    while True:
        event = await socket.receive_json(timeout=PATIENCE)
        if event["type"] == "whisper.added":
            assert event["data"]["message"]["text"] == text
            return dict(event["data"])


async def test_a_whisper_reaches_the_agent_and_never_the_customer(
    office: Office, at_work: AtWork
) -> None:
    ana, sam = await at_work(office, "ana"), await office.person("sam")
    async with (
        Chatter(office.url) as customer,
        ana.watch() as hers,
        sam.watch() as his,
    ):
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        # when Sam whispers, and again with the same id, and Ana answers
        first = await whisper(sam, talk, "w1", "Offer ten percent")
        assert (first["seq"], first["name"]) == (1, "Sam")
        assert await whisper(sam, talk, "w1", "Offer ten percent") == first
        assert (await heard(hers, "Offer ten percent"))["conversation_id"] == talk
        assert (await heard(his, "Offer ten percent"))["message"] == first
        await whisper(ana, talk, "a1", "Only ten?")
        await heard(his, "Only ten?")
        # then both read it, and the customer has what was said aloud, without a gap
        for reader in (ana, sam):
            found = await reader.ask("GET", f"conversations/{talk}/whispers")
            assert [m["text"] for m in found["items"]] == ["Offer ten percent", "Only ten?"]
        after = await ana.ask("GET", f"conversations/{talk}/whispers?after=1")
        assert [m["text"] for m in after["items"]] == ["Only ten?"]
        assert (await write(ana, talk, "a1", "Ten percent?"))["seq"] == 2
        await eventually(lambda: customer.seqs == [1, 2], within=PATIENCE)
        again = Chatter(office.url)
        again.token = customer.token
        async with again:
            assert again.texts == ["Hello?", "Ten percent?"]
        kept = await ana.ask("GET", f"conversations/{talk}/messages")
        assert [m["text"] for m in kept["items"]] == ["Hello?", "Ten percent?"]
        # and the log has that he did, once, and to whom; what she answers is none of its
        ada = await office.person("ada")
        log = [e for e in (await ada.ask("GET", "audit"))["items"] if e["target_id"] == talk]
        [noted] = [e for e in log if e["act"] == "conversation.whispered"]
        assert (noted["who_name"], noted["after"]) == ("Sam", {"agent": "Ana"})
        # and it is nobody else's
        ben = await office.person("ben")
        path = f"conversations/{talk}/whispers"
        body = {"client_id": "b1", "text": "me too"}
        await ben.refused("POST", path, body, status=409, type="not-yours")
        await ben.refused("GET", path, status=404, type="not-found")
        room = f"conversations/{talk}~desk/messages"
        await sam.refused("GET", room, status=404, type="not-found")
        # when it is over, no more is whispered; what was sent in time is still answered
        await ana.ask("POST", f"conversations/{talk}/end", {})
        late = {"client_id": "w2", "text": "late"}
        await sam.refused("POST", path, late, status=409, type="wrong-state")
        assert await whisper(sam, talk, "w1", "Offer ten percent") == first


async def test_nobody_whispers_in_what_nobody_has_nor_on_a_call(office: Office) -> None:
    sam = await office.person("sam")
    call = await office.call()
    body = {"client_id": "w1", "text": "psst"}
    for talk, status, kind in ((call, 409, "wrong-state"), ("nothing", 404, "not-found")):
        path = f"conversations/{talk}/whispers"
        await sam.refused("POST", path, body, status=status, type=kind)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        path = f"conversations/{customer.conversation}/whispers"
        await sam.refused("POST", path, body, status=409, type="wrong-state")
        for empty in ("", "  ", "x" * 4001):
            bad = {"client_id": "w1", "text": empty}
            await sam.refused("POST", path, bad, status=422, type="validation")


async def test_a_supervisor_takes_a_chat_over(office: Office, at_work: AtWork) -> None:
    ana, sam = await at_work(office, "ana"), await at_work(office, "sam", chat_warn_seconds=0)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        # when Sam has no room for it, nothing changes
        await sam.ask("PUT", "me/preferences", {"chat_cap": 0})
        path = f"conversations/{talk}/take-over"
        await sam.refused("POST", path, {}, status=409, type="wrong-state")
        # and when he has, it is his: Ana writes about her part, and no longer to the customer
        await sam.ask("PUT", "me/preferences", {"chat_cap": 1})
        await sam.ask("POST", path, {})
        await eventually(lambda: customer.agent == "Sam", within=PATIENCE)
        late = {"client_id": "a1", "text": "late"}
        messages = f"conversations/{talk}/messages"
        await ana.refused("POST", messages, late, status=409, type="not-yours")
        await write(sam, talk, "s1", "I am Sam.")
        await eventually(lambda: customer.texts == ["Hello?", "I am Sam."], within=PATIENCE)
        shown = await sam.ask("GET", f"conversations/{talk}")
        assert [(s["agent"]["name"], s["ended_by"], s["wrap_up"]) for s in shown["segments"]] == [
            ("Ana", "take_over", "open"),
            ("Sam", None, "none"),
        ]
        await ana.ask("POST", f"conversations/{talk}/wrap-up", {})
