"""The browser's SIP through our own port, as a program that speaks for a page sees it."""

import hashlib
import re
import secrets
from typing import Any

import aiohttp
import pytest

from tests.support.people import Person, Refused
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow


def a_tab() -> str:
    """A tab's random word."""
    return secrets.token_hex(16)


class Page:
    """A page's SIP: the session of its person, and the WebSocket."""

    def __init__(self, person: Person, account: dict[str, Any]) -> None:
        self.person = person
        self.account = account
        self._call = secrets.token_hex(6)
        self._count = 0
        self.socket: aiohttp.ClientWebSocketResponse

    async def open(self, **headers: str) -> "Page":
        """Connect. Raises aiohttp's WSServerHandshakeError."""
        self.socket = await self.person.open_socket(self.account["websocket_url"], **headers)
        return self

    async def register(self, user: str, password: str) -> int:
        """REGISTER with digest (RFC 3261 22); the last status, 0 when the socket was closed."""
        status, answer = await self._ask(user, "")
        if status != 401:
            return status
        nonce = re.search(r'nonce="([^"]+)"', answer)
        realm = re.search(r'realm="([^"]+)"', answer)
        assert nonce and realm
        uri = "sip:ringdesk.invalid"
        ha1 = _md5(f"{user}:{realm[1]}:{password}")
        digest = f"{ha1}:{nonce[1]}:00000001:abc:auth:{_md5(f'REGISTER:{uri}')}"
        return (
            await self._ask(
                user,
                f'Authorization: Digest username="{user}", realm="{realm[1]}", nonce="{nonce[1]}", '
                f'uri="{uri}", response="{_md5(digest)}", qop=auth, nc=00000001, cnonce="abc", '
                "algorithm=MD5\r\n",
            )
        )[0]

    async def _ask(self, user: str, authorization: str) -> tuple[int, str]:
        self._count += 1
        await self.socket.send_str(
            "REGISTER sip:ringdesk.invalid SIP/2.0\r\n"
            f"Via: SIP/2.0/WS x.invalid;branch=z9hG4bK{secrets.token_hex(5)}\r\n"
            f"Max-Forwards: 70\r\nTo: <sip:{user}@ringdesk.invalid>\r\n"
            f"From: <sip:{user}@ringdesk.invalid>;tag=1\r\nCall-ID: {self._call}\r\n"
            f"CSeq: {self._count} REGISTER\r\nContact: <sip:{user}@x.invalid;transport=ws>\r\n"
            f"Expires: 60\r\n{authorization}Content-Length: 0\r\n\r\n"
        )
        while True:
            message = await self.socket.receive(timeout=5)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return 0, ""
            if message.data.startswith("SIP/2.0 ") and "REGISTER" in message.data:
                return int(message.data[8:11]), message.data

    async def closed(self) -> int | None:
        """Wait for the end; the close code."""
        while not self.socket.closed:
            await self.socket.receive(timeout=5)
        return self.socket.close_code


async def page_of(person: Person) -> Page:
    """A page with a SIP user of its own, connected."""
    account = await person.post("me/sip-session", {"tab": a_tab()})
    return await Page(person, account).open()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


async def known(world: World, user: str) -> bool:
    """Whether Asterisk has this tab's SIP user; those of other stories' tabs may still be there."""
    return user in [each["resource"] for each in await world.behind.web_endpoints()]


async def test_a_tab_registers_and_signing_out_ends_it(world: World) -> None:
    # given Ana's tab, registered
    ana = await world.person("ana")
    page = await page_of(ana)
    user, password = page.account["user"], page.account["password"]
    assert await page.register(user, password) == 200
    assert await known(world, user)

    # when she signs out, her line is closed and Asterisk knows the user no more
    await ana.delete("session")
    assert await page.closed() == 4401

    async def gone() -> bool:
        return not await known(world, user)

    await eventually(gone)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await page.open()
    assert refusal.value.status == 401

    # and in somebody else's session her user and password are of no use
    ben = await world.person("ben")
    other = await page_of(ben)
    assert await other.register(user, password) == 0
    assert await other.closed() == 1008
    await ana.sign_in()


async def test_the_newest_tab_has_the_phone(world: World) -> None:
    ana = await world.person("ana")
    first = await page_of(ana)
    second = await page_of(ana)
    assert await first.closed() == 4409
    again = await Page(ana, first.account).open()
    assert await again.closed() == 4409
    account = second.account
    assert await second.register(account["user"], account["password"]) == 200


async def test_what_is_not_sip_of_this_page_is_refused(world: World) -> None:
    ana = await world.person("ana")
    for bad in ("GET /ari/channels HTTP/1.1\r\n\r\n", "x" * 70_000, b"\x00"):
        page = await page_of(ana)
        if isinstance(bad, bytes):
            await page.socket.send_bytes(bad)
        else:
            await page.socket.send_str(bad)
        assert await page.closed() in {1008, 1009}
    page = await page_of(ana)
    for _ in range(300):
        await page.socket.send_str("\r\n\r\n")
    assert await page.closed() == 1008


async def test_another_site_a_stranger_and_a_bad_tab_are_refused(world: World) -> None:
    ana = await world.person("ana")
    page = await page_of(ana)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await page.open(Origin="https://evil.example")
    assert refusal.value.status == 403
    with pytest.raises(Refused) as bad:
        await ana.post("me/sip-session", {"tab": "../ari"})
    assert bad.value.status == 422
    async with aiohttp.ClientSession() as stranger:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await stranger.ws_connect(page.account["websocket_url"], protocols=("sip",))
    assert refusal.value.status == 401
