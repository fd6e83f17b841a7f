"""The one-shot commands of the command line, each run on the same parts as the service."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.api.passwords import hash_password
from app.config import Refusal, Settings
from app.demo import Demo
from app.domain.agent import Role
from app.embedded import check_dialplan as check
from app.embedded import install_folder
from app.records import Duplicate, NewPerson, Records

Say = Callable[[str], None]

MIN_PASSWORD = 8


async def add_person(
    settings: Settings,
    *,
    email: str,
    name: str,
    role: str,
    skills: list[str],
    number: str | None,
    password: str,
    say: Say,
) -> int:
    """Put a person on the books. Raises Refusal."""
    _check_password(password)
    records = await Records.open(settings.database_url)
    try:
        known = {s.name.casefold(): s.id for s in await records.skills.all()}
        for skill in skills:
            if skill.casefold() not in known:
                known[skill.casefold()] = (await records.skills.add(skill, "")).id
        person = await records.people.add(
            NewPerson(
                email=email,
                name=name,
                role=Role(role),
                phone_number=number,
                password_hash=hash_password(password),
            )
        )
        ids = [known[s.casefold()] for s in skills]
        await records.people.set_skills(person.id, ids, by_admin=True)
    except Duplicate:
        raise Refusal(f"there is already somebody with the address {email}") from None
    finally:
        await records.close()
    say(f"{email} may sign in; a running service sees it within half a minute")
    return 0


async def set_password(settings: Settings, email: str, password: str, say: Say) -> int:
    """Give a person another password, and end their sign-ins. Raises Refusal."""
    _check_password(password)
    records = await Records.open(settings.database_url)
    try:
        person = await records.people.by_email(email)
        if person is None:
            raise Refusal(f"there is nobody with the address {email}")
        await records.people.set_password_hash(person.id, hash_password(password))
        await records.sessions.end_all(person.id)
    finally:
        await records.close()
    say(f"the password of {email} is changed")
    return 0


async def list_people(settings: Settings, say: Say) -> int:
    """Everybody on the books, a line each."""
    records = await Records.open(settings.database_url)
    try:
        for person in await records.people.all():
            skills = ", ".join(s.name for s in person.skills) or "no skills"
            say(f"{person.email:32} {person.role:11} {person.name} ({skills})")
    finally:
        await records.close()
    return 0


def check_dialplan(settings: Settings, directory: Path) -> list[str]:
    """What is wrong with a dialplan folder; empty when nothing is. Raises Refusal."""
    if not directory.is_dir():
        raise Refusal(f"{directory} is no folder")
    return asyncio.run(check(directory, install_folder(settings)))


async def play_demo(settings: Settings, talk_seconds: float, say: Say) -> int:
    """Play one customer call against the running service and print its timeline."""
    return await Demo(settings, say).play(talk_seconds)


async def call_as_customer(settings: Settings, number: str, keys: str, say: Say) -> int:
    """Only the customer's side: somebody answers in the Inbox."""
    return await Demo(settings, say).call_only(number, keys)


def _check_password(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise Refusal(f"a password has at least {MIN_PASSWORD} characters")
