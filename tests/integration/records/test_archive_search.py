"""Finding conversations, and who may see which."""

from dataclasses import replace

import pytest

from app.domain.conversation import Channel, Conversation, Customer, Segment, State, WrapUp
from app.records import BadCursor, NewPerson, Records, Search
from tests.integration.records.given import T0, a_conversation, an_item, an_offer


async def test_pages_go_from_newest_to_oldest_and_miss_nothing(records: Records) -> None:
    # given 25 conversations, five at each instant
    made = [a_conversation(f"c{n:02}", created_at=T0 + n // 5) for n in range(25)]
    await _store(records, *made)
    # when they are read in pages of four, while newer ones arrive
    seen: list[str] = []
    cursor: str | None = None
    for step in range(7):
        page = await records.archive.search(Search(limit=4, cursor=cursor))
        seen += [one.id for one in page.items]
        cursor = page.next
        await records.archive.apply([an_item(100 + step, _newer(step))])
    # then each came once, newest first
    assert seen == [f"c{n:02}" for n in reversed(range(25))]
    assert cursor is None


@pytest.mark.parametrize("cursor", ["x", "!!!", "\u00e4", "YWJj", "MTIz" * 1000])
async def test_a_cursor_from_elsewhere_is_refused(records: Records, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await records.archive.search(Search(cursor=cursor))


async def test_words_are_found_in_the_customer_and_in_the_notes(records: Records) -> None:
    written = Segment("ana", T0, wrap_up=WrapUp.CLOSED, notes="Invoice 100% wrong_ly sent")
    await _store(
        records,
        a_conversation("by-notes", segments=(written,), customer=Customer()),
        a_conversation("by-name", customer=Customer("Jürgen MÜLLER", "+49301234567", None)),
        a_conversation("by-mail", customer=Customer(None, None, "Dora@Example.com")),
    )
    assert await _ids(records, Search(q="müller")) == {"by-name"}
    assert await _ids(records, Search(q="jürgen 1234")) == {"by-name"}
    assert await _ids(records, Search(q="dora@example")) == {"by-mail"}
    assert await _ids(records, Search(q="100% INVOICE")) == {"by-notes"}
    assert await _ids(records, Search(q="1000%")) == set()
    assert await _ids(records, Search(q="wrongly")) == set()


async def test_notes_are_found_by_what_they_say_now(records: Records) -> None:
    # given Ana's notes while she still writes them, beside Ben's
    his = Segment("ben", T0, T0 + 50, "transfer", WrapUp.CLOSED, notes="Invoice 4711")
    hers = Segment("ana", T0 + 60, wrap_up=WrapUp.OPEN, notes="Promised a CALLBACK")
    talk = a_conversation("talk", segments=(his, hers))
    await records.archive.apply([an_item(1, talk), an_item(2, a_conversation("other"))])
    assert await _ids(records, Search(q="callback")) == {"talk"}
    assert await _ids(records, Search(q="callback 4711")) == {"talk"}
    # when she writes something else, then the old words find nothing and the new ones do
    changed = replace(talk, segments=(his, replace(hers, notes="Refund sent")))
    await records.archive.apply([an_item(3, changed)])
    assert await _ids(records, Search(q="callback")) == set()
    assert await _ids(records, Search(q="refund 4711")) == {"talk"}


async def test_filters_narrow_together(records: Records) -> None:
    mine = Segment("ana", T0)
    await _store(
        records,
        a_conversation("a", created_at=T0, state=State.CLOSED, segments=(mine,)),
        a_conversation("b", created_at=T0 + 1, channel=Channel.CHAT, agent_id="ana"),
        a_conversation("c", created_at=T0 + 2),
    )
    assert await _ids(records, Search(agent="ana")) == {"a", "b"}
    assert await _ids(records, Search(agent="ana", channel="chat")) == {"b"}
    assert await _ids(records, Search(state="closed")) == {"a"}
    assert await _ids(records, Search(from_at=T0 + 1, to_at=T0 + 2)) == {"b"}


async def test_an_agent_sees_what_concerns_them_and_nothing_else(records: Records) -> None:
    # given Ana with Billing and Spanish, and all kinds of conversations
    ana = (await records.people.add(NewPerson("ana@example.com", "Ana"))).id
    billing = (await records.skills.add("Billing")).id
    spanish = (await records.skills.add("Spanish")).id
    fraud = (await records.skills.add("Fraud")).id
    await records.people.set_skills(ana, [billing, spanish])
    stranger = Customer("Stranger", "+1", "stranger@example.com")
    other = replace(a_conversation(), customer=stranger, skills=(fraud,))
    in_hand = Customer("Dora", "+34911", None)
    await _store(
        records,
        replace(other, id="mine", state=State.ACTIVE, agent_id=ana, customer=in_hand),
        replace(other, id="was-mine", state=State.CLOSED, segments=(Segment(ana, T0),)),
        replace(other, id="offered", state=State.OFFERED, offer=an_offer(ana)),
        replace(other, id="waits-for-my-skills", skills=(billing, spanish)),
        replace(other, id="waits-for-me", routed_to=ana),
        replace(other, id="same-customer", state=State.CLOSED, customer=in_hand),
        replace(other, id="waits-for-more", skills=(billing, fraud)),
        replace(other, id="waits-for-ben", skills=(billing,), routed_to="ben"),
        replace(other, id="closed-billing", state=State.CLOSED, skills=(billing,)),
        replace(other, id="others", state=State.ACTIVE, agent_id="ben"),
        replace(other, id="nobody-known", state=State.CLOSED, customer=Customer()),
    )
    # then she sees hers alone, in lists and one by one
    hers = {"mine", "was-mine", "offered", "waits-for-my-skills", "waits-for-me", "same-customer"}
    assert await _ids(records, Search(visible_to=ana)) == hers
    assert await records.archive.find("same-customer", visible_to=ana) is not None
    assert await records.archive.find("others", visible_to=ana) is None
    assert await records.archive.find("others") is not None
    # and when Dora's matter is closed, her earlier ones are out of sight again
    closed = replace(other, id="mine", state=State.CLOSED, customer=in_hand)
    await records.archive.apply([an_item(99, closed)])
    assert await records.archive.find("same-customer", visible_to=ana) is None


def _newer(number: int) -> Conversation:
    return a_conversation(f"new{number}", created_at=T0 + 1_000 + number)


async def _store(records: Records, *conversations: Conversation) -> None:
    await records.archive.apply([an_item(n, one) for n, one in enumerate(conversations, 1)])


async def _ids(records: Records, search: Search) -> set[str]:
    return {one.id for one in (await records.archive.search(search)).items}
