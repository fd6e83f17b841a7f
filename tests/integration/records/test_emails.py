"""Emails and mailboxes on both databases: each mail once, with its message in one step."""

from dataclasses import replace

import pytest

from app.domain.mail import (
    Auto,
    Direction,
    Email,
    Mailbox,
    MailRule,
    MailServer,
    MailState,
    Person,
    Security,
    needs,
)
from app.domain.message import Attachment, Author, NewMessage
from app.records import Duplicate, NotFound, Records
from tests.integration.records.given import T0

SUPPORT = Mailbox(
    "m1",
    "Support",
    "Support@example.com",
    imap=MailServer("imap.example.com", 993, user="support", password="geheim"),
    smtp=MailServer("smtp.example.com", 587, Security.STARTTLS),
    skills=("billing",),
    priority=2,
    rules=(MailRule("@vip.example", "", ("gold",), 9), MailRule("", "factura", ("spanish",))),
    signature="Ringdesk\nBärenstraße 1",
)


def an_email(id: str = "e1", **changes: object) -> Email:
    """One that came in, with every field that the store has to keep."""
    plain = Email(
        id,
        Direction.IN,
        SUPPORT.id,
        MailState.RECEIVED,
        T0,
        same=f"id:{id}@example.com",
        message_id=f"{id}@example.com",
        in_reply_to="before@example.com",
        refs=("first@example.com", "before@example.com"),
        sender=Person("Dóra@Example.com", "Dóra Díaz"),
        to=(Person("support@example.com"),),
        cc=(Person("chef@example.com", "Łukasz"),),
        subject="Größe \U0001f60a",
        text="Hallo",
        html="<p>Hallo</p>",
        inline={"logo": "a1"},
        attachments=(Attachment("a1", "Ünlü.png", "image/png", 12),),
        raw="1.eml",
        date=T0 - 1000,
        auto=Auto.GENERATED,
        notes=("one thing could not be read",),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def test_a_mail_comes_back_as_it_was_stored_and_is_stored_once(records: Records) -> None:
    first = await records.emails.add(an_email())
    again = await records.emails.add(an_email("e2", same=first.same, text="another text"))
    elsewhere = await records.emails.add(an_email("e3", same=first.same, mailbox_id="m2"))
    assert (first, again) == (an_email(), an_email())
    assert elsewhere.id == "e3"
    assert await records.emails.get("e1") == an_email()
    assert await records.emails.get("e2") is None
    waiting = await records.emails.in_state(MailState.RECEIVED, Direction.IN)
    assert [one.id for one in waiting] == ["e1", "e3"]


async def test_its_message_is_stored_in_the_same_step_and_both_only_once(
    records: Records,
) -> None:
    mail = await records.emails.add(an_email())
    filed = replace(mail, state=MailState.FILED)
    new = NewMessage("c1", Author.CUSTOMER, "", mail.id, "Hallo", T0, mail.attachments, filed)
    stored = [(await records.messages.commit([new], (), ()))[0] for _ in range(2)]
    assert [(one.message.seq, one.fresh) for one in stored] == [(1, True), (1, False)]
    kept = await records.emails.of_message("c1", 1)
    assert kept == replace(filed, conversation_id="c1", seq=1)
    assert await records.emails.of("c1") == [kept]
    assert await records.emails.in_state(MailState.RECEIVED, Direction.IN) == []


async def test_a_place_is_given_once(records: Records) -> None:
    await records.emails.add(an_email())
    assert await records.emails.place("e1", "c1") == "c1"
    assert await records.emails.place("e1", "c2") == "c1"
    # it is not shown there before it was read and has a message
    assert await records.emails.of("c1") == []


async def test_what_was_set_aside_is_told_in_pages_newest_first(records: Records) -> None:
    for n in range(5):
        aside = MailState.RECEIVED if n == 2 else MailState.ASIDE
        await records.emails.add(an_email(f"e{n}", state=aside, at=T0 + n // 2))
    found, cursor = await records.emails.aside(3)
    assert [one.id for one in found] == ["e4", "e3", "e1"]
    rest, end = await records.emails.aside(3, cursor)
    assert ([one.id for one in rest], end) == (["e0"], None)
    assert (await records.emails.aside(4))[1] is None
    with pytest.raises(ValueError, match="cursor"):
        await records.emails.aside(3, "e3")


async def test_mails_are_found_by_message_id_and_counted_by_sender(records: Records) -> None:
    await records.emails.add(an_email("e1"))
    await records.emails.add(an_email("e2", at=T0 + 5, mailbox_id="m2"))
    ids = ["e1@example.com", "e2@example.com", "other@example.com"]
    assert [one.id for one in await records.emails.known_as(ids, None)] == ["e1", "e2"]
    assert [one.id for one in await records.emails.known_as(ids, "m2")] == ["e2"]
    assert await records.emails.known_as([], None) == []
    assert await records.emails.came_from("DÓRA@example.COM", T0) == 2
    assert await records.emails.came_from("dóra@example.com", T0 + 1) == 1
    assert await records.emails.came_from("dóra@example.com", T0, "another subject") == 0


async def test_what_is_to_be_sent_falls_due_and_changes_state_once(records: Records) -> None:
    out = an_email("o1", direction=Direction.OUT, state=MailState.QUEUED, next_at=T0 + 10)
    await records.emails.add(out)
    assert await records.emails.due(T0 + 9) == []
    assert [one.id for one in await records.emails.due(T0 + 10)] == ["o1"]
    sent = {"state": MailState.SENT, "sent_at": T0 + 11, "attempts": 1}
    assert await records.emails.change("o1", MailState.QUEUED, **sent)
    assert not await records.emails.change("o1", MailState.QUEUED, **sent)
    kept = await records.emails.get("o1")
    assert kept == replace(out, state=MailState.SENT, sent_at=T0 + 11, attempts=1)


async def test_mailboxes_are_kept_whole_and_their_addresses_are_unique(records: Records) -> None:
    await records.mailboxes.add(SUPPORT)
    assert await records.mailboxes.of_address("SUPPORT@EXAMPLE.COM") == SUPPORT
    with pytest.raises(Duplicate, match="support@example"):
        await records.mailboxes.add(Mailbox("m2", "Other", "support@example.com"))
    await records.mailboxes.read_up_to("m1", 77, 12)
    changed = replace(SUPPORT, name="Help", imap=None, rules=())
    await records.mailboxes.change(changed)
    assert await records.mailboxes.all() == [replace(changed, uid_validity=77, uid_seen=12)]
    await records.mailboxes.remove("m1")
    with pytest.raises(NotFound):
        await records.mailboxes.remove("m1")
    with pytest.raises(NotFound):
        await records.mailboxes.change(SUPPORT)


def test_rules_by_sender_and_subject_set_skills_and_priority() -> None:
    assert needs(SUPPORT, "anna@vip.example", "Factura") == (("gold",), 9)
    assert needs(SUPPORT, "dora@example.com", "Mi FACTURA 12") == (("spanish",), 2)
    assert needs(SUPPORT, "dora@example.com", "Hello") == (("billing",), 2)
    nothing = replace(SUPPORT, rules=(MailRule(skills=("gold",)),))
    assert needs(nothing, "dora@example.com", "Hello") == (("billing",), 2)
