"""Signing in and out, and what agents say about themselves."""

from aiohttp import hdrs, web

from app.api import requests, shapes, views
from app.api.frames import ENCODER
from app.api.problems import Problem, not_found
from app.api.requests import Nothing, Request
from app.api.route import Call
from app.domain.agent import Agent
from app.records import Person


async def sign_in(call: Call[requests.SignIn]) -> web.Response:
    """Check the password and begin a session; the cookie is its only trace."""
    sessions, now = call.api.sessions, call.api.desk.now()
    given = call.input
    try:
        person = await sessions.sign_in(given.email, given.password, call.request.remote or "", now)
    except Problem as problem:
        call.api.metrics.sign_ins.labels(problem.type).inc()
        raise
    call.api.metrics.sign_ins.labels("ok").inc()
    answer = web.Response(
        body=ENCODER.encode(await _me(call, person.id)), content_type="application/json"
    )
    await sessions.start(person, answer, now)
    return answer


async def sign_out(call: Call[Nothing]) -> web.Response:
    """End the session; its sockets close."""
    answer = web.Response(status=204)
    if call.who is not None:
        await call.api.sessions.end(call.who, answer)
        call.api.hub.end_session(call.who)
    answer.headers[hdrs.CACHE_CONTROL] = "no-store"
    return answer


async def get_me(call: Call[Nothing]) -> shapes.Me:
    """The caller, as they see themselves."""
    return await _me(call, call.caller.id)


async def set_status(call: Call[requests.StatusChange]) -> shapes.Me:
    """Choose a status."""
    agent = await call.api.desk.set_status(
        call.caller.id,
        call.input.status,
        reason=call.input.reason,
        after_current=call.input.when == "after_current",
        requeue_call=call.input.active_call == "requeue",
        command_id=call.command_id,
    )
    return await _shown(call, agent)


async def set_preferences(call: Call[requests.PreferenceChanges]) -> shapes.Me:
    """Change the personal configuration; what is left out stays."""
    changes = call.input.model_dump(exclude_unset=True)
    if "skills" in changes:
        changes["skills"] = skill_names(call, changes["skills"])
    person = await call.api.desk.set_preferences(call.caller.id, changes)
    call.api.hub.person_changed(person.id)
    return views.me(await call.api.desk.agent(person.id), person, call.api.desk.directory)


async def connect_leg(call: Call[requests.ConnectLeg]) -> shapes.Me:
    """Have the caller's phone called; answers at once, the leg's state follows."""
    agent = await call.api.desk.connect_leg(call.caller.id, call.input.audio)
    if call.input.audio is not None:
        call.api.hub.person_changed(agent.id)
    return await _shown(call, agent)


async def disconnect_leg(call: Call[Nothing]) -> shapes.Me:
    """Hang up the caller's leg."""
    return await _shown(call, await call.api.desk.disconnect_leg(call.caller.id))


def skill_names(call: Call[Request], given: list[str]) -> list[str]:
    """Skills by name, where somebody may have said an id."""
    names = {skill.id: skill.name for skill in call.api.desk.directory.skills()}
    return [names.get(skill, skill) for skill in given]


async def _me(call: Call[Request], person_id: str) -> shapes.Me:
    return await _shown(call, await call.api.desk.agent(person_id))


async def _shown(call: Call[Request], agent: Agent) -> shapes.Me:
    return views.me(agent, await _person(call, agent.id), call.api.desk.directory)


async def _person(call: Call[Request], person_id: str) -> Person:
    person = call.api.desk.directory.person(person_id)
    if person is None:
        raise not_found("you are not on the books any more")
    return person
