"""The SIP accounts of people's phones. Everybody has one, made with them; `id` is the person's."""

import secrets
from typing import Any

from app.api import admin_requests as requests
from app.api import admin_shapes, admin_views
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.books import reread
from app.api.problems import Problem
from app.api.problems import ProblemType as P
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route
from app.records import Person


async def list_phones(call: Call[Nothing]) -> admin_shapes.PhoneList:
    """The SIP accounts of everybody who is active."""
    people = [person for person in await call.api.records.people.all() if person.active]
    return admin_shapes.PhoneList([await _shown(call, person) for person in people])


async def add_phone(call: Call[requests.NewPhone]) -> admin_shapes.Phone:
    """A new account, user and password, instead of the old one, which no phone can use any more."""
    person = call.api.desk.directory.find_person(call.input.user)
    if person is None:
        raise Problem(P.UNKNOWN_AGENT, f"there is no agent “{call.input.user}”")
    user = secrets.token_hex(10)  # unguessable: scanners try names and extensions
    return await _replaced(call, person, "phone.added", sip_user=user)


async def rotate_password(call: Call[Nothing]) -> admin_shapes.Phone:
    """A new password for the account; phones register again with it."""
    person = await call.api.records.people.get(call.id)
    return await _replaced(call, person, "phone.password_rotated")


async def _replaced(
    call: Call[Request], person: Person, act: str, **account: str
) -> admin_shapes.Phone:
    values = {**account, "sip_password": secrets.token_urlsafe(24)}
    changed = await call.api.records.people.update(
        person.id,
        sip_user=values.get("sip_user", person.sip_user),
        sip_password=values["sip_password"],
    )
    await reread(call)
    old, new = {"user": person.sip_user}, {"user": changed.sip_user}
    if old == new:
        await audited(call, act, (person.id, person.name))
    else:
        await audited(call, act, (person.id, person.name), old, new)
    return await _shown(call, changed)


async def _shown(call: Call[Request], person: Person) -> admin_shapes.Phone:
    registered = await call.api.desk.phone_reachable(person)
    return admin_views.phone(person, call.api.settings, registered)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/phones",
        list_phones,
        summary="The SIP accounts of desk phones and softphones",
        takes=Nothing,
        answers=admin_shapes.PhoneList,
        roles=ADMINS,
    ),
    route(
        "POST",
        f"{API}/phones",
        add_phone,
        summary="A new SIP account for somebody, instead of their old one",
        takes=requests.NewPhone,
        answers=admin_shapes.Phone,
        roles=ADMINS,
        status=201,
        problems=(P.UNKNOWN_AGENT, P.UNAVAILABLE),
    ),
    route(
        "POST",
        f"{API}/phones/{{id}}/rotate",
        rotate_password,
        summary="A new password for somebody's SIP account",
        takes=Nothing,
        answers=admin_shapes.Phone,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
)
