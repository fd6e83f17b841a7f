"""What administrators may send, beside what everybody may."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from app.api.access import ITS_OWN, Scope
from app.api.requests import (
    Email,
    Line,
    NewPassword,
    Number,
    Request,
    SkillNames,
    Text,
    one_line,
    storable,
)
from app.domain.agent import Role
from app.domain.leg import Audio, LegKind

HumanRole = Literal[Role.AGENT, Role.SUPERVISOR, Role.ADMIN]
Levels = Annotated[dict[Line, Annotated[int, Field(ge=1, le=5)]], Field(max_length=50)]
"""Proficiency by skill."""


def _label(text: str) -> str:
    return one_line(text) if text.strip() else ""


Team = Annotated[str, Field(max_length=100), AfterValidator(_label)]
ShortName = Annotated[str, Field(max_length=100), AfterValidator(one_line)]


class SkillChange(Request):
    """A skill's name, description and lock; what is left out stays."""

    name: ShortName
    description: Text | None = None
    admin_only: bool | None = None
    recorded: bool | None = None
    keep_recordings_days: Annotated[float, Field(ge=0, le=36_500)] | None = None
    """Null, when given: as the house's setting."""


class NameChange(Request):
    """A name in a list."""

    name: ShortName


class NewUser(Request):
    """Somebody new on the books."""

    email: Email
    name: Line
    role: HumanRole = Role.AGENT
    team: Team = ""
    password: NewPassword | None = None
    phone_number: Number | None = None
    audio: Audio = Audio.NUMBER
    leg: LegKind = LegKind.PERSISTENT
    skills: SkillNames = Field(default_factory=list)
    proficiency: Levels = Field(default_factory=dict)


class UserChanges(Request):
    """What is to change about somebody; what is left out stays."""

    email: Email = ""
    name: Line = ""
    role: HumanRole = Role.AGENT
    team: Team = ""
    active: bool = True
    password: NewPassword | None = None
    phone_number: Number | None = None
    audio: Audio = Audio.NUMBER
    leg: LegKind = LegKind.PERSISTENT
    skills: SkillNames = Field(default_factory=list)
    locked_skills: SkillNames = Field(default_factory=list)
    proficiency: Levels = Field(default_factory=dict)


class NewPhone(Request):
    """Whose phone it is, by id or e-mail address."""

    user: Line


class NewKey(Request):
    """What the key is for, and what it allows."""

    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)] = Field(
        default_factory=lambda: sorted(ITS_OWN)
    )


class PasswordChange(Request):
    """The caller's own new password, and the one they have."""

    old: Annotated[str, Field(max_length=1000)]
    new: NewPassword


class SettingChanges(Request):
    """Settings by key; null goes back to the default."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    @property
    def values(self) -> dict[str, Any]:
        """What was sent."""
        return dict(self.model_extra or {})


class AuditQuery(Request):
    """Which acts, newest first; `act` may be the beginning of one, such as `skill.`."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    who: Line | None = None
    act: Line | None = None
    cursor: Annotated[str, Field(max_length=100), AfterValidator(storable)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Import(Request):
    """A CSV file of people, skills or phones; nothing is changed with `dry_run`."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    kind: Literal["people", "skills", "phones"]
    csv: Annotated[str, Field(max_length=1024 * 1024), AfterValidator(storable)]
    dry_run: bool = False
