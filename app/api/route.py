"""A route as one declaration: who may call it, what it takes, what it answers.

The router checks sign-in, role, origin and input by it, and the OpenAPI document is made from it,
so that neither can drift from the other.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import web
from msgspec import Struct

from app.api.access import ANYBODY, Caller, Scope
from app.api.context import Api
from app.api.problems import Problem, ProblemType
from app.api.requests import Request
from app.api.visibility import Viewer
from app.domain.agent import Role

T = TypeVar("T", bound=Request)
T_co = TypeVar("T_co", bound=Request, covariant=True)

API = "/api/v1"
ONE = f"{API}/conversations/{{id}}"
MOVE = (
    ProblemType.NOT_FOUND,
    ProblemType.WRONG_STATE,
    ProblemType.NOT_YOURS,
    ProblemType.UNAVAILABLE,
)
"""What can stand in the way of a move."""

IN_QUERY = frozenset({"GET", "DELETE"})
"""Methods whose input is the query string; the others have a JSON body."""
SAFE = frozenset({"GET"})
TEXT = "csv"
"""The field that an upload fills; the others come from the query string."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request that passed every check."""

    api: Api
    input: T_co
    path: Mapping[str, str]
    request: web.Request
    command_id: str
    """From the Idempotency-Key; else new."""
    who: Caller | None
    """None on routes that are for anybody."""

    @property
    def caller(self) -> Caller:
        """Who calls; there is somebody on every route that is not for anybody."""
        if self.who is None:
            raise Problem(ProblemType.UNAUTHENTICATED, "sign in first")
        return self.who

    @property
    def id(self) -> str:
        """The `{id}` of the path."""
        return self.path["id"]

    @property
    def viewer(self) -> Viewer:
        """Who looks, with their skills."""
        return self.api.hub.viewer(self.caller.id, self.caller.role)


Answer = Struct | web.StreamResponse | None
Handler = Callable[[Call[T]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route(Generic[T]):
    """One call of the API."""

    method: str
    path: str
    """With `{id}` for the parts that vary."""
    handler: Handler[T]
    roles: frozenset[Role]
    summary: str
    takes: type[T]
    answers: type[Struct] | None
    status: int
    problems: tuple[ProblemType, ...]
    content: str
    """The answer's media type; several with a comma between them."""
    also: Mapping[int, str]
    """Other answers than `status` that are no problems, in words."""
    upload: str | None = None
    """The media type of a file that may be sent as it is, instead of JSON."""
    is_file: bool = False
    """The body is a file that the handler reads as it comes; the input stands in the query."""

    @property
    def name(self) -> str:
        """The operation's name, such as `post_conversations_id_accept`."""
        return f"{self.method.lower()}{_words(self.path)}"

    @property
    def scope(self) -> Scope:
        """What a program's key must allow."""
        if self.method in SAFE:
            return Scope.READ
        return Scope.QUEUE if self.path.endswith("/queue") else Scope.WRITE

    @property
    def has_body(self) -> bool:
        """Whether the input is a JSON body."""
        return self.method not in IN_QUERY and not self.is_file


def _words(path: str) -> str:
    short = path.removeprefix(API).replace("{", "").replace("}", "")
    return short.replace("/", "_").replace("-", "_").replace(".", "_")


def route(
    method: str,
    path: str,
    handler: Handler[T],
    *,
    summary: str,
    takes: type[T],
    answers: type[Struct] | None = None,
    roles: frozenset[Role] = ANYBODY,
    status: int = 0,
    problems: tuple[ProblemType, ...] = (),
    content: str = "application/json",
    also: Mapping[int, str] | None = None,
    upload: str | None = None,
    is_file: bool = False,
) -> Route[Any]:
    """Declare a route; without an answer its status is 204."""
    good = status or (200 if answers or content != "application/json" else 204)
    return Route(
        method,
        path,
        handler,
        roles,
        summary,
        takes,
        answers,
        good,
        problems,
        content,
        also or {},
        upload,
        is_file,
    )
