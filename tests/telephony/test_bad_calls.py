"""Bad hand-over data: the call is queued all the same, and the fault stands on it."""

import json

import pytest

from tests.support.bot import Bot
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World

BIG = json.dumps({"story": "x" * 100_000})


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"PARAMETERS": "{not json"}, "bad-parameters"),
        ({"PARAMETERS": "[1, 2]"}, "bad-parameters"),
        ({"PARAMETERS": BIG}, "bad-parameters"),
        ({"SKILLS": "Billing,Alchemy"}, "unknown-skill"),
        ({"AGENT": "nobody@example.com"}, "unknown-agent"),
        ({"PRIORITY": "eleven"}, "bad-priority"),
        ({"LANGUAGE": "en\r\nAction: Hangup\r\n\r\n"}, "bad-language"),
        ({"AGENT": "x\r\nAction: Command\r\nCommand: core stop now"}, "unknown-agent"),
        ({"SKILLS": "Billing\r\nChannel: all"}, "unknown-skill"),
    ],
    ids=[
        "no json",
        "no object",
        "100 kB",
        "skill",
        "agent",
        "priority",
        "CRLF",
        "CRLF 2",
        "CRLF 3",
    ],
)
async def test_a_call_with_bad_variables_is_queued(
    world: World, variables: dict[str, str], fault: str
) -> None:
    # given an agent, and a bot with a caller
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()

        # when the bot hands over with this
        await bot.hand_over(channel, **{"SKILLS": "Billing", **variables})

        # then the fault is told, and the call is served
        offered = await world.conversation(caller, "offered")
        assert fault in [f["code"] for f in offered["faults"]]
        assert all(f["detail"].isprintable() for f in offered["faults"])
        await ana.offered(offered["id"])
        await world.talking(ana, caller)


async def test_good_variables_are_kept(world: World) -> None:
    # given
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()

        # when
        told = {"order": "A-7", "amount": 12.5, "öäü": ["\u2603"]}
        await bot.hand_over(
            channel, SKILLS="Spanish", PRIORITY="3", LANGUAGE="es", PARAMETERS=json.dumps(told)
        )

        # then
        waiting = await world.conversation(caller, "queued")
        assert waiting["parameters"] == told
        assert (waiting["priority"], waiting["language"]) == (3, "es")
        assert waiting["faults"] == []
        await eventually(caller.line.hears_something)


async def test_moves_that_are_no_longer_possible_change_nothing(world: World) -> None:
    # given a talk of ana
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when others, or she, try what does not fit
    for attempt, kind in [
        (ben.accept(talk), {"not-yours", "not-found"}),
        (ben.end(talk), {"not-yours", "not-found"}),
        (ana.reject(talk), {"wrong-state"}),
        (ana.wrap_up(talk), {"wrong-state"}),
        (ana.accept("no-such-id"), {"not-found"}),
    ]:
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.type in kind

    # then the talk is as it was
    await world.hear_each_other(ana, caller)
