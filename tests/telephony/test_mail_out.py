"""Emails of agents on the real service, to a real SMTP server."""

from collections.abc import AsyncIterator

import pytest

from tests.support.mail_server import MailServer
from tests.support.mailing import (
    CUSTOMER,
    MailDesk,
    accepted,
    email,
    mail_desk,
    mailbox,
    sending,
)
from tests.support.people import Agent, Refused
from tests.support.polling import eventually
from tests.support.stack import Stack
from tests.support.world import World

pytestmark = pytest.mark.slow


@pytest.fixture
async def mail(world: World) -> AsyncIterator[MailDesk]:
    """A mailbox on the common stack."""
    async with mail_desk(world.stack) as desk:
        yield desk


@pytest.fixture
async def ana(world: World, mail: MailDesk) -> AsyncIterator[Agent]:
    """Ana at her page, without a phone."""
    ana = await at_page(world, "ana")
    yield ana
    await finished(ana)


async def at_page(world: World, name: str) -> Agent:
    """Somebody at their page, available."""
    agent = await world.person(name)
    await agent.picture.open()
    await agent.become("available")
    return agent


async def finished(agent: Agent) -> None:
    """Everything in hand is over: going home would send it to a colleague."""
    for talk in (await agent.get("inbox"))["conversations"]:
        if talk["state"] == "active" and talk["agent"]["id"] == agent.id:
            await agent.end(talk["id"])
            await agent.wrap_up(talk["id"])


async def test_an_agents_answer_arrives_once_with_everything_in_it(
    mail: MailDesk, ana: Agent
) -> None:
    # given an email that Ana has taken, and a file that she sent up
    talk = await mail.conversation()
    await accepted(ana, talk)
    shown = await ana.get(f"conversations/{talk}/emails")
    assert shown["reply"]["address"] == mail.address
    assert shown["draft"] is None
    # when she writes, and her page sends it twice
    given = email(
        "The invoice is <b>right</b>.",
        cc=[{"address": "boss@example.org", "name": "Büro"}],
        bcc=[{"address": "secret@example.org"}],
    )
    first = await ana.post(f"conversations/{talk}/emails", given)
    assert await ana.post(f"conversations/{talk}/emails", given) == first
    sent = await sending(ana, talk, "sent")
    # then it arrived once, at everybody, and the blind copy is nobody's business
    (arrived,) = mail.server.arrived
    assert set(arrived.to) == {CUSTOMER, "boss@example.org", "secret@example.org"}
    assert b"secret@" not in arrived.raw
    assert arrived.mail["From"].addresses[0].addr_spec == mail.address
    assert arrived.mail["Subject"] == "Re: invoice"
    assert arrived.text == "The invoice is <b>right</b>.\n\n-- \nAna\nSupport\n"
    # and it stands in the conversation, as a message and as an email
    messages = (await ana.get(f"conversations/{talk}/messages", after="0"))["items"]
    assert [(m["text"], m["seq"]) for m in messages] == [(given["text"], sent["seq"])]
    assert [one["address"] for one in sent["bcc"]] == ["secret@example.org"]
    # when it is over, there is a wrap-up as after a call
    await ana.end(talk)
    with pytest.raises(Refused) as refused:
        await ana.post(f"conversations/{talk}/emails", email())
    assert refused.value.type == "wrong-state"
    await ana.wrap_up(talk)


async def test_refusals_delay_and_name_who_does_not_get_it(mail: MailDesk, ana: Agent) -> None:
    talk = await mail.conversation()
    await accepted(ana, talk)
    # given a server that does not take one recipient for good, and one not yet
    mail.server.recipients = {CUSTOMER: "451 4.7.1 later", "gone@example.org": "550 5.1.1 gone"}
    await ana.post(
        f"conversations/{talk}/emails",
        email(cc=[{"address": "gone@example.org"}, {"address": "boss@example.org"}]),
    )
    delayed = await sending(ana, talk, "delayed")
    assert delayed["sending"]["detail"] == "451 4.7.1 later"
    assert delayed["sending"]["refused"] == ["gone@example.org: 550 5.1.1 gone"]
    # then the conversation says so
    messages = (await ana.get(f"conversations/{talk}/messages", after="0"))["items"]
    assert "gone@example.org: 550" in messages[-1]["text"]
    assert messages[-1]["author"] == "system"
    # when the server takes it at last, who had it before does not get it again
    mail.server.recipients = {}
    await sending(ana, talk, "sent")
    assert [one.to for one in mail.server.arrived] == [["boss@example.org"], [CUSTOMER]]
    assert len({one.mail["Message-ID"] for one in mail.server.arrived}) == 1


async def test_a_draft_goes_along_with_its_conversation(
    mail: MailDesk, ana: Agent, world: World
) -> None:
    talk = await mail.conversation()
    await accepted(ana, talk)
    draft = {"to": CUSTOMER, "subject": "Re: hi", "text": "I think", "quote": False}
    await ana.put(f"conversations/{talk}/draft", draft)
    # when Ana gives the email back and Ben takes it
    ben = await at_page(world, "ben")
    await ana.become("busy")
    await accepted(ben, talk)
    kept = (await ben.get(f"conversations/{talk}/emails"))["draft"]
    assert {key: kept[key] for key in draft} == draft
    assert kept["agent"]["name"] == "Ana"
    with pytest.raises(Refused):
        await ana.put(f"conversations/{talk}/draft", draft)
    # when it is sent, it is a draft no more
    await ben.post(f"conversations/{talk}/emails", email())
    assert (await ben.get(f"conversations/{talk}/emails"))["draft"] is None
    await finished(ben)


async def test_what_cannot_stand_in_a_mail_is_refused(mail: MailDesk, ana: Agent) -> None:
    talk = await mail.conversation()
    await accepted(ana, talk)
    for field, changes in (
        ("subject", {"subject": "a\r\nBcc: b@example.org"}),
        ("to", {"to": [{"address": "a@b.example", "name": "x\nBcc: y"}]}),
        ("to.0.address", {"to": [{"address": "nobody"}]}),
        ("to", {"to": []}),
        ("bcc", {"bcc": [{"address": "ü@example.org"}]}),
        ("attachments", {"attachments": ["none"]}),
        ("text", {"text": "x" * 20_001}),
        ("cc", {"cc": [{"address": f"a{n}@b.example"} for n in range(51)]}),
    ):
        with pytest.raises(Refused) as refused:
            await ana.post(f"conversations/{talk}/emails", {**email(), **changes})
        assert refused.value.problem["errors"][0]["field"] == field
    assert (await ana.get(f"conversations/{talk}/messages", after="0"))["items"] == []
    assert mail.server.arrived == []


async def test_a_mailbox_keeps_its_password_to_itself(mail: MailDesk) -> None:
    async with MailServer(auth=True) as server:
        given = mailbox(server.port)
        given["smtp"] |= {"user": "desk", "password": "only-for-tests"}
        made = await mail.admin.post("mailboxes", given)
        path = f"mailboxes/{made['id']}"
        assert made["smtp"]["has_password"]
        assert "only-for-tests" not in str(await mail.admin.get("mailboxes"))
        assert (await mail.admin.post(f"{path}/try"))["smtp"] is None
        # a change without a password keeps it; at another host it is gone
        del given["smtp"]["password"]
        assert (await mail.admin.put(path, given))["smtp"]["has_password"]
        assert (await mail.admin.post(f"{path}/try"))["smtp"] is None
        given["smtp"]["host"] = "localhost"
        assert not (await mail.admin.put(path, given))["smtp"]["has_password"]
        # the same address twice, and rules about nothing, are refused
        with pytest.raises(Refused) as refused:
            await mail.admin.post("mailboxes", given)
        assert refused.value.status == 409
        with pytest.raises(Refused):
            await mail.admin.put(path, {**given, "rules": [{"skills": ["Billing"]}]})
        await mail.admin.delete(path)
        assert "only-for-tests" not in str(await mail.admin.get("audit"))


@pytest.mark.timeout(300)
async def test_a_killed_service_sends_what_it_had_taken_exactly_once(
    own_world: World,
) -> None:
    stack: Stack = own_world.stack
    async with mail_desk(stack) as desk:
        ana = await at_page(own_world, "ana")
        talk = await desk.conversation()
        await accepted(ana, talk)
        # given a server that takes nothing, and mails that Ana was told are stored
        desk.server.data = "451 not now"
        for n in range(5):
            await ana.post(f"conversations/{talk}/emails", email(f"mail {n}"))
        await sending(ana, talk, "delayed", 4)
        # when the service is killed, and the server is well again when it is back
        stack.kill9("service")
        desk.server.data = ""
        stack.restart()
        # then each arrives, once
        await eventually(lambda: len(desk.server.arrived) >= 5, within=60)
        for n in range(5):
            await sending(ana, talk, "sent", n)
        texts = sorted(one.text.split("\n")[0] for one in desk.server.arrived)
        assert texts == [f"mail {n}" for n in range(5)]
        await finished(ana)
