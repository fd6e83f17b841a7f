"""People: who may sign in, how their phone is reached, what they can do."""

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.agent import Role, Status
from app.domain.leg import Audio, LegKind
from app.records.columns import fold
from app.records.database import Database
from app.records.errors import Duplicate, LastAdministrator, Locked, NotFound
from app.records.identity import new_id, new_secret
from app.records.person import NewPerson, Person, PersonChanges, PersonSkill
from app.records.schema import people, person_skills, skills

_CAPS = range(0, 11)


class People:
    """The people on the books, inactive ones included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Person]:
        """Everybody, by name."""
        async with self._database.read() as connection:
            found = await load_people(connection)
        return sorted(found, key=lambda person: (fold(person.name), person.id))

    async def get(self, id: str) -> Person:
        """One person. Raises NotFound."""
        async with self._database.read() as connection:
            return await _get(connection, id)

    async def by_email(self, email: str) -> Person | None:
        """The person with this address, upper and lower case alike, or None."""
        async with self._database.read() as connection:
            found = await _load(connection, people.c.email_key == fold(email))
        return found[0] if found else None

    async def add(self, new: NewPerson) -> Person:
        """Put a person on the books, with SIP credentials of their own. Raises Duplicate."""
        async with self._database.write() as connection:
            return await _get(connection, await insert_person(connection, new))

    async def update(self, id: str, **changes: Unpack[PersonChanges]) -> Person:
        """Change what is named.

        Raises NotFound, Duplicate, LastAdministrator, and ValueError for a bad value.
        """
        async with self._database.write() as connection:
            await update_person(connection, id, changes)
            return await _get(connection, id)

    async def set_password_hash(self, id: str, password_hash: str | None) -> None:
        """Store a new password's hash. Raises NotFound."""
        async with self._database.write() as connection:
            await _change(connection, id, {"password_hash": password_hash})

    async def set_status(
        self,
        id: str,
        status: Status,
        reason: str | None = None,
        pending: Status | None = None,
        pending_reason: str | None = None,
    ) -> None:
        """Remember the status that the queue holds; the version stays. Raises NotFound."""
        values = {
            "status": Status(status),
            "status_reason": reason,
            "status_pending": None if pending is None else Status(pending),
            "status_pending_reason": pending_reason,
        }
        async with self._database.write() as connection:
            change = people.update().where(people.c.id == id).values(values)
            if (await connection.execute(change)).rowcount == 0:
                raise NotFound("person", id)

    async def set_skills(self, id: str, skill_ids: Iterable[str], by_admin: bool = False) -> Person:
        """Give exactly these skills; kept ones keep proficiency and lock. Raises NotFound, Locked.

        Locked skills stay whatever is asked, and locked ones are not taken, unless an
        administrator asks.
        """
        async with self._database.write() as connection:
            await give_exactly(connection, id, set(skill_ids), by_admin)
            return await _get(connection, id)

    async def set_levels(self, id: str, levels: Mapping[str, int]) -> Person:
        """How well a person has skills that they hold: 1 to 5 by skill id. Raises NotFound."""
        async with self._database.write() as connection:
            for skill_id, proficiency in levels.items():
                await set_level(connection, id, skill_id, proficiency)
            await _change(connection, id, {})
            return await _get(connection, id)

    async def set_skill(self, id: str, skill_id: str, proficiency: int, locked: bool) -> Person:
        """How well a person has a skill they hold, and whether it is locked. Raises NotFound."""
        if proficiency not in range(1, 6):
            raise ValueError("proficiency is 1 to 5")
        held = (person_skills.c.person_id == id) & (person_skills.c.skill_id == skill_id)
        values = {"proficiency": proficiency, "locked": locked}
        async with self._database.write() as connection:
            changed = await connection.execute(person_skills.update().where(held).values(values))
            if changed.rowcount == 0:
                raise NotFound("skill of this person", skill_id)
            await _change(connection, id, {})
            return await _get(connection, id)


async def load_people(connection: AsyncConnection) -> list[Person]:
    """Everybody, in no order."""
    return await _load(connection, sa.true())


async def insert_person(connection: AsyncConnection, new: NewPerson) -> str:
    """Add somebody in a transaction of the caller's; their id. Raises Duplicate."""
    row: dict[str, Any] = {
        "id": new.id or new_id(),
        "email": new.email.strip(),
        "email_key": fold(new.email),
        "name": new.name,
        "role": Role(new.role),
        "team": new.team,
        "password_hash": new.password_hash,
        "phone_number": new.phone_number,
        "audio": Audio(new.audio),
        "leg": LegKind(new.leg),
        "inbox_view": {},
        "sip_user": new_id(),  # unguessable: scanners try names and extensions
        "sip_password": new_secret(),
    }
    await _execute(connection, people.insert().values(row), new.email)
    return str(row["id"])


async def update_person(connection: AsyncConnection, id: str, changes: Mapping[str, Any]) -> None:
    """Change what is named, in a transaction of the caller's. Raises as `People.update`."""
    values = _checked(changes)
    if "email" in values:
        values["email_key"] = fold(values["email"])
    if values.get("active") is False or values.get("role", Role.ADMIN) is not Role.ADMIN:
        await _check_last_administrator(connection, id)
    await _change(connection, id, values)


async def give_exactly(
    connection: AsyncConnection, id: str, wanted: set[str], by_admin: bool
) -> None:
    """Skills of one person, in a transaction of the caller's. Raises NotFound, Locked."""
    person = await _get(connection, id, lock=True)
    admin_only = await _check_skills(connection, wanted)
    held = {skill.id for skill in person.skills}
    if not by_admin:
        for skill_id in sorted((wanted - held) & admin_only.keys()):
            raise Locked(admin_only[skill_id])
    locked = {skill.id for skill in person.skills if skill.locked or skill.admin_only}
    stays = set() if by_admin else locked
    await _take_skills(connection, id, held - wanted - stays)
    await _give_skills(connection, id, wanted - held)
    await _change(connection, id, {})


async def set_level(connection: AsyncConnection, id: str, skill_id: str, proficiency: int) -> None:
    """How well a person has a skill, in a transaction of the caller's. Raises NotFound."""
    if proficiency not in range(1, 6):
        raise ValueError("proficiency is 1 to 5")
    held = (person_skills.c.person_id == id) & (person_skills.c.skill_id == skill_id)
    change = person_skills.update().where(held).values(proficiency=proficiency)
    if (await connection.execute(change)).rowcount == 0:
        raise NotFound("skill of this person", skill_id)


async def _check_last_administrator(connection: AsyncConnection, id: str) -> None:
    """Nobody locks everybody out, nor two administrators each other at one instant."""
    active = (people.c.role == Role.ADMIN) & people.c.active
    chosen = sa.select(people.c.id).where(active).with_for_update()
    administrators = set((await connection.execute(chosen)).scalars())
    if administrators == {id}:
        raise LastAdministrator


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    unknown = values.keys() - PersonChanges.__annotations__.keys()
    if unknown:
        raise ValueError(f"cannot change {', '.join(sorted(unknown))}")
    for name, kind in (("role", Role), ("audio", Audio), ("leg", LegKind)):
        if name in values:
            values[name] = kind(values[name])
    if values.get("role") is Role.BOT:
        raise ValueError("the role bot is for keys")
    for cap in ("chat_cap", "email_cap"):
        if cap in values and values[cap] not in _CAPS:
            raise ValueError(f"{cap} is 0 to 10")
    if "email" in values:
        values["email"] = values["email"].strip()
    return values


async def _execute(connection: AsyncConnection, statement: sa.Executable, email: str) -> int:
    try:
        return (await connection.execute(statement)).rowcount
    except sa.exc.IntegrityError as error:
        if "email_key" in str(error.orig):
            raise Duplicate("person", email) from None
        if "sip_user" in str(error.orig):
            raise Duplicate("SIP user", "user") from None
        if "people.id" in str(error.orig) or "pk_people" in str(error.orig):
            raise Duplicate("person", "id") from None
        raise


async def _change(connection: AsyncConnection, id: str, values: Mapping[str, Any]) -> None:
    change = people.update().where(people.c.id == id)
    change = change.values({**values, "version": people.c.version + 1})
    if await _execute(connection, change, str(values.get("email", ""))) == 0:
        raise NotFound("person", id)


async def _check_skills(connection: AsyncConnection, wanted: set[str]) -> dict[str, str]:
    """The names of those that only an administrator gives. Raises NotFound."""
    chosen = sa.select(skills.c.id, skills.c.name, skills.c.admin_only)
    known = (await connection.execute(chosen.where(skills.c.id.in_(wanted)))).all()
    for missing in sorted(wanted - {row.id for row in known}):
        raise NotFound("skill", missing)
    return {row.id: row.name for row in known if row.admin_only}


async def _take_skills(connection: AsyncConnection, id: str, gone: set[str]) -> None:
    held = (person_skills.c.person_id == id) & person_skills.c.skill_id.in_(gone)
    await connection.execute(person_skills.delete().where(held))


async def _give_skills(connection: AsyncConnection, id: str, new: set[str]) -> None:
    if new:
        rows = [{"person_id": id, "skill_id": skill} for skill in sorted(new)]
        await connection.execute(person_skills.insert(), rows)


async def _get(connection: AsyncConnection, id: str, lock: bool = False) -> Person:
    found = await _load(connection, people.c.id == id, lock)
    if not found:
        raise NotFound("person", id)
    return found[0]


async def _load(
    connection: AsyncConnection, where: sa.ColumnElement[bool], lock: bool = False
) -> list[Person]:
    chosen = sa.select(people).where(where)
    rows = (await connection.execute(chosen.with_for_update() if lock else chosen)).all()
    held = (
        sa.select(person_skills, skills.c.name, skills.c.description, skills.c.admin_only)
        .join(skills, skills.c.id == person_skills.c.skill_id)
        .join(people, people.c.id == person_skills.c.person_id)
        .where(where)
        .order_by(skills.c.name_key)
    )
    by_person: dict[str, list[PersonSkill]] = {}
    for row in await connection.execute(held):
        skill = PersonSkill(
            row.skill_id, row.name, row.description, row.admin_only, row.proficiency, row.locked
        )
        by_person.setdefault(row.person_id, []).append(skill)
    return [_person(row, tuple(by_person.get(row.id, ()))) for row in rows]


def _person(row: sa.Row[Any], held: tuple[PersonSkill, ...]) -> Person:
    values = dict(row._mapping)
    del values["email_key"]
    values["role"] = Role(values["role"])
    values["audio"] = Audio(values["audio"])
    values["leg"] = LegKind(values["leg"])
    values["status"] = Status(values["status"])
    pending = values["status_pending"]
    values["status_pending"] = None if pending is None else Status(pending)
    return Person(**values, skills=held)
