"""From what the records hold to what administrators are shown."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from app.api import admin_shapes as shapes
from app.api.views import held, instant, moment, preferences
from app.config import Settings
from app.desk.errors import Use
from app.desk.service_settings import Current
from app.records import ApiKey, AuditEntry, Person, Skill


def user(person: Person) -> shapes.User:
    """Somebody on the books."""
    return shapes.User(
        id=person.id,
        email=person.email,
        name=person.name,
        role=person.role,
        team=person.team,
        active=person.active,
        has_password=person.password_hash is not None,
        skills=[held(skill) for skill in person.skills],
        preferences=preferences(person),
    )


def skill_detail(of: Skill, uses: Sequence[Use]) -> shapes.SkillDetail:
    """A skill, and what uses it."""
    used_by = [shapes.Use(use.kind, use.id, use.name) for use in uses]
    return shapes.SkillDetail(of.id, of.name, of.description, of.admin_only, used_by)


def phone(person: Person, settings: Settings, registered: bool) -> shapes.Phone:
    """Somebody's SIP account; the QR code's content is a SIP URI (RFC 3261, 19.1.1).

    Where TLS is listened to, phones are told of that, by the name that the certificate is for.
    """
    bind, how = settings.sip_bind, ""
    host = settings.external_address or bind.host
    if settings.sip_tls_bind is not None:
        bind, how = settings.sip_tls_bind, ";transport=tls"
        host = urlsplit(settings.public_url).hostname or host
    server = f"{host}:{bind.port}"
    uri = f"sip:{person.sip_user}:{person.sip_password}@{server}{how}"
    return shapes.Phone(
        person.id, person.name, person.sip_user, person.sip_password, server, uri, registered
    )


def api_key(of: ApiKey) -> shapes.ApiKey:
    """A program's key, without the secret."""
    created = instant(of.created_at)
    return shapes.ApiKey(of.id, of.name, list(of.scopes), created, moment(of.revoked_at))


def setting(of: Current) -> shapes.Setting:
    """A service-wide setting in force."""
    spec = of.spec
    number = isinstance(spec.default, float)
    return shapes.Setting(
        key=spec.key,
        value=of.value,
        default=of.default,
        minimum=spec.minimum if number else None,
        maximum=spec.maximum if number else None,
        choices=list(spec.choices),
        version=of.version,
    )


def audit_entry(of: AuditEntry) -> shapes.AuditEntry:
    """One act."""
    return shapes.AuditEntry(
        id=of.id,
        at=instant(of.at),
        who_id=of.who_id,
        who_name=of.who_name,
        act=of.act,
        target_id=of.target_id,
        target_name=of.target_name,
        before=of.before,
        after=of.after,
    )
