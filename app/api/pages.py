"""What browsers get: the Inbox (app/web/dist) and the documentation page, with safe headers."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import hdrs, web

from app.api.problems import not_found
from app.config import Settings

Prepare = Callable[[web.Request, web.StreamResponse], Awaitable[None]]
DIST = Path(__file__).parent.parent / "web" / "dist"
STATIC = Path(__file__).parent / "static"
WIDGET = "widget.js"
FOREVER = "public, max-age=31536000, immutable"
"""For files whose names carry a hash of their content."""
CHECK = "no-cache"
"""Kept, but asked for each time (by its ETag)."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def security_headers(settings: Settings) -> dict[str, str]:
    """Headers of every answer."""
    found = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    }
    if settings.public_url.startswith("https://"):
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


def headers_of(settings: Settings) -> Prepare:
    """The signal handler that sets them."""
    fixed = security_headers(settings)

    async def prepare(request: web.Request, answer: web.StreamResponse) -> None:
        for name, value in fixed.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        answer.headers[hdrs.SERVER] = "ringdesk"

    return prepare


class Pages:
    """Files of two folders, and the one page that answers every address of the Inbox."""

    def __init__(self, dist: Path = DIST) -> None:
        self._dist = dist.resolve()

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The routes; the Inbox's last, for they take every address that is left."""
        router.add_get("/api/docs", self._docs)
        router.add_get("/api/docs.{kind:(js|css)}", self._docs_part)
        router.add_get("/{path:(?!api(?:/|$)).*}", self._inbox)

    async def _docs(self, request: web.Request) -> web.StreamResponse:
        return _file(STATIC / "docs.html", CHECK)

    async def _docs_part(self, request: web.Request) -> web.StreamResponse:
        return _file(STATIC / f"docs.{request.match_info['kind']}", CHECK)

    async def _inbox(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        if path == "chat":
            raise not_found()
        found = await asyncio.to_thread(self._find, path)
        if found is not None:
            answer = _file(found, FOREVER if path.startswith("assets/") else CHECK)
            if path == WIDGET:  # other sites' pages load it
                answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            return answer
        if path.startswith("assets/") or "." in path.rpartition("/")[2]:
            raise not_found()
        index = self._dist / "index.html"
        if not await asyncio.to_thread(index.is_file):
            return _not_built()
        return _file(index, CHECK)

    def _find(self, path: str) -> Path | None:
        """A file of the built page; nothing outside its folder, whatever the path says."""
        if not path or "\x00" in path:
            return None
        try:
            found = (self._dist / path).resolve()
            inside = found.is_relative_to(self._dist)
            return found if inside and found.is_file() else None
        except (OSError, ValueError):
            return None


def _file(path: Path, caching: str) -> web.FileResponse:
    return web.FileResponse(path, headers={hdrs.CACHE_CONTROL: caching})


def _not_built() -> web.Response:
    page = (STATIC / "not-built.html").read_text(encoding="utf-8")
    return web.Response(status=503, text=page, content_type="text/html")
