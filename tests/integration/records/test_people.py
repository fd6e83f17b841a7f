"""People and skills on the books."""

import asyncio

import pytest

from app.domain.agent import Role, Status
from app.domain.leg import Audio, LegKind
from app.records import Duplicate, InUse, NewPerson, NotFound, Records


async def test_a_new_person_has_the_defaults_and_unguessable_sip_credentials(
    records: Records,
) -> None:
    # when two people are added
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    sam = await records.people.add(NewPerson("sam@example.com", "Sam", role=Role.SUPERVISOR))
    # then the defaults hold
    assert (ana.audio, ana.leg, ana.confirm_answer) == (Audio.NUMBER, LegKind.PERSISTENT, True)
    assert (ana.chat_cap, ana.email_cap, ana.inbox_view) == (5, 5, {})
    assert (ana.status, ana.active, ana.skills, ana.version) == (Status.OFFLINE, True, (), 1)
    assert sam.role is Role.SUPERVISOR
    # and nothing about the SIP user can be guessed
    assert ana.sip_user != sam.sip_user and len(ana.sip_user) >= 16
    assert ana.sip_password not in repr(ana)
    assert await records.people.get(ana.id) == ana


@pytest.mark.parametrize("same", ["ANA@example.com", " ana@Example.COM ", "\uff41na@example.com"])
async def test_an_address_belongs_to_one_person_whatever_its_case(
    records: Records, same: str
) -> None:
    ana = await records.people.add(NewPerson("Ana@example.com", "Ana"))
    with pytest.raises(Duplicate):
        await records.people.add(NewPerson(same, "Other"))
    assert await records.people.by_email(same) == ana
    # and nobody can take it over later either
    ben = await records.people.add(NewPerson("ben@example.com", "Ben"))
    with pytest.raises(Duplicate):
        await records.people.update(ben.id, email=same)
    assert await records.people.get(ben.id) == ben


async def test_names_beyond_ascii_are_alike_whatever_their_case(records: Records) -> None:
    await records.skills.add("Größe")
    with pytest.raises(Duplicate):
        await records.skills.add("GRÖSSE")
    assert [skill.name for skill in await records.skills.all()] == ["Größe"]


async def test_preferences_change_and_the_version_grows(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    changed = await records.people.update(
        ana.id, audio=Audio.SIP, leg=LegKind.PER_CALL, chat_cap=0, inbox_view={"columns": ["age"]}
    )
    assert (changed.audio, changed.leg, changed.chat_cap) == (Audio.SIP, LegKind.PER_CALL, 0)
    assert changed.inbox_view == {"columns": ["age"]}
    assert changed.version == ana.version + 1


async def test_bad_changes_are_refused_and_change_nothing(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    with pytest.raises(ValueError, match="0 to 10"):
        await records.people.update(ana.id, chat_cap=11)
    with pytest.raises(ValueError, match="cannot change"):
        await records.people.update(ana.id, password_hash="x")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="keys"):
        await records.people.update(ana.id, role=Role.BOT)
    with pytest.raises(NotFound):
        await records.people.update("nobody", name="x")
    assert await records.people.get(ana.id) == ana


async def test_the_status_is_remembered_without_a_new_version(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    await records.people.set_status(ana.id, Status.AVAILABLE, None, Status.BUSY, "lunch")
    found = await records.people.get(ana.id)
    assert (found.status, found.status_pending) == (Status.AVAILABLE, Status.BUSY)
    assert (found.status_pending_reason, found.version) == ("lunch", ana.version)
    with pytest.raises(NotFound):
        await records.people.set_status("nobody", Status.BUSY)


async def test_an_agent_chooses_skills_but_keeps_the_locked_ones(records: Records) -> None:
    # given Ana with Billing, locked by an administrator, and Spanish
    billing = await records.skills.add("Billing")
    spanish = await records.skills.add("Spanish")
    fraud = await records.skills.add("Fraud")
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    await records.people.set_skills(ana.id, [billing.id, spanish.id], by_admin=True)
    await records.people.set_skill(ana.id, billing.id, proficiency=5, locked=True)
    # when she asks for Fraud alone
    found = await records.people.set_skills(ana.id, [fraud.id], by_admin=False)
    # then Billing stays as it was
    assert [(s.name, s.proficiency, s.locked) for s in found.skills] == [
        ("Billing", 5, True),
        ("Fraud", 3, False),
    ]
    # and an administrator can take it
    found = await records.people.set_skills(ana.id, [], by_admin=True)
    assert found.skills == ()
    with pytest.raises(NotFound):
        await records.people.set_skills(ana.id, ["no such skill"])


async def test_a_skill_in_use_stays_and_names_its_users(records: Records) -> None:
    billing = await records.skills.add("Billing", "invoices")
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    await records.people.set_skills(ana.id, [billing.id])
    with pytest.raises(InUse) as refused:
        await records.skills.remove(billing.id)
    assert refused.value.users == ("Ana",)
    renamed = await records.skills.rename(billing.id, "Invoices")
    assert renamed.description == "invoices"
    await records.people.set_skills(ana.id, [])
    await records.skills.remove(billing.id)
    assert await records.skills.all() == []
    with pytest.raises(NotFound):
        await records.skills.remove(billing.id)


async def test_many_changes_at_once_lose_none(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    skills = [await records.skills.add(f"Skill {number}") for number in range(8)]
    await asyncio.gather(
        *(records.people.update(ana.id, phone_number=str(number)) for number in range(16)),
        *(records.people.set_skills(ana.id, [skill.id]) for skill in skills),
    )
    found = await records.people.get(ana.id)
    assert found.version == ana.version + 24
    assert len(found.skills) == 1


async def test_text_that_no_database_stores_is_replaced_not_refused(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "A\x00na \ud800"))
    assert ana.name == "A\ufffdna \ufffd"
    assert await records.people.by_email("\x00") is None
