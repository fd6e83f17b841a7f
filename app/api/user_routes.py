"""People: who they are, what they may, what they can do."""

from typing import Any

from app.api import admin_requests as requests
from app.api import admin_shapes, admin_views
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.books import hashed, reread, skill_ids
from app.api.problems import ProblemType as P
from app.api.problems import invalid
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route
from app.records import NewPerson, Person


async def list_users(call: Call[Nothing]) -> admin_shapes.UserList:
    """Everybody on the books, inactive ones included."""
    people = await call.api.records.people.all()
    return admin_shapes.UserList([admin_views.user(person) for person in people])


async def get_user(call: Call[Nothing]) -> admin_shapes.User:
    """One person."""
    return admin_views.user(await call.api.records.people.get(call.id))


async def add_user(call: Call[requests.NewUser]) -> admin_shapes.User:
    """Put somebody on the books, with a SIP account of their own."""
    given = call.input
    if given.phone_number:
        call.api.desk.check_phone_number(given.phone_number)
    skills = skill_ids(call, given.skills)
    levels = _levels(call, given.proficiency, set(skills))
    new = NewPerson(
        email=given.email,
        name=given.name,
        role=given.role,
        team=given.team,
        password_hash=await hashed(given.password),
        phone_number=given.phone_number,
        audio=given.audio,
        leg=given.leg,
    )
    person = await call.api.records.people.add(new)
    if skills:
        person = await call.api.records.people.set_skills(person.id, skills, by_admin=True)
    if levels:
        person = await call.api.records.people.set_levels(person.id, levels)
    await reread(call)
    shown = admin_views.user(person)
    await audited(call, "person.added", (shown.id, shown.name), after=shown)
    return shown


async def change_user(call: Call[requests.UserChanges]) -> admin_shapes.User:
    """Change somebody; who may no longer come in is signed out at once."""
    changes = call.input.model_dump(exclude_unset=True)
    if number := changes.get("phone_number"):
        call.api.desk.check_phone_number(number)
    before = await call.api.records.people.get(call.id)
    person = await _changed(call, before, changes)
    if changes.get("active") is False or changes.get("password"):
        await call.api.sessions.end_all(person.id)
        call.api.hub.sign_out(person.id)
        await call.api.desk.signed_out(person.id)
    await reread(call)
    call.api.hub.person_changed(person.id)
    shown, target = admin_views.user(person), (person.id, person.name)
    await audited(call, "person.changed", target, admin_views.user(before), shown)
    if changes.get("password"):
        await audited(call, "person.password_set", target)
    return shown


async def _changed(call: Call[Request], before: Person, changes: dict[str, Any]) -> Person:
    people, given = call.api.records.people, dict(changes)
    skills, locked = given.pop("skills", None), given.pop("locked_skills", None)
    wanted = None if skills is None else skill_ids(call, skills)
    locks = None if locked is None else set(skill_ids(call, locked, "locked_skills"))
    held = {s.id for s in before.skills} if wanted is None else set(wanted)
    if locks is not None and not locks <= held:
        raise invalid("locked_skills", "only a skill that they have can be locked")
    levels = _levels(call, given.pop("proficiency", {}), held)
    password = await hashed(given.pop("password", None))
    person = await people.update(before.id, **given) if given else before
    if password:
        await people.set_password_hash(person.id, password)
    if wanted is not None:
        person = await people.set_skills(person.id, wanted, by_admin=True)
    if levels:
        person = await people.set_levels(person.id, levels)
    for skill in person.skills if locks is not None else ():
        if skill.locked != (skill.id in (locks or ())):
            await people.set_skill(person.id, skill.id, skill.proficiency, not skill.locked)
    return await people.get(person.id)


def _levels(call: Call[Request], given: dict[str, int], held: set[str]) -> dict[str, int]:
    ids = skill_ids(call, list(given), "proficiency")
    if not set(ids) <= held:
        raise invalid("proficiency", "only a skill that they have has a proficiency")
    return dict(zip(ids, given.values(), strict=True))


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/users",
        list_users,
        summary="Everybody on the books",
        takes=Nothing,
        answers=admin_shapes.UserList,
        roles=ADMINS,
    ),
    route(
        "GET",
        f"{API}/users/{{id}}",
        get_user,
        summary="One person",
        takes=Nothing,
        answers=admin_shapes.User,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
    route(
        "POST",
        f"{API}/users",
        add_user,
        summary="Put somebody on the books",
        takes=requests.NewUser,
        answers=admin_shapes.User,
        roles=ADMINS,
        status=201,
        problems=(P.UNKNOWN_SKILL, P.UNAVAILABLE),
    ),
    route(
        "PUT",
        f"{API}/users/{{id}}",
        change_user,
        summary="Change somebody; the last administrator stays",
        takes=requests.UserChanges,
        answers=admin_shapes.User,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNKNOWN_SKILL, P.UNAVAILABLE),
    ),
)
