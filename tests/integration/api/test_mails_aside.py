"""Mails that were set aside are shown with their reason, and become conversations when asked."""

from app.domain.conversation import State
from app.domain.mail import MailState
from tests.integration.api.mail_office import PATIENCE, Post, ana_of, done
from tests.support.letters import PNG, letter, send

AWAY = {"Auto-Submitted": "auto-replied"}
OURS = {"X-Ringdesk": "1"}


async def test_a_mail_set_aside_becomes_a_conversation_when_somebody_wants_it(post: Post) -> None:
    # given a machine's answer to nothing of ours, with a file, and a mail of ours that came back
    mailbox = await post.mailbox()
    await send(post.smtp, letter("1@x", "I am away", headers=AWAY, files=("Ünlü.png",)))
    await post.mails(MailState.ASIDE, 1)
    await send(post.smtp, letter("2@x", "round", subject="", headers=OURS))
    await post.mails(MailState.ASIDE, 2)
    # then an administrator sees both, the newest first, and why; in pages of one, too
    ada = await post.person("ada")
    items = (await ada.ask("GET", "mails-aside"))["items"]
    assert [one["text"].strip() for one in items] == ["round", "I am away"]
    assert "came back" in items[0]["reasons"][-1]
    assert "automatic answer to nothing of ours" in items[1]["reasons"][-1]
    assert items[1]["from"] == {"address": "dora@kunde.example", "name": "Dóra Díaz"}
    assert {one["mailbox"] for one in items} == {mailbox.address}
    first = await ada.ask("GET", "mails-aside", params={"limit": "1"})
    after = {"limit": "1", "cursor": first["next"]}
    second = await ada.ask("GET", "mails-aside", params=after)
    assert [first["items"], second["items"], second["next"]] == [items[:1], items[1:], None]
    # when the first is wanted, twice, then it is one conversation with its words and its file
    path = f"mails-aside/{items[1]['id']}/begin"
    begun = await ada.ask("POST", path)
    assert await ada.ask("POST", path) == begun
    talk = await post.in_state(begun["conversation_id"], State.QUEUED)
    assert (talk.skills, talk.customer.email) == ((post.billing,), "dora@kunde.example")
    (message,) = await post.said(talk.id)
    assert (message.text, message.attachments[0].name) == ("I am away", "Ünlü.png")
    assert await post.desk.chats.attachments.read(message.attachments[0].id) == PNG
    assert len((await ada.ask("GET", "mails-aside"))["items"]) == 1
    # and an agent gets it, and what answers it belongs to it
    ana = await ana_of(post)
    async with ana.watch():
        await post.until(ana, lambda me: me["offer"] == talk.id, within=PATIENCE)
    await done(ana, post, talk.id)
    await send(post.smtp, letter("3@x", "I am back", replies=("1@x",)))
    assert (await post.mails(MailState.FILED, 2))[1].conversation_id == talk.id


async def test_what_cannot_become_a_conversation_says_why(post: Post) -> None:
    mailbox = await post.mailbox()
    await send(post.smtp, letter("1@x", "away", headers=AWAY))
    (aside,) = await post.mails(MailState.ASIDE, 1)
    path = f"mails-aside/{aside.id}/begin"
    ada, ana = await post.person("ada"), await post.person("ana")
    await ana.ask("GET", "mails-aside", status=403)
    await ana.ask("POST", path, status=403)
    await ada.ask("POST", "mails-aside/none/begin", status=404)
    for query in ({"cursor": "x"}, {"limit": "0"}, {"limit": "201"}):
        await ada.ask("GET", "mails-aside", status=422, params=query)
    # its file is gone from the disk, and then its mailbox
    post.house._mail.mail_in._store.path(aside.raw or "").unlink()
    told = await ada.ask("POST", path, status=409)
    assert told["detail"] == "its file is gone"
    await post.records.mailboxes.remove(mailbox.id)
    told = await ada.ask("POST", path, status=409)
    assert "mailbox is gone" in told["detail"]
    assert len((await ada.ask("GET", "mails-aside"))["items"]) == 1
