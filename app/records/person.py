"""A person on the books: who signs in, with their preferences and skills."""

from dataclasses import dataclass, field
from typing import Any, TypedDict

from app.domain.agent import Role, Status
from app.domain.leg import Audio, LegKind


@dataclass(frozen=True, slots=True)
class Skill:
    """Something that a conversation may require."""

    id: str
    name: str
    description: str = ""
    admin_only: bool = False
    """Only an administrator may give it to somebody or take it away."""


@dataclass(frozen=True, slots=True)
class PersonSkill(Skill):
    """A skill as one person has it."""

    proficiency: int = 3
    """1 to 5."""
    locked: bool = False
    """Only an administrator may take it away."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is needed to add a person; the rest has defaults."""

    email: str
    name: str
    role: Role = Role.AGENT
    team: str = ""
    password_hash: str | None = field(default=None, repr=False)
    phone_number: str | None = None
    audio: Audio = Audio.NUMBER
    leg: LegKind = LegKind.PERSISTENT
    id: str | None = None
    """Made when None."""


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the people, as it was when read."""

    id: str
    email: str
    name: str
    role: Role
    team: str
    """A label of the administrators' own; nothing is decided by it."""
    password_hash: str | None = field(repr=False)
    phone_number: str | None
    audio: Audio
    leg: LegKind
    confirm_answer: bool
    chat_cap: int
    email_cap: int
    inbox_view: dict[str, Any]
    status: Status
    status_reason: str | None
    status_pending: Status | None
    status_pending_reason: str | None
    sip_user: str
    sip_password: str = field(repr=False)
    version: int
    """Counts changes of everything but the status, which flows the other way."""
    active: bool
    """False: on the books for the archive's sake, and cannot sign in."""
    skills: tuple[PersonSkill, ...]
    """Sorted by name."""


class PersonChanges(TypedDict, total=False):
    """What `People.update` can change."""

    email: str
    name: str
    role: Role
    team: str
    phone_number: str | None
    audio: Audio
    leg: LegKind
    confirm_answer: bool
    chat_cap: int
    email_cap: int
    inbox_view: dict[str, Any]
    sip_user: str
    sip_password: str
    active: bool
