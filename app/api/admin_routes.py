"""Lists to choose from, and the settings that administrators keep."""

from typing import Any

from app.api import passwords, requests, shapes, views
from app.api.access import ADMINS, AGENTS
from app.api.people_routes import skill_names
from app.api.problems import FieldError, Problem, ProblemType, invalid
from app.api.problems import ProblemType as P
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route
from app.domain.agent import Role, Status
from app.records import NewPerson, Person


async def list_skills(call: Call[Nothing]) -> shapes.SkillList:
    """All skills, by name."""
    return shapes.SkillList([views.skill(s) for s in await call.api.records.skills.all()])


async def add_skill(call: Call[requests.SkillChange]) -> shapes.Skill:
    """Add a skill."""
    given = call.input
    skill = await call.api.records.skills.add(given.name, given.description or "")
    await _renamed(call)
    return views.skill(skill)


async def change_skill(call: Call[requests.SkillChange]) -> shapes.Skill:
    """Give a skill another name or description."""
    given = call.input
    skill = await call.api.records.skills.rename(call.id, given.name, given.description)
    await _renamed(call)
    return views.skill(skill)


async def remove_skill(call: Call[Nothing]) -> None:
    """Remove a skill that nobody has and nothing open requires."""
    if any(call.id in c.skills for c in call.api.hub.live.conversations.values()):
        raise Problem(ProblemType.WRONG_STATE, "an open conversation requires this skill")
    await call.api.records.skills.remove(call.id)
    await _renamed(call)


async def list_dispositions(call: Call[Nothing]) -> shapes.NamedList:
    """What a wrap-up can be closed with."""
    found = await call.api.records.dispositions.all()
    return shapes.NamedList([shapes.Named(one.id, one.name) for one in found])


async def directory(call: Call[Nothing]) -> shapes.DirectoryList:
    """All colleagues, with their status."""
    await call.api.hub.wait()
    agents = call.api.hub.live.agents
    people = sorted(call.api.desk.directory.people(), key=lambda p: (p.name.casefold(), p.id))
    return shapes.DirectoryList(
        [
            views.colleague(p, agents[p.id].status if p.id in agents else Status.OFFLINE)
            for p in people
        ]
    )


async def list_users(call: Call[Nothing]) -> shapes.UserList:
    """Everybody on the books, inactive ones included."""
    return shapes.UserList([views.user(p) for p in await call.api.records.people.all()])


async def add_user(call: Call[requests.NewUser]) -> shapes.User:
    """Put somebody on the books."""
    given = call.input
    if given.phone_number:
        call.api.desk.check_phone_number(given.phone_number)
    skills = _skill_ids(call, given.skills)
    person = await call.api.records.people.add(
        NewPerson(
            email=given.email,
            name=given.name,
            role=given.role,
            password_hash=await _hashed(given.password),
            phone_number=given.phone_number,
            audio=given.audio,
            leg=given.leg,
        )
    )
    if skills:
        person = await call.api.records.people.set_skills(person.id, skills, by_admin=True)
    await _renamed(call)
    return views.user(person)


async def change_user(call: Call[requests.UserChanges]) -> shapes.User:
    """Change somebody; who may no longer come in is signed out at once."""
    changes = call.input.model_dump(exclude_unset=True)
    if number := changes.get("phone_number"):
        call.api.desk.check_phone_number(number)
    before = await call.api.records.people.get(call.id)
    await _check_last_administrator(call, before, changes)
    person = await _changed(call, before, changes)
    if changes.get("active") is False or changes.get("password"):
        await call.api.sessions.end_all(person.id)
        call.api.hub.sign_out(person.id)
    await _renamed(call)
    call.api.hub.person_changed(person.id)
    return views.user(person)


async def list_phones(call: Call[Nothing]) -> shapes.PhoneList:
    """The SIP accounts of people's desk phones; `id` is the person's."""
    settings = call.api.settings
    host = settings.external_address or settings.sip_bind.host
    server = f"{host}:{settings.sip_bind.port}"
    return shapes.PhoneList(
        [
            shapes.Phone(p.id, p.name, p.sip_user, p.sip_password, server)
            for p in await call.api.records.people.all()
            if p.active
        ]
    )


async def list_keys(call: Call[Nothing]) -> shapes.ApiKeyList:
    """The keys of programs, revoked ones included."""
    return shapes.ApiKeyList([views.api_key(k) for k in await call.api.records.keys.all()])


async def add_key(call: Call[requests.NewKey]) -> shapes.NewApiKey:
    """Make a key; it is shown this once."""
    key_id, secret = await call.api.records.keys.add(call.input.name)
    key = next(k for k in await call.api.records.keys.all() if k.id == key_id)
    return shapes.NewApiKey(key.id, key.name, views.instant(key.created_at), secret)


async def revoke_key(call: Call[Nothing]) -> None:
    """End a key for good; its sockets close."""
    await call.api.records.keys.revoke(call.id)
    call.api.hub.sign_out(call.id)


async def _changed(call: Call[Request], before: Person, changes: dict[str, Any]) -> Person:
    people, given = call.api.records.people, dict(changes)
    skills, locked = given.pop("skills", None), given.pop("locked_skills", None)
    wanted = None if skills is None else _skill_ids(call, skills)
    locks = None if locked is None else set(_skill_ids(call, locked, "locked_skills"))
    held = {s.id for s in before.skills} if wanted is None else set(wanted)
    if locks is not None and not locks <= held:
        raise invalid("locked_skills", "only a skill that they have can be locked")
    password = given.pop("password", None)
    person = await people.update(before.id, **given) if given else before
    if password:
        await people.set_password_hash(person.id, await _hashed(password))
    if wanted is not None:
        person = await people.set_skills(person.id, wanted, by_admin=True)
    for skill in person.skills if locks is not None else ():
        if skill.locked != (skill.id in (locks or ())):
            await people.set_skill(person.id, skill.id, skill.proficiency, not skill.locked)
    return await people.get(person.id)


async def _check_last_administrator(
    call: Call[Request], before: Person, changes: dict[str, Any]
) -> None:
    """Nobody locks everybody out."""
    leaves = changes.get("active") is False or changes.get("role", Role.ADMIN) is not Role.ADMIN
    if before.role is not Role.ADMIN or not leaves:
        return
    everybody = await call.api.records.people.all()
    if not any(p.role is Role.ADMIN and p.active and p.id != before.id for p in everybody):
        raise Problem(ProblemType.WRONG_STATE, "this is the only administrator")


def _skill_ids(call: Call[Request], given: list[str], field: str = "skills") -> list[str]:
    found = []
    for name in skill_names(call, given):
        skill = call.api.desk.directory.skill_id(name)
        if skill is None:
            detail = f"there is no skill “{name}”"
            raise Problem(ProblemType.UNKNOWN_SKILL, detail, errors=[FieldError(field, detail)])
        found.append(skill)
    return found


async def _hashed(password: str | None) -> str | None:
    return None if password is None else await passwords.hash_in_thread(password)


async def _renamed(call: Call[Request]) -> None:
    await call.api.desk.refresh()
    call.api.hub.renamed()


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/skills",
        list_skills,
        summary="All skills",
        takes=Nothing,
        answers=shapes.SkillList,
        roles=AGENTS,
    ),
    route(
        "POST",
        f"{API}/skills",
        add_skill,
        summary="Add a skill",
        takes=requests.SkillChange,
        answers=shapes.Skill,
        roles=ADMINS,
        status=201,
    ),
    route(
        "PUT",
        f"{API}/skills/{{id}}",
        change_skill,
        summary="Rename a skill",
        takes=requests.SkillChange,
        answers=shapes.Skill,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
    route(
        "DELETE",
        f"{API}/skills/{{id}}",
        remove_skill,
        summary="Remove a skill that nobody has",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE),
    ),
    route(
        "GET",
        f"{API}/dispositions",
        list_dispositions,
        summary="What a wrap-up can be closed with",
        takes=Nothing,
        answers=shapes.NamedList,
        roles=AGENTS,
    ),
    route(
        "GET",
        f"{API}/directory",
        directory,
        summary="All colleagues",
        takes=Nothing,
        answers=shapes.DirectoryList,
        roles=AGENTS,
    ),
    route(
        "GET",
        f"{API}/users",
        list_users,
        summary="Everybody on the books",
        takes=Nothing,
        answers=shapes.UserList,
        roles=ADMINS,
    ),
    route(
        "POST",
        f"{API}/users",
        add_user,
        summary="Put somebody on the books",
        takes=requests.NewUser,
        answers=shapes.User,
        roles=ADMINS,
        status=201,
        problems=(P.UNKNOWN_SKILL, P.UNAVAILABLE),
    ),
    route(
        "PUT",
        f"{API}/users/{{id}}",
        change_user,
        summary="Change somebody",
        takes=requests.UserChanges,
        answers=shapes.User,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNKNOWN_SKILL, P.UNAVAILABLE),
    ),
    route(
        "GET",
        f"{API}/phones",
        list_phones,
        summary="The SIP accounts of desk phones",
        takes=Nothing,
        answers=shapes.PhoneList,
        roles=ADMINS,
    ),
    route(
        "GET",
        f"{API}/api-keys",
        list_keys,
        summary="The keys of programs",
        takes=Nothing,
        answers=shapes.ApiKeyList,
        roles=ADMINS,
    ),
    route(
        "POST",
        f"{API}/api-keys",
        add_key,
        summary="Make a key",
        takes=requests.NewKey,
        answers=shapes.NewApiKey,
        roles=ADMINS,
        status=201,
    ),
    route(
        "DELETE",
        f"{API}/api-keys/{{id}}",
        revoke_key,
        summary="End a key",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
)
