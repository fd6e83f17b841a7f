"""Imports: plan against the books, and carry it out in one transaction or not at all."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.agent import Role
from app.domain.leg import Audio, LegKind
from app.records.columns import fold
from app.records.database import Database
from app.records.errors import Duplicate
from app.records.identity import new_id, new_secret
from app.records.import_plan import Action, Fault, Planned, Row, is_faulty, planned, refuse_repeats
from app.records.people import load_people
from app.records.person import Person
from app.records.schema import people, person_skills, skills

Plan = list[Planned]
Plain = dict[str, Any]
NEW_PERSON: Plain = {
    "name": "",
    "role": Role.AGENT,
    "team": "",
    "phone_number": None,
    "audio": Audio.NUMBER,
    "leg": LegKind.PERSISTENT,
    "active": True,
}


class Imports:
    """Adds and changes many rows at once. `apply=False` only says what would happen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self, rows: Sequence[Row], apply: bool) -> Plan:
        """Values by `People` column, `skills` as {name: level}. Raises Duplicate in a race."""
        return await self._run(rows, apply, _plan_people, _apply_people)

    async def skills(self, rows: Sequence[Row], apply: bool) -> Plan:
        """Values: `name`, `description`, `admin_only`."""
        return await self._run(rows, apply, _plan_skills, _apply_skills)

    async def phones(self, rows: Sequence[Row], apply: bool) -> Plan:
        """Values: `sip_user`, `sip_password`; the people are there already."""
        return await self._run(rows, apply, _plan_phones, _apply_phones)

    async def _run(
        self,
        rows: Sequence[Row],
        apply: bool,
        plan: Callable[[AsyncConnection, Sequence[Row]], Awaitable[Plan]],
        carry_out: Callable[[AsyncConnection, Plan], Awaitable[None]],
    ) -> Plan:
        if not apply:
            async with self._database.read() as connection:
                return await plan(connection, rows)
        async with self._database.write() as connection:
            found = await plan(connection, rows)
            if not is_faulty(found):
                try:
                    await carry_out(connection, found)
                except sa.exc.IntegrityError:  # PostgreSQL: added by somebody since we looked
                    raise Duplicate("entry", "of this import") from None
            return found


# --- people


async def _plan_people(connection: AsyncConnection, rows: Sequence[Row]) -> Plan:
    known = {fold(person.email): person for person in await load_people(connection)}
    names = await _skill_names(connection)
    plan = []
    for row in (_with_skills_as_called(given, names) for given in rows):
        person = known.get(fold(row.key))
        one = planned(row, _plain(person) if person else None, person.id if person else None)
        if one.action is Action.ADD and not row.values.get("name"):
            one.refuse(Fault("name", "somebody new needs a name"))
        for name in row.values.get("skills") or ():
            if fold(name) not in names:
                one.refuse(Fault("skills", f"there is no skill “{name}”: import skills first"))
        plan.append(one)
    refuse_repeats(plan, [fold(row.key) for row in rows])
    _keep_an_administrator(plan, list(known.values()))
    return plan


def _with_skills_as_called(row: Row, names: Mapping[str, tuple[str, str]]) -> Row:
    """Skills are found whatever their case, and compared as they are called."""
    given: Mapping[str, int] | None = row.values.get("skills")
    if given is None:
        return row
    called = {names.get(fold(n), ("", n))[1]: level for n, level in given.items()}
    return replace(row, values={**row.values, "skills": called})


def _keep_an_administrator(plan: Plan, known: Sequence[Person]) -> None:
    after = {person.id: (person.role, person.active) for person in known}
    leaving = []
    for one in plan:
        if one.action is Action.CHANGE and one.target and {"role", "active"} & one.after.keys():
            role, active = after[one.target]
            after[one.target] = (one.after.get("role", role), one.after.get("active", active))
            if (role, active) == (Role.ADMIN, True):
                leaving.append(one)
    if (Role.ADMIN, True) not in after.values() and not any(
        one.after.get("role") is Role.ADMIN for one in plan if one.action is Action.ADD
    ):
        for one in leaving:
            one.refuse(Fault("role", "nobody would be an administrator any more"))


async def _apply_people(connection: AsyncConnection, plan: Plan) -> None:
    ids = await _skill_names(connection)
    new = [one for one in plan if one.action is Action.ADD]
    for one in new:
        one.target = new_id()
    if new:
        await connection.execute(people.insert(), [_new_person(one) for one in new])
    for one in plan:
        if one.action is Action.CHANGE:
            values = {key: value for key, value in one.after.items() if key != "skills"}
            change = people.update().where(people.c.id == one.target)
            await connection.execute(change.values({**values, "version": people.c.version + 1}))
        if one.target and one.action is not Action.SAME and "skills" in one.after:
            wanted = {ids[fold(name)][0]: level for name, level in one.after["skills"].items()}
            await _have_exactly(connection, one.target, wanted, is_new=one.action is Action.ADD)


def _new_person(one: Planned) -> Plain:
    values = {key: value for key, value in one.after.items() if key != "skills"}
    return {
        **NEW_PERSON,
        "password_hash": None,
        **values,
        "id": one.target,
        "email": one.row.key,
        "email_key": fold(one.row.key),
        "inbox_view": {},
        "sip_user": new_id(),
        "sip_password": new_secret(),
    }


async def _have_exactly(
    connection: AsyncConnection, person: str, wanted: Mapping[str, int], is_new: bool
) -> None:
    mine = person_skills.c.person_id == person
    locked: dict[str, bool] = {}
    if not is_new:
        chosen = sa.select(person_skills.c.skill_id, person_skills.c.locked).where(mine)
        locked = {row.skill_id: row.locked for row in await connection.execute(chosen)}
        await connection.execute(person_skills.delete().where(mine))
    rows = [
        {
            "person_id": person,
            "skill_id": skill,
            "proficiency": level,
            "locked": locked.get(skill, False),
        }
        for skill, level in wanted.items()
    ]
    if rows:
        await connection.execute(person_skills.insert(), rows)


def _plain(person: Person) -> Plain:
    found: Plain = {name: getattr(person, name) for name in NEW_PERSON}
    found["skills"] = {skill.name: skill.proficiency for skill in person.skills}
    return found


# --- skills


async def _plan_skills(connection: AsyncConnection, rows: Sequence[Row]) -> Plan:
    known = {row.name_key: row for row in await connection.execute(sa.select(skills))}
    plan = []
    for row in rows:
        there = known.get(fold(row.key))
        plan.append(
            planned(row, dict(there._mapping) if there else None, there.id if there else None)
        )
    refuse_repeats(plan, [fold(row.key) for row in rows])
    return plan


async def _apply_skills(connection: AsyncConnection, plan: Plan) -> None:
    new = []
    for one in plan:
        if one.action is Action.ADD:
            one.target = new_id()
            empty = {"description": "", "admin_only": False}
            names = {"name": one.row.key, "name_key": fold(one.row.key)}
            new.append({**empty, **one.after, **names, "id": one.target})
        elif one.action is Action.CHANGE:
            change = skills.update().where(skills.c.id == one.target)
            await connection.execute(change.values(one.after))
    if new:
        await connection.execute(skills.insert(), new)


async def _skill_names(connection: AsyncConnection) -> dict[str, tuple[str, str]]:
    """Id and name, by the form in which names are compared."""
    found = await connection.execute(sa.select(skills.c.name_key, skills.c.id, skills.c.name))
    return {row.name_key: (row.id, row.name) for row in found}


# --- phones


async def _plan_phones(connection: AsyncConnection, rows: Sequence[Row]) -> Plan:
    known = await load_people(connection)
    by_email = {fold(person.email): person for person in known}
    taken = {person.sip_user: person.id for person in known}
    plan = []
    for row in rows:
        person = by_email.get(fold(row.key))
        there = None
        if person:
            there = {"sip_user": person.sip_user, "sip_password": person.sip_password}
        one = planned(row, there, person.id if person else None)
        if person is None and one.action is not Action.ERROR:
            one.refuse(Fault("email", f"nobody has the address {row.key}: import people first"))
        user = row.values.get("sip_user")
        if person and user and taken.setdefault(user, person.id) != person.id:
            one.refuse(Fault("user", "somebody else has this SIP user"))
        plan.append(one)
    refuse_repeats(plan, [fold(row.key) for row in rows])
    return plan


async def _apply_phones(connection: AsyncConnection, plan: Plan) -> None:
    for one in plan:
        if one.action is Action.CHANGE:
            change = people.update().where(people.c.id == one.target)
            await connection.execute(change.values({**one.after, "version": people.c.version + 1}))
