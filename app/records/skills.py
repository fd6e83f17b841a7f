"""Skills: what a conversation may require and a person may have."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.columns import fold
from app.records.database import Database
from app.records.errors import Duplicate, InUse, NotFound
from app.records.identity import new_id
from app.records.person import Skill
from app.records.schema import people, person_skills, skills


class Skills:
    """The skills, with names that are unique whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Skill]:
        """Every skill, by name."""
        async with self._database.read() as connection:
            chosen = sa.select(skills.c.id, skills.c.name, skills.c.description)
            rows = await connection.execute(chosen.order_by(skills.c.name_key))
            return [Skill(*row) for row in rows]

    async def by_name(self, name: str) -> Skill | None:
        """The skill of this name, upper and lower case alike, or None."""
        async with self._database.read() as connection:
            chosen = sa.select(skills.c.id, skills.c.name, skills.c.description)
            row = (await connection.execute(chosen.where(skills.c.name_key == fold(name)))).first()
            return None if row is None else Skill(*row)

    async def add(self, name: str, description: str = "", id: str | None = None) -> Skill:
        """Add a skill. Raises Duplicate."""
        skill = Skill(id or new_id(), name.strip(), description)
        row = {"id": skill.id, "name_key": fold(name), "name": skill.name}
        async with self._database.write() as connection:
            statement = skills.insert().values({**row, "description": description})
            await _execute(connection, statement, name)
        return skill

    async def rename(self, id: str, name: str, description: str | None = None) -> Skill:
        """Give a skill another name, and another description if one is given.

        Raises NotFound, Duplicate.
        """
        values = {"name": name.strip(), "name_key": fold(name)}
        if description is not None:
            values["description"] = description
        async with self._database.write() as connection:
            change = skills.update().where(skills.c.id == id).values(values)
            if await _execute(connection, change, name) == 0:
                raise NotFound("skill", id)
            chosen = sa.select(skills.c.id, skills.c.name, skills.c.description)
            return Skill(*(await connection.execute(chosen.where(skills.c.id == id))).one())

    async def remove(self, id: str) -> None:
        """Remove a skill that nobody has. Raises NotFound, InUse with the people's names."""
        async with self._database.write() as connection:
            users = await _users(connection, id)
            if users:
                raise InUse("skill", id, users)
            try:
                gone = await connection.execute(skills.delete().where(skills.c.id == id))
            except sa.exc.IntegrityError:  # given to somebody since we looked (PostgreSQL)
                raise InUse("skill", id, ["somebody"]) from None
            if gone.rowcount == 0:
                raise NotFound("skill", id)


async def _users(connection: AsyncConnection, id: str) -> list[str]:
    chosen = (
        sa.select(people.c.name)
        .join(person_skills, person_skills.c.person_id == people.c.id)
        .where(person_skills.c.skill_id == id)
        .order_by(people.c.name)
    )
    return list((await connection.execute(chosen)).scalars())


async def _execute(connection: AsyncConnection, statement: sa.Executable, name: str) -> int:
    try:
        return (await connection.execute(statement)).rowcount
    except sa.exc.IntegrityError as error:
        if "name_key" in str(error.orig):
            raise Duplicate("skill", name) from None
        raise
