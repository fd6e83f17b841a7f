"""Who is next: the oldest caller, the most urgent one, the agent idle longest, one call each."""

from tests.support.bot import Bot
from tests.support.world import World


async def test_the_oldest_caller_is_first(world: World) -> None:
    # given two callers who wait, and nobody there
    older = await world.call("200")
    first = await world.conversation(older, "queued")
    newer = await world.call("200")
    await world.conversation(newer, "queued")

    # when one agent comes
    ana = await world.at_work("ana")

    # then the older one rings, and the newer waits for the end of it
    await ana.offered(first["id"])
    await world.talking(ana, older)
    await world.conversation(newer, "queued")


async def test_priority_10_comes_before_an_older_call(world: World) -> None:
    # given an ordinary caller and then an urgent one (extension 201)
    older = await world.call("200")
    await world.conversation(older, "queued")
    urgent = await world.call("201")
    assert (await world.conversation(urgent, "queued"))["priority"] == 10

    # when one agent comes
    ana = await world.at_work("ana")

    # then the urgent one rings
    await ana.offered((await world.conversation(urgent, "offered"))["id"])
    await world.conversation(older, "queued")


async def test_the_agent_idle_longest_gets_the_call(world: World) -> None:
    # given two agents, of whom ben has been idle longer
    ben = await world.at_work("ben")
    ana = await world.at_work("ana")

    # when
    caller = await world.call("200")

    # then
    offered = await ben.offered((await world.conversation(caller, "offered"))["id"])
    assert [who["id"] for who in offered["why"]["eligible"]] in ([], [ana.id], [ben.id, ana.id])

    # when he has had it, then she is the one idle longer
    await world.talking(ben, caller)
    await ben.end(offered["id"])
    await ben.wrap_up(offered["id"])
    following = await world.call("200")
    await ana.offered((await world.conversation(following, "offered"))["id"])


async def test_a_talking_agent_gets_no_second_call(world: World) -> None:
    # given
    ana = await world.at_work("ana")
    first = await world.call("200")
    await world.talking(ana, first)

    # when another customer calls
    second = await world.call("200")
    waiting = await world.conversation(second, "queued")

    # then they wait, and the talk is not disturbed
    answer = await world.supervisor.get(f"conversations/{waiting['id']}/explain")
    reasons = next(v["reasons"] for v in answer["agents"] if v["id"] == ana.id)
    assert "on_call" in reasons or "cap" in reasons
    await world.hear_each_other(ana, first)


async def test_a_caller_waits_for_the_skill(world: World) -> None:
    # given an agent with Billing, when a customer asks for Spanish
    ana = await world.at_work("ana")
    caller = await world.call("202")
    waiting = await world.conversation(caller, "queued")

    # then she is passed over, and it is said that nobody is there
    answer = await world.supervisor.get(f"conversations/{waiting['id']}/explain")
    assert "skills" in next(v["reasons"] for v in answer["agents"] if v["id"] == ana.id)
    assert waiting["staffing"] == "none_signed_in"

    # when somebody with Spanish comes, then they get it
    chi = await world.at_work("chi")
    offered = await chi.offered(waiting["id"])
    assert offered["staffing"] == "ok"


async def test_a_caller_whose_skill_nobody_has_is_marked_at_once(world: World) -> None:
    # given a skill that nobody has
    admin = await world.person("admin")
    if "Fraud" not in [skill["name"] for skill in (await admin.get("skills"))["items"]]:
        await admin.post("skills", {"name": "Fraud"})
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()

        # when a caller is handed over for it
        await bot.hand_over(channel, SKILLS="Fraud")

        # then it stands on the conversation from the start
        waiting = await world.conversation(caller, "queued")
        assert waiting["staffing"] == "none_skilled"
        assert waiting["skills"] == ["Fraud"]
