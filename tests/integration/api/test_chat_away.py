"""Nobody is there for a customer who writes: they are told, and leave where they can be written."""

from tests.integration.api.office import Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually

PATIENCE = 20.0
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS: Json = {
    "name": "The shop's",
    "time_zone": "UTC",
    "hours": {day: [{"begin": "00:00", "end": "24:00"}] for day in DAYS},
    "entries": ["default"],
}
SHUT = {**ALWAYS, "emergency_close": True}


async def is_away(customer: Chatter, why: str | None, within: float = PATIENCE) -> None:
    await eventually(lambda: customer.away == why, within=within)


async def test_who_nobody_can_serve_is_told_and_leaves_an_address_for_who_comes(
    office: Office,
) -> None:
    sam = await office.person("sam")
    async with Chatter(office.url) as customer:
        # given a customer who is not told that somebody comes, for nobody is signed in
        assert customer.hello["away"] is None
        await customer.says("c1", "Is anybody there?")
        await is_away(customer, "nobody")
        assert customer.state == "waiting"
        talk = f"conversations/{customer.conversation}"

        # when they leave an address, and a name later on, then the open conversation has both
        await customer.send({"type": "introduce", "email": " maria@example.com "})
        await customer.send({"type": "introduce", "name": "Maria"})

        async def known() -> bool:
            who = (await sam.ask("GET", talk))["customer"]
            return bool(who["email"] == "maria@example.com" and who["name"] == "Maria")

        await eventually(known, within=PATIENCE)

        # and when somebody comes, then they are told so, and she sees where to write
        ana = await office.person("ana")
        async with ana.watch():
            await ana.ask("PUT", "me/status", {"status": "available"})
            await office.until(
                ana, lambda me: me["offer"] == customer.conversation, within=PATIENCE
            )
            await is_away(customer, None)
            offered = (await ana.ask("GET", talk))["customer"]
            assert offered["email"] == "maria@example.com"
            await ana.ask("POST", f"{talk}/accept", {})
            await eventually(lambda: customer.state == "active", within=PATIENCE)
            assert customer.away is None
            await ana.ask("POST", f"{talk}/end", {})
            await eventually(lambda: customer.state == "ended", within=PATIENCE)
            await ana.ask("POST", f"{talk}/wrap-up", {})

        # and the archive has it; what is said after the end changes nothing of it
        await customer.send({"type": "introduce", "email": "late@example.com"})
        async with Chatter(office.url) as other:
            assert other.hello["state"] == "new"  # the first frame after it was taken
        found = await sam.ask("GET", f"{talk}")
        assert found["customer"]["email"] == "maria@example.com"


async def test_a_widget_whose_house_closes_and_opens_says_so_to_everybody_at_it(
    office: Office,
) -> None:
    ada, ana = await office.person("ada"), await office.person("ana")
    made = await ada.ask("POST", "calendars", ALWAYS, status=201)
    one = f"calendars/{made['id']}"
    async with ana.watch(), Chatter(office.url) as waits, Chatter(office.url) as reads:
        # given a customer who waits for Ana, who is busy, and one who has written nothing yet
        await ana.ask("PUT", "me/status", {"status": "busy"})
        await waits.says("c1", "Hello?")
        await eventually(lambda: waits.state == "waiting", within=PATIENCE)
        assert (waits.away, reads.away) == (None, None)

        # when the house closes, then both are told, and who comes now at once
        await ada.ask("PUT", one, SHUT)
        for each in (waits, reads):
            await is_away(each, "closed")
        async with Chatter(office.url) as late:
            assert late.hello["away"] == "closed"
            assert late.hello["state"] == "new"

        # when it opens, then they are told so, too
        await ada.ask("PUT", one, ALWAYS)
        for each in (waits, reads):
            await is_away(each, None)
        await waits.send({"type": "end"})
        await eventually(lambda: waits.state == "ended", within=PATIENCE)
    await ada.ask("DELETE", one, status=204)
