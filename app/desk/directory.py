"""People and skills by id and by name, in memory: nothing on the call path waits for SQL."""

from collections.abc import Iterable

from app.acd import AgentProfile
from app.domain.agent import Caps, Role
from app.domain.leg import Audio, LegKind
from app.records import Person, Records, Skill

RECORDED_SKILLS = "recorded_skills"
"""Key of the stored setting: the ids of the skills whose talks are recorded."""
KEPT_RECORDINGS = "kept_recordings"
"""Key of the stored setting: for how many days recordings are kept, by skill id; 0: for ever."""


class Directory:
    """Who works here and what can be required; read again by `refresh`."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._people: dict[str, Person] = {}
        self._skills: dict[str, Skill] = {}
        self._skill_ids: dict[str, str] = {}
        self._person_ids: dict[str, str] = {}
        self._recorded: frozenset[str] = frozenset()
        self._kept: dict[str, float] = {}

    async def refresh(self) -> None:
        """Read people and skills from SQL."""
        self.replace(await self._records.people.all(), await self._records.skills.all())
        stored = await self._records.settings.get(RECORDED_SKILLS)
        self._recorded = frozenset(stored.value if stored and stored.value else ())
        stored = await self._records.settings.get(KEPT_RECORDINGS)
        self._kept = dict(stored.value) if stored and stored.value else {}

    def replace(self, people: list[Person], skills: list[Skill]) -> None:
        """Take these as all there are."""
        self._people = {p.id: p for p in people}
        self._skills = {s.id: s for s in skills}
        self._skill_ids = {s.name.casefold(): s.id for s in skills}
        self._person_ids = {p.email.casefold(): p.id for p in people}

    def is_recorded(self, skill_ids: Iterable[str]) -> bool:
        """Whether talks for one of these skills are recorded."""
        return not self._recorded.isdisjoint(skill_ids)

    def kept_recordings(self) -> dict[str, float]:
        """Days for which recordings are kept, of skills with a rule of their own; 0: for ever."""
        return self._kept

    def people(self) -> list[Person]:
        """Everybody who is active."""
        return [p for p in self._people.values() if p.active]

    def skills(self) -> list[Skill]:
        """Every skill."""
        return list(self._skills.values())

    def person(self, person_id: str) -> Person | None:
        """The person with this id."""
        return self._people.get(person_id)

    def find_person(self, handle: str) -> Person | None:
        """The active person with this id or e-mail address."""
        person_id = self._person_ids.get(handle.strip().casefold(), handle.strip())
        person = self._people.get(person_id)
        return person if person and person.active else None

    def by_sip_user(self, user: str) -> Person | None:
        """The person whose SIP phone this is."""
        return next((p for p in self._people.values() if p.sip_user == user), None)

    def person_name(self, person_id: str) -> str:
        """Their name; the id when they are gone."""
        person = self._people.get(person_id)
        return person.name if person else person_id

    def skill_name(self, skill_id: str) -> str:
        """The skill's name; the id when it is gone."""
        skill = self._skills.get(skill_id)
        return skill.name if skill else skill_id

    def skill_id(self, name: str) -> str | None:
        """The id of the skill with this name, in any case of letters."""
        return self._skill_ids.get(name.strip().casefold())


def profile(person: Person) -> AgentProfile:
    """What the distributor needs to know of a person."""
    return AgentProfile(
        id=person.id,
        name=person.name,
        role=Role(person.role),
        skills=frozenset(skill.id for skill in person.skills),
        levels={skill.id: skill.proficiency for skill in person.skills},
        caps=Caps(chat=person.chat_cap, email=person.email_cap),
        audio=Audio(person.audio),
        kind=LegKind(person.leg),
    )
