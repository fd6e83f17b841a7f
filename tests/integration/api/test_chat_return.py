"""A customer writes again after the end of their chat: soon, and later."""

from tests.integration.api.chatting import PATIENCE, AtWork, accepted, ended, write
from tests.integration.api.office import Caller, Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually


async def conversation(agent: Caller, talk: str) -> Json:
    return await agent.ask("GET", f"conversations/{talk}")


async def archived(office: Office, talk: str) -> None:
    """It is closed, and has left the live queue."""

    async def gone() -> bool:
        return await office.house.desk._distributor.conversation(talk) is None

    await eventually(gone, within=PATIENCE)


async def test_soon_it_is_the_same_chat_with_the_same_agent(
    office: Office, at_work: AtWork
) -> None:
    # given a chat that Ana ended, while Ben has been free for longer
    ana = await at_work(office, "ana")
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        ben = await at_work(office, "ben")
        await write(ana, talk, "a1", "Solved!")
        await ended(ana, talk, customer)
        await archived(office, talk)
        # when the customer writes again, on a page of its own
        again = Chatter(office.url)
        again.token = customer.token
        async with again:
            assert again.texts == ["Hello?", "Solved!"]
            assert await again.says("c2", "It is not.") == 3
            # then it is the same one, offered to Ana, and Ben gets the next
            assert again.conversation == talk
            await accepted(office, ana, again)
            await eventually(lambda: customer.agent == "Ana", within=PATIENCE)
            shown = await conversation(ana, talk)
            assert [s["agent"]["name"] for s in shown["segments"]] == ["Ana", "Ana"]
            assert (shown["outcome"], shown["parameters"]) == (None, {})
            async with Chatter(office.url) as other:
                await other.says("c1", "Me too")
                await accepted(office, ben, other)
            await eventually(lambda: customer.seqs == [1, 2, 3], within=PATIENCE)


async def test_an_agent_who_is_busy_now_is_not_waited_for(office: Office, at_work: AtWork) -> None:
    ana = await at_work(office, "ana")
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        await ended(ana, talk, customer)
        await ana.ask("PUT", "me/status", {"status": "busy"})
        ben = await at_work(office, "ben")
        await customer.says("c2", "Hello again")
        assert await accepted(office, ben, customer) == talk


async def test_while_its_agent_still_writes_it_goes_on_too(office: Office, at_work: AtWork) -> None:
    ana = await at_work(office, "ana")
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        await ana.ask("POST", f"conversations/{talk}/end", {})
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        # when the customer writes while Ana writes about it
        await customer.says("c2", "One more thing")
        assert customer.conversation == talk
        await eventually(lambda: customer.state == "waiting", within=PATIENCE)
        # then she gets it once she is done
        await ana.ask("POST", f"conversations/{talk}/wrap-up", {})
        await accepted(office, ana, customer)


async def test_later_it_is_a_new_one_that_shows_the_earlier(
    office: Office, at_work: AtWork
) -> None:
    # given a chat that Ana ended, and a time for coming back that is over
    ana = await at_work(office, "ana", chat_return_minutes=0)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        await ended(ana, talk, customer)
        await ana.ask("PUT", "me/status", {"status": "offline"})
        ben = await at_work(office, "ben")
        await ben.refused("GET", f"conversations/{talk}", status=404, type="not-found")
        # when the customer writes
        await customer.says("c2", "Hello again")
        await eventually(lambda: customer.conversation != talk, within=PATIENCE)
        # then it is another conversation, whose agent reads the earlier one too
        later = await accepted(office, ben, customer)
        assert (await conversation(ben, later))["parameters"] == {"follows": talk}
        assert (await conversation(ben, talk))["outcome"] == "completed"
        earlier = await ben.ask("GET", f"conversations/{talk}/messages")
        assert [m["text"] for m in earlier["items"]] == ["Hello?"]
        # and once it is out of their hands and closed, nobody else does
        sam = await office.person("sam")
        assert (await conversation(sam, talk))["id"] == talk


async def test_what_ended_with_the_bot_goes_on_with_the_bot(office: Office) -> None:
    ada, bot = await office.person("ada"), await office.bot()
    await ada.ask("PUT", "chat-widgets/help", {"bot": bot.id})
    async with Chatter(office.url, "help") as customer:
        await customer.says("c1", "Hello?")
        talk = str(customer.conversation)
        await write(bot, talk, "b1", "Bye!")
        await customer.send({"type": "end"})
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        # when they write again, the bot has it and may answer
        await customer.says("c2", "Wait")
        await eventually(lambda: customer.state == "bot", within=PATIENCE)
        assert customer.conversation == talk
        await write(bot, talk, "b2", "Yes?")
        await eventually(lambda: customer.texts == ["Hello?", "Bye!", "Wait", "Yes?"], PATIENCE)
