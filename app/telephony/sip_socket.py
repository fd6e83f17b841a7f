"""Asterisk's SIP over WebSocket (RFC 7118), which one browser phone speaks through us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp

SUBPROTOCOL = "sip"
PATH = "/ws"
"""Where Asterisk's res_http_websocket listens; the one address that is ever asked for."""
MAX_FRAME = 65_536
"""Bytes of one SIP message: PJSIP's own limit (PJSIP_MAX_PKT_LEN) is below it."""
CONNECT_SECONDS = 3.0

SipSocket = aiohttp.ClientWebSocketResponse


class SipDown(Exception):
    """Asterisk does not take a SIP connection now."""


@asynccontextmanager
async def sip_socket(ari_url: str) -> AsyncIterator[SipSocket]:
    """One connection, closed at the end. Raises SipDown."""
    async with aiohttp.ClientSession() as session:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                socket = await session.ws_connect(
                    _address(ari_url),
                    protocols=(SUBPROTOCOL,),
                    max_msg_size=MAX_FRAME,
                    compress=0,
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SipDown(type(error).__name__) from None
        if socket.protocol != SUBPROTOCOL:
            await socket.close()
            raise SipDown("its WebSocket does not speak SIP")
        try:
            yield socket
        finally:
            await socket.close()


def _address(ari_url: str) -> str:
    """`http://host:port/prefix/ari` has its WebSocket at `ws://host:port/prefix/ws`."""
    parts = urlsplit(ari_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/ari')}{PATH}"
