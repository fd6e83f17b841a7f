"""The OpenAPI 3.1 document, made from the table of routes; needs no running service."""

import functools
from typing import Any

import msgspec
from pydantic.json_schema import models_json_schema

from app.api import email_shapes, live_shapes, message_shapes, shapes
from app.api.access import ANYBODY
from app.api.admin_requests import UserChanges
from app.api.attachment_files import FIELD, FORM
from app.api.problems import CONTENT_TYPE, STATUS, TITLES, URN, ProblemType
from app.api.requests import PARTIAL, Nothing, Request
from app.api.route import SAFE, TEXT, Route
from app.api.table import ROUTES
from app.domain.agent import Role

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
EVENTS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "snapshot": (live_shapes.SnapshotData,),
    "resumed": (live_shapes.Resumed,),
    "conversation.changed": (shapes.Conversation,),
    "conversation.removed": (live_shapes.Gone,),
    "agent.changed": (shapes.Agent, shapes.Me),
    "agent.removed": (live_shapes.Gone,),
    "transcript.added": (live_shapes.Said,),
    "message.added": (message_shapes.Added,),
    "message.typing": (message_shapes.Typing,),
    "whisper.added": (message_shapes.Added,),
    "message.read": (message_shapes.Read,),
    "email.changed": (email_shapes.EmailChanged,),
}
"""The messages of the event socket: the shapes that each type's data can have."""

UNIQUE = frozenset({"name", "email", "user"})
"""Fields by which a thing is told from the others of its kind."""


@functools.cache
def encoded() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


def document() -> Json:
    """The document."""
    paths: dict[str, Json] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ringdesk",
            "version": "1",
            "description": "The human side of an AI contact centre. Errors are RFC 9457 problem "
            "documents; times are RFC 3339 in UTC; ids are opaque.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(ROUTES),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "ringdesk_<port>"},
                "key": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(route: Route[Any]) -> Json:
    found: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": _security(route),
        "x-roles": sorted(role.value for role in route.roles),
        **({"x-scope": route.scope} if Role.BOT in route.roles else {}),
    }
    if route.has_body and route.takes is not Nothing:
        content: Json = {"application/json": {"schema": _ref(route.takes.__name__)}}
        if route.upload:
            content[route.upload] = {"schema": {"type": "string"}}
        required = any(field.is_required() for field in route.takes.model_fields.values())
        found["requestBody"] = {"required": required, "content": content}
    if route.is_file:
        found["requestBody"] = {"required": True, "content": _file_content()}
    if not found["parameters"]:
        del found["parameters"]
    return found


def _file_content() -> Json:
    whole: Json = {"type": "string", "format": "binary"}
    form: Json = {"type": "object", "properties": {FIELD: whole}, "required": [FIELD]}
    return {FORM: {"schema": form}, "application/octet-stream": {"schema": whole}}


def _tag(route: Route[Any]) -> str:
    return route.path.removeprefix("/api/v1/").lstrip("/").partition("/")[0]


def _security(route: Route[Any]) -> list[Json]:
    if route.roles == ANYBODY:
        return []
    schemes: list[Json] = [{"session": []}] if any(role != "bot" for role in route.roles) else []
    return schemes + ([{"key": []}] if "bot" in route.roles else [])


def _parameters(route: Route[Any]) -> list[Json]:
    found: list[Json] = []
    if "{id}" in route.path:
        found.append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"}})
    if not route.has_body and route.takes is not Nothing:
        found += _query(route.takes)
    if route.upload:
        found += [{**one, "required": False} for one in _query(route.takes) if one["name"] != TEXT]
    if _takes_a_key(route):
        text = "The same key again within 24 h is the same move, answered and not made again."
        schema = {"type": "string", "minLength": 1, "maxLength": 200}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "description": text, "schema": schema}
        )
    return found


def _takes_a_key(route: Route[Any]) -> bool:
    """Whether a request may say that it is an earlier one again."""
    return route.method == "POST" and bool(route.roles)


def _query(takes: type[Request]) -> list[Json]:
    schema = takes.model_json_schema(ref_template=REF.replace("{name}", "{model}"))
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema["properties"].items()
    ]


def _responses(route: Route[Any]) -> Json:
    good: Json = {"description": route.summary}
    if route.answers is not None:
        good["content"] = {"application/json": {"schema": _ref(route.answers.__name__)}}
    elif route.status == 101:
        good["description"] = f"Messages are `Event`, of the types {', '.join(EVENTS)}"
    elif route.status != 204:
        good["content"] = {kind: {} for kind in route.content.split(", ")}
    found = {str(route.status): good}
    for status, text in route.also.items():
        found[str(status)] = {**good, "description": text}
    refused = {
        status: [f"`{one}`" for one in types] for status, types in sorted(_problems(route).items())
    }
    for status, why in _by_themselves(route).items():
        refused.setdefault(status, []).append(f"`{ProblemType.VALIDATION}` ({why})")
    for status, reasons in refused.items():
        found[str(status)] = _refusal(", ".join(reasons))
    return found


def _refusal(description: str) -> Json:
    return {
        "description": description,
        "content": {CONTENT_TYPE: {"schema": _ref("Problem")}},
    }


def _by_themselves(route: Route[Any]) -> dict[int, str]:
    """Requests that cannot be used, with a status of their own instead of 422."""
    if route.status == 101:
        return {400: "this is no WebSocket's handshake"}
    if route.is_file:
        return {400: "the form is none", 413: "more bytes than are taken"}
    if not route.has_body or route.takes is Nothing:
        return {}
    found = {400: "the body is not JSON", 413: "the body is too long", 415: "no media type of ours"}
    if not UNIQUE.isdisjoint(route.takes.model_fields):
        found[409] = "there is one of this name already"
    return found


def _problems(route: Route[Any]) -> dict[int, list[ProblemType]]:
    found = set(route.problems)
    if route.takes is not Nothing or _takes_a_key(route):
        found.add(ProblemType.VALIDATION)
    if route.roles:
        found |= {ProblemType.UNAUTHENTICATED, ProblemType.FORBIDDEN}
    if route.method not in SAFE:
        found.add(ProblemType.FORBIDDEN)
    by_status: dict[int, list[ProblemType]] = {}
    for one in sorted(found):
        by_status.setdefault(STATUS[one], []).append(one)
    return by_status


def _ref(name: str) -> Json:
    return {"$ref": REF.format(name=name)}


def _schemas(routes: tuple[Route[Any], ...]) -> Json:
    answers = {route.answers for route in routes if route.answers} | _told()
    _, found = msgspec.json.schema_components(
        sorted(answers, key=lambda shape: shape.__name__), ref_template=REF
    )
    bodies = sorted(
        {r.takes for r in routes if r.has_body and r.takes is not Nothing},
        key=lambda model: model.__name__,
    )
    _, definitions = models_json_schema(
        [(body, "validation") for body in bodies], ref_template=REF.replace("{name}", "{model}")
    )
    taken: Json = definitions.get("$defs", {})
    partials: tuple[type[Request], ...] = (*PARTIAL, UserChanges)
    for partial in partials:
        for field in taken[partial.__name__]["properties"].values():
            field.pop("default", None)  # what is left out stays as it is
    clash = {name for name in found.keys() & taken.keys() if not _same(found[name], taken[name])}
    if clash:
        raise ValueError(f"two schemas with one name: {', '.join(sorted(clash))}")
    return dict(sorted({**taken, **found, "Problem": _problem(), "Event": _event()}.items()))


def _told() -> set[Any]:
    """The shapes of the event socket."""
    return {shape for data in EVENTS.values() for shape in data}


def _same(one: Json, other: Json) -> bool:
    """Enumerations are told by both libraries, in orders of their own."""
    return "enum" in one and sorted(one["enum"]) == sorted(other.get("enum", []))


def _problem() -> Json:
    text = {"type": "string"}
    error = {
        "type": "object",
        "properties": {"field": text, "detail": text},
        "required": ["field", "detail"],
    }
    titles = ", ".join(f"{URN}{one}: {TITLES[one]}" for one in ProblemType)
    return {
        "title": "Problem",
        "description": "RFC 9457",
        "type": "object",
        "properties": {
            "type": {
                "type": "string",
                "enum": [URN + t for t in ProblemType],
                "description": titles,
            },
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "request_id": text,
            "errors": {"type": "array", "items": error},
            "used_by": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"kind": text, "id": text, "name": text},
                    "required": ["kind", "id", "name"],
                },
            },
        },
        "required": ["type", "title", "status", "detail"],
    }


def _event() -> Json:
    return {
        "title": "Event",
        "description": "A message of the event socket; `seq` is opaque and goes back as `after`.",
        "oneOf": [_message(name, data) for name, data in EVENTS.items()],
    }


def _message(name: str, data: tuple[type[msgspec.Struct], ...]) -> Json:
    parts = [_ref(shape.__name__) for shape in data]
    return {
        "type": "object",
        "properties": {
            "type": {"const": name},
            "seq": {"type": "string"},
            "at": {"type": "string", "format": "date-time"},
            "data": parts[0] if len(parts) == 1 else {"anyOf": parts},
        },
        "required": ["type", "seq", "at", "data"],
    }
