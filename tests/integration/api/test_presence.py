"""Signing out is Offline, and a lost Inbox has its time: over restarts and a flushed Redis."""

from app.acd import connect
from tests.integration.api.office import PASSWORD, Caller, Json, Office
from tests.integration.api.page import Page

SECONDS = 5
"""The shortest time that can be set."""


async def hurry(office: Office) -> None:
    ada = await office.person("ada")
    await ada.ask(
        "PUT", "settings", {"inbox_closed_seconds": SECONDS, "inbox_grace_seconds": SECONDS}
    )


def is_(status: str, reason: str | None = None) -> object:
    def holds(me: Json) -> bool:
        return bool(me["status"] == status and me["status_reason"] == reason)

    return holds


async def test_the_last_sign_out_is_offline_and_returns_the_offer(office: Office) -> None:
    # given Ana signed in twice, a call offered to her, and a colleague
    ana = await office.at_work("ana")
    again = await office.person("ana")
    sam = await office.person("sam")
    call = await office.call(skills="Billing")
    await office.ring(ana, call)

    # when she signs out in one place, then nothing changes
    await again.ask("DELETE", "session", status=204)
    assert (await ana.ask("GET", "me"))["status"] == "available"
    assert (await ana.ask("GET", "me"))["offer"] == call

    # when in the other, too
    ben = await office.at_work("ben")
    await ana.ask("DELETE", "session", status=204)

    # then she is Offline, and the call rings elsewhere
    await office.ring(ben, call)
    people = (await sam.ask("GET", "directory"))["items"]
    assert {p["name"]: p["status"] for p in people}["Ana"] == "offline"

    # and signing in again makes nobody available
    await ana.sign_in("ana")
    assert (await ana.ask("GET", "me"))["status"] == "offline"


async def test_a_talk_goes_on_when_its_agent_signs_out(office: Office) -> None:
    ana = await office.at_work("ana")
    call = await office.call(skills="Billing")
    await office.ring(ana, call)
    await ana.ask("POST", f"conversations/{call}/accept", {})
    await ana.ask("DELETE", "session", status=204)
    sam = await office.person("sam")
    found = await sam.ask("GET", f"conversations/{call}")
    assert (found["state"], found["agent"]["id"]) == ("active", ana.id)


async def test_who_is_signed_out_by_an_administrator_is_offline(office: Office) -> None:
    ana, ada = await office.at_work("ana"), await office.person("ada")
    await ada.ask("PUT", f"users/{ana.id}", {"password": PASSWORD})
    await ana.sign_in("ana")
    await office.until(ana, is_("offline"))


async def test_a_lost_inbox_makes_busy_who_has_no_leg(office: Office) -> None:
    # given Ana and Ben available without a leg, each with a page
    await hurry(office)
    ana, ben = [await available(office, name) for name in ("ana", "ben")]
    hers, his = await Page(ana).open(), await Page(ben).open()

    # when hers is gone, then she is Busy after the time, and he is not
    await hers.close()
    await office.until(ana, is_("busy", "inbox closed"), within=SECONDS + 10)
    assert (await ben.ask("GET", "me"))["status"] == "available"
    await his.close()


async def test_our_restart_closes_no_inbox_and_forgets_none(office: Office) -> None:
    # given two pages, one of which goes just before the service does
    await hurry(office)
    ana, ben = [await available(office, name) for name in ("ana", "ben")]
    hers, _ = await Page(ana).open(), await Page(ben).open()
    await hers.close()

    # when the service is away for longer than the time, and only his page is back
    await office.close()
    office._callers.clear()
    await office.open(new=False)
    ana, ben = await office.person("ana"), await office.person("ben")
    his = await Page(ben).open()

    # then hers counts as gone, and his does not
    await office.until(ana, is_("busy", "inbox closed"), within=SECONDS + 10)
    assert (await ben.ask("GET", "me"))["status"] == "available"
    await his.close()


async def test_a_flushed_redis_forgets_no_lost_inbox(office: Office, redis_url: str) -> None:
    await hurry(office)
    ana, ben = [await available(office, name) for name in ("ana", "ben")]
    hers, his = await Page(ana).open(), await Page(ben).open()
    await hers.close()
    client = connect(redis_url)
    await client.flushall()
    await client.aclose()
    await office.until(ana, is_("busy", "inbox closed"), within=SECONDS + 15)
    assert (await ben.ask("GET", "me"))["status"] == "available"
    await his.close()


async def available(office: Office, name: str) -> Caller:
    caller = await office.person(name)
    await caller.ask("PUT", "me/status", {"status": "available"})
    return caller
