"""For machines: whether we live, whether we are ready, what to count, what can be called."""

import asyncio
from typing import Any

from aiohttp import web

from app.api import shapes
from app.api.frames import ENCODER
from app.api.requests import Nothing
from app.api.route import API, Call, Route, route

HEALTH_SECONDS = 3.0
"""A part that takes longer counts as down."""
PARTS = ("redis", "database", "ari", "ami")


async def healthz(call: Call[Nothing]) -> shapes.Alive:
    """The process lives."""
    return shapes.Alive("ok")


async def readyz(call: Call[Nothing]) -> web.Response:
    """Each part by name; 503 when one is down."""
    parts = await _parts(call)
    ready = all(parts.values())
    return web.Response(
        status=200 if ready else 503,
        body=ENCODER.encode(shapes.Readiness(ready, parts)),
        content_type="application/json",
    )


async def metrics(call: Call[Nothing]) -> web.Response:
    """Counters and gauges for Prometheus."""
    call.api.metrics.parts(await _parts(call))
    return web.Response(
        body=call.api.metrics.text(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )


async def openapi_document(call: Call[Nothing]) -> web.Response:
    """The OpenAPI 3.1 document of this API."""
    return web.Response(body=call.api.document, content_type="application/json")


async def _parts(call: Call[Nothing]) -> dict[str, bool]:
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            return await call.api.desk.health()
    except TimeoutError:
        return dict.fromkeys(PARTS, False)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/openapi.json",
        openapi_document,
        summary="This document",
        takes=Nothing,
        content="application/json",
        status=200,
    ),
    route(
        "GET",
        "/healthz",
        healthz,
        summary="Whether the process lives",
        takes=Nothing,
        answers=shapes.Alive,
    ),
    route(
        "GET",
        "/readyz",
        readyz,
        summary="Whether every part answers",
        takes=Nothing,
        answers=shapes.Readiness,
        also={503: "A part does not answer"},
    ),
    route(
        "GET",
        "/metrics",
        metrics,
        summary="Counters and gauges for Prometheus",
        takes=Nothing,
        content="text/plain",
    ),
)
