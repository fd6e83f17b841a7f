"""One tab's SIP: a WebSocket to the page, another to Asterisk, and what may pass between them."""

import asyncio
import re
from typing import Any

from aiohttp import ClientConnectionResetError, WSMsgType, web

from app.api.access import Caller
from app.api.client import CloseCode
from app.desk.web_phones import Ending, WebPhone
from app.telephony import SipSocket

SEND_SECONDS = 5.0
"""A side that takes nothing for so long is given up: nothing is kept for it here."""
FRAMES = 200
PER_SECONDS = 5.0
"""So many frames from a page in so many seconds; a call has some ten."""
GOODBYE = frozenset({1000, 1001, 4001})
"""Close codes of a page that goes: normal, going away (RFC 6455 7.4.1), and our page's own."""
SIP_RESPONSE = "SIP/2.0 "
LINE_END = re.compile(r"\r\n|\n|\r")
ADDRESS = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*"\s*|[^"<>]*)<sips?:(?P<user>[^@<>;]+)@[^<>]*>.*')

_ENDINGS = {Ending.REPLACED: CloseCode.REPLACED, Ending.SIGNED_OUT: CloseCode.SIGNED_OUT}


class Refused(Exception):
    """The page sent what it may not send."""


class SipLine:
    """Passes SIP on, both ways, until either side is done or the sign-in is over."""

    def __init__(
        self, caller: Caller, phone: WebPhone, page: web.WebSocketResponse, asterisk: SipSocket
    ) -> None:
        self.caller = caller
        self.goodbye = False
        """The page closed its side in good order: it goes away."""
        self._phone = phone
        self._page = page
        self._asterisk = asterisk
        self._closing: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()
        self._counted: list[float] = []

    def close(self, code: CloseCode) -> None:
        """Have the line closed."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def serve(self) -> CloseCode:
        """Returns why it ended, which is the close code for the page."""
        up = asyncio.create_task(self._from_page(), name="SIP from a page")
        down = asyncio.create_task(self._from_asterisk(), name="SIP from Asterisk")
        waiting: set[asyncio.Future[Any]] = {up, down, self._closing, self._phone.ended}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return self._why(up)
        finally:
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    def _why(self, up: asyncio.Task[None]) -> CloseCode:
        if self._closing.done():
            return self._closing.result()
        if self._phone.ended.done():
            return _ENDINGS.get(self._phone.ended.result(), CloseCode.TRY_LATER)
        if not up.done():
            return CloseCode.TRY_LATER  # Asterisk is away
        if isinstance(up.exception(), Refused):
            return CloseCode.POLICY
        self.goodbye = self._page.close_code in GOODBYE
        return CloseCode.TRY_LATER

    async def _from_page(self) -> None:
        async for message in self._page:
            if message.type is not WSMsgType.TEXT:
                raise Refused("SIP is text")
            self._count()
            if not may_pass(message.data, self._phone.user):
                raise Refused("not this tab's user")
            async with asyncio.timeout(SEND_SECONDS):
                await self._asterisk.send_str(message.data)

    async def _from_asterisk(self) -> None:
        async for message in self._asterisk:
            if message.type is WSMsgType.TEXT:
                text = message.data
            elif message.type is WSMsgType.BINARY:  # PJSIP sends some of its messages so
                text = message.data.decode("utf-8", "replace")
            else:
                return
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._page.send_str(text)
            except (ClientConnectionResetError, ConnectionError):
                return

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        self._counted = [at for at in self._counted if at > now - PER_SECONDS]
        if len(self._counted) >= FRAMES:
            raise Refused("too many messages")
        self._counted.append(now)


def may_pass(text: str, user: str) -> bool:
    """Whether a page may send this: a request outside a dialog is From its own user.

    RFC 3261 8.1.1.3; what is inside a dialog (its To has a tag) fits one of Asterisk's or none.
    """
    if not text.strip() or text.startswith(SIP_RESPONSE):
        return True  # a keep-alive (RFC 5626 4.4.1); an answer
    froms, tos = _headers(text, "from", "f"), _headers(text, "to", "t")
    if len(froms) != 1 or len(tos) != 1:
        return False
    if re.search(r";\s*tag\s*=", tos[0], re.IGNORECASE):
        return True
    address = ADDRESS.fullmatch(froms[0])
    return address is not None and address["user"] == user


def _headers(text: str, *names: str) -> list[str]:
    found = []
    for line in LINE_END.split(text)[1:]:
        if not line:
            break
        name, _, value = line.partition(":")
        if name.strip().lower() in names:
            found.append(value)
    return found
