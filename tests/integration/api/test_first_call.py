"""A call from the queue to the archive, as the pages see it."""

from tests.integration.api.office import Office
from tests.support.polling import eventually


async def test_a_call_is_offered_accepted_ended_wrapped_up_and_archived(office: Office) -> None:
    # given Ana at work, and a caller for Billing
    ana = await office.at_work("ana")
    call = await office.call(skills="Billing")
    await office.ring(ana, call)

    # when her page asks, it is offered to her, with why
    inbox = await ana.ask("GET", "inbox")
    (offered,) = inbox["conversations"]
    assert (offered["id"], offered["state"], offered["skills"]) == (call, "offered", ["Billing"])
    assert offered["offer"]["agent"]["name"] == "Ana"
    assert offered["customer"] == {"name": "Maria Lopez", "number": "+15550123", "email": None}
    assert offered["queued_at"].endswith("Z")
    assert offered["why"]["requirement"] == ["Billing"]

    # and she accepts, ends, writes and closes
    taken = await ana.ask("POST", f"conversations/{call}/accept", {})
    assert (taken["state"], taken["agent"]["name"]) == ("active", "Ana")
    again = await ana.ask("POST", f"conversations/{call}/accept", {})
    assert again["state"] == "active"
    ended = await ana.ask("POST", f"conversations/{call}/end", {})
    assert (ended["state"], ended["segments"][0]["wrap_up"]) == ("wrap_up", "open")
    assert (await ana.ask("GET", "me"))["wrap_ups"] == 1
    noted = await ana.ask("PUT", f"conversations/{call}/notes", {"notes": "refunded"})
    assert noted["segments"][0]["notes"] == "refunded"
    closed = await ana.ask("POST", f"conversations/{call}/wrap-up", {"disposition": "Solved"})
    assert (closed["state"], closed["outcome"]) == ("closed", "completed")

    # then it is in the archive, for her and for her supervisor
    async def archived() -> bool:
        found = await ana.ask("GET", "conversations", params={"q": "Maria", "state": "closed"})
        return [c["id"] for c in found["items"]] == [call]

    await eventually(archived)
    sam = await office.person("sam")
    found = await sam.ask("GET", f"conversations/{call}")
    assert found["segments"][0]["disposition"] == "Solved"
    assert found["segments"][0]["notes"] == "refunded"


async def test_a_move_that_is_no_longer_possible_changes_nothing(office: Office) -> None:
    ana, ben = await office.at_work("ana"), await office.at_work("ben")
    call = await office.call(skills="Billing")
    await office.ring(ana, call)

    await ben.refused("POST", f"conversations/{call}/accept", {}, status=409, type="not-yours")
    await ana.refused("POST", f"conversations/{call}/end", {}, status=409, type="wrong-state")
    await ana.refused("POST", "conversations/nothing/accept", {}, status=404, type="not-found")
    assert (await ana.ask("GET", f"conversations/{call}"))["state"] == "offered"
