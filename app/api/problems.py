"""Problem documents (RFC 9457): what every refused request gets.

`type` is `urn:ringdesk:problem:` and one of `ProblemType`; programs decide by it, people read
`detail`. A validation problem names each field in `errors`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from app.desk import errors as desk
from app.records import errors as records

CONTENT_TYPE = "application/problem+json"
URN = "urn:ringdesk:problem:"


class ProblemType(StrEnum):
    """The last part of a problem's `type`, which other programs rely on."""

    VALIDATION = "validation"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    WRONG_STATE = "wrong-state"
    NOT_YOURS = "not-yours"
    LEG_NOT_ANSWERED = "leg-not-answered"
    UNKNOWN_SKILL = "unknown-skill"
    UNKNOWN_AGENT = "unknown-agent"
    RATE_LIMITED = "rate-limited"
    UNAVAILABLE = "unavailable"


STATUS: Mapping[ProblemType, int] = {
    ProblemType.VALIDATION: 422,
    ProblemType.UNAUTHENTICATED: 401,
    ProblemType.FORBIDDEN: 403,
    ProblemType.NOT_FOUND: 404,
    ProblemType.WRONG_STATE: 409,
    ProblemType.NOT_YOURS: 409,
    ProblemType.LEG_NOT_ANSWERED: 409,
    ProblemType.UNKNOWN_SKILL: 422,
    ProblemType.UNKNOWN_AGENT: 422,
    ProblemType.RATE_LIMITED: 429,
    ProblemType.UNAVAILABLE: 503,
}

TITLES: Mapping[ProblemType, str] = {
    ProblemType.VALIDATION: "The request cannot be used",
    ProblemType.UNAUTHENTICATED: "Sign in first",
    ProblemType.FORBIDDEN: "This is not allowed for you",
    ProblemType.NOT_FOUND: "There is no such thing",
    ProblemType.WRONG_STATE: "This is no longer, or not yet, possible",
    ProblemType.NOT_YOURS: "This belongs to somebody else",
    ProblemType.LEG_NOT_ANSWERED: "Answer your phone first",
    ProblemType.UNKNOWN_SKILL: "There is no such skill",
    ProblemType.UNKNOWN_AGENT: "There is no such agent",
    ProblemType.RATE_LIMITED: "Too much, or too many failed tries, in a short time",
    ProblemType.UNAVAILABLE: "A part of the service is down",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that cannot be used; the path's parts are joined by dots."""

    field: str
    detail: str


@dataclass(eq=False)
class Problem(Exception):
    """A refusal, ready to be answered; `status` overrides the type's own (400, 405, 413, 415)."""

    type: ProblemType
    detail: str
    status: int = 0
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    used_by: Sequence[desk.Use] = ()
    """What still needs the thing that was to go."""

    def __post_init__(self) -> None:
        self.status = self.status or STATUS[self.type]

    def document(self, request_id: str | None = None) -> dict[str, Any]:
        """The JSON of the answer."""
        found: dict[str, Any] = {
            "type": URN + self.type,
            "title": TITLES[self.type],
            "status": self.status,
            "detail": self.detail,
        }
        if request_id:
            found["request_id"] = request_id
        if self.errors:
            found["errors"] = [{"field": e.field, "detail": e.detail} for e in self.errors]
        if self.used_by:
            found["used_by"] = [{"kind": u.kind, "id": u.id, "name": u.name} for u in self.used_by]
        return found

    def response(self, request_id: str | None = None) -> web.Response:
        """The answer."""
        return web.Response(
            status=self.status,
            text=json.dumps(self.document(request_id), ensure_ascii=False),
            content_type=CONTENT_TYPE,
            headers=self.headers,
        )


def invalid(field: str, detail: str) -> Problem:
    """One field that cannot be used (422)."""
    return Problem(ProblemType.VALIDATION, detail, errors=[FieldError(field, detail)])


def not_found(detail: str = "there is nothing at this address") -> Problem:
    """Nothing here, or nothing for this caller to know of (404)."""
    return Problem(ProblemType.NOT_FOUND, detail)


def from_validation(error: ValidationError) -> Problem:
    """Every field that pydantic refused, each by its name; the values are not repeated."""
    found = [
        FieldError(
            ".".join(str(part) for part in e["loc"]) or "body",
            e["msg"].removeprefix("Value error, "),
        )
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    if any(e["type"] == "json_invalid" for e in error.errors(include_context=False)):
        return Problem(ProblemType.VALIDATION, found[0].detail, status=400, errors=found)
    detail = "; ".join(f"{e.field}: {e.detail}" for e in found[:3])
    return Problem(ProblemType.VALIDATION, detail, errors=found)


_DESK: Mapping[type[desk.DeskError], ProblemType] = {
    desk.NotFound: ProblemType.NOT_FOUND,
    desk.NotYours: ProblemType.NOT_YOURS,
    desk.Forbidden: ProblemType.FORBIDDEN,
    desk.WrongState: ProblemType.WRONG_STATE,
    desk.LegNotAnswered: ProblemType.LEG_NOT_ANSWERED,
    desk.UnknownSkill: ProblemType.UNKNOWN_SKILL,
    desk.UnknownAgent: ProblemType.UNKNOWN_AGENT,
    desk.Unavailable: ProblemType.UNAVAILABLE,
    desk.RateLimited: ProblemType.RATE_LIMITED,
}

RETRY_SECONDS = "2"


def from_desk(error: desk.DeskError) -> Problem:
    """A refused move."""
    if isinstance(error, desk.Invalid):
        return invalid(error.field, error.detail)
    if isinstance(error, desk.InUse):
        return Problem(ProblemType.WRONG_STATE, error.detail, used_by=error.uses)
    kind = _DESK.get(type(error), ProblemType.WRONG_STATE)
    if isinstance(error, desk.TooLarge):
        return Problem(ProblemType.VALIDATION, error.detail, status=413)
    retry = {"Retry-After": RETRY_SECONDS} if kind is ProblemType.UNAVAILABLE else {}
    return Problem(kind, error.detail, headers=retry)


def from_records(error: records.RecordsError) -> Problem:
    """A row that is not there, is there already, or is in use."""
    if isinstance(error, records.NotFound):
        return Problem(ProblemType.NOT_FOUND, str(error))
    if isinstance(error, records.Duplicate):
        name = {"person": "email", "SIP user": "user"}.get(error.kind, "name")
        return Problem(
            ProblemType.VALIDATION, str(error), status=409, errors=[FieldError(name, str(error))]
        )
    if isinstance(error, records.Locked):
        return Problem(ProblemType.FORBIDDEN, str(error), errors=[FieldError("skills", str(error))])
    return Problem(ProblemType.WRONG_STATE, str(error))
