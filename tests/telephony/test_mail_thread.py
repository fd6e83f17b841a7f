"""Emails on the whole service with a real Dovecot and real SMTP both ways: threads, cut lines."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.dovecot import PASSWORD, USER, Dovecot, dovecot_server
from tests.support.letters import PNG, letter
from tests.support.mail_server import Arrived
from tests.support.mail_wire import (
    PATIENCE,
    Cut,
    bounce,
    bring,
    emails_of,
    new_customer,
    reply,
    stored,
    taken,
)
from tests.support.mailing import MailDesk, email, mail_desk, sending
from tests.support.people import Agent
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def ana(world: World) -> AsyncIterator[Agent]:
    """Ana, Available and without a phone; what she has in hand is over afterwards."""
    ana = await world.person("ana")
    await ana.picture.open()
    await ana.become("available")
    yield ana
    for talk in (await ana.get("inbox"))["conversations"]:
        if talk["state"] == "active" and talk["agent"]["id"] == ana.id:
            await ana.end(talk["id"])
            await ana.wrap_up(talk["id"])


def imap(port: int) -> Json:
    """A mailbox's account at the test's Dovecot."""
    account = {"host": "127.0.0.1", "port": port, "security": "none"}
    return account | {"user": USER, "password": PASSWORD}


async def delivered(dovecot: Dovecot, *mails: bytes) -> None:
    """Mail comes to the customer service's account."""
    await asyncio.to_thread(dovecot.deliver, *mails)


async def all_marked(dovecot: Dovecot, count: int) -> None:
    """Wait until so many are marked as seen."""

    async def seen() -> bool:
        return await asyncio.to_thread(dovecot.seen) == count

    await eventually(seen, within=PATIENCE, every=0.2)


async def answered(ana: Agent, mail: MailDesk, talk: str, text: str, file: str) -> Arrived:
    """Ana answers with a file; the mail as the customer's server has it."""
    before = len(mail.server.arrived)
    files = [await ana.upload(file, PNG)]
    begins = (await ana.get(f"conversations/{talk}/emails"))["reply"]
    given = email(text, begins["to"][0]["address"], attachments=files)
    await ana.post(f"conversations/{talk}/emails", {**given, "subject": begins["subject"]})
    await eventually(lambda: len(mail.server.arrived) > before, within=PATIENCE)
    return mail.server.arrived[-1]


async def test_five_mails_with_files_and_foreign_names_stay_one_conversation(
    world: World, ana: Agent
) -> None:
    customer = new_customer()
    with dovecot_server() as dovecot:
        async with mail_desk(world.stack, imap=imap(dovecot.port)) as mail:
            # given a customer's mail at a real IMAP server, which Ana takes and answers
            first = letter(f"1{customer}", "Grüße", to=mail.address, address=customer,
                           files=("Ünlü 😊.png",))  # fmt: skip
            await delivered(dovecot, bytes(first))
            talk = await taken(ana, customer)
            second = await answered(ana, mail, talk, "Schönen Dank", "请求.png")
            assert second.to == [customer]
            # when the customer answers that, Ana answers again, and so does the customer, by a
            # program that tells no reference: the address alone says where it belongs
            third = reply(second.mail, "noch etwas", customer, files=("ß.png",))
            await delivered(dovecot, bytes(third))
            await emails_of(ana, talk, 3)
            fourth = await answered(ana, mail, talk, "Gern", "Größe.png")
            assert fourth.mail["In-Reply-To"] == third["Message-ID"]
            last = letter(f"5{customer}", "das war alles", subject="Ohne Betreff",
                          to=fourth.mail["Reply-To"].addresses[0].addr_spec, address=customer,
                          name="Дора Диас", files=("файл.png",))  # fmt: skip
            await delivered(dovecot, bytes(last))
            # then all five are this one conversation, in their order, with their files and names
            items = await emails_of(ana, talk, 5)
            assert [one["direction"] for one in items] == ["in", "out", "in", "out", "in"]
            names = [one["from"]["name"] for one in items if one["direction"] == "in"]
            assert names == ["Dóra Díaz", "Dóra Díaz", "Дора Диас"]
            messages = (await ana.get(f"conversations/{talk}/messages", after="0"))["items"]
            files = [file["name"] for message in messages for file in message["attachments"]]
            assert files == ["Ünlü 😊.png", "请求.png", "ß.png", "Größe.png", "файл.png"]
            await all_marked(dovecot, 3)
            (came,) = second.mail.iter_attachments()
            assert (came.get_filename(), came.get_content()) == ("请求.png", PNG)
            rows = stored(world.stack, "SELECT DISTINCT conversation_id FROM emails"
                          " WHERE mailbox_id = ?", mail.mailbox["id"])  # fmt: skip
            assert rows == [(talk,)]


async def test_a_line_cut_between_fetch_and_mark_loses_and_doubles_nothing(
    world: World, ana: Agent
) -> None:
    customer = new_customer()
    # given an IMAP line that is cut three times, at the very command that marks a mail: twice the
    # server never hears it, once it does and the answer is lost
    with dovecot_server() as dovecot:
        async with (
            Cut(dovecot.port, b"STORE", times=3) as line,
            mail_desk(world.stack, imap=imap(line.port)) as mail,
        ):
            # when four mails of one thread are fetched
            ids = [f"{n}{customer}" for n in range(4)]
            mails = [
                letter(ids[n], f"mail {n}", to=mail.address, address=customer,
                       replies=tuple(ids[:n]))
                for n in range(4)
            ]  # fmt: skip
            await delivered(dovecot, *(bytes(one) for one in mails))
            talk = await taken(ana, customer)
            # then all are marked in the end, and each is in its conversation once
            await all_marked(dovecot, 4)
            assert line.left == 0
            items = await emails_of(ana, talk, 4)
            messages = (await ana.get(f"conversations/{talk}/messages", after="0"))["items"]
            assert [one["text"] for one in messages] == [f"mail {n}" for n in range(4)]
            assert len(items) == 4


async def test_a_mail_that_comes_back_is_told_and_nothing_answers_it(
    world: World, ana: Agent
) -> None:
    customer = new_customer()
    async with mail_desk(world.stack) as mail:
        # given an answer of Ana's that the next server took
        await bring(world.stack, letter(f"1{customer}", "hello", address=customer), mail.address)
        talk = await taken(ana, customer)
        sent = await answered(ana, mail, talk, "It is on its way.", "a.txt")
        assert (await sending(ana, talk, "sent", 1))["sending"]["refused"] == []
        # when it comes back from farther on (RFC 3464), to our own listener, twice
        for n in range(2):
            await bring(world.stack, bounce(sent, customer, n), mail.address, "")
        # then the mail says so, and so does its conversation, once for this mail
        back = await sending(ana, talk, "bounced", 1)
        assert "550 5.1.1 no such user" in back["sending"]["detail"]
        await emails_of(ana, talk, 4)
        messages = (await ana.get(f"conversations/{talk}/messages", after="0"))["items"]
        told = [one["text"] for one in messages if one["author"] == "system"]
        assert len(told) == 1 and told[0].startswith(f"The mail to {customer} came back")
        # when the customer's answering machine answers, and our own mail comes round to us
        away = {"Auto-Submitted": "auto-replied"}
        await bring(world.stack, reply(sent.mail, "I am away", customer, headers=away),
                    mail.address)  # fmt: skip
        await bring(world.stack, sent.raw, mail.address)
        # then the first is shown, the second set aside, and nothing was ever sent by itself
        items = await emails_of(ana, talk, 5)
        assert items[-1]["is_automatic"]

        def aside() -> list[tuple[object, ...]]:
            return stored(world.stack, "SELECT notes FROM emails WHERE state = 'aside'"
                          " AND mailbox_id = ?", mail.mailbox["id"])  # fmt: skip

        (row,) = await eventually(aside, within=PATIENCE)
        assert "came back" in str(row[0])
        assert len(mail.server.arrived) == 1
