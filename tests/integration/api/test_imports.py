"""CSV files of people, skills and phones: previewed, taken over whole or not at all, given out."""

import csv
import io
from typing import Any

from app.api.edge import MAX_BODY
from app.api.import_rows import MAX_PASSWORDS
from app.domain.csv_table import MAX_ROWS
from tests.integration.api.office import PASSWORD, Caller, Json, Office

HEADER = "email,name,role,team,skills,phone_number,audio,leg,password\n"


async def _import(caller: Caller, kind: str, text: str | bytes, dry: bool = False) -> Json:
    return await _sent(caller, kind, text, dry, 200)


async def _refused(caller: Caller, kind: str, text: str | bytes) -> list[tuple[str, str]]:
    found = await _sent(caller, kind, text, False, 422)
    assert found["type"] == "urn:ringdesk:problem:validation"
    return [(error["field"], error["detail"]) for error in found["errors"]]


async def _sent(caller: Caller, kind: str, text: str | bytes, dry: bool, status: int) -> Json:
    body = text.encode() if isinstance(text, str) else text
    query = f"kind={kind}" + ("&dry_run=true" if dry else "")
    headers = {"Content-Type": "text/csv"}
    async with caller.http.post(f"/api/v1/imports?{query}", data=body, headers=headers) as answer:
        found: Json = await answer.json(content_type=None)
        assert answer.status == status, found
        return found


async def _export(caller: Caller, kind: str) -> str:
    async with caller.http.get(f"/api/v1/exports/{kind}") as answer:
        assert (answer.status, answer.content_type) == (200, "text/csv")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
        return (await answer.read()).decode("utf-8")


def _told(result: Json) -> list[tuple[int, str, str]]:
    return [(row["line"], row["key"], row["action"]) for row in result["rows"]]


async def test_a_preview_says_what_would_happen_and_changes_nothing(office: Office) -> None:
    # given a file with somebody new, somebody to change, somebody as they are, and mistakes
    ada = await office.person("ada")
    text = (
        HEADER + "eva@example.com,Eva,agent,North,Billing:5|spanish,+15550177,sip,per_call,\n"
        "ANA@example.com,Ana Alvarez,,,,,,,\n"
        "ben@example.com,Ben,agent,,Billing|Spanish,,,,\n"
        "no address,X,,,,,,,\n"
        "new@example.com,,,,,,,,\n"
        "eva@example.com,Eva again,,,,,,,\n"
        "x@example.com,X,owner,,Nope,call me,pigeon,,short\n"
    )
    before = await ada.ask("GET", "users")
    # when it is previewed
    found = await _import(ada, "people", text, dry=True)
    # then each line says what it would do, and nothing was done
    assert _told(found) == [
        (2, "eva@example.com", "add"),
        (3, "ANA@example.com", "change"),
        (4, "ben@example.com", "same"),
        (5, "no address", "error"),
        (6, "new@example.com", "error"),
        (7, "eva@example.com", "error"),
        (8, "x@example.com", "error"),
    ]
    changes = found["rows"][1]["changes"]
    assert changes == [{"field": "name", "before": "Ana", "after": "Ana Alvarez"}]
    assert [fault["field"] for fault in found["rows"][3]["errors"]] == ["email"]
    assert found["rows"][5]["errors"][0]["detail"] == "eva@example.com is on line 2 already"
    wrong = {fault["field"] for fault in found["rows"][6]["errors"]}
    assert wrong == {"role", "phone_number", "audio", "password", "skills"}
    counts = [found[name] for name in ("added", "changed", "same", "faulty")]
    assert (found["applied"], counts) == (False, [1, 1, 1, 4])
    assert await ada.ask("GET", "users") == before
    # and taken over it is refused as a whole, line by line
    errors = await _refused(ada, "people", text)
    assert ("line 6, name", "somebody new needs a name") in errors
    assert await ada.ask("GET", "users") == before


async def test_what_was_previewed_is_what_happens(office: Office) -> None:
    # given skills, people and phones in files of their own, as a spreadsheet writes them
    ada = await office.person("ada")
    skills = '\ufeffname;description;admin_only\r\nRefunds;"two\r\nlines; one cell";yes\r\n'
    people = (
        "\ufeffemail;name;skills;password;audio\r\n"
        f'eva@example.com;"Eva; Evans";Refunds:4|Billing;{PASSWORD};sip\r\n'
    )
    phones = "email,user,password\neva@example.com,desk-phone-0001,only-for-tests-77\n"
    for kind, text in (("skills", skills), ("people", people), ("phones", phones)):
        preview = await _import(ada, kind, text, dry=True)
        done = await _import(ada, kind, text)
        assert {**preview, "applied": True} == done
        assert (done["added"] + done["changed"], done["faulty"]) == (1, 0)
    # then Eva works with all of it
    eva = await office.at_work("eva")
    me = await eva.ask("GET", "me")
    held = [(s["name"], s["proficiency"], s["locked"]) for s in me["skills"]]
    assert (me["name"], held) == ("Eva; Evans", [("Billing", 3, False), ("Refunds", 4, True)])
    [phone] = [p for p in (await ada.ask("GET", "phones"))["items"] if p["id"] == eva.id]
    assert (phone["user"], phone["password"]) == ("desk-phone-0001", "only-for-tests-77")
    call = await office.call(skills="Refunds")
    await office.until(eva, lambda me: me["offer"] == call)
    # the same files again change nothing, but for the password, which cannot be compared
    assert (await _import(ada, "skills", skills))["same"] == 1
    assert (await _import(ada, "phones", phones))["same"] == 1
    acts = (await ada.ask("GET", "audit?act=import."))["items"]
    assert [entry["act"] for entry in acts] == ["import.phones", "import.people", "import.skills"]


async def test_an_import_keeps_an_administrator(office: Office) -> None:
    ada = await office.person("ada")
    for line in ("ada@example.com,agent,\n", "ada@example.com,,no\n"):
        errors = await _refused(ada, "people", "email,role,active\n" + line)
        assert errors == [("line 2, role", "nobody would be an administrator any more")]
    text = "email,name,role\nada@example.com,,agent\nnew@example.com,New,admin\n"
    assert (await _import(ada, "people", text, dry=True))["faulty"] == 0


async def test_phones_of_nobody_and_of_two_are_refused(office: Office) -> None:
    ada = await office.person("ada")
    text = (
        "email,user,password\nnobody@example.com,desk-phone-1,\n"
        "ana@example.com,desk-phone-2,\nben@example.com,desk-phone-2,\n"
        "sam@example.com,short,short\n"
    )
    fields = [field for field, _ in await _refused(ada, "phones", text)]
    assert fields == ["line 2, email", "line 4, user", "line 5, user", "line 5, password"]


async def test_what_is_given_out_can_be_taken_in_again_and_holds_no_formulas(
    office: Office,
) -> None:
    # given a person whose names and team a spreadsheet would calculate
    ada = await office.person("ada")
    body = {"email": "+eva@example.com", "name": "=2+3", "team": "@home", "skills": ["Fraud"]}
    await ada.ask("POST", "users", {**body, "phone_number": "+15550177"}, status=201)
    await ada.ask("POST", "skills", {"name": "-1", "description": "=cmd|' /C calc'!A0"})
    for kind in ("people", "skills", "phones"):
        text = await _export(ada, kind)
        # then no cell begins like a formula, and no secret is there
        cells = [
            cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row
        ]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert "sip_password" not in text
        # and the same file changes nothing
        found = await _import(ada, kind, text)
        assert (found["added"], found["changed"], found["faulty"]) == (0, 0, 0), found
    await ada.refused("GET", "exports/keys", status=404, type="not-found")


async def test_files_that_cannot_be_read_say_where(office: Office) -> None:
    ada = await office.person("ada")
    cases: list[tuple[bytes, str]] = [
        (b"", "empty"),
        (b"email,colour\n", "colour"),
        (b"name\nx\n", "email is missing"),
        (b"email,name\na@example.com,\xe9\n", "line 2 is not UTF-8"),
        (b'email,name\na@example.com,"open\n', "line 2"),
        (b"email,name\na@example.com,nul\x00\n", "cannot be stored"),
    ]
    for text, says in cases:
        [(field, detail)] = await _refused(ada, "people", text)
        assert field == "csv"
        assert says in detail, (text, detail)
    for query, body in (("kind=cats", b"x"), ("", b"x"), ("kind=people&dry_run=perhaps", b"x")):
        headers = {"Content-Type": "text/csv"}
        path = f"/api/v1/imports?{query}"
        async with ada.http.post(path, data=body, headers=headers) as answer:
            assert answer.status == 422, await answer.text()


async def test_json_says_the_same(office: Office) -> None:
    ada = await office.person("ada")
    body: Json = {"kind": "skills", "csv": "name\nRefunds\n", "dry_run": True}
    assert (await ada.ask("POST", "imports", body))["added"] == 1
    body = {"kind": "skills", "csv": "\ufeffname\nRefunds\n"}
    assert (await ada.ask("POST", "imports?dry_run=true", body))["applied"] is False
    await ada.refused("POST", "imports", [1], status=422, type="validation")


async def test_five_thousand_people_come_in_at_once_and_not_one_more(office: Office) -> None:
    # given a file of as many as are allowed
    ada = await office.person("ada")

    def people(count: int) -> str:
        lines = (f"p{n}@example.com,Person {n},North,Billing|Spanish:4" for n in range(count))
        return "email,name,team,skills\n" + "\n".join(lines) + "\n"

    # when one more is sent, then nothing happens
    [(_, detail)] = await _refused(ada, "people", people(MAX_ROWS + 1))
    assert "at most 5000" in detail
    # when they are previewed, then every line is told
    found = await _import(ada, "people", people(MAX_ROWS), dry=True)
    assert (found["added"], len(found["rows"])) == (MAX_ROWS, MAX_ROWS)
    # when they are taken over, then all are on the books, and found by name
    done = await _import(ada, "people", people(MAX_ROWS))
    assert (done["applied"], done["added"]) == (True, MAX_ROWS)
    users = (await ada.ask("GET", "users"))["items"]
    assert len(users) == MAX_ROWS + 4
    last = next(user for user in users if user["email"] == f"p{MAX_ROWS - 1}@example.com")
    assert [(s["name"], s["proficiency"]) for s in last["skills"]] == [
        ("Billing", 3),
        ("Spanish", 4),
    ]


async def test_limits_of_bytes_and_of_passwords(office: Office) -> None:
    ada = await office.person("ada")
    headers = {"Content-Type": "text/csv"}
    for size, status in ((MAX_BODY, 200), (MAX_BODY + 1, 413)):
        text = b"name\nRefunds\n".ljust(size, b"\n")
        path = "/api/v1/imports?kind=skills&dry_run=1"
        async with ada.http.post(path, data=text, headers=headers) as answer:
            assert answer.status == status, (await answer.text())[:500]

    def with_passwords(count: int) -> str:
        lines = [f"p{n}@example.com,P,{PASSWORD}" for n in range(count)]
        return "\n".join(["email,name,password", *lines])

    assert (await _import(ada, "people", with_passwords(MAX_PASSWORDS), dry=True))["faulty"] == 0
    [(_, detail)] = await _refused(ada, "people", with_passwords(MAX_PASSWORDS + 1))
    assert f"at most {MAX_PASSWORDS}" in detail


async def test_agents_can_neither_import_nor_export(office: Office) -> None:
    for name in ("ana", "sam"):
        who = await office.person(name)
        bodies: list[Any] = [{"kind": "people", "csv": "email\n"}]
        for body in bodies:
            await who.refused("POST", "imports", body, status=403, type="forbidden")
        await who.refused("GET", "exports/people", status=403, type="forbidden")
