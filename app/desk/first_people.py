"""The people of a new database: the first administrator, and the demo's agents."""

from collections.abc import Callable
from dataclasses import dataclass

from app.desk.leg_addresses import DEMO_NUMBER
from app.domain.agent import Role
from app.domain.message import Widget
from app.records import NewPerson, Records

DEMO_WIDGET = "demo-bot"
"""The chat widget whose chats begin with the demo's bot; the default one's begin with people."""
DEMO_SKILLS = ("Billing", "Spanish")
DEMO_PEOPLE = (
    ("ana@example.com", "Ana", Role.AGENT, ("Billing",)),
    ("ben@example.com", "Ben", Role.AGENT, ("Billing", "Spanish")),
    ("chi@example.com", "Chi", Role.AGENT, ("Spanish",)),
    ("sam@example.com", "Sam", Role.SUPERVISOR, ()),
)


@dataclass(frozen=True, slots=True)
class FirstPeople:
    """Adds who is missing; never changes anybody who is there."""

    records: Records
    hash_password: Callable[[str], str]

    async def administrator(self, email: str, password: str) -> bool:
        """Add the first administrator where there is nobody with that address."""
        if await self.records.people.by_email(email):
            return False
        await self.records.people.add(
            NewPerson(
                email=email,
                name="Administrator",
                role=Role.ADMIN,
                password_hash=self.hash_password(password),
            )
        )
        return True

    async def bots_key(self, kept: str | None, scopes: tuple[str, ...]) -> str:
        """The API key of the demo's bots, made where the kept one is not known (any more), and the
        chat widget whose chats are theirs."""
        known = await self.records.keys.find(kept) if kept else None
        if known is None:
            key_id, kept = await self.records.keys.add("Demo bot", scopes)
        else:
            key_id = known.id
        await self.records.widgets.put(Widget(DEMO_WIDGET, title="Demo bot", bot=key_id))
        return kept or ""

    async def demo(self, password: str) -> None:
        """Add the demo's skills and agents where they are missing; set their password."""
        skills = {s.name: s.id for s in await self.records.skills.all()}
        for name in DEMO_SKILLS:
            if name not in skills:
                skills[name] = (await self.records.skills.add(name, "")).id
        hashed = self.hash_password(password)
        for email, name, role, has in DEMO_PEOPLE:
            person = await self.records.people.by_email(email)
            if person is None:
                person = await self.records.people.add(
                    NewPerson(email=email, name=name, role=role, phone_number=DEMO_NUMBER)
                )
                await self.records.people.set_skills(
                    person.id, [skills[s] for s in has], by_admin=True
                )
            await self.records.people.set_password_hash(person.id, hashed)
