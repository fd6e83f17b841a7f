"""Silent customers of chats are warned, and their chats ended, by short settings."""

from pathlib import Path

from tests.integration.api.chatting import PATIENCE, AtWork, accepted, write
from tests.integration.api.office import Office
from tests.support.chat import Chatter
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port

SHORT = {"chat_warn_seconds": 1.5, "chat_end_seconds": 1.5}
WARN_ONLY = {"chat_warn_seconds": 0.5, "chat_end_seconds": 600}


def told(customer: Chatter) -> list[str]:
    """What Ringdesk itself said, by its ids."""
    return [m["client_id"] for m in customer.messages if m["author"] == "system"]


async def settled(customer: Chatter, count: int) -> None:
    await eventually(lambda: len(customer.messages) >= count, within=PATIENCE)


async def test_a_silent_customer_is_warned_and_then_the_chat_ends(
    office: Office, at_work: AtWork
) -> None:
    ana = await at_work(office, "ana", **SHORT)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        # when Ana asked something, and the customer says nothing more
        await write(ana, talk, "a1", "What is your number?")
        # then they are warned once, the chat ends, and both stand in it
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        await settled(customer, 4)
        assert told(customer) == ["idle-warn-2", "idle-end-2"]
        assert customer.texts[2].startswith("Are you still there?")
        # and Ana writes about it
        shown = await ana.ask("GET", f"conversations/{talk}")
        assert (shown["state"], shown["segments"][0]["ended_by"]) == ("wrap_up", "idle")
        await ana.ask("POST", f"conversations/{talk}/wrap-up", {})


async def test_who_waits_for_us_is_not_warned(office: Office, at_work: AtWork) -> None:
    ana = await at_work(office, "ana", **WARN_ONLY)
    async with Chatter(office.url) as waiting, Chatter(office.url) as asked:
        # given one whom Ana accepted and did not answer yet
        await waiting.says("w1", "Hello?")
        talk = await accepted(office, ana, waiting)
        # and one whom she asked: that one is warned
        await asked.says("c1", "Hello?")
        other = await accepted(office, ana, asked)
        await write(ana, other, "a1", "Your number?")
        await eventually(lambda: told(asked) == ["idle-warn-2"], within=PATIENCE)
        # then the one who waits is not; nor is who answered, however long Ana is silent then
        await asked.says("c2", "It is 7.")
        await write(ana, talk, "a2", "One moment, please.")
        await eventually(lambda: told(waiting) == ["idle-warn-2"], within=PATIENCE)
        assert waiting.seqs == [1, 2, 3]
        assert told(asked) == ["idle-warn-2"]
        assert asked.state == "active"


async def test_who_answers_the_warning_goes_on(office: Office, at_work: AtWork) -> None:
    ana = await at_work(office, "ana", **WARN_ONLY)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        await write(ana, talk, "a1", "What is your number?")
        await eventually(lambda: told(customer) == ["idle-warn-2"], within=PATIENCE)
        await customer.says("c2", "I am looking for it.")
        ada = await office.person("ada")
        await ada.ask("PUT", "settings", {"chat_end_seconds": 1})
        # when Ana asks again, then that is another silence, with a warning and an end of its own
        await write(ana, talk, "a2", "Take your time.")
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        await settled(customer, 7)
        assert told(customer) == ["idle-warn-2", "idle-warn-5", "idle-end-5"]


async def test_with_a_bot_that_waits_for_an_answer(office: Office) -> None:
    ada = await office.person("ada")
    await ada.ask("PUT", "settings", SHORT)
    bot = await office.bot()
    await ada.ask("PUT", "chat-widgets/help", {"bot": bot.id})
    async with Chatter(office.url, "help") as customer:
        customer.more = {"language": "de"}
        await customer.cut()
        await customer.says("c1", "Hallo?")
        talk = str(customer.conversation)
        await write(bot, talk, "b1", "Worum geht es?")
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        await settled(customer, 4)
        assert told(customer) == ["idle-warn-2", "idle-end-2"]
        assert customer.texts[2].startswith("Sind Sie noch da?")

        async def outcome() -> str | None:
            shown = await ada.ask("GET", f"conversations/{talk}")
            return str(shown["outcome"])

        assert await outcome() == "bot_completed"


async def test_without_a_warning_no_chat_ends(office: Office, at_work: AtWork) -> None:
    ana = await at_work(office, "ana", chat_warn_seconds=0, chat_end_seconds=1)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        await write(ana, talk, "a1", "Your number?")
        # when the times are set, then it is warned: until now it only was not looked at
        ada = await office.person("ada")
        await settled(customer, 2)
        before = list(customer.seqs)
        await ada.ask("PUT", "settings", {"chat_warn_seconds": 0.5, "chat_end_seconds": 600})
        await eventually(lambda: told(customer) == ["idle-warn-2"], within=PATIENCE)
        assert before == [1, 2]


async def test_several_processes_and_a_restart_warn_once(
    redis_url: str, tmp_path: Path, at_work: AtWork
) -> None:
    # given three processes on one queue and one database
    offices = [Office(redis_url, tmp_path, free_tcp_port()) for _ in range(3)]
    await offices[0].open()
    for other in offices[1:]:
        await other.open(new=False)
    first = offices[0]
    ana = await at_work(first, "ana", chat_warn_seconds=2, chat_end_seconds=3)
    customer = Chatter(offices[1].url)
    async with customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(first, ana, customer)
        await write(ana, talk, "a1", "Your number?")
        # when one of them goes and comes again while the customer is silent
        await offices[2].close()
        again = Office(redis_url, tmp_path, free_tcp_port())
        await again.open(new=False)
        offices[2] = again
        # then the customer is warned once, and the chat ended once
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        await settled(customer, 4)
        assert told(customer) == ["idle-warn-2", "idle-end-2"]
        shown = await ana.ask("GET", f"conversations/{talk}")
        assert [s["ended_by"] for s in shown["segments"]] == ["idle"]
    for each in reversed(offices):
        await each.close()


async def test_a_service_that_was_away_goes_on_where_it_was(
    redis_url: str, tmp_path: Path, at_work: AtWork
) -> None:
    port = free_tcp_port()
    office = Office(redis_url, tmp_path, port)
    await office.open()
    ana = await at_work(office, "ana", chat_warn_seconds=0.5, chat_end_seconds=4)
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        await write(ana, talk, "a1", "Your number?")
        await eventually(lambda: told(customer) == ["idle-warn-2"], within=PATIENCE)
        # when the only process is away between the warning and the end
        await office.close()
        office = Office(redis_url, tmp_path, port)
        await office.open(new=False)
        # then it ends, without another warning
        await eventually(lambda: customer.state == "ended", within=PATIENCE)
        await settled(customer, 4)
        assert told(customer) == ["idle-warn-2", "idle-end-2"]
    await office.close()
