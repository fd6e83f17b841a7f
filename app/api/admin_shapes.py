"""What the API answers administrators, beside what everybody sees."""

from typing import Any

from msgspec import Struct

from app.api.shapes import HeldSkill, Instant, Preferences
from app.domain.agent import Role


class Use(Struct, frozen=True):
    """Something that still needs a skill."""

    kind: str
    """person, conversation, calendar, rule (of routing), widget (of chat) or mailbox."""
    id: str
    name: str


class SkillDetail(Struct, frozen=True):
    """A skill, and what uses it."""

    id: str
    name: str
    description: str
    admin_only: bool
    used_by: list[Use]


class User(Struct, frozen=True):
    """Somebody on the books, as administrators see them."""

    id: str
    email: str
    name: str
    role: Role
    team: str
    active: bool
    has_password: bool
    skills: list[HeldSkill]
    preferences: Preferences


class UserList(Struct, frozen=True):
    """Everybody on the books."""

    items: list[User]
    next: str | None = None


class Phone(Struct, frozen=True):
    """The SIP account of somebody's desk phone or softphone; `uri` is what its QR code holds."""

    id: str
    name: str
    user: str
    password: str
    server: str
    uri: str
    registered: bool


class PhoneList(Struct, frozen=True):
    """All SIP accounts."""

    items: list[Phone]
    next: str | None = None


class ApiKey(Struct, frozen=True):
    """A program's key, without the secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: Instant
    revoked_at: Instant | None


class NewApiKey(Struct, frozen=True):
    """A key just made; `key` is shown this once."""

    id: str
    name: str
    scopes: list[str]
    created_at: Instant
    key: str


class ApiKeyList(Struct, frozen=True):
    """All keys, revoked ones included."""

    items: list[ApiKey]
    next: str | None = None


class Setting(Struct, frozen=True):
    """A service-wide setting in force; `minimum` and `maximum` are of numbers."""

    key: str
    value: float | bool | str
    default: float | bool | str
    minimum: float | None
    maximum: float | None
    choices: list[str]
    version: int


class SettingList(Struct, frozen=True):
    """Every service-wide setting."""

    items: list[Setting]
    next: str | None = None


class AuditEntry(Struct, frozen=True):
    """One act: who did what, to whom or what, and what differs."""

    id: str
    at: Instant
    who_id: str
    who_name: str
    act: str
    target_id: str | None
    target_name: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditList(Struct, frozen=True):
    """A page of acts, newest first; `next` is the cursor of the page after it."""

    items: list[AuditEntry]
    next: str | None


class CellFault(Struct, frozen=True):
    """What is wrong with one cell, or with the whole line (`field` is empty)."""

    field: str
    detail: str


class CellChange(Struct, frozen=True):
    """One value that an import changes, in words."""

    field: str
    before: str
    after: str


class ImportRow(Struct, frozen=True):
    """What becomes of one line: `add`, `change`, `same` or `error`."""

    line: int
    key: str
    action: str
    changes: list[CellChange]
    errors: list[CellFault]


class ImportResult(Struct, frozen=True):
    """What an import would do (`applied` is false), or did; all of it or nothing."""

    kind: str
    applied: bool
    added: int
    changed: int
    same: int
    faulty: int
    rows: list[ImportRow]
