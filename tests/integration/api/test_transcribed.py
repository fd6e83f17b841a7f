"""Programs that transcribe what callers left: what their scope opens to them, and what not."""

import io
import wave

import pytest

from app.acd import Arrival, QueueRequest
from app.desk.messages import conversation_id
from app.domain.conversation import Callback, Channel, Customer
from app.records import Recordings
from tests.integration.api.office import Json, Office
from tests.support.polling import eventually

TURNS: Json = {
    "turns": [{"id": "1", "speaker": "customer", "text": "Please call me about my wombats."}]
}
SOON = 15


def silence() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(16_000))
    return file.getvalue()


@pytest.fixture
async def left(office: Office) -> str:
    """A message that somebody left for Billing; its conversation."""
    talk = conversation_id("ringdesk-message-1")
    await Recordings(office.settings.recordings).keep(talk, silence())
    arrival = Arrival(
        id=talk,
        channel=Channel.VOICE,
        customer=Customer("Maria", "+15550900"),
        created_at=office.desk.now(),
        callback=Callback("+15550900", recording=True),
    )
    ana = await office.person("ana")
    skill = next(s["id"] for s in (await ana.ask("GET", "me"))["skills"] if s["name"] == "Billing")
    await office.desk._distributor.enqueue(QueueRequest(talk, (skill,), arrival=arrival))
    return talk


async def test_with_the_scope_it_is_heard_and_written_down_for_the_agent(
    office: Office, left: str
) -> None:
    # given a program with the scope, and one without
    scribe = await office.bot("scribe", scopes=["read", "write", "messages"])
    other = await office.bot("other", scopes=["read", "write", "queue"])
    everything = await office.bot("of before there were scopes")

    # then the one hears it, and tells what was said, twice the same; the others know of nothing
    one = f"conversations/{left}"
    assert (await scribe.ask("GET", one))["callback"]["recording"]
    async with scribe.http.get(f"/api/v1/{one}/recording") as answer:
        assert (answer.status, await answer.read()) == (200, silence())
    for _ in "ab":
        await scribe.ask("POST", f"{one}/transcript", TURNS)
    for deaf in (other, everything):
        await deaf.refused("GET", one, status=404, type="not-found")
        await deaf.refused("GET", f"{one}/recording", status=404, type="not-found")
        await deaf.refused("POST", f"{one}/transcript", TURNS, status=404, type="not-found")

    # and it does nothing else with it, nor with what is no message
    for path in (f"{one}/end", f"{one}/hand-back"):
        await scribe.refused("POST", path, {}, status=404, type="not-found")
    await scribe.refused("PATCH", f"{one}/context", {"sentiment": 0}, status=404, type="not-found")
    call = await office.call(skills="Billing")
    await scribe.refused("GET", f"conversations/{call}", status=404, type="not-found")

    # and agents whose skills it waits for read it, on their page as it comes, and search it
    ana, sam = await office.person("ana"), await office.person("sam")
    said = TURNS["turns"][0]["text"]
    seen = await ana.ask("GET", one)
    assert [turn["text"] for turn in seen["transcript"]] == [said]

    async def found() -> list[str]:
        items = (await sam.ask("GET", "conversations?q=wombats"))["items"]
        return [item["id"] for item in items]

    assert await eventually(found, within=SOON) == [left]


async def test_only_what_has_a_recording_and_a_scope_of_ones_own(office: Office) -> None:
    scribe = await office.bot("scribe", scopes=["messages"])
    await scribe.refused("GET", "conversations/nothing", status=403, type="forbidden")
    ada = await office.person("ada")
    made = await ada.ask("POST", "api-keys", {"name": "A bot"}, status=201)
    assert made["scopes"] == ["queue", "read", "write"]
    reads = await office.bot("reads", scopes=["read", "messages"])
    gone = conversation_id("ringdesk-message-2")
    await reads.refused("GET", f"conversations/{gone}", status=404, type="not-found")
