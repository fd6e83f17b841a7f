"""Mail over the wire: SMTP and LMTP with their limits, a real Dovecot, ends and broken lines."""

import asyncio

import aiosmtplib
import pytest

from app.domain.mail import MAIL_LIMIT, Direction, Email, MailState
from tests.integration.api.mail_office import PATIENCE, Opens, Post
from tests.support.dovecot import dovecot_server
from tests.support.letters import SUPPORT, letter, send
from tests.support.polling import eventually
from tests.unit.messaging.nasty_mails import NASTY


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
