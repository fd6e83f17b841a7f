"""Skills that only administrators give, and the administrator who must stay."""

import asyncio

import pytest

from app.domain.agent import Role
from app.records import LastAdministrator, Locked, NewPerson, Records


async def test_a_locked_skill_is_neither_taken_nor_dropped_by_its_holder(records: Records) -> None:
    fraud = await records.skills.add("Fraud", admin_only=True)
    billing = await records.skills.add("Billing")
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    # when she takes it herself, then it is refused and nothing is changed
    with pytest.raises(Locked, match="Fraud"):
        await records.people.set_skills(ana.id, [billing.id, fraud.id])
    assert (await records.people.get(ana.id)).skills == ()
    # when an administrator gives it, then she cannot drop it, and the administrator can
    await records.people.set_skills(ana.id, [fraud.id], by_admin=True)
    kept = await records.people.set_skills(ana.id, [billing.id])
    assert [s.name for s in kept.skills] == ["Billing", "Fraud"]
    assert (await records.people.set_skills(ana.id, [], by_admin=True)).skills == ()


async def test_two_administrators_cannot_remove_each_other_at_once(records: Records) -> None:
    one, other = [
        await records.people.add(NewPerson(f"a{n}@example.com", f"A{n}", Role.ADMIN))
        for n in range(2)
    ]
    done = await asyncio.gather(
        records.people.update(one.id, active=False),
        records.people.update(other.id, role=Role.AGENT),
        return_exceptions=True,
    )
    assert sum(isinstance(result, LastAdministrator) for result in done) == 1
    left = [p for p in await records.people.all() if p.role is Role.ADMIN and p.active]
    assert len(left) == 1


async def test_levels_are_kept_with_their_person(records: Records) -> None:
    skill = await records.skills.add("Billing")
    ana = await records.people.add(NewPerson("ana@example.com", "Ana", team="North"))
    await records.people.set_skills(ana.id, [skill.id], by_admin=True)
    changed = await records.people.set_levels(ana.id, {skill.id: 5})
    assert (changed.team, changed.skills[0].proficiency) == ("North", 5)
    with pytest.raises(ValueError, match="1 to 5"):
        await records.people.set_levels(ana.id, {skill.id: 6})
    assert (await records.people.get(ana.id)).skills[0].proficiency == 5
