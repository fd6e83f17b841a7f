"""A channel that comes to us again: what it had before is over, and nobody is lost over that."""

from app.telephony import CallArrived, CallGone
from tests.integration.api.office import Json, Office
from tests.support.polling import eventually

NUMBER = "+15550177"


async def arrives(office: Office, skills: str) -> None:
    """The same channel enters our application; nothing on it names a conversation."""
    at = office.desk.now()
    told = {"RINGDESK_SKILLS": skills}
    await office.fact(CallArrived("again-1", told, NUMBER, "", "100", ("queue",), at, "demo-bot"))


async def leaves(office: Office) -> None:
    """Its bot takes it back."""
    await office.fact(CallGone("again-1", 0, False, office.desk.now()))


async def archived(office: Office, count: int) -> list[Json]:
    """The caller's conversations that are over, oldest first, once there are so many."""
    sam = await office.person("sam")

    async def found() -> list[Json]:
        page = await sam.ask("GET", "conversations", params={"state": "closed"})
        theirs = [c for c in page["items"] if c["customer"]["number"] == NUMBER]
        return theirs[::-1] if len(theirs) == count else []

    return await eventually(found)


async def waiting(office: Office) -> list[str]:
    """The conversations of this caller that are open."""
    snapshot = await office.desk.snapshot()
    return [c.id for c in snapshot.conversations if c.channel_id == "again-1"]


async def test_each_time_that_a_bot_hands_over_is_a_conversation_of_its_own(office: Office) -> None:
    # given a bot that hands over and takes back before anything was written on the channel
    for _ in range(3):
        await arrives(office, "Spanish")
        await leaves(office)

    # when it hands over once more
    await arrives(office, "Billing")

    # then the caller waits, once, and the three times before are over
    over = await archived(office, 3)
    (open_one,) = await waiting(office)
    assert len({open_one, *(c["id"] for c in over)}) == 4
    assert {c["outcome"] for c in over} == {"abandoned"}
    assert [c["skills"] for c in over] == [["Spanish"]] * 3


async def test_a_call_whose_last_conversation_is_being_written_up_is_queued_as_new(
    office: Office,
) -> None:
    # given a talk that its agent ended, and of which they still write
    ana = await office.at_work("ana")
    await arrives(office, "Billing")
    (first,) = await waiting(office)
    await office.ring(ana, first)
    await ana.ask("POST", f"conversations/{first}/accept", {})
    await ana.ask("POST", f"conversations/{first}/end", {})
    await leaves(office)

    # when the same channel comes again
    await arrives(office, "Billing")

    # then it waits as a conversation of its own, and the one that is over stays so
    async def again() -> list[str]:
        return [c for c in await waiting(office) if c != first]

    assert len(await eventually(again)) == 1
    assert (await office.desk.conversation(first)).state.value == "wrap_up"
