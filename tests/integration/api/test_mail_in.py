"""Mail comes in: over SMTP and LMTP, and from a real Dovecot; it becomes conversations."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiosmtplib
import pytest

from app.domain.conversation import Conversation, State
from app.domain.mail import (
    MAIL_LIMIT,
    Direction,
    Email,
    Mailbox,
    MailRule,
    MailState,
    Person,
)
from app.domain.message import Message
from app.messaging.reply_tokens import ReplyTokens
from tests.integration.api.office import Caller, Office
from tests.support.dovecot import dovecot_server
from tests.support.letters import PNG, SUPPORT, letter, send
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port
from tests.unit.messaging.nasty_mails import BOUNCE, NASTY, whole

PATIENCE = 30.0


class Post(Office):
    """An office with a mailbox and listeners."""

    smtp: int
    lmtp: int
    billing: str
    spanish: str

    async def mailbox(self, **changes: object) -> Mailbox:
        """Support's; `changes` to it."""
        plain = Mailbox("m1", "Support", SUPPORT, skills=(self.billing,))
        made = replace(plain, **changes)  # type: ignore[arg-type]
        await self.records.mailboxes.add(made)
        return made

    async def mails(self, state: MailState, count: int) -> list[Email]:
        """So many mails in this state."""

        async def probe() -> list[Email] | None:
            found = await self.records.emails.in_state(state, Direction.IN, 1000)
            return found if len(found) >= count else None

        return await eventually(probe, within=PATIENCE)

    async def talk(self, email: Email) -> Conversation:
        """The conversation of a mail."""
        return await self.desk.conversation(email.conversation_id or "")

    async def said(self, conversation_id: str | None) -> list[Message]:
        """Its messages."""
        return await self.records.messages.after(conversation_id or "", 0)

    async def in_state(self, conversation_id: str | None, state: State) -> Conversation:
        """The conversation, once it is so."""

        async def probe() -> Conversation | None:
            found = await self.desk.conversation(conversation_id or "")
            return found if found.state is state else None

        return await eventually(probe, within=PATIENCE)


Opens = Callable[[], Awaitable[Post]]


@pytest.fixture
async def opens(redis_url: str, tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens the office, and again after it was closed."""
    smtp, lmtp = free_tcp_port(), free_tcp_port()
    opened: list[Post] = []

    async def open_one() -> Post:
        post = Post(
            redis_url,
            tmp_path,
            free_tcp_port(),
            SMTP_LISTEN=f"127.0.0.1:{smtp}",
            LMTP_LISTEN=f"127.0.0.1:{lmtp}",
        )
        await post.open(new=not opened)
        opened.append(post)
        post.smtp, post.lmtp = smtp, lmtp
        skills = {skill.name: skill.id for skill in await post.records.skills.all()}
        post.billing, post.spanish = skills["Billing"], skills["Spanish"]
        return post

    yield open_one
    await opened[-1].close()


@pytest.fixture
async def post(opens: Opens) -> Post:
    """A running one."""
    return await opens()


async def ana_of(post: Post) -> Caller:
    """Ana, available."""
    ana = await post.person("ana")
    await ana.ask("PUT", "me/status", {"status": "available"})
    return ana


async def done(ana: Caller, post: Post, conversation_id: str | None) -> None:
    """Ana takes it, ends it and closes the wrap-up."""
    async with ana.watch():
        await post.until(ana, lambda me: me["offer"] == conversation_id, within=PATIENCE)
        await ana.ask("POST", f"conversations/{conversation_id}/accept", {})
    await ana.ask("POST", f"conversations/{conversation_id}/end", {})
    await ana.ask("POST", f"conversations/{conversation_id}/wrap-up", {})
    await post.in_state(conversation_id, State.CLOSED)


async def test_five_mails_with_files_and_foreign_names_are_one_conversation(post: Post) -> None:
    # given a mailbox, when a customer writes, and four more come that answer each other
    await post.mailbox()
    ids = [f"{n}@kunde.example" for n in range(5)]
    names = ["Ünlü 😊.png", "请求.png", "a.png", "b.png", "ß.png"]
    for n, name in enumerate(names):
        mail = letter(ids[n], f"Brief {n}: Grüße", replies=tuple(ids[:n]), files=(name,))
        await send(post.smtp, mail)
    filed = await post.mails(MailState.FILED, 5)
    # then all are one conversation that waits for Billing, in their order, with their files
    assert len({email.conversation_id for email in filed}) == 1
    talk = await post.talk(filed[0])
    assert (talk.state, talk.skills, talk.entry) == (State.QUEUED, (post.billing,), SUPPORT)
    assert (talk.customer.name, talk.customer.email) == ("Dóra Díaz", "dora@kunde.example")
    messages = await post.said(talk.id)
    assert [message.text for message in messages] == [f"Brief {n}: Grüße" for n in range(5)]
    assert [message.attachments[0].name for message in messages] == names
    assert await post.desk.chats.attachments.read(messages[1].attachments[0].id) == PNG
    assert {email.subject for email in filed} == {"Größe der Rechnung 😊"}
    # and an agent gets it
    ana = await ana_of(post)
    async with ana.watch():
        await post.until(ana, lambda me: me["offer"] == talk.id, within=PATIENCE)


async def test_the_token_in_the_address_finds_the_conversation_without_any_header(
    post: Post,
) -> None:
    await post.mailbox()
    await send(post.smtp, letter("1@x", "first"))
    first = (await post.mails(MailState.FILED, 1))[0]
    # when somebody writes anew to the address that we answer from, in other letters
    tokens = ReplyTokens(await post.desk.chats.secret())
    address = tokens.address(SUPPORT, first.conversation_id or "").upper()
    await send(post.smtp, letter("2@x", "second", subject="new", to=address), to=address)
    # then it is the same conversation; a token that nobody signed is none
    filed = await post.mails(MailState.FILED, 2)
    assert filed[1].conversation_id == first.conversation_id
    forged = f"support+{first.conversation_id}.aaaaaaaaaaaaaaaa@ringdesk.example"
    await send(post.smtp, letter("3@x", "third", subject="new", to=forged), to=forged)
    assert (await post.mails(MailState.FILED, 3))[2].conversation_id != first.conversation_id


async def test_the_same_mail_twice_is_one_with_or_without_an_id(post: Post) -> None:
    await post.mailbox()
    for _ in range(2):
        await send(post.smtp, letter("1@x", "once"))
        await send(post.smtp, b"From: a@b.example\r\nSubject: no id\r\n\r\nonce, too\r\n")
    await send(post.smtp, letter("last@x", "the last"))
    # then each is one message of one conversation
    filed = await post.mails(MailState.FILED, 3)
    assert len(filed) == 3
    for email in filed:
        assert len(await post.said(email.conversation_id)) == 1


async def test_a_reply_opens_a_closed_conversation_again_or_follows_it(post: Post) -> None:
    # given a mail that Ana answered and closed
    await post.mailbox()
    ana = await ana_of(post)
    await send(post.smtp, letter("1@x", "first"))
    first = (await post.mails(MailState.FILED, 1))[0]
    await done(ana, post, first.conversation_id)
    # when the customer writes again, then the same conversation waits, with both mails
    await send(post.smtp, letter("2@x", "again", replies=("1@x",)))
    filed = await post.mails(MailState.FILED, 2)
    assert filed[1].conversation_id == first.conversation_id
    await done(ana, post, first.conversation_id)
    assert [m.text for m in await post.said(first.conversation_id)] == ["first", "again"]
    # when it is too late for that, then a new one begins, which tells what it follows
    ada = await post.person("ada")
    await ada.ask("PUT", "settings", {"email_reopen_hours": 0})
    await send(post.smtp, letter("3@x", "much later", replies=("1@x", "2@x")))
    late = (await post.mails(MailState.FILED, 3))[2]
    assert late.conversation_id != first.conversation_id
    follows = await post.talk(late)
    assert follows.parameters == {"follows": first.conversation_id}


async def test_rules_by_sender_and_subject_choose_skills_and_priority(post: Post) -> None:
    rules = (MailRule("@vip.example", "", (), 9), MailRule("", "FACTURA", (post.spanish,)))
    await post.mailbox(rules=rules, priority=1)
    await send(post.smtp, letter("1@x", "a", address="anna@VIP.example", subject="x"))
    await send(post.smtp, letter("2@x", "b", subject="mi factura"))
    await send(post.smtp, letter("3@x", "c", subject="else"))
    talks = [await post.talk(email) for email in await post.mails(MailState.FILED, 3)]
    found = [(talk.skills, talk.priority) for talk in talks]
    assert found == [((), 9), ((post.spanish,), 1), ((post.billing,), 1)]


async def test_routing_rules_know_mail_by_its_channel_and_mailbox(post: Post) -> None:
    await post.mailbox()
    ada = await post.person("ada")
    rule = {
        "name": "Mail to support is Spanish's",
        "when": {"channels": ["email"], "entries": [SUPPORT]},
        "then": {"overflow": ["Spanish"]},
    }
    await ada.ask("POST", "routing-rules", rule)
    await send(post.smtp, letter("1@x", "hola"))
    email = (await post.mails(MailState.FILED, 1))[0]

    async def ruled() -> bool:
        return (await post.talk(email)).skills == (post.spanish,)

    assert await eventually(ruled, within=PATIENCE)


async def test_what_nobody_wrote_opens_nothing_and_a_loop_stops(post: Post) -> None:
    await post.mailbox()
    await send(post.smtp, letter("1@x", "first"))
    first = (await post.mails(MailState.FILED, 1))[0]
    away = {"Auto-Submitted": "auto-replied"}
    # when an answering machine answers us, then it is shown there
    await send(post.smtp, letter("2@x", "away", replies=("1@x",), headers=away))
    assert (await post.mails(MailState.FILED, 2))[1].conversation_id == first.conversation_id
    # when one answers nothing of ours, or our own mail comes back, then it is set aside
    await send(post.smtp, letter("3@x", "away", headers=away))
    await send(post.smtp, letter("4@x", "x", replies=("1@x",), headers={"X-Ringdesk": "1"}))
    aside = await post.mails(MailState.ASIDE, 2)
    assert "automatic answer" in aside[0].notes[0]
    assert "came back" in aside[1].notes[0]
    # when a program that says nothing of itself writes the same for ever, then it ends
    for n in range(30):
        mail = letter(f"loop{n}@x", f"round {n}", subject="Ticket", address="robot@x.example")
        await send(post.smtp, mail, sender="robot@x.example")
    aside = await post.mails(MailState.ASIDE, 2 + 10)
    assert all("loop" in one.notes[0] for one in aside[2:])
    talks = await post.mails(MailState.FILED, 2)
    assert len({email.conversation_id for email in talks}) == 1 + 20
    assert len(await post.mails(MailState.FILED, 22)) == 22


async def test_a_bounce_of_our_mail_joins_its_conversation(post: Post) -> None:
    mailbox = await post.mailbox()
    await send(post.smtp, letter("1@x", "first"))
    first = (await post.mails(MailState.FILED, 1))[0]
    ours = Email(
        "o1",
        Direction.OUT,
        mailbox.id,
        MailState.SENT,
        first.at,
        same="o1",
        message_id="ours@ringdesk",
        conversation_id=first.conversation_id,
        sender=Person(SUPPORT),
    )
    await post.records.emails.add(ours)
    await send(post.smtp, whole(BOUNCE), sender="mailer-daemon@mx.example")
    bounce = (await post.mails(MailState.FILED, 2))[1]
    assert (bounce.conversation_id, bounce.auto) == (first.conversation_id, "bounce")
    assert bounce.bounce_of == ("ours@ringdesk",)


async def test_strangers_and_too_much_are_refused_and_nothing_is_relayed(post: Post) -> None:
    await post.mailbox()
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=post.smtp, start_tls=False, timeout=30)
    await client.connect()
    await client.ehlo()
    await client.mail("a@b.example")
    for address in ("somebody@elsewhere.example", "other@ringdesk.example", "support@"):
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refused:
            await client.rcpt(address)
        assert refused.value.code in {550, 553, 501}
    await client.rcpt(f"support+anything@{SUPPORT.partition('@')[2]}")
    # one byte too much is too much (the limit is told in EHLO, and counted)
    with pytest.raises(aiosmtplib.SMTPResponseException) as large:
        await client.data(b"Subject: x\r\n\r\n" + (b"a" * 998 + b"\r\n") * (MAIL_LIMIT // 1000 + 1))
    assert large.value.code == 552
    client.close()
    assert await post.records.emails.in_state(MailState.RECEIVED, Direction.IN) == []


async def test_lmtp_answers_for_each_recipient(post: Post) -> None:
    await post.mailbox()
    await post.mailbox(id="m2", name="Sales", address="sales@ringdesk.example")
    reader, writer = await asyncio.open_connection("127.0.0.1", post.lmtp)
    raw = bytes(letter("1@x", "hello")).replace(b"\n", b"\r\n")
    recipients = (SUPPORT, "sales@ringdesk.example")
    lines = [b"LHLO x", b"MAIL FROM:<a@b.example>"]
    lines += [f"RCPT TO:<{one}>".encode() for one in recipients] + [b"DATA"]
    async with asyncio.timeout(PATIENCE):
        await reader.readline()
        for line in lines:
            writer.write(line + b"\r\n")
            while (await reader.readline())[3:4] == b"-":
                pass
        writer.write(raw + b"\r\n.\r\n")
        answers = [await reader.readline() for _ in recipients]
    assert [answer[:3] for answer in answers] == [b"250", b"250"]
    writer.close()
    filed = await post.mails(MailState.FILED, 2)
    assert {email.mailbox_id for email in filed} == {"m1", "m2"}


async def test_what_was_stored_before_an_end_is_filed_after_it(opens: Opens) -> None:
    # given mails that were acknowledged, and an office that ends before it looks at them
    post = await opens()
    await post.mailbox()
    for n in range(20):
        await send(post.smtp, letter(f"{n}@x", f"mail {n}", subject=f"s{n}"))
    await post.close()
    # when it opens again, then each is one conversation of one message
    post = await opens()
    filed = await post.mails(MailState.FILED, 20)
    assert len({email.conversation_id for email in filed}) == 20
    for email in filed:
        assert len(await post.said(email.conversation_id)) == 1


@pytest.mark.slow
async def test_every_nasty_mail_becomes_a_conversation_over_the_wire(post: Post) -> None:
    # given the table of nasty mails, each under an id of its own; when all come
    await post.mailbox()
    small = [nasty for nasty in NASTY if len(nasty.raw) < 1_000_000]
    for n, nasty in enumerate(small):
        await send(post.smtp, f"Message-ID: <nasty{n}@x>\r\n".encode() + nasty.raw)

    async def all_done() -> bool:
        emails = post.records.emails
        counts = [
            len(await emails.in_state(state, Direction.IN, 1000))
            for state in (MailState.FILED, MailState.ASIDE)
        ]
        return sum(counts) == len(small)

    # then each is in a conversation with something to read, or aside with a note that says why
    assert await eventually(all_done, within=90)
    for email in await post.records.emails.in_state(MailState.FILED, Direction.IN, 1000):
        messages = await post.said(email.conversation_id)
        assert any(m.client_id == email.id and m.text.strip() for m in messages)
    for email in await post.records.emails.in_state(MailState.ASIDE, Direction.IN, 1000):
        assert email.notes


async def test_mail_is_fetched_from_a_real_imap_server_and_marked(post: Post) -> None:
    with dovecot_server() as dovecot:
        # given a mail that was there before, when the mailbox is set up
        await asyncio.to_thread(dovecot.deliver, bytes(letter("1@x", "before")))
        await post.mailbox(imap=dovecot.account)
        await post.mails(MailState.FILED, 1)
        # then what comes later is told by IDLE, belongs to it, and is marked
        later = letter("2@x", "after", replies=("1@x",), files=("Ünlü.png",))
        await asyncio.to_thread(dovecot.deliver, bytes(later))
        filed = await post.mails(MailState.FILED, 2)
        assert filed[0].conversation_id == filed[1].conversation_id

        async def marked() -> bool:
            return await asyncio.to_thread(dovecot.seen) == 2

        assert await eventually(marked, within=PATIENCE)


async def test_a_connection_killed_between_fetch_and_mark_loses_and_doubles_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dovecot_server() as dovecot:
        # given a connection that breaks after each second mail was stored, before its mark
        real, count = post.house._mail.mail_in.receive, 0

        async def then_broken(*given: object, **more: object) -> Email:
            nonlocal count
            kept = await real(*given, **more)  # type: ignore[arg-type]
            count += 1
            if count % 2 == 0:
                raise ConnectionResetError("the line is cut")
            return kept

        monkeypatch.setattr(post.house._mail.mail_in, "receive", then_broken)
        monkeypatch.setattr("app.messaging.imap.PAUSES", (0.05,))
        mails = [bytes(letter(f"{n}@x", f"mail {n}", subject=f"s{n}")) for n in range(6)]
        await asyncio.to_thread(dovecot.deliver, *mails)
        # when they are fetched
        await post.mailbox(imap=dovecot.account)

        async def marked() -> bool:
            return await asyncio.to_thread(dovecot.seen) == 6

        # then in the end all are marked, and each is one conversation of one message
        assert await eventually(marked, within=PATIENCE, every=0.2)
        assert count > 6
        filed = await post.mails(MailState.FILED, 6)
        assert sorted(email.subject for email in filed) == [f"s{n}" for n in range(6)]
        for email in filed:
            assert len(await post.said(email.conversation_id)) == 1
