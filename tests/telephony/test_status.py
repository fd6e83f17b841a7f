"""A chosen Busy: what returns to the queue and what stays."""

from tests.support.bot import Bot
from tests.support.polling import eventually
from tests.support.world import World


async def test_an_offered_call_goes_to_somebody_else(world: World) -> None:
    # given an offer to ana
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    offered = await world.conversation(caller, "offered")
    await ana.offered(offered["id"])

    # when she chooses Busy
    await ana.become("busy", reason="lunch")

    # then her phone stops ringing, and ben gets it with its age
    moved = await ben.offered(offered["id"])
    assert moved["queued_at"] == offered["queued_at"]
    await ana.leg_is("connected")
    await eventually(ana.line.hears_nothing)


async def test_a_talk_is_not_cut(world: World) -> None:
    # given a talk
    ana = await world.at_work("ana")
    await world.at_work("ben")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when she chooses Busy
    await ana.become("busy")

    # then it goes on, and ends as usual
    await world.hear_each_other(ana, caller)
    assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id
    await ana.end(talk)
    await world.conversation(caller, "wrap_up")


async def test_a_talk_returns_to_the_queue_where_she_chooses_so(world: World) -> None:
    # given a talk, and a colleague
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    age = (await world.conversation(caller, "active"))["queued_at"]

    # when she chooses Busy and to return the call
    await ana.become("busy", active_call="requeue")

    # then the colleague gets it, with its age, and she is alone on her leg
    moved = await ben.offered(talk)
    assert moved["queued_at"] == age
    await eventually(ana.line.hears_nothing)
    await ben.accept(talk)
    await world.hear_each_other(ben, caller)


async def test_after_current_waits_for_the_end_of_the_work(world: World) -> None:
    # given a talk
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when she chooses Busy for afterwards
    await ana.become("busy", when="after_current")

    # then she is available with Busy pending, until the wrap-up is closed
    me = await ana.me()
    assert (me["status"], me["status_pending"]) == ("available", "busy")
    await ana.end(talk)
    await ana.wrap_up(talk)
    await ana.is_("busy")


async def test_work_for_one_agent_stays_with_them(world: World) -> None:
    # given a call that a bot routed to ana alone, and a colleague with every skill
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Billing", AGENT=ana.email)
        talk = (await world.conversation(caller, "offered"))["id"]
        await ana.offered(talk)

        # when she is Busy for a moment
        await ana.become("busy")

        # then nobody else gets it: the next caller goes to ben, and hers is still hers
        other = await world.call("200")
        await ben.offered((await world.conversation(other, "offered"))["id"])
        mine = world.supervisor.picture.of(caller.number)
        assert mine is not None
        assert mine["routed_to"]["id"] == ana.id

        # when she is back, then it rings with her
        await ana.become("available")
        await ana.offered(talk)
        await ana.accept(talk)
        await world.hear_each_other(ana, caller)


async def test_a_rejected_call_for_one_agent_routes_by_its_skills(world: World) -> None:
    # given a call routed to ana alone, and a colleague
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Billing", AGENT=ana.email)
        talk = (await world.conversation(caller, "offered"))["id"]
        await ana.offered(talk)

        # when she rejects it, then the colleague gets it
        await ana.reject(talk)
        moved = await ben.offered(talk)
        assert moved["routed_to"] is None
