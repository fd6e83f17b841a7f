"""The audit log: acts are added, read page by page, and never changed."""

import pytest

from app.records import Records

ADA = ("ada", "Ada")


async def test_acts_are_read_newest_first_page_by_page(records: Records) -> None:
    # given seven acts, some at the same instant
    for number in range(7):
        await records.audit.add(ADA, "skill.added", (f"s{number}", f"Skill {number}"))
    # when they are read three by three
    seen, cursor = [], None
    while True:
        page = await records.audit.page(3, cursor)
        seen += page.entries
        cursor = page.next
        if cursor is None:
            break
    # then each is there once, newest first
    assert sorted(e.target_id or "" for e in seen) == [f"s{n}" for n in range(7)]
    assert [(e.at, e.id) for e in seen] == sorted([(e.at, e.id) for e in seen], reverse=True)


async def test_what_was_before_and_after_is_kept_as_it_was(records: Records) -> None:
    before, after = {"name": "Old", "skills": ["a"]}, {"name": "New", "skills": []}
    await records.audit.add(ADA, "person.changed", ("p1", "Eva"), before, after)
    await records.audit.add(("ben", "Ben"), "conversation.listened", ("c1", None))
    found = (await records.audit.page(10, who_id="ada")).entries
    assert [(e.act, e.before, e.after) for e in found] == [("person.changed", before, after)]
    listened = (await records.audit.page(10, act="conversation.")).entries
    assert [(e.who_name, e.target_id, e.before) for e in listened] == [("Ben", "c1", None)]


@pytest.mark.parametrize("cursor", ["", "-", "x-1", "1-", "9" * 20 + "-a"])
async def test_a_cursor_that_no_page_gave_is_refused(records: Records, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await records.audit.page(3, cursor)
