"""What administrators keep: each act works, shows at once, and stands in the audit log."""

import asyncio
from typing import Any

import aiohttp
import pytest

from app.acd import Arrival, QueueRequest, SettingsCopy, connect
from app.domain.conversation import Channel, Customer
from app.domain.message import Widget
from app.domain.routing import Rules
from tests.integration.api.office import PASSWORD, Caller, Json, Office
from tests.support.polling import eventually


async def _by_name(caller: Caller, path: str, name: str) -> Json:
    found: list[Json] = (await caller.ask("GET", path))["items"]
    return next(one for one in found if one["name"] == name)


async def _log(caller: Caller, act: str) -> list[Json]:
    found: list[Json] = (await caller.ask("GET", f"audit?act={act}"))["items"]
    return found


# --- skills


async def test_a_skill_that_is_used_stays_and_says_what_uses_it(office: Office) -> None:
    # given Billing, which Ana and Ben have and a waiting call requires
    ada = await office.person("ada")
    call = await office.call(skills="Billing")
    billing = await _by_name(ada, "skills", "Billing")
    # when it is to be removed, then it stays, and the refusal lists all three
    refusal = await ada.refused("DELETE", f"skills/{billing['id']}", status=409, type="wrong-state")
    used = [(use["kind"], use["name"]) for use in refusal["used_by"]]
    assert used == [("person", "Ana"), ("person", "Ben"), ("conversation", "Maria Lopez")]
    assert "Ana, Ben and 1 open conversation" in refusal["detail"]
    detail = await ada.ask("GET", f"skills/{billing['id']}")
    assert detail["used_by"] == refusal["used_by"]
    # and the call still waits for it
    assert (await ada.ask("GET", f"conversations/{call}"))["skills"] == ["Billing"]


async def test_a_skill_that_the_settings_name_stays(office: Office) -> None:
    # given a skill that nobody has, named by a calendar, by rules in what they ask and in what
    # they do, by a chat widget, and by a mailbox's rule
    ada = await office.person("ada")
    vault = await ada.ask("POST", "skills", {"name": "Vault"}, status=201)
    other = await ada.ask("POST", "skills", {"name": "Other"}, status=201)
    hours = {"name": "Office", "time_zone": "UTC", "hours": {}, "skills": ["Vault"]}
    calendar = await ada.ask("POST", "calendars", hours, status=201)
    rules = [
        {"name": "Asks", "when": {"skills": ["Vault"]}, "then": {"priority": 5}},
        {"name": "Queues", "when": {"state": "bot"}, "then": {"queue": {"skills": ["Vault"]}}},
        {"name": "Relaxes", "when": {"waiting_seconds": 60}, "then": {"relax": ["Vault"]}},
        {"name": "Overflows", "when": {"waiting_seconds": 60}, "then": {"overflow": ["Vault"]}},
    ]
    made = [await ada.ask("POST", "routing-rules", rule, status=201) for rule in rules]
    await office.records.widgets.put(Widget("shop", skills=(vault["id"],)))
    banks = [{"sender": "@bank.example", "skills": ["Vault"]}]
    box = {"name": "Help", "address": "help@example.com", "skills": ["Other"], "rules": banks}
    mailbox = await ada.ask("POST", "mailboxes", box, status=201)
    # when it is to be removed, then it stays, and the refusal lists all of them
    refusal = await ada.refused("DELETE", f"skills/{vault['id']}", status=409, type="wrong-state")
    assert refusal["used_by"] == [
        {"kind": "calendar", "id": calendar["id"], "name": "Office"},
        *({"kind": "rule", "id": rule["id"], "name": rule["name"]} for rule in made),
        {"kind": "widget", "id": "shop", "name": "shop"},
        {"kind": "mailbox", "id": mailbox["id"], "name": "Help"},
    ]
    told = "used by 1 calendar and 4 routing rules and 1 chat widget and 1 mailbox"
    assert told in refusal["detail"]
    detail = await ada.ask("GET", f"skills/{vault['id']}")
    assert detail["used_by"] == refusal["used_by"]
    uses = (await ada.ask("GET", f"skills/{other['id']}"))["used_by"]
    assert uses == [{"kind": "mailbox", "id": mailbox["id"], "name": "Help"}]
    # and once nothing names it any more, it goes
    await ada.ask("DELETE", f"calendars/{calendar['id']}", status=204)
    for rule in made:
        await ada.ask("DELETE", f"routing-rules/{rule['id']}", status=204)
    await office.records.widgets.remove("shop")
    await ada.ask("DELETE", f"mailboxes/{mailbox['id']}", status=204)
    await ada.ask("DELETE", f"skills/{vault['id']}", status=204)


async def test_a_hand_over_that_named_a_skill_as_it_was_removed_waits_for_the_rest(
    office: Office,
) -> None:
    # given a skill that nothing uses
    ada, ben = await office.person("ada"), await office.at_work("ben")
    made = await ada.ask("POST", "skills", {"name": "Gone soon"}, status=201)
    call = await office.call(skills="Billing")
    await office.until(ben, lambda me: me["offer"] == call)
    # when another process queues a call for it while it is removed
    await office.records.skills.remove(made["id"])
    distributor = office.desk._distributor
    billing = await _by_name(ada, "skills", "Billing")
    customer = Customer(name="Eva", number="+15550199")
    arrival = Arrival("late", Channel.VOICE, customer, created_at=office.desk.now())
    await distributor.enqueue(QueueRequest("late", (made["id"], billing["id"]), arrival=arrival))
    await office.desk.refresh()
    # then it waits for what is left, and says so
    found = await ada.ask("GET", "conversations/late")
    assert found["skills"] == ["Billing"]
    assert [fault["code"] for fault in found["faults"]] == ["skill_removed"]


async def test_a_locked_skill_cannot_be_taken_by_oneself(office: Office) -> None:
    ada, ana = await office.person("ada"), await office.person("ana")
    fraud = await _by_name(ada, "skills", "Fraud")
    body = {"name": "Fraud", "description": "Checked cases", "admin_only": True}
    await ada.ask("PUT", f"skills/{fraud['id']}", body)
    # agents see that it is locked, and are refused
    assert (await _by_name(ana, "skills", "Fraud"))["admin_only"] is True
    wanted = {"skills": ["Billing", "Fraud"]}
    await ana.refused("PUT", "me/preferences", wanted, status=403, type="forbidden")
    # until an administrator gives it; then they cannot drop it
    await ada.ask("PUT", f"users/{ana.id}", {"skills": ["Fraud"], "proficiency": {"Fraud": 5}})
    me = await ana.ask("PUT", "me/preferences", {"skills": []})
    assert [(s["name"], s["locked"], s["proficiency"]) for s in me["skills"]] == [
        ("Fraud", True, 5)
    ]
    [entry] = await _log(ada, "skill.changed")
    assert entry["before"] == {"admin_only": False}
    assert entry["after"] == {"admin_only": True, "description": "Checked cases"}


# --- people


async def test_people_have_teams_and_levels_and_every_change_is_logged(office: Office) -> None:
    ada = await office.person("ada")
    body: Json = {"email": "eva@example.com", "name": "Eva", "team": "North", "skills": ["Fraud"]}
    made = await ada.ask("POST", "users", {**body, "proficiency": {"fraud": 1}}, status=201)
    assert (made["team"], made["skills"][0]["proficiency"]) == ("North", 1)
    changed = await ada.ask("PUT", f"users/{made['id']}", {"team": "", "password": PASSWORD})
    assert (changed["team"], changed["has_password"]) == ("", True)
    assert (await ada.ask("GET", f"users/{made['id']}")) == changed
    for bad in ({"Fraud": 0}, {"Fraud": 6}, {"Billing": 3}):
        path = f"users/{made['id']}"
        await ada.refused("PUT", path, {"proficiency": bad}, status=422, type="validation")
    acts = [(e["act"], e["target_name"], e["who_name"]) for e in await _log(ada, "person.")]
    assert acts == [
        ("person.password_set", "Eva", "Ada"),
        ("person.changed", "Eva", "Ada"),
        ("person.added", "Eva", "Ada"),
    ]
    assert PASSWORD not in str(await ada.ask("GET", "audit"))


async def test_whoever_is_deactivated_is_out_at_once(office: Office) -> None:
    ada, ana = await office.person("ada"), await office.at_work("ana")
    await ada.ask("PUT", f"users/{ana.id}", {"active": False})
    await ana.refused("GET", "me", status=401, type="unauthenticated")
    body = {"email": "ana@example.com", "password": PASSWORD}
    await ana.refused("POST", "session", body, status=401, type="unauthenticated")
    colleagues = (await ada.ask("GET", "directory"))["items"]
    assert "Ana" not in [one["name"] for one in colleagues]
    # and may come back
    await ada.ask("PUT", f"users/{ana.id}", {"active": True})
    await ana.ask("POST", "session", body)


# --- phones


async def test_a_phone_gets_a_new_password_or_a_new_account(office: Office) -> None:
    ada = await office.person("ada")
    [ana, *_] = [p for p in (await ada.ask("GET", "phones"))["items"] if p["name"] == "Ana"]
    assert ana["uri"] == f"sip:{ana['user']}:{ana['password']}@127.0.0.1:5060"
    assert ana["registered"] is False
    rotated = await ada.ask("POST", f"phones/{ana['id']}/rotate", {})
    assert rotated["user"] == ana["user"]
    assert rotated["password"] != ana["password"]
    made = await ada.ask("POST", "phones", {"user": "ana@example.com"}, status=201)
    assert (made["id"], made["user"] != ana["user"]) == (ana["id"], True)
    assert made["password"] not in {ana["password"], rotated["password"]}
    await ada.refused("POST", "phones", {"user": "nobody"}, status=422, type="unknown-agent")
    acts = await _log(ada, "phone.")
    assert [e["act"] for e in acts] == ["phone.added", "phone.password_rotated"]
    for secret in (ana["password"], rotated["password"], made["password"]):
        assert secret not in str(acts)


# --- short lists


@pytest.mark.parametrize("path", ["dispositions", "break-reasons"])
async def test_a_list_of_names_is_kept_by_administrators(office: Office, path: str) -> None:
    ada, ana = await office.person("ada"), await office.person("ana")
    made = await ada.ask("POST", path, {"name": " Follow-up "}, status=201)
    assert made["name"] == "Follow-up"
    twice = await ada.refused("POST", path, {"name": "follow-UP"}, status=409, type="validation")
    assert twice["errors"][0]["field"] == "name"
    await ada.ask("PUT", f"{path}/{made['id']}", {"name": "Later"})
    assert "Later" in [one["name"] for one in (await ana.ask("GET", path))["items"]]
    for bad in ("", " ", "a\nb", "x" * 101):
        await ada.refused("POST", path, {"name": bad}, status=422, type="validation")
    await ada.ask("POST", path, {"name": "x" * 100}, status=201)
    await ada.ask("DELETE", f"{path}/{made['id']}", status=204)
    await ada.refused("DELETE", f"{path}/{made['id']}", status=404, type="not-found")
    await ana.refused("POST", path, {"name": "Mine"}, status=403, type="forbidden")
    kind = path.removesuffix("s").replace("-", "_")
    acts = [entry["act"] for entry in await _log(ada, f"{kind}.")]
    assert acts == [f"{kind}.{verb}" for verb in ("removed", "added", "changed", "added")]


# --- keys


async def test_a_key_can_do_what_its_scopes_say(office: Office) -> None:
    ada = await office.person("ada")
    opening: Json = {"channel": "voice", "customer": {"number": "+15550900"}}
    made = await ada.ask("POST", "api-keys", {"name": "reader", "scopes": ["read"]}, status=201)
    reader = await office.bot(key=made["key"])
    refusal = await reader.refused("POST", "conversations", opening, status=403, type="forbidden")
    assert "write" in refusal["detail"]
    body = {"name": "writer", "scopes": ["read", "write"]}
    writer = await office.bot(key=(await ada.ask("POST", "api-keys", body, status=201))["key"])
    talk = (await writer.ask("POST", "conversations", opening))["id"]
    await writer.ask("GET", f"conversations/{talk}")
    path = f"conversations/{talk}/queue"
    await writer.refused("POST", path, {"skills": ["Billing"]}, status=403, type="forbidden")
    bad = {"name": "x", "scopes": ["everything"]}
    await ada.refused("POST", "api-keys", bad, status=422, type="validation")
    await ada.refused(
        "POST", "api-keys", {"name": "x", "scopes": []}, status=422, type="validation"
    )
    # a key is shown once, and its end is its end
    assert made["key"] not in str(await ada.ask("GET", "api-keys"))
    await ada.ask("DELETE", f"api-keys/{made['id']}", status=204)
    await reader.refused("GET", f"conversations/{talk}", status=401, type="unauthenticated")
    acts = await _log(ada, "api_key.")
    assert [e["act"] for e in acts] == ["api_key.revoked", "api_key.added", "api_key.added"]
    assert made["key"] not in str(acts)


# --- settings


async def test_a_setting_is_in_force_at_once_and_after_a_restart(office: Office) -> None:
    # given an agent at work and offers of 20 s
    ada, ana = await office.person("ada"), await office.at_work("ana")
    # when offers are to take 45 s
    found = await ada.ask("PUT", "settings", {"offer_seconds": 45, "messages_during_call": True})
    by_key = {one["key"]: one for one in found["items"]}
    assert (by_key["offer_seconds"]["value"], by_key["offer_seconds"]["default"]) == (45, 20)
    # then the next offer does
    call = await office.call(skills="Billing")
    await office.ring(ana, call)
    offer = (await ada.ask("GET", f"conversations/{call}"))["offer"]
    assert 44 < _seconds(offer["expires_at"]) - _seconds(offer["offered_at"]) < 90
    rules = office.desk._distributor.rules
    assert (rules.offer_ms, rules.messages_during_call) == (45_000, True)
    # and so it stays after a restart
    await office.close()
    await office.open(new=False)
    assert office.desk._distributor.rules == rules
    ada = await office.person("ada")
    # and null goes back to the default
    await ada.ask("PUT", "settings", {"offer_seconds": None})
    assert office.desk._distributor.rules == Rules(messages_during_call=True)
    [reset, first] = await _log(ada, "settings.changed")
    assert first["after"] == {"offer_seconds": 45.0, "messages_during_call": True}
    assert reset["after"] == {"offer_seconds": 20.0}


def _seconds(at: str) -> float:
    hours, minutes, seconds = at.partition("T")[2].removesuffix("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


async def test_bad_settings_change_nothing(office: Office) -> None:
    ada = await office.person("ada")
    before = await ada.ask("GET", "settings")
    for bad, field in (
        ({"offer_seconds": 0}, "offer_seconds"),
        ({"offer_seconds": 301}, "offer_seconds"),
        ({"offer_seconds": "20"}, "offer_seconds"),
        ({"pick_chat": "cats"}, "pick_chat"),
        ({"messages_during_call": 1}, "messages_during_call"),
        ({"nothing": 1}, "nothing"),
        ({"rejoin_seconds": 5, "offer_seconds": -1}, "offer_seconds"),
    ):
        found = await ada.refused("PUT", "settings", bad, status=422, type="validation")
        assert found["errors"][0]["field"] == field
    assert await ada.ask("GET", "settings") == before


async def test_other_processes_follow_and_a_flushed_redis_is_repaired(office: Office) -> None:
    # given a change that another process made: in SQL and in Redis
    ada = await office.person("ada")
    redis = connect(office._redis_url)
    copy = SettingsCopy(redis)
    await ada.ask("PUT", "settings", {"rejoin_seconds": 7})
    assert (await copy.all())["rejoin_seconds"].value == 7
    stored = await office.records.settings.put("rejoin_seconds", 8.0)
    await copy.put(
        {"rejoin_seconds": type((await copy.all())["rejoin_seconds"])(stored.version, 8.0)}
    )
    # then this one follows
    distributor = office.desk._distributor
    await eventually(lambda: distributor.rules.rejoin_ms == 8_000, within=10)
    # when a change reached SQL only (its process was killed), and Redis lost its copy
    await office.records.settings.put("rejoin_seconds", 9.0)
    await redis.delete("{ringdesk}:settings")
    await office.desk.service_settings.sweep()
    # then the sweep brings both
    assert distributor.rules.rejoin_ms == 9_000
    assert (await copy.all())["rejoin_seconds"].value == 9
    # and an older version never overwrites a newer one
    await copy.put({"rejoin_seconds": type((await copy.all())["rejoin_seconds"])(1, 1.0)})
    assert (await copy.all())["rejoin_seconds"].value == 9
    await redis.aclose()


async def test_who_may_take_a_waiting_chat_from_the_list(office: Office) -> None:
    # given a chat for Billing, which Ana refused: it waits, and is not offered to her again
    ada, ana = await office.person("ada"), await office.at_work("ana")
    billing = await _by_name(ada, "skills", "Billing")
    arrival = Arrival("chat-1", Channel.CHAT, Customer(name="Eva"), created_at=office.desk.now())
    request = QueueRequest("chat-1", (billing["id"],), arrival=arrival)
    async with ana.watch() as socket:
        await socket.receive()
        await office.desk._distributor.enqueue(request)
        await office.until(ana, lambda me: me["offer"] == "chat-1")
        await ana.ask("POST", "conversations/chat-1/reject", {})
        # when only supervisors may take from the list, then she may not
        await ada.ask("PUT", "settings", {"pick_chat": "supervisors"})
        path = "conversations/chat-1/accept"
        refusal = await ana.refused("POST", path, {}, status=403, type="forbidden")
        assert "cannot be taken from the list" in refusal["detail"]
        # when everybody may, then it is hers
        await ada.ask("PUT", "settings", {"pick_chat": "everybody"})
        taken = await ana.ask("POST", path, {})
        assert (taken["state"], taken["agent"]["id"]) == ("active", ana.id)


# --- one's own password


async def test_ones_own_password_takes_the_old_one_and_ends_the_other_sign_ins(
    office: Office,
) -> None:
    here, there = await office.person("ana"), await office.person("ana")
    new = "something-better-77"
    wrong = {"old": "not-this-one", "new": new}
    refusal = await here.refused("PUT", "me/password", wrong, status=422, type="validation")
    assert refusal["errors"] == [{"field": "old", "detail": "this is not your password"}]
    short = {"old": PASSWORD, "new": "x" * 7}
    await here.refused("PUT", "me/password", short, status=422, type="validation")
    async with there.watch() as socket:
        await socket.receive()
        await here.ask("PUT", "me/password", {"old": PASSWORD, "new": new}, status=204)
        async with asyncio.timeout(10):
            while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        assert message.type is aiohttp.WSMsgType.CLOSE
    await here.ask("GET", "me")
    await there.refused("GET", "me", status=401, type="unauthenticated")
    await there.ask("POST", "session", {"email": "ana@example.com", "password": new})


async def test_guessing_at_an_open_page_is_throttled(office: Office) -> None:
    ana = await office.person("ana")
    wrong: Json = {"old": "not-this-one", "new": "something-better-77"}
    for _ in range(20):
        async with ana.http.put("/api/v1/me/password", json=wrong) as answer:
            if answer.status == 429:
                assert int(answer.headers["Retry-After"]) > 0
                return
            assert answer.status == 422
    pytest.fail("twenty guesses and no throttle")


# --- the log


async def test_the_log_is_read_page_by_page_by_administrators_alone(office: Office) -> None:
    ada, sam = await office.person("ada"), await office.person("sam")
    for number in range(5):
        await ada.ask("POST", "dispositions", {"name": f"D{number}"}, status=201)
    seen: list[Any] = []
    cursor = ""
    while True:
        page = await ada.ask("GET", f"audit?limit=2{cursor}")
        seen += [entry["target_name"] for entry in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == [f"D{n}" for n in range(5)]
    await ada.refused("GET", "audit?cursor=nonsense", status=422, type="validation")
    await ada.refused("GET", "audit?limit=201", status=422, type="validation")
    await sam.refused("GET", "audit", status=403, type="forbidden")
