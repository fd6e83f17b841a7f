"""What is past its time goes, in batches with their entries; what is not stays whole."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from app.desk.retention import DAY_MS, Keeping
from app.domain.attachment import KeptFile
from app.domain.conversation import Callback, Conversation, Segment, State
from app.domain.mail import Direction, Email, MailState
from app.domain.message import Author, NewMessage
from app.domain.service_settings import Value
from app.messaging.attachments import FileStore
from app.records import AuditEntry, Recordings, Records, Search, TalkRecording, Turn
from app.records.retention import BATCH
from tests.integration.records.given import T0, a_conversation, an_item

NOW = T0 + 100 * DAY_MS


async def test_closed_conversations_go_after_their_days_with_all_that_is_of_them(
    records: Records, tmp_path: Path
) -> None:
    # given more than two batches closed 31 days ago, one 29 days ago, and one open for 99 days
    many = 2 * BATCH + 7
    old = [_closed(f"old{n:03}", days_ago=31) for n in range(many)]
    young, still_open = _closed("young", days_ago=29), a_conversation("open", created_at=T0)
    await _store(records, *old, young, still_open)
    for one in ("old000", "young", "open"):
        await records.transcripts.add_turns(one, [Turn("1", "customer", "a walrus", T0)])
        await records.messages.commit([_message(one)], [], [])
    # when conversations are kept for 30 days
    await _keeping(records, tmp_path, keep_conversations_days=30.0).sweep()
    # then the old ones are found by nothing any more, and the others are whole
    assert await _ids(records, None) == {"young", "open"}
    assert await _ids(records, "walrus") == await _ids(records, "zebra") == {"young", "open"}
    assert await records.archive.find("old000") is None
    assert await records.transcripts.turns("old000") == []
    assert await records.messages.all("old000") == []
    kept = await records.archive.find("young")
    assert kept is not None
    assert (len(kept.timeline), len(kept.transcript), len(kept.conversation.segments)) == (1, 1, 1)
    # and the log has an entry for each batch
    told = [entry.after or {} for entry in await _told(records, "retention.conversations")]
    assert sorted(int(after["removed"]) for after in told) == [7, BATCH, BATCH]
    assert {after["closed_before"] for after in told} == {NOW - 30 * DAY_MS}


async def test_transcripts_and_recordings_can_go_before_their_conversations(
    records: Records, tmp_path: Path
) -> None:
    # given two closed calls that left a message, of which one is past ten days
    left = Callback("+15550100", recording=True)
    await _store(
        records,
        _closed("old", days_ago=11, callback=left),
        _closed("young", days_ago=9, callback=left),
    )
    recordings = Recordings(tmp_path)
    for one in ("old", "young"):
        await records.transcripts.add_turns(one, [Turn("1", "customer", "a walrus", T0)])
        await records.messages.commit([_message(one)], [], [])
        await recordings.keep(one, b"RIFF")
    keeping = _keeping(records, tmp_path, keep_transcripts_days=10.0, keep_recordings_days=10.0)
    # when it is swept, twice
    await keeping.sweep()
    await keeping.sweep()
    # then what was said in the old one is gone, itself not
    assert await _ids(records, None) == {"old", "young"}
    assert await _ids(records, "walrus") == await _ids(records, "zebra") == {"young"}
    assert await records.transcripts.turns("old") == []
    assert await records.messages.all("old") == []
    assert (recordings.has("old"), recordings.has("young")) == (False, True)
    # and each removal was told once
    for what in ("transcripts", "recordings"):
        [entry] = await _told(records, f"retention.{what}")
        assert (entry.who_name, (entry.after or {})["removed"]) == ("Retention rule", 1)


async def test_a_skill_may_have_a_rule_of_its_own_for_recordings(
    records: Records, tmp_path: Path
) -> None:
    # given talks of four days ago for several skills, and messages that were left for them
    recordings = Recordings(tmp_path)
    for number, (one, skills) in enumerate(FOR.items(), 1):
        left = Callback("+15550100", recording=True)
        closed = replace(_closed(one, days_ago=4, callback=left), skills=skills)
        await records.archive.apply([an_item(number, closed)])
        part = TalkRecording(f"talk-{one}", one, NOW - 4 * DAY_MS, 9.0, skills)
        await records.talks.add(part)
        assert await records.talks.get(part.id) == part
        await recordings.keep(one, b"RIFF")
        await recordings.keep(part.id, b"RIFF")
    # when the house keeps recordings for 3 days, pci for one, vip for ever, long for 30
    rules = {"pci": 1.0, "vip": 0.0, "long": 30.0}
    keeping = _keeping(records, tmp_path, rules, keep_recordings_days=3.0)
    await keeping.sweep()
    await keeping.sweep()
    # then a skill's own rule goes before the house's, and of several the shortest counts
    kept = {one for one in FOR if recordings.has(one)}
    assert kept == {one for one in FOR if recordings.has(f"talk-{one}")} == {"a-vip", "a-long"}
    listed = {one for one in FOR if await records.talks.of(one)}
    assert listed == kept


FOR = {
    "plain": ("billing",),
    "none": (),
    "a-pci": ("billing", "pci"),
    "a-vip": ("vip",),
    "a-long": ("long", "billing"),
    "both": ("long", "pci"),
    "not-vip": ("vip2", "xvip"),
}
"""Skills by conversation."""


async def test_without_a_rule_everything_stays(records: Records, tmp_path: Path) -> None:
    await _store(records, _closed("old", days_ago=5_000))
    await _keeping(records, tmp_path).sweep()
    assert await _ids(records, None) == {"old"}
    assert await _told(records, "retention") == []


async def test_files_and_mails_go_with_what_was_said(records: Records, tmp_path: Path) -> None:
    # given two closed conversations, each with a file and an email with its bytes, and an email
    # that was set aside
    await _store(records, _closed("old", days_ago=11), _closed("young", days_ago=9))
    await records.messages.commit([_message("old"), _message("young")], [], [])
    mails = FileStore(tmp_path / "mails")
    for n, (one, state, days) in enumerate(
        [("old", MailState.FILED, 11), ("young", MailState.FILED, 9), (None, MailState.ASIDE, 11)]
    ):
        at = NOW - days * DAY_MS
        raw = (await mails.put(f"{n}{n}mail", _bytes(), 100)).path
        mail = Email(f"e{n}", Direction.IN, "m1", state, at, f"same{n}", one, raw=raw)
        await records.emails.add(mail)
        file = KeptFile(
            f"f{n}", one, 1, "agent:ana", "a.txt", "text/plain", 3, "", "aa/f", at, False
        )
        await records.attachments.add(file)
    # when what was said is kept for ten days
    await _keeping(records, tmp_path, keep_transcripts_days=10.0).sweep()
    # then the old ones are gone with their bytes, and so is what was set aside
    assert [await records.emails.get(f"e{n}") is None for n in range(3)] == [True, False, True]
    left = [mails.path(f"{n}{n}/{n}{n}mail").exists() for n in range(3)]
    assert left == [False, True, False]
    # and the old one's file is nobody's now: the next look through the files removes it
    forgotten = {file.id for file in await records.attachments.forgotten(NOW, 10)}
    assert forgotten == {"f0"}


async def _bytes() -> AsyncIterator[bytes]:
    yield b"raw"


def _closed(id: str, days_ago: int, callback: Callback | None = None) -> Conversation:
    at = NOW - days_ago * DAY_MS
    mine = (Segment("ana", at, at),)
    return a_conversation(
        id, state=State.CLOSED, created_at=at, closed_at=at, segments=mine, callback=callback
    )


def _keeping(
    records: Records, folder: Path, by_skill: dict[str, float] | None = None, **days: Value
) -> Keeping:
    def setting(key: str) -> Value:
        return days.get(key, 0.0)

    return Keeping(
        setting,
        records.retention,
        Recordings(folder),
        records.talks,
        lambda: NOW,
        FileStore(folder / "mails").remove,
        lambda: by_skill or {},
    )


def _message(of: str) -> NewMessage:
    return NewMessage(of, Author.CUSTOMER, "", "m1", "a zebra", T0)


async def _store(records: Records, *conversations: Conversation) -> None:
    await records.archive.apply([an_item(n, one) for n, one in enumerate(conversations, 1)])


async def _ids(records: Records, q: str | None) -> set[str]:
    return {one.id for one in (await records.archive.search(Search(q=q, limit=200))).items}


async def _told(records: Records, act: str) -> list[AuditEntry]:
    return (await records.audit.page(100, act=act)).entries
