"""The edge: what every request passes on its way in and out.

Outermost first: a request id, security headers, counting, and a problem document for whatever goes
wrong; then, per route, the caller, the role, the origin, the input.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import hdrs, web
from pydantic import ValidationError

from app.api.access import ANYBODY, KEYED, Caller, command_id
from app.api.context import Api
from app.api.frames import ENCODER
from app.api.problems import (
    RETRY_SECONDS,
    FieldError,
    Problem,
    ProblemType,
    from_desk,
    from_records,
    from_validation,
    invalid,
)
from app.api.requests import Nothing, Request
from app.api.route import API, SAFE, TEXT, Call, Route
from app.api.sessions import bearer
from app.desk.errors import DeskError
from app.logs import about
from app.records import RecordsError, is_away

log = logging.getLogger("ringdesk.api")

MAX_BODY = 1024 * 1024
"""Bytes of a request's body."""
MAX_KEY = 200
REQUEST_ID = web.RequestKey("request_id", str)
UNMATCHED = "other"
"""The route label of what matched no route."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def endpoint(api: Api, route: Route[Any]) -> Handler:
    """The aiohttp handler of a route, with every check that the table declares."""

    async def handle(request: web.Request) -> web.StreamResponse:
        who = await _caller(api, route, request)
        given = await _input(route, request)
        command_id = _command_id(request, who)
        await _first_or_same(api, command_id, given)
        call: Call[Any] = Call(
            api=api,
            input=given,
            path=dict(request.match_info),
            request=request,
            command_id=command_id,
            who=who,
        )
        answer = await route.handler(call)
        if isinstance(answer, web.StreamResponse):
            return answer
        if answer is None:
            return web.Response(status=route.status)
        return web.Response(
            status=route.status, body=ENCODER.encode(answer), content_type="application/json"
        )

    return handle


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever is raised with a problem document; tell tracebacks to the log only."""
    request_id = request[REQUEST_ID] = secrets.token_hex(8)
    with about(request=request_id, **_conversation(request)):
        return await _answered(request, handler, request_id)


async def _answered(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response(request_id)
    except DeskError as error:
        return from_desk(error).response(request_id)
    except RecordsError as error:
        return from_records(error).response(request_id)
    except web.HTTPException as error:
        return _from_http(error, request_id)
    except Exception as error:
        if is_away(error):
            log.warning("the database does not answer (%s)", type(error).__name__)
            return _database_down().response(request_id)
        log.exception("%s %s failed", request.method, _template(request))
        return _unexpected(request_id)


def _conversation(request: web.Request) -> dict[str, str]:
    if not _template(request).startswith(f"{API}/conversations/{{id}}"):
        return {}
    return {"conversation": request.match_info["id"]}


def counting(api: Api) -> Any:
    """The middleware that counts answers by route template."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        answer = await handler(request)
        seconds = time.perf_counter() - began
        if not isinstance(answer, web.WebSocketResponse):
            method = request.method if request.method in hdrs.METH_ALL else "OTHER"
            api.metrics.answered(method, _template(request), answer.status, seconds)
        return answer

    return count


def _template(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED


async def _caller(api: Api, route: Route[Any], request: web.Request) -> Caller | None:
    who = await api.sessions.find(request, api.desk.now())
    if bearer(request) is None and (route.method not in SAFE or route.status == 101):
        api.sessions.check_origin(request)
    if route.roles == ANYBODY:
        return who
    if who is None:
        raise Problem(
            ProblemType.UNAUTHENTICATED, "sign in first", headers={hdrs.WWW_AUTHENTICATE: "Bearer"}
        )
    if who.role not in route.roles:
        names = ", ".join(sorted(role.value for role in route.roles))
        raise Problem(ProblemType.FORBIDDEN, f"this is for {names}; you are {who.role.value}")
    if who.is_bot and route.scope not in who.scopes:
        raise Problem(ProblemType.FORBIDDEN, f"this key has no scope “{route.scope}”")
    return who


def _command_id(request: web.Request, who: Caller | None) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None or who is None:
        return f"http-{secrets.token_hex(16)}"
    if not (0 < len(key) <= MAX_KEY and key.isprintable()):
        detail = f"1 to {MAX_KEY} printable characters"
        raise Problem(
            ProblemType.VALIDATION, detail, errors=[FieldError("Idempotency-Key", detail)]
        )
    return command_id(who, f"{request.method} {request.path}", key)


async def _first_or_same(api: Api, command_id: str, given: Request) -> None:
    """A key stands for one request: with another body it is refused. Moves without a body (accept)
    are not asked about. Raises Problem."""
    if not command_id.startswith(KEYED) or not type(given).model_fields:
        return
    sent = hashlib.blake2s(given.model_dump_json().encode("utf-8", "surrogatepass")).hexdigest()
    if not await api.desk.same_as_first(command_id, sent):
        detail = "this key came with another body before: use a new one for a new request"
        raise Problem(
            ProblemType.VALIDATION, detail, errors=[FieldError("Idempotency-Key", detail)]
        )


async def _input(route: Route[Any], request: web.Request) -> Request:
    if not route.has_body:
        given = dict(request.query) if route.takes is not Nothing else {}
        if len(given) != len(request.query) and route.takes is not Nothing:
            raise Problem(ProblemType.VALIDATION, "each parameter may be given once")
        return _validated(lambda: route.takes.model_validate(given))
    if route.upload:
        return await _upload(route, request)
    raw = _json(await request.read(), request.content_type)
    return _validated(lambda: route.takes.model_validate_json(raw))


async def _upload(route: Route[Any], request: web.Request) -> Request:
    """A file as it is, with the other fields in the query; or all of it as JSON."""
    raw, fields = await request.read(), dict(request.query)
    if len(fields) != len(request.query):
        raise Problem(ProblemType.VALIDATION, "each parameter may be given once")
    if request.content_type == route.upload:
        sent: Any = {TEXT: _decoded(raw)}
    else:
        sent = msgspec.json.decode(_json(raw, request.content_type))
    whole = {**fields, **sent} if isinstance(sent, dict) else sent
    return _validated(lambda: route.takes.model_validate(whole))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise invalid(TEXT, f"line {line} is not UTF-8: save the file as CSV UTF-8") from None


def _json(raw: bytes, content_type: str) -> bytes:
    if not raw.strip():
        raw = b"{}"
    elif content_type != "application/json":
        raise Problem(
            ProblemType.VALIDATION, "send JSON, with Content-Type: application/json", status=415
        )
    try:
        msgspec.json.decode(raw)  # stricter than pydantic's parser: no NaN, no lone surrogates
    except (ValueError, RecursionError) as error:
        raise Problem(ProblemType.VALIDATION, f"this is not JSON: {error}", status=400) from None
    return raw


def _validated(validate: Callable[[], Any]) -> Request:
    try:
        return validate()  # type: ignore[no-any-return]
    except ValidationError as error:
        raise from_validation(error) from None


def _from_http(error: web.HTTPException, request_id: str) -> web.StreamResponse:
    if error.status < 400:
        raise error
    headers = {k: v for k, v in error.headers.items() if k in {hdrs.ALLOW}}
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        detail = f"at most {MAX_BODY} bytes"
        return Problem(ProblemType.VALIDATION, detail, status=413).response(request_id)
    if isinstance(error, web.HTTPMethodNotAllowed):
        detail = f"allowed here: {', '.join(sorted(error.allowed_methods))}"
        return Problem(ProblemType.NOT_FOUND, detail, status=405, headers=headers).response(
            request_id
        )
    if error.status == 404:
        return Problem(ProblemType.NOT_FOUND, "there is nothing at this address").response(
            request_id
        )
    return Problem(ProblemType.VALIDATION, error.reason, status=error.status).response(request_id)


def _database_down() -> Problem:
    detail = "the database does not answer; try again in a few seconds"
    return Problem(ProblemType.UNAVAILABLE, detail, headers={hdrs.RETRY_AFTER: RETRY_SECONDS})


def _unexpected(request_id: str) -> web.Response:
    """A fault of ours; the log has its traceback under the same request id."""
    detail = "an error of the service; its log tells more under this request_id"
    return Problem(ProblemType.UNAVAILABLE, detail, status=500).response(request_id)
