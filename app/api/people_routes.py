"""Signing in and out, and what agents say about themselves."""

from typing import Any

from aiohttp import hdrs, web

from app.api import passwords, requests, shapes, views
from app.api.access import AGENTS
from app.api.admin_requests import PasswordChange
from app.api.frames import ENCODER
from app.api.problems import Problem, not_found
from app.api.problems import ProblemType as P
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route
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
    call.api.desk.signed_in(person.id)
    return answer


async def sign_out(call: Call[Nothing]) -> web.Response:
    """End the session; its sockets close. The person's last one makes them Offline."""
    answer = web.Response(status=204)
    if call.who is not None:
        await call.api.sessions.end(call.who, answer)
        call.api.hub.end_session(call.who)
        if not call.who.is_bot:
            await signed_out(call, call.who.id)
    answer.headers[hdrs.CACHE_CONTROL] = "no-store"
    return answer


async def signed_out(call: Call[Request], person_id: str) -> None:
    """A sign-in of theirs ended: without another they are Offline."""
    if not await call.api.records.sessions.any_of(person_id, call.api.desk.now()):
        await call.api.desk.signed_out(person_id)


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


async def change_password(call: Call[PasswordChange]) -> None:
    """Change the caller's own password; their other sign-ins end, this one stays."""
    given, caller = call.input, call.caller
    person = await call.api.records.people.get(caller.id)
    await call.api.sessions.check_password(person, given.old, call.api.desk.now())
    hashed = await passwords.hash_in_thread(given.new)
    await call.api.records.people.set_password_hash(person.id, hashed)
    await call.api.sessions.end_others(caller)
    call.api.hub.sign_out_others(caller)


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


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{API}/session",
        sign_in,
        summary="Sign in",
        takes=requests.SignIn,
        answers=shapes.Me,
        problems=(P.UNAUTHENTICATED, P.FORBIDDEN, P.RATE_LIMITED, P.UNAVAILABLE),
    ),
    route(
        "DELETE",
        f"{API}/session",
        sign_out,
        summary="Sign out",
        takes=Nothing,
        problems=(P.FORBIDDEN,),
    ),
    route(
        "GET",
        f"{API}/me",
        get_me,
        summary="Who I am",
        takes=Nothing,
        answers=shapes.Me,
        roles=AGENTS,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "PUT",
        f"{API}/me/status",
        set_status,
        summary="Choose my status",
        takes=requests.StatusChange,
        answers=shapes.Me,
        roles=AGENTS,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "PUT",
        f"{API}/me/preferences",
        set_preferences,
        summary="Change my personal configuration",
        takes=requests.PreferenceChanges,
        answers=shapes.Me,
        roles=AGENTS,
        problems=(P.UNKNOWN_SKILL, P.UNAVAILABLE),
    ),
    route(
        "PUT",
        f"{API}/me/password",
        change_password,
        summary="Change my password; my other sign-ins end",
        takes=PasswordChange,
        roles=AGENTS,
        problems=(P.RATE_LIMITED, P.UNAVAILABLE),
    ),
    route(
        "POST",
        f"{API}/me/leg",
        connect_leg,
        summary="Connect my audio leg",
        takes=requests.ConnectLeg,
        answers=shapes.Me,
        roles=AGENTS,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "DELETE",
        f"{API}/me/leg",
        disconnect_leg,
        summary="Disconnect my audio leg",
        takes=Nothing,
        answers=shapes.Me,
        roles=AGENTS,
        problems=(P.WRONG_STATE, P.UNAVAILABLE),
    ),
)
