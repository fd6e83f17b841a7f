"""Skills: to choose from, and for administrators to keep."""

from typing import Any

from app.api import admin_requests as requests
from app.api import admin_shapes, admin_views, shapes, views
from app.api.access import ADMINS, AGENTS
from app.api.auditing import audited
from app.api.books import reread
from app.api.problems import ProblemType as P
from app.api.requests import Nothing
from app.api.route import API, Call, Route, route
from app.desk.directory import KEPT_RECORDINGS, RECORDED_SKILLS


async def list_skills(call: Call[Nothing]) -> shapes.SkillList:
    """All skills, by name."""
    directory = call.api.desk.directory
    found = await call.api.records.skills.all()
    return shapes.SkillList([views.skill(skill, directory) for skill in found])


async def get_skill(call: Call[Nothing]) -> admin_shapes.SkillDetail:
    """One skill, who has it, and what uses it."""
    skill = await call.api.records.skills.get(call.id)
    return admin_views.skill_detail(skill, await call.api.desk.skill_uses(skill.id))


async def add_skill(call: Call[requests.SkillChange]) -> shapes.Skill:
    """Add a skill."""
    given = call.input
    skill = await call.api.records.skills.add(
        given.name, given.description or "", admin_only=bool(given.admin_only)
    )
    await _record(call, skill.id, given.recorded)
    await _keep(call, skill.id)
    await reread(call)
    added = views.skill(skill, call.api.desk.directory)
    await audited(call, "skill.added", (skill.id, skill.name), after=added)
    return added


async def change_skill(call: Call[requests.SkillChange]) -> shapes.Skill:
    """Give a skill another name, description or lock."""
    given, skills = call.input, call.api.records.skills
    before = views.skill(await skills.get(call.id), call.api.desk.directory)
    changed = await skills.rename(call.id, given.name, given.description, given.admin_only)
    await _record(call, changed.id, given.recorded)
    await _keep(call, changed.id)
    await reread(call)
    after = views.skill(changed, call.api.desk.directory)
    await audited(call, "skill.changed", (after.id, after.name), before, after)
    return after


async def _record(call: Call[requests.SkillChange], skill_id: str, on: bool | None) -> None:
    """Have talks for a skill recorded, or not; None changes nothing."""
    if on is None:
        return
    settings = call.api.records.settings
    stored = await settings.get(RECORDED_SKILLS)
    ids = set(stored.value if stored and stored.value else ()) - {skill_id}
    await settings.put(RECORDED_SKILLS, sorted(ids | {skill_id} if on else ids))


async def _keep(call: Call[requests.SkillChange], skill_id: str) -> None:
    """Have recordings for a skill kept by a rule of its own, or by the house's again."""
    if "keep_recordings_days" not in call.input.model_fields_set:
        return
    settings, days = call.api.records.settings, call.input.keep_recordings_days
    stored = await settings.get(KEPT_RECORDINGS)
    rules = dict(stored.value) if stored and stored.value else {}
    rules.pop(skill_id, None)
    await settings.put(KEPT_RECORDINGS, rules if days is None else rules | {skill_id: days})


async def remove_skill(call: Call[Nothing]) -> None:
    """Remove a skill that nobody has, nothing open requires and no setting names."""
    before = views.skill(await call.api.records.skills.get(call.id), call.api.desk.directory)
    await call.api.desk.remove_skill(call.id)
    call.api.hub.renamed()
    await audited(call, "skill.removed", (before.id, before.name), before)


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
        "GET",
        f"{API}/skills/{{id}}",
        get_skill,
        summary="One skill, and what uses it",
        takes=Nothing,
        answers=admin_shapes.SkillDetail,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
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
        summary="Change a skill",
        takes=requests.SkillChange,
        answers=shapes.Skill,
        roles=ADMINS,
        problems=(P.NOT_FOUND,),
    ),
    route(
        "DELETE",
        f"{API}/skills/{{id}}",
        remove_skill,
        summary="Remove a skill that nothing uses; `used_by` of a refusal says what does",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNAVAILABLE),
    ),
)
