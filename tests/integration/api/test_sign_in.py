"""Signing in and out, cookies, keys, and how guessing is slowed down."""

import statistics
import time
from pathlib import Path

import pytest

from app.api.throttle import PER_ACCOUNT
from tests.integration.api.office import PASSWORD, Office
from tests.integration.api.page import Page
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port

ANA = {"email": "ana@example.com", "password": PASSWORD}


async def test_a_browser_gets_one_cookie_that_no_script_reads(office: Office) -> None:
    somebody = await office.somebody()
    async with somebody.http.post("/api/v1/session", json=ANA) as answer:
        me = await answer.json()
        (cookie,) = answer.headers.getall("Set-Cookie")
    assert me["email"] == "ana@example.com"
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert cookie.startswith(f"ringdesk_{office.settings.http.port}=")  # copies keep apart
    assert (await somebody.ask("GET", "me"))["name"] == "Ana"


async def test_behind_https_the_cookie_is_secure(redis_url: str, tmp_path: Path) -> None:
    office = Office(redis_url, tmp_path, free_tcp_port(), PUBLIC_URL="https://desk.example")
    await office.open()
    somebody = await office.somebody()
    headers = {"Origin": "https://desk.example"}
    async with somebody.http.post("/api/v1/session", json=ANA, headers=headers) as answer:
        assert "Secure" in answer.headers["Set-Cookie"].split("; ")
        assert answer.headers["Strict-Transport-Security"]
    await office.close()


async def test_the_address_is_written_in_any_case(office: Office) -> None:
    somebody = await office.somebody()
    await somebody.ask("POST", "session", {**ANA, "email": " ANA@Example.com "})


async def test_a_sign_in_survives_a_restart(redis_url: str, tmp_path: Path) -> None:
    port = free_tcp_port()
    office = Office(redis_url, tmp_path, port)
    await office.open()
    ana = await office.person("ana")
    cookies = ana.http.cookie_jar.filter_cookies(ana.http._base_url)  # type: ignore[arg-type]
    await office.close()

    again = Office(redis_url, tmp_path, port)
    await again.open(new=False)
    same = await again.somebody()
    same.http.cookie_jar.update_cookies(cookies)
    assert (await same.ask("GET", "me"))["id"] == ana.id
    await again.close()


async def test_signing_out_ends_it(office: Office) -> None:
    ana = await office.person("ana")
    await ana.ask("DELETE", "session", status=204)
    await ana.refused("GET", "me", status=401, type="unauthenticated")
    await ana.ask("DELETE", "session", status=204)


@pytest.mark.parametrize(
    ("email", "password"),
    [("ana@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("ana@example.com", "")],
)
async def test_a_wrong_pair_is_refused_alike(office: Office, email: str, password: str) -> None:
    somebody = await office.somebody()
    body = {"email": email, "password": password}
    found = await somebody.refused("POST", "session", body, status=401, type="unauthenticated")
    assert found["detail"] == "wrong e-mail address or password"


async def test_the_time_does_not_tell_whether_somebody_exists(office: Office) -> None:
    somebody = await office.somebody()
    took: dict[str, list[float]] = {"ana": [], "nobody": []}
    for _ in range(9):
        for name, times in took.items():
            began = time.perf_counter()
            body = {"email": f"{name}@example.com", "password": "wrong"}
            await somebody.ask("POST", "session", body, status=401)
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


async def test_failed_ones_are_slowed_down_per_account_and_good_ones_never(
    office: Office,
) -> None:
    somebody = await office.somebody()
    for _ in range(PER_ACCOUNT + 2):
        await somebody.ask("POST", "session", ANA)
    bad = {**ANA, "password": "wrong"}
    for _ in range(PER_ACCOUNT):
        await somebody.refused("POST", "session", bad, status=401, type="unauthenticated")
    async with somebody.http.post("/api/v1/session", json=ANA) as answer:
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 300
        assert (await answer.json())["type"] == "urn:ringdesk:problem:rate-limited"
    await somebody.ask("POST", "session", {**ANA, "email": "ben@example.com"})


async def test_failed_ones_are_slowed_down_per_address_whoever_is_tried(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.sessions.PER_ADDRESS", 3)
    office = Office(redis_url, tmp_path, free_tcp_port())
    await office.open()
    somebody = await office.somebody()
    for n in range(3):
        body = {"email": f"nobody{n}@example.com", "password": "wrong"}
        await somebody.refused("POST", "session", body, status=401, type="unauthenticated")
    await somebody.refused("POST", "session", ANA, status=429, type="rate-limited")
    await office.close()


async def test_somebody_who_is_put_off_the_books_is_out_at_once(office: Office) -> None:
    ada, ana = await office.person("ada"), await office.person("ana")
    page = await Page(ana).open()
    await ada.ask("PUT", f"users/{ana.id}", {"active": False})
    await ana.refused("GET", "me", status=401, type="unauthenticated")
    await eventually(lambda: page.closed == 4401)
    somebody = await office.somebody()
    await somebody.refused("POST", "session", ANA, status=401, type="unauthenticated")


async def test_a_key_works_until_it_is_revoked(office: Office) -> None:
    ada = await office.person("ada")
    made = await ada.ask("POST", "api-keys", {"name": "our bot"}, status=201)
    bot = await office.bot(key=made["key"])
    page = await Page(bot).open()
    assert page.me is None
    assert page.conversations == {}
    listed = (await ada.ask("GET", "api-keys"))["items"]
    assert "key" not in listed[-1]
    await ada.ask("DELETE", f"api-keys/{made['id']}", status=204)
    await bot.refused("GET", "conversations/x", status=401, type="unauthenticated")
    await eventually(lambda: page.closed == 4401)
    await ada.refused("DELETE", "api-keys/nothing", status=404, type="not-found")


async def test_a_program_without_origin_and_a_proxys_own_scheme(office: Office) -> None:
    ana = await office.person("ana")
    async with ana.http.put(
        "/api/v1/me/status",
        json={"status": "busy"},
        headers={"Authorization": "Basic cHJveHk6c2VjcmV0"},
    ) as answer:
        assert answer.status == 200
    body = {"status": "busy"}
    headers = {"Origin": "https://elsewhere.example", "Authorization": "Basic x"}
    await ana.refused("PUT", "me/status", body, status=403, type="forbidden", headers=headers)
