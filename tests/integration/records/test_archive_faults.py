"""Whatever dies or doubles, the cursor and the rows tell the same story."""

import asyncio
import signal
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.conversation import State
from app.records import ArchiveItem, Records
from app.records.archive_rows import stream_order
from tests.integration.records.given import a_conversation, an_item
from tests.support.polling import eventually

APPLY = """
import asyncio, sys
from app.records import Records
from tests.integration.records.test_archive_faults import the_stream

async def main():
    records = await Records.open(sys.argv[1])
    print("started", flush=True)
    for batch in the_stream():
        await records.archive.apply(batch)
    await records.close()

asyncio.run(main())
"""
BATCHES, EACH = 40, 100


def the_stream() -> list[list[ArchiveItem]]:
    """4,000 events about 1,000 conversations: each is queued, and later closed, twice over."""
    items = []
    for number in range(BATCHES * EACH):
        state = State.CLOSED if number % 2 else State.QUEUED
        items.append(an_item(number + 1, a_conversation(f"c{number // 4}", state=state)))
    return [items[start : start + EACH] for start in range(0, len(items), EACH)]


async def test_two_archives_with_the_same_batches_store_each_event_once(
    records: Records, url: str
) -> None:
    # given a second process's archive
    second = await Records.open(url)
    # when both apply the same stream at once
    await asyncio.gather(*(_apply_all(one) for one in (records, second, second)))
    # then each event is there once, and none is missing
    await _assert_consistent(records, expected=BATCHES * EACH)
    await second.close()


async def test_kill_9_in_the_middle_loses_and_doubles_nothing(records: Records, url: str) -> None:
    for _ in range(4):
        # given a process in the middle of applying
        before = await records.archive.cursor()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", APPLY, url, cwd=_root(), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        await eventually(partial(_moved, records, before), within=30, every=0.005)
        # when it is killed
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.communicate()
        # then what the cursor says is stored is stored, and nothing else
        await _assert_consistent(records)
    # and a new start finishes the work
    await _apply_all(records)
    await _assert_consistent(records, expected=BATCHES * EACH)


async def test_a_failing_batch_leaves_no_trace_and_can_be_repeated(records: Records) -> None:
    batch = [an_item(n, a_conversation(f"c{n}")) for n in range(1, 50)]
    # given a batch whose last row no database takes (a number beyond BIGINT)
    poison = an_item(50, a_conversation("c50", queued_at=2**70))
    with pytest.raises((sa.exc.DBAPIError, OverflowError)):
        await records.archive.apply([*batch, poison])
    # then nothing of it is there, and the good part goes in afterwards
    assert await records.archive.cursor() == "0-0"
    assert await records.archive.open() == []
    await records.archive.apply(batch)
    assert len(await records.archive.open()) == 49


async def test_a_task_cancelled_anywhere_leaves_the_records_usable(records: Records) -> None:
    # given an archive's task that is cancelled at many different moments
    for milliseconds in range(30):
        task = asyncio.create_task(_apply_all(records))
        started = asyncio.get_running_loop().time()
        await eventually(partial(_passed, started + milliseconds / 1000), within=5, every=0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    # then the next one finishes the work, with nothing lost or doubled
    await _apply_all(records)
    await _assert_consistent(records, expected=BATCHES * EACH)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_connections_that_the_server_closed_are_replaced(records: Records) -> None:
    # given PostgreSQL after a restart: every pooled connection is dead
    async with records._database.read() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        mine = " WHERE datname = current_database()"
        with pytest.raises(sa.exc.DBAPIError):
            await connection.execute(sa.text(others + mine))
    # then the next request works
    await records.archive.apply([an_item(1, a_conversation())])


async def test_readers_do_not_wait_for_a_writer(records: Records) -> None:
    await records.archive.apply([an_item(1, a_conversation())])
    # given a transaction that has written and is not committed
    async with records._database.write() as connection:
        await connection.execute(sa.text("UPDATE conversations SET language = 'xx'"))
        # then a reader answers at once, with what was before
        found = await asyncio.wait_for(records.archive.find("c1"), timeout=2)
        assert found is not None and found.conversation.language == "en"


async def _apply_all(records: Records) -> None:
    for batch in the_stream():
        await records.archive.apply(batch)


def _passed(instant: float) -> bool:
    return asyncio.get_running_loop().time() >= instant


async def _moved(records: Records, before: str) -> bool:
    return await records.archive.cursor() != before


async def _assert_consistent(records: Records, expected: int | None = None) -> None:
    _, cursor = stream_order(await records.archive.cursor())
    query = "SELECT conversation_id, stream_seq FROM conversation_events"
    async with records._database.read() as connection:
        events = (await connection.execute(sa.text(query))).all()
        states = (await connection.execute(sa.text("SELECT id, state FROM conversations"))).all()
    numbers = Counter(row.stream_seq for row in events)
    assert numbers == Counter(range(1, cursor + 1))
    assert len(states) == -(-cursor // 4)
    assert {row.state for row in states} <= {"closed", "queued"}
    if expected is not None:
        assert cursor == expected


def _root() -> Path:
    return Path(__file__).parents[3]
