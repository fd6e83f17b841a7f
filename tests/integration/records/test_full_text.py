"""Words are found where they were said, written or captured, and by whom who may see them."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.domain.conversation import Channel, Customer, Segment, State, WrapUp
from app.domain.mail import Direction, Email, MailState
from app.domain.message import Author, NewMessage
from app.records import NewPerson, Records, Search, Turn
from app.records.database import Database, make_engine
from app.records.migrate import migrate
from tests.integration.records.given import T0, a_conversation, an_item

NASTY = [
    '"', "'", '"unclosed', "AND", "OR NOT", "NEAR(a b)", "a*", "*", "^a", "a:b", "words:a", "(",
    ")", "a OR 1=1; --", "' UNION SELECT 1", "%", "_", "\\", "<->", "a & b", "!a", "a:*", "-a",
    "{a}", "😀", "😀 refund", "\u200b", "a\tb", "ﬀ", "İ", "ß", "أهلا", "退款", "  ", "." * 200,
]  # fmt: skip


async def test_a_word_that_was_said_is_found_by_its_beginning(records: Records) -> None:
    # given two talks of which one has a transcript that mentions a walrus
    await records.archive.apply([an_item(1, a_conversation("talk"))])
    await records.archive.apply([an_item(2, a_conversation("other"))])
    said = [
        Turn("1", "bot", "How can I help?", T0),
        Turn("2", "customer", "My Wálrus ate the invoice, number 4711-ß!", T0 + 7),
    ]
    await records.transcripts.add_turns("talk", said)
    # then the whole word, its beginning and any case of it find that talk alone
    for q in ("walrus", "WALR", "wálrus ate", "4711", "ss walrus", "walrus dora"):
        assert await _ids(records, q) == ["talk"], q
    assert await _ids(records, "alrus") == []
    assert await _ids(records, "walrus zebra") == []
    # and the answer shows who said it, when, and where the words are
    page = await records.archive.search(Search(q="walr invo"))
    [match] = page.matches["talk"]
    assert (match.where, match.speaker, match.at) == ("transcript", "customer", T0 + 7)
    assert [match.text[a:b] for a, b in match.marks] == ["Wálrus", "invoice"]


async def test_what_was_captured_and_noted_and_asked_for_is_found(records: Records) -> None:
    noted = Segment("ana", T0, wrap_up=WrapUp.OPEN, notes="Promised a voucher")
    talk = a_conversation(
        "talk",
        parameters={"order": {"id": 48213, "items": ["Zeppelin", None, True]}},
        reason="wants a person",
        segments=(noted,),
    )
    await records.archive.apply([an_item(1, talk)])
    for q, where in (
        ("48213", "parameters"),
        ("zeppelin", "parameters"),
        ("voucher", "notes"),
        ("person", "reason"),
        ("diaz", "customer"),
        ("1122233", "customer"),  # any part of a number
        ("+34 911", "customer"),
    ):
        page = await records.archive.search(Search(q=q))
        assert [one.id for one in page.items] == ["talk"], q
        assert where in {match.where for match in page.matches["talk"]}, q


async def test_what_was_written_is_found_as_what_was_said(records: Records) -> None:
    # given a chat in which customer and agent wrote, and the house said something by itself
    await records.archive.apply([an_item(1, a_conversation("chat", channel=Channel.CHAT))])
    await records.archive.apply([an_item(2, a_conversation("other"))])
    written = [
        a_message(1, "The Wálrus is not in the parcel"),
        a_message(2, "Which parcel, please?", Author.AGENT),
        a_message(3, "An automatic zebra", Author.SYSTEM),
    ]
    await records.messages.commit(written, [], [])
    # and again, as after a lost answer
    await records.messages.commit(written, [], [])
    # then each word finds it, with who wrote it and when, in their order
    page = await records.archive.search(Search(q="parc"))
    assert [one.id for one in page.items] == ["chat"]
    told = [(m.where, m.speaker, m.at, m.text) for m in page.matches["chat"]]
    assert told == [
        ("message", "customer", T0 + 1, written[0].text),
        ("message", "agent", T0 + 2, written[1].text),
    ]
    assert await _ids(records, "walrus dora") == ["chat"]
    assert await _ids(records, "zebra") == []


async def test_an_email_is_found_by_its_subject_as_by_its_text(records: Records) -> None:
    await records.archive.apply([an_item(1, a_conversation("mail", channel=Channel.EMAIL))])
    mail = Email("e1", Direction.IN, "m1", MailState.FILED, T0, "id:1", subject="Broken Zeppelin")
    text = "It does not fly."
    new = NewMessage("mail", Author.CUSTOMER, "", "e1", text, T0, (), mail)
    await records.messages.commit([new], [], [])

    for q in ("zeppelin", "fly", "zeppelin fly"):
        assert await _ids(records, q) == ["mail"], q
    page = await records.archive.search(Search(q="fly"))
    assert [match.text for match in page.matches["mail"]] == [text]


async def test_messages_of_before_are_in_the_index_once_it_is_opened(url: str) -> None:
    # given an archive of the version before with a chat of 1,500 messages
    await migrate(url, to="0012")
    database = Database(make_engine(url))
    async with database.write() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO conversations (id, state, channel, created_at)"
                f" VALUES ('chat', 'closed', 'chat', {T0})"
            )
        )
        await connection.execute(
            sa.text(
                "INSERT INTO messages (conversation_id, seq, author, client_id, text, at)"
                f" VALUES ('chat', :n, 'customer', :id, :text, {T0})"
            ),
            [{"n": n, "id": f"i{n}", "text": f"word w{n}w"} for n in range(1, 1_501)],
        )
    await database.close()
    # when this version opens it, then each of them is found
    records = await Records.open(url)
    for n in (1, 1_000, 1_001, 1_500):
        page = await records.archive.search(Search(q=f"w{n}w"))
        assert [m.text for m in page.matches["chat"]] == [f"word w{n}w"]
    await records.close()


@pytest.mark.parametrize("q", NASTY)
async def test_no_text_breaks_the_search(records: Records, q: str) -> None:
    await records.archive.apply([an_item(1, a_conversation("plain"))])
    page = await records.archive.search(Search(q=q))
    assert [one.id for one in page.items] in ([], ["plain"])


async def test_a_text_without_a_word_finds_nothing_and_blanks_find_all(records: Records) -> None:
    await records.archive.apply([an_item(1, a_conversation("plain"))])
    assert await _ids(records, "!?") == []
    assert await _ids(records, "  ") == ["plain"]


async def test_an_agent_finds_a_word_only_in_what_they_may_see(records: Records) -> None:
    ana = (await records.people.add(NewPerson("ana@example.com", "Ana"))).id
    alone = Customer("Stranger", "+1", None)
    closed = replace(a_conversation(), state=State.CLOSED, customer=alone, skills=("fraud",))
    hers = replace(closed, id="hers", segments=(Segment(ana, T0),))
    await records.archive.apply([an_item(1, hers), an_item(2, replace(closed, id="bens"))])
    for one in ("hers", "bens"):
        await records.transcripts.add_turns(one, [Turn("1", "customer", "a walrus", T0)])
        wrote = NewMessage(one, Author.CUSTOMER, "", "m1", "and a zebra", T0)
        await records.messages.commit([wrote], [], [])
    seen = await records.archive.search(Search(q="walrus", visible_to=ana))
    assert [one.id for one in seen.items] == ["hers"]
    assert set(seen.matches) == {"hers"}
    assert sorted(await _ids(records, "walrus")) == ["bens", "hers"]
    seen = await records.archive.search(Search(q="zebra", visible_to=ana))
    assert [one.id for one in seen.items] == ["hers"]


async def test_pages_of_a_search_miss_nothing(records: Records) -> None:
    made = [a_conversation(f"c{n:02}", created_at=T0 + n // 3) for n in range(11)]
    await records.archive.apply([an_item(n, one) for n, one in enumerate(made, 1)])
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await records.archive.search(Search(q="dora", limit=4, cursor=cursor))
        seen += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [one.id for one in reversed(made)]


async def test_an_older_archive_is_in_the_index_once_it_is_opened(url: str) -> None:
    # given an archive of the version before, with 2,500 conversations of one turn each
    await migrate(url, to="0005")
    database = Database(make_engine(url))
    put = (
        "INSERT INTO conversations (id, state, channel, customer_name, created_at, parameters)"
        " VALUES (:id, 'closed', 'voice', :name, :at, '{\"order\": \"48213\"}')",
        "INSERT INTO transcript_turns (conversation_id, id, position, speaker, text, at)"
        " VALUES (:id, '1', 1, 'customer', :name, :at)",
        "INSERT INTO segments (conversation_id, position, agent_id, from_at, notes)"
        " VALUES (:id, 0, 'ana', :at, :name)",
    )
    rows = [{"id": f"c{n:04}", "name": f"Number n{n}n", "at": T0 + n} for n in range(2_500)]
    async with database.write() as connection:
        for statement in put:
            await connection.execute(sa.text(statement), rows)
    await database.close()
    # when this version opens it, then the words of each are found, wherever they stand
    records = await Records.open(url)
    for number in (0, 999, 1000, 1001, 2499):
        page = await records.archive.search(Search(q=f"n{number}n"))
        assert [one.id for one in page.items] == [f"c{number:04}"]
        where = [match.where for match in page.matches[f"c{number:04}"]]
        assert where == ["customer", "notes", "transcript"]
    assert len(await _ids(records, "48213")) == 50
    # and they change with what they are of
    changed = a_conversation("c0999", customer=Customer("Somebody", None, None))
    await records.archive.apply([an_item(1, changed)])
    assert await _ids(records, "somebody") == ["c0999"]
    await records.close()


def a_message(n: int, text: str, author: Author = Author.CUSTOMER) -> NewMessage:
    """The `n`th message of the conversation `chat`."""
    return NewMessage("chat", author, "", f"m{n}", text, T0 + n)


async def _ids(records: Records, q: str) -> list[str]:
    return [one.id for one in (await records.archive.search(Search(q=q))).items]
