"""What programs do: open, tell, hand over; and that a repeated request is one move."""

import asyncio

from tests.integration.api.office import Caller, Json, Office
from tests.integration.api.page import Page, agrees_with_a_fresh_one
from tests.support.polling import eventually

OPEN = {
    "channel": "voice",
    "customer": {"name": "Maria", "number": "+15550900"},
    "flow": {"name": "refund", "step": "verify"},
}


async def test_a_bot_hands_a_conversation_over_with_all_it_knows(office: Office) -> None:
    # given Ana at work with her page open, and a bot that talks to a customer
    ana = await office.at_work("ana")
    bot = await office.bot()
    page, its = await Page(ana).open(), await Page(bot).open()
    opened = await bot.ask("POST", "conversations", OPEN, status=201)
    assert (opened["state"], opened["flow"]) == ("bot", {"name": "refund", "step": "verify"})
    one = f"conversations/{opened['id']}"

    # when it tells what was said and found out, and hands over
    turns = [
        {"id": "1", "speaker": "bot", "text": "How can I help?", "at": "2026-01-01T10:00:00Z"},
        {"id": "2", "speaker": "customer", "text": "Charged twice", "at": "2026-01-01T10:00:05Z"},
    ]
    await bot.ask("POST", f"{one}/transcript", {"turns": turns})
    await bot.ask("POST", f"{one}/transcript", {"turns": turns[1:]})  # told again
    await bot.ask("PATCH", f"{one}/context", {"sentiment": -0.5, "parameters": {"order": "48213"}})
    handed = await bot.ask(
        "POST", f"{one}/queue", {"skills": ["billing"], "priority": 3, "reason": "wants a person"}
    )
    assert (handed["skills"], handed["priority"]) == (["Billing"], 3)

    # then it is offered to Ana, whose page shows all of it
    await page.has(opened["id"])
    await eventually(lambda: page.conversations[opened["id"]]["state"] == "offered")
    seen = page.conversations[opened["id"]]
    assert [turn["text"] for turn in seen["transcript"]] == ["How can I help?", "Charged twice"]
    assert (seen["sentiment"], seen["parameters"]) == (-0.5, {"order": "48213"})
    assert (seen["flow"], seen["reason"]) == (OPEN["flow"], "wants a person")

    # and what is said later comes as it is said
    await bot.ask("POST", f"{one}/transcript", {"turns": [{"speaker": "bot", "text": "Hold on"}]})
    await eventually(lambda: "transcript.added" in page.types())
    await eventually(lambda: len(page.conversations[opened["id"]]["transcript"]) == 3)
    await agrees_with_a_fresh_one(page, its)
    assert its.agents == {}
    await page.close()
    await its.close()


async def test_how_the_customer_felt_over_time_is_on_the_timeline(office: Office) -> None:
    ana, bot = await office.at_work("ana"), await office.bot()
    opened = await bot.ask("POST", "conversations", OPEN)
    one = f"conversations/{opened['id']}"
    for sentiment in (0.25, -0.5, -0.75):
        await bot.ask("PATCH", f"{one}/context", {"sentiment": sentiment})
    await bot.ask("PATCH", f"{one}/context", {"parameters": {"order": "48213"}})
    await bot.ask("POST", f"{one}/queue", {"skills": ["Billing"]})
    await office.ring(ana, opened["id"])

    async def felt() -> list[float] | None:
        told = (await ana.ask("GET", f"{one}/timeline"))["items"]
        found = [entry["data"]["sentiment"] for entry in told if "sentiment" in entry["data"]]
        offered = [entry for entry in told if entry["type"] == "conversation_offered"]
        return found if offered else None

    assert await eventually(felt) == [0.25, -0.5, -0.75]


async def test_who_else_was_offered_it_is_for_supervisors(office: Office) -> None:
    # given a call that Ana refused and Ben has
    ana, sam = await office.at_work("ana"), await office.person("sam")
    call = await office.call(skills="Billing")
    await office.ring(ana, call)
    ben = await office.at_work("ben")
    await ana.ask("POST", f"conversations/{call}/reject", {})
    await office.ring(ben, call)

    async def seen_by(who: Caller) -> set[str] | None:
        told = (await who.ask("GET", f"conversations/{call}/timeline"))["items"]
        rang = {entry["agent"]["name"] for entry in told if entry["type"] == "offer_rang"}
        return rang if "Ben" in rang else None

    # then each sees what is theirs
    assert await eventually(lambda: seen_by(ben)) == {"Ben"}
    assert await eventually(lambda: seen_by(sam)) == {"Ana", "Ben"}


async def test_a_repeated_request_is_one_move(office: Office) -> None:
    bot, other = await office.bot("one"), await office.bot("other")
    headers = {"Idempotency-Key": "call-7"}
    first = await bot.ask("POST", "conversations", OPEN, headers=headers)
    again = await bot.ask("POST", "conversations", OPEN, headers=headers)
    assert first["id"] == again["id"]
    # a key is its caller's own
    theirs = await other.ask("POST", "conversations", OPEN, headers=headers)
    assert theirs["id"] != first["id"]
    # and without one each request is a new one
    assert (await bot.ask("POST", "conversations", OPEN))["id"] != first["id"]
    snapshot = await office.desk.snapshot()
    assert len(snapshot.conversations) == 3


async def test_a_key_with_another_body_is_refused(office: Office) -> None:
    bot = await office.bot()
    headers = {"Idempotency-Key": "call-8"}
    first = await bot.ask("POST", "conversations", OPEN, headers=headers)
    one = f"conversations/{first['id']}"

    # another body under the same key is a mistake, and does nothing
    other = {**OPEN, "entry": "+15559999"}
    problem = await bot.refused(
        "POST", "conversations", other, headers=headers, status=422, type="validation"
    )
    assert problem["errors"][0]["field"] == "Idempotency-Key"
    assert len((await office.desk.snapshot()).conversations) == 1

    # under another address it is another key, and there, too, only the same body is the same
    body = {"turns": [{"speaker": "bot", "text": "hello"}]}
    for _ in range(2):
        await bot.ask("POST", f"{one}/transcript", body, headers=headers)
    await bot.refused(
        "POST", f"{one}/transcript", {"turns": [{"speaker": "bot", "text": "bye"}]},
        headers=headers, status=422, type="validation",
    )  # fmt: skip
    assert [turn["text"] for turn in (await bot.ask("GET", one))["transcript"]] == ["hello"]

    # and two at once are one, and both are answered
    wanted: Json = {"skills": ["Spanish"]}
    both = await asyncio.gather(
        *(bot.ask("POST", f"{one}/queue", wanted, headers=headers) for _ in range(2))
    )
    assert {each["state"] for each in both} == {"queued"}


async def test_turns_come_out_of_order_and_more_than_once(office: Office) -> None:
    bot = await office.bot()
    one = f"conversations/{(await bot.ask('POST', 'conversations', OPEN))['id']}"

    def turn(number: int, text: str | None = None) -> Json:
        at = f"2026-11-22T10:00:{number:02}Z"
        return {"id": f"t{number}", "speaker": "bot", "text": text or f"words {number}", "at": at}

    for numbers in ((3, 1), (2, 3), (1,), (4, 2)):
        await bot.ask("POST", f"{one}/transcript", {"turns": [turn(n) for n in numbers]})
    await bot.ask("POST", f"{one}/transcript", {"turns": [turn(2, "said otherwise")]})
    whole = (await bot.ask("GET", one))["transcript"]
    assert [said["text"] for said in whole] == [f"words {n}" for n in (1, 2, 3, 4)]


async def test_a_transcript_of_ten_megabytes_is_refused_and_leaves_nothing(office: Office) -> None:
    bot = await office.bot()
    one = f"conversations/{(await bot.ask('POST', 'conversations', OPEN))['id']}"
    turns = [{"speaker": "bot", "text": "x" * 20_000} for _ in range(500)]
    await bot.refused("POST", f"{one}/transcript", {"turns": turns}, status=413, type="validation")
    assert (await bot.ask("GET", one))["transcript"] == []


async def test_a_key_does_only_what_its_scopes_allow(office: Office) -> None:
    reads = await office.bot("reads", scopes=["read"])
    writes = await office.bot("writes", scopes=["read", "write"])
    await reads.refused("POST", "conversations", OPEN, status=403, type="forbidden")
    one = f"conversations/{(await writes.ask('POST', 'conversations', OPEN))['id']}"
    await writes.refused(
        "POST", f"{one}/queue", {"skills": ["Billing"]}, status=403, type="forbidden"
    )
    assert (await writes.ask("GET", one))["state"] == "bot"
    # a bot hands nobody back to itself whom people have: it has no such call
    await reads.refused("POST", f"{one}/hand-back", {}, status=403, type="forbidden")
    unknown = await office.bot(key="rk_unknown")
    await unknown.refused("GET", one, status=401, type="unauthenticated")


async def test_an_agents_repeated_move_is_one_move(office: Office) -> None:
    ana = await office.at_work("ana")
    call = await office.call(skills="Billing")
    await office.ring(ana, call)
    headers = {"Idempotency-Key": "click-1"}
    await ana.ask("POST", f"conversations/{call}/reject", {}, headers=headers)
    await ana.ask("POST", f"conversations/{call}/reject", {}, headers=headers)
    assert (await office.desk.agent(ana.id)).status == "available"


async def test_unknown_skills_and_agents_are_refused_and_nothing_moves(office: Office) -> None:
    bot = await office.bot()
    opened = await bot.ask("POST", "conversations", OPEN)
    queue = f"conversations/{opened['id']}/queue"
    await bot.refused("POST", queue, {"skills": ["Nope"]}, status=422, type="unknown-skill")
    body = {"skills": ["Billing"], "agent": "nobody@example.com"}
    await bot.refused("POST", queue, body, status=422, type="unknown-agent")
    for bad in ({"skills": [], "priority": 11}, {"skills": [], "priority": -1}, {"priority": 1}):
        await bot.refused("POST", queue, bad, status=422, type="validation")
    assert (await bot.ask("GET", f"conversations/{opened['id']}"))["state"] == "bot"


async def test_a_supervisor_moves_what_waits(office: Office) -> None:
    sam = await office.person("sam")
    call = await office.call(skills="Fraud")
    moved = await sam.ask("POST", f"conversations/{call}/queue", {"skills": ["Billing"]})
    assert (moved["skills"], moved["state"]) == (["Billing"], "queued")
    tied = await sam.ask(
        "POST", f"conversations/{call}/queue", {"skills": [], "agent": "ana@example.com"}
    )
    assert tied["routed_to"]["name"] == "Ana"
    ana = await office.person("ana")
    await ana.refused(
        "POST", f"conversations/{call}/queue", {"skills": []}, status=403, type="forbidden"
    )


async def test_transcripts_and_contexts_have_limits(office: Office) -> None:
    bot = await office.bot()
    one = f"conversations/{(await bot.ask('POST', 'conversations', OPEN))['id']}"
    turn = {"speaker": "bot", "text": "x"}
    transcripts: list[tuple[Json, str]] = [
        ({"turns": []}, "turns"),
        ({"turns": [turn] * 501}, "turns"),
        ({"turns": [{"speaker": "bot"}]}, "turns.0.text"),
        ({"turns": [{**turn, "text": "x" * 20_001}]}, "turns.0.text"),
        ({"turns": [{**turn, "speaker": ""}]}, "turns.0.speaker"),
        ({"turns": [{**turn, "at": "2026-01-01T10:00:00"}]}, "turns.0.at"),
        ({"turns": [{**turn, "at": 7}]}, "turns.0.at"),
    ]
    for body, field in transcripts:
        found = await bot.refused("POST", f"{one}/transcript", body, status=422, type="validation")
        assert field in [error["field"] for error in found["errors"]], body
    deep: object = 1
    for _ in range(30):
        deep = [deep]
    contexts: list[tuple[Json, str]] = [
        ({"sentiment": 1.01}, "sentiment"),
        ({"sentiment": "glad"}, "sentiment"),
        ({"parameters": []}, "parameters"),
        ({"parameters": None}, "parameters"),
        ({"parameters": {"a": "x" * 65_536}}, "parameters"),
        ({"parameters": {"a": deep}}, "parameters"),
        ({"parameters": {"a": "nul \u0000"}}, "parameters"),
    ]
    for body, field in contexts:
        found = await bot.refused("PATCH", f"{one}/context", body, status=422, type="validation")
        assert field in [error["field"] for error in found["errors"]], body
    await bot.ask("POST", f"{one}/transcript", {"turns": [turn] * 500})
    await bot.ask("PATCH", f"{one}/context", {"sentiment": -1, "parameters": {"ñ": ["✓", 1.5]}})
    whole = await bot.ask("GET", one)
    assert len(whole["transcript"]) == 500
    assert whole["parameters"] == {"ñ": ["✓", 1.5]}
    await bot.ask("PATCH", f"{one}/context", {"sentiment": None})
    assert (await bot.ask("GET", one))["sentiment"] is None


async def test_a_bot_ends_its_own_conversation_and_nobody_elses(office: Office) -> None:
    bot, other = await office.bot("one"), await office.bot("other")
    alone = await bot.ask("POST", "conversations", OPEN)
    waiting = await bot.ask("POST", "conversations", OPEN)
    await bot.ask("POST", f"conversations/{waiting['id']}/queue", {"skills": ["Spanish"]})

    path = f"conversations/{alone['id']}/end"
    await other.refused("POST", path, status=404, type="not-found")
    for conversation, outcome in ((alone, "bot_completed"), (waiting, "abandoned")):
        for _ in range(2):  # again is the same
            ended = await bot.ask("POST", f"conversations/{conversation['id']}/end")
            assert (ended["state"], ended["outcome"]) == ("closed", outcome)


async def test_a_bot_without_the_caller_cannot_stay_with_them(office: Office) -> None:
    bot = await office.bot()
    opened = await bot.ask("POST", "conversations", OPEN)
    path = f"conversations/{opened['id']}/queue"
    body = {"skills": ["Billing"], "stay": True}
    problem = await bot.refused("POST", path, body, status=409, type="wrong-state")
    assert "channel_id" in problem["detail"]
    assert (await bot.ask("GET", f"conversations/{opened['id']}"))["state"] == "bot"
