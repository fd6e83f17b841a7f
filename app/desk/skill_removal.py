"""Removing a skill: never from under somebody who has it, or a customer who waits for it."""

from app.acd import Distributor
from app.desk.availability import Availability
from app.desk.directory import Directory
from app.desk.errors import InUse, Use, refusals
from app.domain.conversation import Conversation
from app.records import InUse as HeldByPeople
from app.records import Skills


class SkillRemoval:
    """Says what uses a skill, and removes one that nothing uses."""

    def __init__(
        self,
        directory: Directory,
        availability: Availability,
        distributor: Distributor,
        skills: Skills,
    ) -> None:
        self._directory = directory
        self._availability = availability
        self._distributor = distributor
        self._skills = skills

    async def uses(self, skill_id: str) -> list[Use]:
        """Who has it, and which open conversations require it. Raises Unavailable."""
        people = [Use("person", one.id, one.name) for one in await self._skills.holders(skill_id)]
        with refusals():
            picture = await self._distributor.picture()
        needed = [c for c in picture.conversations.values() if skill_id in c.skills]
        return people + [Use("conversation", c.id, _name(c)) for c in needed]

    async def remove(self, skill_id: str) -> None:
        """Remove it. Raises NotFound (of the records), InUse with all that uses it.

        A hand-over that names it at this instant is relaxed when the people are read again.
        """
        name = (await self._skills.get(skill_id)).name
        uses = await self.uses(skill_id)
        try:
            if not uses:
                await self._skills.remove(skill_id)
        except HeldByPeople:  # given to somebody since we looked
            uses = await self.uses(skill_id)
        if uses:
            raise InUse(f"“{name}” is still used by {_told(uses)}", uses)
        await self._availability.refresh()


def _name(conversation: Conversation) -> str:
    customer = conversation.customer
    return customer.name or customer.number or customer.email or conversation.id


def _told(uses: list[Use]) -> str:
    people = [use.name for use in uses if use.kind == "person"]
    talks = len(uses) - len(people)
    parts = [", ".join(people[:5]) + (f" and {len(people) - 5} more" if len(people) > 5 else "")]
    parts += [f"{talks} open conversation{'' if talks == 1 else 's'}"] if talks else []
    return " and ".join(part for part in parts if part)
