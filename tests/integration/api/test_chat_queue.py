"""Chats in the queue: how many may begin, how customers leave it, and agents' caps and statuses."""

from tests.integration.api.chatting import PATIENCE, AtWork, accepted, write
from tests.integration.api.office import Office
from tests.support.chat import Chatter
from tests.support.polling import eventually


async def test_one_address_begins_so_many_new_chats_and_not_one_more(office: Office) -> None:
    ada = await office.person("ada")
    await ada.ask("PUT", "settings", {"chats_per_address": 2})
    async with Chatter(office.url) as one, Chatter(office.url) as two, Chatter(office.url) as more:
        await one.says("c1", "Hello?")
        await two.says("c1", "Hello?")
        # when a third begins, it is told to wait, for at most the five minutes
        await more.say("c1", "Hello?")
        await eventually(lambda: more.errors, within=PATIENCE)
        told = more.errors[0]
        assert (told["code"], told["client_id"]) == ("rate-limited", "c1")
        assert 0 < told["retry_ms"] <= 300_001
        # then the others go on, and the third does as soon as it may
        assert await one.says("c2", "Still here") == 2
        assert more.conversation is None
        await ada.ask("PUT", "settings", {"chats_per_address": 3})
        assert await more.says("c2", "And now?") == 1


async def test_who_waits_leaves_the_queue(office: Office, at_work: AtWork) -> None:
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        await eventually(lambda: customer.state == "waiting", within=PATIENCE)
        # when they leave while they wait, it is over
        await customer.send({"type": "leave"})
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        sam = await office.person("sam")
        shown = await sam.ask("GET", f"conversations/{customer.conversation}")
        assert (shown["state"], shown["outcome"]) == ("closed", "abandoned")
        # and once an agent has it, leaving does nothing
        ana = await at_work(office, "ana")
        await customer.says("c2", "Hello again")
        talk = await accepted(office, ana, customer)
        await customer.send({"type": "leave"})
        await customer.says("c3", "I am still here")
        assert (await sam.ask("GET", f"conversations/{talk}"))["state"] == "active"


async def test_who_came_from_a_bot_leaves_the_queue_to_it(office: Office) -> None:
    ada, bot = await office.person("ada"), await office.bot()
    await ada.ask("PUT", "chat-widgets/help", {"bot": bot.id})
    async with Chatter(office.url, "help") as customer:
        await customer.says("c1", "A person, please")
        talk = str(customer.conversation)
        await bot.ask("POST", f"conversations/{talk}/queue", {"skills": ["Billing"]})
        await eventually(lambda: customer.state == "waiting", within=PATIENCE)
        await customer.send({"type": "leave"})
        await eventually(lambda: customer.state == "bot", within=PATIENCE)
        await write(bot, talk, "b1", "Here I am again.")
        await eventually(lambda: customer.texts[-1] == "Here I am again.", within=PATIENCE)


async def test_a_chat_that_no_bot_began_is_not_handed_back(office: Office, at_work: AtWork) -> None:
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        ana = await at_work(office, "ana")
        talk = await accepted(office, ana, customer)
        back = f"conversations/{talk}/hand-back"
        await ana.refused("POST", back, {}, status=409, type="wrong-state")
        assert await customer.says("c2", "Are you there?") == 2
        assert (await ana.ask("GET", f"conversations/{talk}"))["state"] == "active"


async def test_a_cap_counts_at_once_from_none_to_ten(office: Office, at_work: AtWork) -> None:
    # given an agent who takes no chats, and a customer who waits
    ana = await at_work(office, "ana")
    await ana.ask("PUT", "me/preferences", {"chat_cap": 0})
    async with Chatter(office.url) as one, Chatter(office.url) as two:
        await one.says("c1", "Hello?")
        assert (await office.until(ana, lambda me: me["load"]["chat"] == 0))["offer"] is None
        # when she takes one, it is offered at once; the second waits until she takes two
        await ana.ask("PUT", "me/preferences", {"chat_cap": 1})
        await accepted(office, ana, one)
        await two.says("c1", "Hello?")
        talk = str(two.conversation)
        me = await office.until(ana, lambda me: me["load"]["chat"] == 1)
        assert me["offer"] is None
        body = {"chat_cap": 10}
        await ana.ask("PUT", "me/preferences", body)
        assert await accepted(office, ana, two) == talk
        for beyond in (-1, 11):
            bad = {"chat_cap": beyond}
            await ana.refused("PUT", "me/preferences", bad, status=422, type="validation")


async def test_busy_returns_chats_and_a_wrap_up_holds_back_the_next(
    office: Office, at_work: AtWork
) -> None:
    ana = await at_work(office, "ana")
    async with Chatter(office.url) as customer, Chatter(office.url) as other:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        # when Ana becomes Busy, the customer waits again, and Ben gets them
        await ana.ask("PUT", "me/status", {"status": "busy"})
        await eventually(lambda: customer.state == "waiting", within=PATIENCE)
        ben = await at_work(office, "ben")
        assert await accepted(office, ben, customer) == talk
        # when Ben ends it, the next waits until he has written about it
        await ben.ask("POST", f"conversations/{talk}/end", {})
        await other.says("c1", "Me too")
        me = await office.until(ben, lambda me: me["load"]["chat"] == 0)
        assert me["offer"] is None
        await ben.ask("POST", f"conversations/{talk}/wrap-up", {})
        await accepted(office, ben, other)
