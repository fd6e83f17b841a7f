"""A directory of two people and two skills, without SQL."""

from app.desk.directory import Directory
from app.domain.agent import Role, Status
from app.domain.leg import Audio, LegKind
from app.records import Person, PersonSkill, Records, Skill

BILLING = PersonSkill("s-billing", "Billing")
SPANISH = PersonSkill("s-spanish", "Spanish")


def person(name: str, *skills: PersonSkill, number: str | None = "+15550100") -> Person:
    """An active agent."""
    return Person(
        id=f"p-{name}",
        email=f"{name}@example.com",
        name=name.title(),
        role=Role.AGENT,
        team="",
        password_hash=None,
        phone_number=number,
        audio=Audio.NUMBER,
        leg=LegKind.PERSISTENT,
        confirm_answer=True,
        chat_cap=5,
        email_cap=5,
        inbox_view={},
        status=Status.OFFLINE,
        status_reason=None,
        status_pending=None,
        status_pending_reason=None,
        sip_user=f"sip-{name}",
        sip_password="secret",
        version=1,
        active=True,
        skills=skills,
    )


def directory() -> Directory:
    """Ana with Billing, Ben with both."""
    found = Directory(Records.__new__(Records))
    people = [person("ana", BILLING), person("ben", BILLING, SPANISH)]
    found.replace(people, [Skill("s-billing", "Billing"), Skill("s-spanish", "Spanish")])
    return found
