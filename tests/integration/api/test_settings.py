"""Lists to choose from, and what administrators keep."""

from tests.integration.api.office import PASSWORD, Office
from tests.integration.api.page import Page
from tests.support.polling import eventually


async def test_skills_are_kept_and_their_names_reach_every_page(office: Office) -> None:
    ada, ana = await office.person("ada"), await office.person("ana")
    page = await Page(ana).open()
    made = await ada.ask("POST", "skills", {"name": "Refunds"}, status=201)
    await ada.refused("POST", "skills", {"name": "REFUNDS"}, status=409, type="validation")
    await ada.ask("PUT", f"skills/{made['id']}", {"name": "Returns", "description": "goods"})
    names = [s["name"] for s in (await ana.ask("GET", "skills"))["items"]]
    assert names == ["Billing", "Fraud", "Returns", "Spanish"]
    await ada.ask("DELETE", f"skills/{made['id']}", status=204)
    await ada.refused("DELETE", f"skills/{made['id']}", status=404, type="not-found")

    billing = next(s for s in (await ana.ask("GET", "skills"))["items"] if s["name"] == "Billing")
    await ada.refused("DELETE", f"skills/{billing['id']}", status=409, type="wrong-state")
    await ada.ask("PUT", f"skills/{billing['id']}", {"name": "Accounts"})
    await eventually(lambda: page.me and [s["name"] for s in page.me["skills"]] == ["Accounts"])
    await page.close()


async def test_a_skill_that_a_waiting_caller_needs_stays(office: Office) -> None:
    ada = await office.person("ada")
    await office.call(skills="Fraud")
    fraud = next(s for s in (await ada.ask("GET", "skills"))["items"] if s["name"] == "Fraud")

    async def refused() -> bool:
        async with ada.http.delete(f"/api/v1/skills/{fraud['id']}") as answer:
            return answer.status == 409

    await eventually(refused)


async def test_somebody_new_signs_in_and_works_at_once(office: Office) -> None:
    ada = await office.person("ada")
    made = await ada.ask(
        "POST",
        "users",
        {
            "email": "eva@example.com",
            "name": "Eva",
            "password": PASSWORD,
            "skills": ["Fraud"],
            "phone_number": "+15550177",
        },
        status=201,
    )
    assert (made["role"], made["has_password"], made["active"]) == ("agent", True, True)
    eva = await office.at_work("eva")
    call = await office.call(skills="Fraud")
    await office.until(eva, lambda me: me["offer"] == call)
    body = {"email": "EVA@example.com", "name": "Other"}
    found = await ada.refused("POST", "users", body, status=409, type="validation")
    assert found["errors"][0]["field"] == "email"


async def test_a_locked_skill_stays_whatever_its_holder_chooses(office: Office) -> None:
    ada, ben = await office.person("ada"), await office.person("ben")
    body = {"skills": ["Billing", "Spanish"], "locked_skills": ["Billing"]}
    await ada.ask("PUT", f"users/{ben.id}", body)
    me = await ben.ask("PUT", "me/preferences", {"skills": []})
    assert [(skill["name"], skill["locked"]) for skill in me["skills"]] == [("Billing", True)]
    bad = {"skills": ["Spanish"], "locked_skills": ["Billing"]}
    await ada.refused("PUT", f"users/{ben.id}", bad, status=422, type="validation")
    bad = {"skills": ["Nope"]}
    await ada.refused("PUT", f"users/{ben.id}", bad, status=422, type="unknown-skill")


async def test_bad_people_are_refused_by_field(office: Office) -> None:
    ada = await office.person("ada")
    good = {"email": "new@example.com", "name": "New"}
    for change, field in (
        ({"email": "no address"}, "email"),
        ({"email": "@x"}, "email"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "bot"}, "role"),
        ({"role": "owner"}, "role"),
        ({"password": "short77"}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"active": False}, "active"),
    ):
        found = await ada.refused(
            "POST", "users", {**good, **change}, status=422, type="validation"
        )
        assert field in [error["field"] for error in found["errors"]], change
    assert len((await ada.ask("GET", "users"))["items"]) == 4
    await ada.refused("PUT", "users/nobody", {"name": "X"}, status=404, type="not-found")


async def test_nobody_locks_everybody_out(office: Office) -> None:
    ada, sam = await office.person("ada"), await office.person("sam")
    for change in ({"role": "agent"}, {"active": False}):
        await ada.refused("PUT", f"users/{ada.id}", change, status=409, type="wrong-state")
    await ada.ask("PUT", f"users/{sam.id}", {"role": "admin"})
    await ada.ask("PUT", f"users/{ada.id}", {"role": "agent"})
    await ada.refused("GET", "users", status=403, type="forbidden")
    await sam.ask("GET", "users")


async def test_a_new_password_ends_the_old_sign_ins(office: Office) -> None:
    ada, ben = await office.person("ada"), await office.person("ben")
    await ada.ask("PUT", f"users/{ben.id}", {"password": "another-one-55"})
    await ben.refused("GET", "me", status=401, type="unauthenticated")
    body = {"email": "ben@example.com", "password": "another-one-55"}
    await ben.ask("POST", "session", body)


async def test_directory_dispositions_and_phones(office: Office) -> None:
    ana, ada = await office.at_work("ana"), await office.person("ada")

    async def shows_status() -> bool:
        colleagues = (await ana.ask("GET", "directory"))["items"]
        assert [c["name"] for c in colleagues] == ["Ada", "Ana", "Ben", "Sam"]
        assert "email" not in colleagues[0]
        return bool(colleagues[1]["status"] == "available")

    await eventually(shows_status)
    names = [d["name"] for d in (await ana.ask("GET", "dispositions"))["items"]]
    assert names == ["Solved"]
    phones = {p["id"]: p for p in (await ada.ask("GET", "phones"))["items"]}
    person = await office.records.people.get(ana.id)
    assert phones[ana.id]["user"] == person.sip_user
    assert phones[ana.id]["server"] == "127.0.0.1:5060"
    await ana.refused("GET", "phones", status=403, type="forbidden")


async def test_a_leg_needs_asterisk(office: Office) -> None:
    ana = await office.person("ana")
    for body in ({}, {"audio": "number"}):
        async with ana.http.post("/api/v1/me/leg", json=body) as answer:
            found = await answer.json()
            assert answer.status in {422, 503}, found
    await ana.refused("POST", "me/leg", {"audio": "pigeon"}, status=422, type="validation")


async def test_a_skill_has_a_time_of_its_own_for_its_recordings(office: Office) -> None:
    # given a skill without one
    ada = await office.person("ada")
    skill = next(s for s in (await ada.ask("GET", "skills"))["items"] if s["name"] == "Fraud")
    path = f"skills/{skill['id']}"
    assert skill["keep_recordings_days"] is None
    # when it gets one, then it has it, also after a change of something else
    await ada.ask("PUT", path, {"name": "Fraud", "keep_recordings_days": 30})
    changed = await ada.ask("PUT", path, {"name": "Fraud", "recorded": False})
    assert changed["keep_recordings_days"] == 30
    assert office.desk.directory.kept_recordings() == {skill["id"]: 30}
    # and none again with null; what cannot be meant is refused
    for wrong in (-1, 36_501, "long"):
        await ada.refused(
            "PUT", path, {"name": "Fraud", "keep_recordings_days": wrong},
            status=422, type="validation",
        )  # fmt: skip
    for edge in (0, 36_500):
        kept = await ada.ask("PUT", path, {"name": "Fraud", "keep_recordings_days": edge})
        assert kept["keep_recordings_days"] == edge
    gone = await ada.ask("PUT", path, {"name": "Fraud", "keep_recordings_days": None})
    assert gone["keep_recordings_days"] is None
    acts = [e["after"] for e in (await ada.ask("GET", "audit"))["items"]]
    assert {"keep_recordings_days": 30} in acts
