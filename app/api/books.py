"""What the routes that change the books share."""

from app.api import passwords
from app.api.people_routes import skill_names
from app.api.problems import FieldError, Problem, ProblemType
from app.api.requests import Request
from app.api.route import Call


async def reread(call: Call[Request]) -> None:
    """Have the live queue, Asterisk and every open page see what was changed."""
    await call.api.desk.refresh()
    call.api.hub.renamed()


def skill_ids(call: Call[Request], given: list[str], field: str = "skills") -> list[str]:
    """Skills by name or id. Raises Problem: unknown-skill."""
    found = []
    for name in skill_names(call, given):
        skill = call.api.desk.directory.skill_id(name)
        if skill is None:
            detail = f"there is no skill “{name}”"
            raise Problem(ProblemType.UNKNOWN_SKILL, detail, errors=[FieldError(field, detail)])
        found.append(skill)
    return found


async def hashed(password: str | None) -> str | None:
    """The hash to store; None stays None."""
    return None if password is None else await passwords.hash_in_thread(password)
