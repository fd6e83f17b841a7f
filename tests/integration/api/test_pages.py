"""What browsers and machines get beside the API: pages, headers, health, metrics."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app.api.pages import Pages, headers_of
from app.api.table import ROUTES
from tests.integration.api.office import Office

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(office: Office, tmp_path: Path) -> AsyncIterator[Client]:
    """A browser at a service whose page is built."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>Inbox</title>")
    (dist / "favicon.svg").write_text("<svg/>")
    (dist / "assets" / "main-1a2b.js").write_text("0;")
    (tmp_path / "secret.txt").write_text("secret")
    app = web.Application()
    Pages(dist).add_to(app.router)
    app.on_response_prepare.append(headers_of(office.settings))
    client: Client = TestClient(TestServer(app))
    await client.start_server()
    yield client
    await client.close()


async def test_the_inbox_answers_every_address_of_its_own(client: Client) -> None:
    for path in ("/", "/inbox", "/live", "/conversations/abc"):
        answer = await client.get(path)
        assert (answer.status, await answer.text()) == (200, "<title>Inbox</title>")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["ETag"]
    asset = await client.get("/assets/main-1a2b.js")
    assert asset.content_type in {"text/javascript", "application/javascript"}
    assert "immutable" in asset.headers["Cache-Control"]
    assert (await client.get("/favicon.svg")).content_type == "image/svg+xml"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js", "/gone.txt", "/api/nothing", "/api", "/chat", "/../secret.txt",
        "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/%2fetc%2fpasswd.txt",
        "/assets/%00.js",
    ],
)  # fmt: skip
async def test_nothing_outside_the_built_page_is_served(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert "secret" not in await answer.text()
    assert answer.status in {404, 500} or await answer.text() == "<title>Inbox</title>"


async def test_where_the_page_is_not_built_it_says_so(office: Office, tmp_path: Path) -> None:
    app = web.Application()
    Pages(tmp_path / "none").add_to(app.router)
    client: Client = TestClient(TestServer(app))
    await client.start_server()
    answer = await client.get("/")
    assert answer.status == 503
    assert "not built" in await answer.text()
    await client.close()


async def test_nothing_inline_and_nothing_from_elsewhere(office: Office) -> None:
    somebody = await office.somebody()
    async with somebody.http.get("/api/docs") as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )
    assert not re.search(r"<script(?![^>]*src)|<style| style=| on\w+=|https?://", page)
    for part in ("/api/docs.js", "/api/docs.css"):
        async with somebody.http.get(part) as answer:
            assert answer.status == 200
            assert "http://" not in await answer.text()


async def test_ready_says_which_part_is_down(office: Office) -> None:
    somebody = await office.somebody()
    async with somebody.http.get("/readyz") as answer:
        assert answer.status == 503
        found = await answer.json()
    assert found == {
        "ready": False,
        "parts": {"redis": True, "database": True, "ari": False, "ami": False},
    }
    async with somebody.http.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_metrics_count_by_template_and_tell_no_ids(office: Office) -> None:
    ana = await office.at_work("ana")
    call = await office.call(skills="Fraud")
    await ana.ask("GET", "conversations/not-mine", status=404)
    await ana.ask("GET", "no/such/route", status=404)

    async with ana.http.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    assert 'route="/api/v1/conversations/{id}",status="404"' in text
    assert "ringdesk_waiting 1.0" in text
    assert 'ringdesk_agents{status="available"} 1.0' in text
    assert 'ringdesk_agents{status="offline"} 3.0' in text
    assert 'ringdesk_legs{state="connected"} 1.0' in text
    assert 'ringdesk_part_up{part="redis"} 1.0' in text
    assert call not in text
    assert ana.id not in text
    assert "no/such" not in text


async def test_the_document_is_served_and_complete(office: Office) -> None:
    somebody = await office.somebody()
    async with somebody.http.get("/api/v1/openapi.json") as answer:
        document = await answer.json()
    assert document["openapi"].startswith("3.1")
    told = {(m.upper(), path) for path, methods in document["paths"].items() for m in methods}
    assert told == {(route.method, route.path) for route in ROUTES}
