"""Agents for a private service: on the books, signed in, with a phone number and one skill."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from app.bench.stack import Stack
from app.domain.agent import Role
from app.records import NewPerson, Records

SKILL = "Billing"
SIGNED_IN_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person, and what their page sends with each request."""

    id: str
    name: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody of one benchmark."""

    agents: list[SignedIn]
    supervisor: SignedIn
    admin: SignedIn
    skill: str
    """Id of the one skill that all agents have."""


async def hire(stack: Stack, names: Iterable[str]) -> Staff:
    """Agents whose phone number is their name, a supervisor and an administrator; before the
    service starts."""
    records = await Records.open(stack.settings.database_url)
    try:
        skill = await records.skills.add(SKILL, "")
        agents = []
        for name in names:
            agents.append(await _sign_in(records, stack, name, Role.AGENT))
            await records.people.set_skills(agents[-1].id, [skill.id], by_admin=True)
        supervisor = await _sign_in(records, stack, "supervisor", Role.SUPERVISOR)
        admin = await _sign_in(records, stack, "bench-admin", Role.ADMIN)
        return Staff(agents, supervisor, admin, skill.id)
    finally:
        await records.close()


async def _sign_in(records: Records, stack: Stack, name: str, role: Role) -> SignedIn:
    new = NewPerson(email=f"{name}@example.com", name=name, role=role, phone_number=name)
    person = await records.people.add(new)
    now = time.time_ns() // 1_000_000
    token = await records.sessions.start(person.id, now, SIGNED_IN_MS)
    return SignedIn(person.id, name, f"{stack.cookie}={token}")
