"""Canned replies: administrators write them, agents read them, and every limit has its edge."""

import pytest

from app.api.canned_reply_routes import MAX_REPLIES
from app.domain.message import TEXT_LENGTH
from app.records import CannedReply
from tests.integration.api.office import Json, Office


async def test_replies_are_kept_by_admins_and_read_by_agents(office: Office) -> None:
    ada, ana = await office.person("ada"), await office.person("ana")
    # given two replies, one of them for Billing
    hello: Json = {"name": "Hello", "text": " Hello {{customer|there}}, I am {{agent}}. "}
    refund: Json = {"name": "refund", "text": "It is on its way.", "skills": ["billing"]}
    first = await ada.ask("POST", "canned-replies", hello, status=201)
    second = await ada.ask("POST", "canned-replies", refund, status=201)
    # then an agent finds both, by name
    found = (await ana.ask("GET", "canned-replies"))["items"]
    text = "Hello {{customer|there}}, I am {{agent}}."
    assert found == [
        {"id": first["id"], "name": "Hello", "text": text, "skills": []},
        {"id": second["id"], "name": "refund", "text": "It is on its way.", "skills": ["Billing"]},
    ]
    # when one is changed, then the other's name is still taken
    await ada.ask("PUT", f"canned-replies/{first['id']}", {"name": "Hi", "text": "Hi!"})
    taken = {"name": "HI", "text": "again"}
    await ada.refused("POST", "canned-replies", taken, status=409, type="validation")
    path = f"canned-replies/{second['id']}"
    await ada.refused("PUT", path, taken, status=409, type="validation")
    # and what is there no more cannot be changed or removed
    await ada.ask("DELETE", path)
    await ada.refused("DELETE", path, status=404, type="not-found")
    await ada.refused("PUT", path, refund, status=404, type="not-found")
    assert [one["name"] for one in (await ana.ask("GET", "canned-replies"))["items"]] == ["Hi"]
    # and the audit log has all of it
    acts = [one["act"] for one in (await ada.ask("GET", "audit"))["items"]]
    assert [act for act in acts if act.startswith("canned_reply.")] == [
        "canned_reply.removed",
        "canned_reply.changed",
        "canned_reply.added",
        "canned_reply.added",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x" * 61}, "name"),
        ({"name": " "}, "name"),
        ({"text": "x" * (TEXT_LENGTH + 1)}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "Hello {{customer"}, "text"),
        ({"text": "Hello {{}}"}, "text"),
        ({"text": "Hello {{a{{b}}}}"}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"skills": ["no such skill"]}, "skills"),
        ({"skills": ["Billing"] * 21}, "skills"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_a_reply_cannot_be_is_refused_by_its_field(
    office: Office, change: Json, field: str
) -> None:
    ada = await office.person("ada")
    body = {"name": "Hello", "text": "Hello!", **change}
    found = await ada.refused("POST", "canned-replies", body, status=422, type="validation")
    assert [error["field"] for error in found["errors"]] == [field]
    assert (await ada.ask("GET", "canned-replies"))["items"] == []


async def test_the_longest_reply_is_taken_and_the_last_one_that_fits(office: Office) -> None:
    ada = await office.person("ada")
    longest = {"name": "n" * 60, "text": "x" * TEXT_LENGTH, "skills": ["Billing"] * 20}
    made = await ada.ask("POST", "canned-replies", longest, status=201)
    assert made["skills"] == ["Billing"]
    # given one less than the most there can be
    for number in range(MAX_REPLIES - 2):
        await office.records.canned_replies.add(CannedReply("", f"reply {number}", "text"))
    # then one more is taken, and the next is not
    await ada.ask("POST", "canned-replies", {"name": "last", "text": "text"}, status=201)
    beyond = {"name": "beyond", "text": "text"}
    found = await ada.refused("POST", "canned-replies", beyond, status=422, type="validation")
    assert "500" in found["errors"][0]["detail"]
    assert len((await ada.ask("GET", "canned-replies"))["items"]) == MAX_REPLIES


async def test_a_skill_that_a_reply_is_for_stays(office: Office) -> None:
    ada = await office.person("ada")
    vault = await ada.ask("POST", "skills", {"name": "Vault"}, status=201)
    body = {"name": "Key", "text": "It is under the mat.", "skills": ["Vault"]}
    reply = await ada.ask("POST", "canned-replies", body, status=201)
    path = f"skills/{vault['id']}"
    refusal = await ada.refused("DELETE", path, status=409, type="wrong-state")
    assert refusal["used_by"] == [{"kind": "reply", "id": reply["id"], "name": "Key"}]
    assert "used by 1 canned reply" in refusal["detail"]
    await ada.ask("DELETE", f"canned-replies/{reply['id']}")
    await ada.ask("DELETE", path)
