"""The keys of programs. A key is shown once; its scopes say what it allows."""

from typing import Any

from app.api import admin_requests as requests
from app.api import admin_shapes, admin_views
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.problems import not_found
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route


async def list_keys(call: Call[Nothing]) -> admin_shapes.ApiKeyList:
    """The keys of programs, revoked ones included."""
    keys = await call.api.records.keys.all()
    return admin_shapes.ApiKeyList([admin_views.api_key(key) for key in keys])


async def add_key(call: Call[requests.NewKey]) -> admin_shapes.NewApiKey:
    """Make a key; it is shown this once."""
    given = call.input
    key_id, secret = await call.api.records.keys.add(given.name, given.scopes)
    key = await _key(call, key_id)
    await audited(call, "api_key.added", (key.id, key.name), after={"scopes": key.scopes})
    return admin_shapes.NewApiKey(key.id, key.name, key.scopes, key.created_at, secret)


async def revoke_key(call: Call[Nothing]) -> None:
    """End a key for good; its sockets close."""
    key = await _key(call, call.id)
    await call.api.records.keys.revoke(call.id)
    call.api.sessions.end_key(call.id)
    call.api.hub.sign_out(call.id)
    await audited(call, "api_key.revoked", (key.id, key.name))


async def _key(call: Call[Request], key_id: str) -> admin_shapes.ApiKey:
    for key in await call.api.records.keys.all():
        if key.id == key_id:
            return admin_views.api_key(key)
    raise not_found("there is no such key")


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/api-keys",
        list_keys,
        summary="The keys of programs",
        takes=Nothing,
        answers=admin_shapes.ApiKeyList,
        roles=ADMINS,
    ),
    route(
        "POST",
        f"{API}/api-keys",
        add_key,
        summary="Make a key",
        takes=requests.NewKey,
        answers=admin_shapes.NewApiKey,
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
