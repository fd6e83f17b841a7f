"""Emails and an agent's cap, status and wrap-up: what the product page says of them."""

from app.domain.conversation import State
from app.domain.mail import Email, MailState
from tests.integration.api.mail_office import PATIENCE, Post, ana_of
from tests.integration.api.office import Caller
from tests.support.letters import letter, send

LEAST, MOST = 0, 10


async def waiting(post: Post, count: int) -> list[Email]:
    """So many customers' emails, each of its own conversation, in their order."""
    for n in range(count):
        mail = letter(f"{n}@x", f"mail {n}", subject=f"s{n}", address=f"c{n}@kunde.example")
        await send(post.smtp, mail)
    return await post.mails(MailState.FILED, count)


async def capped(agent: Caller, cap: int) -> None:
    """The agent's cap of emails, as from the top bar."""
    await agent.ask("PUT", "me/preferences", {"email_cap": cap})


async def takes_next(post: Post, agent: Caller) -> str:
    """The agent accepts what is offered; its conversation."""
    me = await post.until(agent, lambda me: me["offer"], within=PATIENCE)
    await agent.ask("POST", f"conversations/{me['offer']}/accept", {})
    return str(me["offer"])


async def test_the_cap_counts_at_once_from_none_to_ten(post: Post) -> None:
    await post.mailbox()
    ana = await post.person("ana")
    for wrong in (-1, 11):
        await ana.ask("PUT", "me/preferences", {"email_cap": wrong}, status=422)
    # given a cap of none, and more emails than an agent may ever have
    await capped(ana, LEAST)
    await ana.ask("PUT", "me/status", {"status": "available"})
    emails = await waiting(post, MOST + 1)
    talks = [str(email.conversation_id) for email in emails]
    async with ana.watch():
        # then none is offered, and none can be picked
        await ana.ask("POST", f"conversations/{talks[0]}/accept", {}, status=409)
        me = await ana.ask("GET", "me")
        assert (me["offer"], me["load"]["email"]) == (None, 0)
        # when it is raised, one comes at once, and no second one
        await capped(ana, 1)
        taken = [await takes_next(post, ana)]
        for talk in set(talks) - set(taken):
            await ana.ask("POST", f"conversations/{talk}/accept", {}, status=409)
        # when it is ten, ten come, and the eleventh waits
        await capped(ana, MOST)
        taken += [await takes_next(post, ana) for _ in range(MOST - 1)]
        (left,) = set(talks) - set(taken)
        await ana.ask("POST", f"conversations/{left}/accept", {}, status=409)
        me = await ana.ask("GET", "me")
        assert (me["offer"], me["load"]["email"]) == (None, MOST)
        # when it is lowered, what she has stays
        await capped(ana, LEAST)
        assert (await ana.ask("GET", "me"))["load"]["email"] == MOST


async def test_busy_gives_emails_back_and_a_wrap_up_holds_the_next_one(post: Post) -> None:
    await post.mailbox()
    ana = await ana_of(post)
    emails = await waiting(post, 2)
    talks = {str(email.conversation_id) for email in emails}
    async with ana.watch():
        await capped(ana, 1)
        first = await takes_next(post, ana)
        (second,) = talks - {first}
        said = await post.said(first)
        assert len(said) == 1
        # when she is Busy, the email waits again with all in it; Offline is the same
        for status in ("busy", "offline"):
            await ana.ask("PUT", "me/status", {"status": status})
            await post.in_state(first, State.QUEUED)
            assert (await ana.ask("GET", "me"))["load"]["email"] == 0
            await ana.ask("PUT", "me/status", {"status": "available"})
            assert await takes_next(post, ana) == first
        assert await post.said(first) == said
        # when it ends, its wrap-up holds the next one until it is closed
        await ana.ask("POST", f"conversations/{first}/end", {})
        await post.in_state(first, State.WRAP_UP)
        assert (await ana.ask("GET", "me"))["offer"] is None
        await ana.ask("POST", f"conversations/{first}/wrap-up", {"notes": "solved"})
        assert await takes_next(post, ana) == second
        closed = await post.in_state(first, State.CLOSED)
        assert closed.segments[-1].notes == "solved"
