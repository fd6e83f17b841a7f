"""Files of written conversations, over HTTP: limits, the scanner, who may have them."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from app.domain.attachment import MEGABYTE, UNSENT_EACH, UNSENT_HOURS
from app.domain.message import Widget
from tests.integration.api.office import Caller, Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port

PATIENCE = 20.0
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def ana(office: Office) -> AsyncIterator[Caller]:
    """Ana, available, with her Inbox open."""
    ana = await office.person("ana")
    async with ana.watch():
        await ana.ask("PUT", "me/status", {"status": "available"})
        yield ana


async def send_up(who: Caller, name: str, data: bytes, status: int = 201) -> Json:
    query = {"name": name}
    return await who.ask(
        "POST", "attachments", status=status, params=query, data=data, headers=BYTES
    )


async def fetched(who: Caller, id: str) -> bytes:
    async with who.http.get(f"/api/v1/attachments/{id}") as answer:
        assert answer.status == 200
        return await answer.read()


async def customer_sends_up(
    office: Office, customer: Chatter, name: str, data: bytes, status: int = 201, **headers: str
) -> Json:
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{office.url}/chat/attachments",
            params={"name": name},
            data=data,
            headers={"Authorization": f"Bearer {customer.token}", "Origin": office.url, **headers},
        ) as answer,
    ):
        assert answer.status == status, await answer.text()
        found: Json = await answer.json(content_type=None)
        return found


async def accepted(office: Office, agent: Caller, customer: Chatter) -> str:
    talk = str(customer.conversation)
    await office.until(agent, lambda me: me["offer"] == talk, within=PATIENCE)
    await agent.ask("POST", f"conversations/{talk}/accept", {})
    await eventually(lambda: customer.state == "active", within=PATIENCE)
    return talk


async def test_files_go_both_ways_and_are_served_as_downloads_only(
    office: Office, ana: Caller
) -> None:
    # given a customer who sends a file with their first words
    async with Chatter(office.url) as customer:
        name = "<script>alert(1)</script>.png"
        sent = await customer_sends_up(office, customer, name, b"<script>alert(1)</script>")
        assert (sent["name"], sent["type"]) == ("script>.png", "image/png")
        await customer.says("c1", "Look!", attachments=[sent["id"]])
        talk = await accepted(office, ana, customer)
        # when Ana reads, and answers with a file of her own
        kept = (await ana.ask("GET", f"conversations/{talk}/messages"))["items"]
        assert kept[0]["attachments"] == [sent]
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", b"%PDF-1.7", filename="Rechnung für März.pdf")
        mine = await ana.ask("POST", "attachments", data=form)
        body = {"client_id": "a1", "text": "", "attachments": [mine["id"]]}
        first = await ana.ask("POST", f"conversations/{talk}/messages", body)
        # again it is the same message
        assert await ana.ask("POST", f"conversations/{talk}/messages", body) == first
        await eventually(lambda: len(customer.messages) == 2, within=PATIENCE)
        told = customer.messages[1]["attachments"][0]
        # then both can save what the other sent, and nothing of it can run
        for who, address, data in (
            (ana.http, f"/api/v1/attachments/{sent['id']}", b"<script>alert(1)</script>"),
            (None, f"{office.url}{told['url']}", b"%PDF-1.7"),
        ):
            async with aiohttp.ClientSession() as other, (who or other).get(address) as answer:
                assert (answer.status, await answer.read()) == (200, data)
                headers = answer.headers
                assert headers["Content-Disposition"].startswith("attachment; ")
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
                assert headers["Content-Type"] in {"image/png", "application/octet-stream"}
        assert (
            "filename*=UTF-8''Rechnung%20f%C3%BCr%20M%C3%A4rz.pdf" in headers["Content-Disposition"]
        )


async def test_who_may_have_a_file(office: Office, ana: Caller) -> None:
    ben, sam = await office.person("ben"), await office.person("sam")
    one, other = await office.bot("one"), await office.bot("other")
    mine = await send_up(ana, "a.txt", b"hello")
    # until it is sent it is hers alone
    await fetched(ana, mine["id"])
    for stranger in (ben, sam, one, other):
        await stranger.refused("GET", f"attachments/{mine['id']}", status=404, type="not-found")
    async with Chatter(office.url) as customer:
        await customer.says("c1", "Hello?")
        talk = await accepted(office, ana, customer)
        # nobody sends another's file
        theirs = await send_up(ben, "b.txt", b"hello")
        for wrong in (theirs["id"], "no-such-file"):
            body = {"client_id": "a1", "text": "x", "attachments": [wrong]}
            path = f"conversations/{talk}/messages"
            await ana.refused("POST", path, body, status=422, type="validation")
        # once it is sent, those have it who may read the conversation
        body = {"client_id": "a2", "text": "x", "attachments": [mine["id"]]}
        await ana.ask("POST", f"conversations/{talk}/messages", body)
        await fetched(sam, mine["id"])
        for stranger in (one, other):
            await stranger.refused("GET", f"attachments/{mine['id']}", status=404, type="not-found")
        # and the address that the customer has is nobody's to guess
        await eventually(lambda: len(customer.messages) == 2, within=PATIENCE)
        url = customer.messages[1]["attachments"][0]["url"]
        for wrong in (url[:-2] + "AA", f"/chat/attachments/{mine['id']}"):
            async with ana.http.get(wrong) as answer:
                assert answer.status == 404


async def test_limits_at_their_edge(office: Office, ana: Caller) -> None:
    ada = await office.person("ada")
    await ada.ask("PUT", "settings", {"attachment_megabytes": 1})
    whole = await send_up(ana, "a.txt", b"x" * MEGABYTE)
    assert whole["size"] == MEGABYTE
    await send_up(ana, "a.txt", b"x" * (MEGABYTE + 1), status=413)
    for name, data in (("a.exe", b"x"), ("a", b"x"), ("a.html", b"x"), ("a.txt", b"")):
        found = await send_up(ana, name, data, status=422)
        assert found["type"] == "urn:ringdesk:problem:validation"
    await ana.refused(
        "POST", "attachments", data=b"x", headers=BYTES, status=422, type="validation"
    )
    form = aiohttp.FormData()
    form.add_field("other", b"x", filename="a.txt")
    await ana.refused("POST", "attachments", data=form, status=422, type="validation")
    broken = {"Content-Type": "multipart/form-data"}
    await ana.refused(
        "POST", "attachments", data=b"x", headers=broken, status=400, type="validation"
    )
    # one uploader has so many files here without sending them, and then no more
    for _ in range(UNSENT_EACH - 1):
        await send_up(ana, "a.txt", b"x")
    await send_up(ana, "a.txt", b"x", status=429)
    # what was not sent in a day is removed, what was sent is not
    files = office.settings.attachments
    assert len([path for path in files.rglob("*") if path.is_file()]) == UNSENT_EACH
    attachments = office.desk.chats.attachments
    await attachments.sweep()
    assert (await attachments.find(whole["id"])) is not None
    attachments._now = lambda: office.desk.now() + UNSENT_HOURS * 3_600_000 + 1
    await attachments.sweep()
    assert [path for path in files.rglob("*") if path.is_file()] == []
    assert (await attachments.find(whole["id"])) is None


async def test_a_customers_upload_takes_their_token_and_their_page(office: Office) -> None:
    async with Chatter(office.url) as customer:
        good = await customer_sends_up(office, customer, "a.txt", b"x")
        assert good["size"] == 1
        token = customer.token
        for wrong in (None, "v1.abc.def", f"{token}x"):
            customer.token = wrong
            found = await customer_sends_up(office, customer, "a.txt", b"x", 401)
            assert found["type"] == "urn:ringdesk:problem:unauthenticated"
        customer.token = token
        elsewhere = {"Origin": "https://elsewhere.example"}
        await customer_sends_up(office, customer, "a.txt", b"x", 403, **elsewhere)
        # a message cannot carry what is not the customer's
        await customer.say("c1", "Look!", attachments=["no-such-file"])
        await eventually(lambda: customer.errors, within=PATIENCE)
        assert (customer.errors[0]["code"], customer.errors[0]["client_id"]) == ("validation", "c1")
        # too many at once are told to wait
        for _ in range(9):
            await customer_sends_up(office, customer, "a.txt", b"x")
        await customer_sends_up(office, customer, "a.txt", b"x", 429)


async def test_a_widget_on_another_site_may_send_files_up(office: Office) -> None:
    shop = "https://shop.example"
    await office.records.widgets.put(Widget("shop", origins=(shop,)))
    async with Chatter(office.url, "shop", shop) as customer, aiohttp.ClientSession() as http:
        url, query = f"{office.url}/chat/attachments", {"entry": "shop", "name": "a.txt"}
        asked = {"Origin": shop, "Access-Control-Request-Method": "POST"}
        async with http.options(url, params=query, headers=asked) as answer:
            assert answer.status == 204
            assert answer.headers["Access-Control-Allow-Origin"] == shop
            assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
        headers = {"Origin": shop, "Authorization": f"Bearer {customer.token}"}
        for name, status in (("a.txt", 201), ("a.exe", 422)):
            query["name"] = name
            async with http.post(url, params=query, headers=headers, data=b"x") as answer:
                assert answer.status == status
                # the page may read the refusal, too
                assert answer.headers["Access-Control-Allow-Origin"] == shop


async def test_the_scanner_of_the_house_refuses(redis_url: str, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    scan.write_text(
        '#!/bin/sh\ngrep -q EICAR "$1" && exit 1\ngrep -q broken "$1" && exit 2\nexit 0\n'
    )
    scan.chmod(0o700)
    office = Office(
        redis_url, tmp_path, free_tcp_port(), ATTACHMENT_SCAN=str(scan), ATTACHMENT_TYPES="txt,.PDF"
    )
    await office.open()
    try:
        ana = await office.person("ana")
        good = await send_up(ana, "a.txt", b"harmless")
        kept = await office.desk.chats.attachments.find(good["id"])
        assert kept is not None and kept.scanned
        found = await send_up(ana, "a.txt", b"an EICAR file", status=422)
        assert "scanner" in found["detail"]
        await send_up(ana, "a.txt", b"broken", status=503)
        await send_up(ana, "b.pdf", b"x")
        await send_up(ana, "b.png", b"x", status=422)
    finally:
        await office.close()
