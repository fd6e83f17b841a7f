"""What users of other contact centres complain of, second part: waiting, order, being told."""

import asyncio
from collections.abc import Collection

from tests.support.bot import Bot
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import Caller, World

# New conversations before old ones


async def test_a_newer_caller_never_passes_an_older_one(world: World) -> None:
    """What came last was served first (chatwoot #10376). Nor after a return to the queue."""
    # given three callers in a row, of whom ana takes the first, and puts them back
    ana = await world.at_work("ana")
    callers = []
    for _ in range(3):
        callers.append(await world.call("200"))
        await waiting_or_offered(world, callers[-1])
    talk = await world.talking(ana, callers[0])
    ages = [str(seen(world, caller)["queued_at"]) for caller in callers]
    assert ages == sorted(ages)
    await ana.become("busy", active_call="requeue")
    await world.conversation(callers[0], "queued")

    # when ben comes and takes one after the other
    ben = await world.at_work("ben")
    order: list[str] = []
    served: set[str] = set()
    for _ in callers:
        offered = await eventually(lambda: offered_to(world, ben.id, besides=served))
        served.add(offered["id"])
        await ben.offered(offered["id"])
        await ben.accept(offered["id"])
        order.append(offered["customer"]["number"])
        await ben.end(offered["id"])
        await ben.wrap_up(offered["id"])

    # then it was in the order of their age, the one who came back first
    assert order == [caller.number for caller in callers]
    assert world.supervisor.picture.history[talk][0] in {"queued", "offered"}


# Caps overrun by races


async def test_callers_of_one_instant_never_give_an_agent_two_calls(world: World) -> None:
    """An agent got more than their cap when work came at once (RocketChat #19352)."""
    # given two agents
    ana, ben = await world.at_work("ana"), await world.at_work("ben")

    # when five customers call at one instant, and both agents take whatever rings, at once
    callers = await asyncio.gather(*(world.call("200") for _ in range(5)))
    await asyncio.gather(*(waiting_or_offered(world, caller) for caller in callers))
    mine = {agent.id: await eventually(lambda: offered_to(world, agent.id)) for agent in (ana, ben)}  # noqa: B023
    await asyncio.gather(*(agent.offered(mine[agent.id]["id"]) for agent in (ana, ben)))
    await asyncio.gather(*(agent.accept(mine[agent.id]["id"]) for agent in (ana, ben)))

    # then each has one of them, hears that one alone, and the other three wait
    by_number = {caller.number: caller for caller in callers}
    for agent in (ana, ben):
        caller = by_number[mine[agent.id]["customer"]["number"]]
        await world.hear_each_other(agent, caller)
        assert (await agent.me())["load"]["voice"] == 1
    states = sorted(str(seen(world, caller)["state"]) for caller in callers)
    assert states == ["active", "active", "queued", "queued", "queued"]


# Nobody is told of a hand-over


async def test_a_hand_over_is_told_to_supervisors_and_to_who_could_take_it(world: World) -> None:
    """A bot gave up, and no person learnt of it (chatwoot #5077)."""
    # given an agent whose page is open, but who is offline
    ana = await world.person("ana")
    await ana.picture.open()
    async with Bot(world.stack, world.behind) as bot:
        # when a bot hands a caller over
        caller = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Billing")

        # then supervisors learn at once that nobody is there for them
        told = await world.conversation(caller, "queued")
        assert told["staffing"] == "none_signed_in"

        # and when she is there, her phone and her page say so
        phone = await world.phones.number("+442079460077", world.tone())
        await ana.use_number(phone)
        await ana.become("available")
        await eventually(lambda: ana.picture.history.get(told["id"], [])[-1:] == ["offered"])
        await ana.offered(told["id"])
        await eventually(ana.line.hears_something)
        assert seen(world, caller)["staffing"] == "ok"


# Chats invisible until reload


async def test_an_open_page_shows_a_call_from_beginning_to_end(world: World) -> None:
    """It was there only after F5 (RocketChat #22105); calls are shown in the same way."""
    # given a page that is open, and asks for nothing
    ana = await world.at_work("ana")
    await ana.picture.open()

    # when a call comes, is taken, and ends
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await caller.line.hang_up()
    await eventually(lambda: ana.picture.history.get(talk, [])[-1:] == ["wrap_up"])
    await ana.wrap_up(talk)

    # then each of it came to the page by itself, and it is gone from there in the end
    await eventually(lambda: talk not in ana.picture.conversations)
    history = ana.picture.history[talk]
    assert [state for state in history if state != "queued"][:3] == ["offered", "active", "wrap_up"]


def seen(world: World, caller: Caller) -> Json:
    """The caller's conversation as the supervisor's page has it."""
    found = world.supervisor.picture.of(caller.number)
    assert found is not None
    return found


async def waiting_or_offered(world: World, caller: Caller) -> None:
    """Wait until the call has come to the queue."""

    def there() -> bool:
        found = world.supervisor.picture.of(caller.number)
        return found is not None and found["state"] in {"queued", "offered"}

    await eventually(there)


def offered_to(world: World, agent_id: str, besides: Collection[str] = frozenset()) -> Json | None:
    """What is offered to this agent now, besides those taken already: the supervisor's page may
    still show such a one as offered."""
    for conversation in world.supervisor.picture.conversations.values():
        offer = conversation["offer"]
        mine = offer is not None and offer["agent"]["id"] == agent_id
        if conversation["state"] == "offered" and mine and conversation["id"] not in besides:
            return conversation
    return None


async def test_an_agent_who_ends_at_once_is_rung_for_every_caller(world: World) -> None:
    """A talk's state told late kept its agent's phone silent for every later offer, for ever."""
    ana = await world.at_work("ana")
    for _ in range(8):
        caller = await world.call("200")
        talk = str((await world.conversation(caller, "offered"))["id"])
        await ana.offered(talk)
        await ana.accept(talk)
        await ana.end(talk)
        await ana.wrap_up(talk)
