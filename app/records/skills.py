"""Skills: what a conversation may require and a person may have."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.columns import fold
from app.records.database import Database
from app.records.errors import Duplicate, InUse, NotFound
from app.records.identity import new_id
from app.records.person import Skill
from app.records.schema import people, person_skills, skills

_COLUMNS: tuple[sa.Column[Any], ...] = (
    skills.c.id,
    skills.c.name,
    skills.c.description,
    skills.c.admin_only,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a skill."""

    id: str
    name: str


class Skills:
    """The skills, with names that are unique whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Skill]:
        """Every skill, by name."""
        async with self._database.read() as connection:
            chosen = sa.select(*_COLUMNS)
            rows = await connection.execute(chosen.order_by(skills.c.name_key))
            return [Skill(*row) for row in rows]

    async def get(self, id: str) -> Skill:
        """One skill. Raises NotFound."""
        async with self._database.read() as connection:
            row = (await connection.execute(sa.select(*_COLUMNS).where(skills.c.id == id))).first()
        if row is None:
            raise NotFound("skill", id)
        return Skill(*row)

    async def holders(self, id: str) -> list[Holder]:
        """Who has this skill, by name; people who are not active included."""
        async with self._database.read() as connection:
            return await _holders(connection, id)

    async def add(
        self,
        name: str,
        description: str = "",
        id: str | None = None,
        admin_only: bool = False,
    ) -> Skill:
        """Add a skill. Raises Duplicate."""
        skill = Skill(id or new_id(), name.strip(), description, admin_only)
        async with self._database.write() as connection:
            await insert_skill(connection, skill)
        return skill

    async def rename(
        self,
        id: str,
        name: str,
        description: str | None = None,
        admin_only: bool | None = None,
    ) -> Skill:
        """Give a skill another name; description and lock change if they are given.

        Raises NotFound, Duplicate.
        """
        values: dict[str, Any] = {"name": name.strip(), "name_key": fold(name)}
        if description is not None:
            values["description"] = description
        if admin_only is not None:
            values["admin_only"] = admin_only
        async with self._database.write() as connection:
            change = skills.update().where(skills.c.id == id).values(values)
            if await _execute(connection, change, name) == 0:
                raise NotFound("skill", id)
            chosen = sa.select(*_COLUMNS)
            return Skill(*(await connection.execute(chosen.where(skills.c.id == id))).one())

    async def remove(self, id: str) -> None:
        """Remove a skill that nobody has. Raises NotFound, InUse with the people's names."""
        async with self._database.write() as connection:
            users = await _holders(connection, id)
            if users:
                raise InUse("skill", id, [user.name for user in users])
            try:
                gone = await connection.execute(skills.delete().where(skills.c.id == id))
            except sa.exc.IntegrityError:  # given to somebody since we looked (PostgreSQL)
                raise InUse("skill", id, ["somebody"]) from None
            if gone.rowcount == 0:
                raise NotFound("skill", id)


async def insert_skill(connection: AsyncConnection, skill: Skill) -> None:
    """Add a skill in a transaction of the caller's. Raises Duplicate."""
    row: dict[str, Any] = {
        "id": skill.id,
        "name_key": fold(skill.name),
        "name": skill.name,
        "description": skill.description,
        "admin_only": skill.admin_only,
    }
    await _execute(connection, skills.insert().values(row), skill.name)


async def _holders(connection: AsyncConnection, id: str) -> list[Holder]:
    chosen = (
        sa.select(people.c.id, people.c.name)
        .join(person_skills, person_skills.c.person_id == people.c.id)
        .where(person_skills.c.skill_id == id)
        .order_by(people.c.name, people.c.id)
    )
    return [Holder(*row) for row in await connection.execute(chosen)]


async def _execute(connection: AsyncConnection, statement: sa.Executable, name: str) -> int:
    try:
        return (await connection.execute(statement)).rowcount
    except sa.exc.IntegrityError as error:
        if "name_key" in str(error.orig):
            raise Duplicate("skill", name) from None
        raise
