"""Mail that comes in becomes conversations: threads, rules, loops, bounces."""

from app.domain.conversation import Conversation, State
from app.domain.mail import Direction, Email, MailRule, MailState, Person
from app.messaging.reply_tokens import ReplyTokens
from tests.integration.api.mail_office import PATIENCE, Post, ana_of, done
from tests.support.letters import PNG, SUPPORT, letter, send
from tests.support.polling import eventually
from tests.unit.messaging.mail_shapes import BOUNCE, whole

ALWAYS = {
    day: [{"begin": "00:00", "end": "24:00"}]
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}


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


async def test_mail_to_a_mailbox_goes_by_its_calendar(post: Post) -> None:
    # given a mailbox with a calendar of its own, and a rule for when it is open, one for closed
    await post.mailbox()
    ada = await post.person("ada")
    given = {"name": "Support", "time_zone": "UTC", "hours": ALWAYS, "entries": [SUPPORT]}
    made = await ada.ask("POST", "calendars", given, status=201)
    for name, is_open, then in (
        ("Closed", False, {"overflow": ["Spanish"]}),
        ("Open", True, {"priority": 4}),
    ):
        when = {"entries": [SUPPORT], "calendar": {"id": made["id"], "open": is_open}}
        await ada.ask("POST", "routing-rules", {"name": name, "when": when, "then": then})

    async def goes_by(email: Email, rule: str) -> Conversation:
        async def ruled() -> Conversation | None:
            found = await post.talk(email)
            return found if [applied.rule for applied in found.rules] == [rule] else None

        return await eventually(ruled, within=PATIENCE)

    # when a mail comes while it is open, and one after it was closed by hand
    await send(post.smtp, letter("1@x", "by day"))
    by_day = (await post.mails(MailState.FILED, 1))[0]
    day = await goes_by(by_day, "Open")
    await post.desk.finish(day.id)
    await ada.ask("PUT", f"calendars/{made['id']}", {**given, "emergency_close": True})
    await send(post.smtp, letter("2@x", "by night", address="other@x.example"))
    by_night = next(m for m in await post.mails(MailState.FILED, 2) if m.id != by_day.id)
    night = await goes_by(by_night, "Closed")

    # then each went as its hours say
    assert (day.skills, day.priority) == ((post.billing,), 4)
    assert (night.skills, night.priority) == ((post.spanish,), 0)


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
