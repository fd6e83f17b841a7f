"""A file's bytes on their way in and out, for agents, bots and customers alike."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from app.api.problems import Problem, invalid
from app.api.problems import ProblemType as P
from app.domain.attachment import KeptFile, ending_of, served_as

CHUNK = 64 * 1024
FORM = "multipart/form-data"
FIELD = "file"
BROKEN = (ValueError, AssertionError, HttpProcessingError)
"""What aiohttp raises for a form with bad boundaries, lengths or headers."""
SANDBOX = "default-src 'none'; sandbox"
"""Whatever it is, nothing of it runs, even where a browser shows it after all."""


async def incoming(request: web.Request, name: str | None) -> tuple[str, AsyncIterator[bytes]]:
    """The name and the bytes of an upload: a form's field `file`, or the body as it is with the
    name in the query. Raises Problem."""
    if request.content_type == FORM:
        part = await _part(request)
        return name or part.filename or "", _of_part(part)
    if name is None:
        raise invalid("name", "say what the file is called")
    return name, _of_body(request)


def download(kept: KeptFile, path: Path) -> web.StreamResponse:
    """The file, as something to save: no page of ours is ever made of it."""
    plain = f"file.{ending_of(kept.name)}" if ending_of(kept.name) else "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept.name, safe='')}"
    return web.FileResponse(
        path,
        headers={
            hdrs.CONTENT_TYPE: served_as(kept.type),
            hdrs.CONTENT_DISPOSITION: disposition,
            "Content-Security-Policy": SANDBOX,
            hdrs.CACHE_CONTROL: "private, max-age=86400",
        },
    )


async def _part(request: web.Request) -> BodyPartReader:
    """The form's file; fields before it are passed over."""
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == FIELD:
                return part
    except BROKEN as error:
        raise _no_form(error) from None
    raise invalid(FIELD, "the form has no such field")


async def _of_part(part: BodyPartReader) -> AsyncIterator[bytes]:
    try:
        while chunk := await part.read_chunk(CHUNK):
            yield chunk
    except BROKEN as error:
        raise _no_form(error) from None


def _no_form(error: Exception) -> Problem:
    text = " ".join(str(error).split())
    return Problem(P.VALIDATION, f"this is no form: {text}", status=400)


async def _of_body(request: web.Request) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_chunked(CHUNK):
        yield chunk
