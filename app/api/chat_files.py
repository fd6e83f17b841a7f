"""Customers' files: up with the signed token of their visit, down by a signed address each.

A widget stands on other sites' pages, so these two answer across origins: to the pages that the
widget is for, and without cookies.
"""

import time

from aiohttp import hdrs, web

from app.api.attachment_files import download, incoming
from app.api.buckets import Bucket
from app.api.chat_visitors import Signers, check_origin
from app.api.context import Api
from app.api.frames import ENCODER
from app.api.problems import Problem, from_desk, not_found
from app.api.problems import ProblemType as P
from app.api.sessions import bearer
from app.desk.chats import DEFAULT_ENTRY
from app.desk.errors import DeskError
from app.domain.message import Visitor, Widget

FILES_A_SECOND = 0.2
FILES_AT_ONCE = 10
"""Files that one customer may send up in one burst; then so many a second."""
REMEMBERED = 10_000
"""Customers whose bursts are counted; the oldest are forgotten beyond that."""
NO_FILE = "there is no such file"


class ChatFiles:
    """Upload and download for chat widgets."""

    def __init__(self, api: Api, signers: Signers) -> None:
        self._api = api
        self._signers = signers
        self._bursts: dict[str, Bucket] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The routes."""
        router.add_post("/chat/attachments", self.upload)
        router.add_options("/chat/attachments", self.allowed)
        router.add_get("/chat/attachments/{key}", self.fetch)

    async def allowed(self, request: web.Request) -> web.StreamResponse:
        """A browser asks before it sends across origins (Fetch standard, CORS preflight)."""
        widget = await self._widget(request)
        check_origin(self._api, request, widget)
        return web.Response(
            status=204,
            headers={
                **_cross_origin(request),
                hdrs.ACCESS_CONTROL_ALLOW_METHODS: "POST",
                hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "authorization, content-type",
                hdrs.ACCESS_CONTROL_MAX_AGE: "600",
            },
        )

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Keep a file for the customer's next message."""
        widget = await self._widget(request)
        check_origin(self._api, request, widget)
        try:
            found = await self._keep(request, widget)
        except (Problem, DeskError) as error:  # the widget's page may read it, too
            problem = from_desk(error) if isinstance(error, DeskError) else error
            problem.headers = {**problem.headers, **_cross_origin(request)}
            raise problem from None
        return web.Response(
            status=201,
            body=ENCODER.encode(found),
            content_type="application/json",
            headers=_cross_origin(request),
        )

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """A file by the address that its message told; who has the address has the file."""
        found = (await self._signers.files()).check(request.match_info["key"])
        attachments = self._api.desk.chats.attachments
        kept = await attachments.find(found) if found else None
        if kept is None or not attachments.path(kept).is_file():
            raise not_found(NO_FILE)
        return download(kept, attachments.path(kept))

    async def _keep(self, request: web.Request, widget: Widget) -> dict[str, object]:
        visitor = await self._visitor(request, widget)
        wait = self._bucket(visitor.id).wait(time.monotonic())
        if wait:
            raise Problem(
                P.RATE_LIMITED,
                "too many files at once: try again in a moment",
                headers={hdrs.RETRY_AFTER: str(int(wait) + 1)},
            )
        name, chunks = await incoming(request, request.query.get("name"))
        kept = await self._api.desk.chats.attachments.keep(uploader_of(visitor.id), name, chunks)
        return {"id": kept.id, "name": kept.name, "type": kept.type, "size": kept.size}

    async def _visitor(self, request: web.Request, widget: Widget) -> Visitor:
        token = bearer(request)
        found = (await self._signers.visitors()).check(token) if token else None
        visitor = await self._api.desk.chats.visitor(found) if found else None
        if visitor is None or visitor.entry != widget.entry:
            raise Problem(P.UNAUTHENTICATED, "this is for the customer of a chat, by their token")
        return visitor

    async def _widget(self, request: web.Request) -> Widget:
        return await self._api.desk.chats.widget(request.query.get("entry", DEFAULT_ENTRY))

    def _bucket(self, visitor_id: str) -> Bucket:
        found = self._bursts.pop(visitor_id, None) or Bucket(FILES_A_SECOND, FILES_AT_ONCE)
        self._bursts[visitor_id] = found
        if len(self._bursts) > REMEMBERED:
            self._bursts.pop(next(iter(self._bursts)))
        return found


def uploader_of(visitor_id: str) -> str:
    """A customer, as the store writes them down."""
    return f"visitor:{visitor_id}"


def _cross_origin(request: web.Request) -> dict[str, str]:
    origin = request.headers.get(hdrs.ORIGIN)
    return {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin, hdrs.VARY: "Origin"} if origin else {}
