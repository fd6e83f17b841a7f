"""The phone in the browser: its SIP user, and the WebSocket that takes its SIP to Asterisk."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiohttp import hdrs, web

from app.api import requests, sip_shapes
from app.api.access import AGENTS
from app.api.client import CLOSE_SECONDS, CloseCode
from app.api.problems import FieldError, Problem, ProblemType
from app.api.problems import ProblemType as P
from app.api.requests import SipTab
from app.api.route import API, Call, Route, route
from app.api.sip_account import DOMAIN, account, ice_server
from app.api.sip_line import SipLine
from app.desk.web_phones import LEASE_SECONDS, WebPhone
from app.telephony import MAX_FRAME, SipDown

SUBPROTOCOL = "sip"
HEARTBEAT_SECONDS = 10.0
"""Between two pings; without an answer within half of it the page counts as gone."""


async def sip_session(call: Call[SipTab]) -> sip_shapes.SipSession:
    """This tab has the caller's phone from now on, and gets a SIP user of its own."""
    mine = account(call.caller, call.input.tab)
    await call.api.desk.web_phones.claim(mine)
    until = call.api.desk.now() / 1000 + LEASE_SECONDS
    return sip_shapes.SipSession(
        user=mine.user,
        password=mine.password,
        uri=f"sip:{mine.user}@{DOMAIN}",
        websocket_url=f"{_websockets(call)}{API}/sip?tab={call.input.tab}",
        ice_servers=[ice_server(text) for text in call.api.settings.ice_servers],
        expires_at=datetime.fromtimestamp(until, UTC),
    )


async def sip(call: Call[SipTab]) -> web.WebSocketResponse:
    """The tab's SIP (RFC 7118), passed on to Asterisk while the sign-in stands."""
    mine = account(call.caller, call.input.tab)
    offered = call.request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")
    if SUBPROTOCOL not in {each.strip() for each in offered.split(",")}:
        error = FieldError(hdrs.SEC_WEBSOCKET_PROTOCOL, f"must be {SUBPROTOCOL}")
        raise Problem(ProblemType.VALIDATION, error.detail, errors=[error])
    page = web.WebSocketResponse(
        protocols=(SUBPROTOCOL,),
        heartbeat=HEARTBEAT_SECONDS,
        max_msg_size=MAX_FRAME,
        compress=False,
    )
    await page.prepare(call.request)
    phone = await call.api.desk.web_phones.attach(mine)
    code = CloseCode.REPLACED if phone is None else await _serve(call, page, phone)
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await page.close(code=code)
    return page


async def _serve(call: Call[SipTab], page: web.WebSocketResponse, phone: WebPhone) -> CloseCode:
    phones, hub = call.api.desk.web_phones, call.api.hub
    goodbye = False
    try:
        async with phones.sip_socket() as asterisk:
            line = SipLine(call.caller, phone, page, asterisk)
            with hub.phone(line):
                code = await line.serve()
            goodbye = line.goodbye
        if code is CloseCode.SIGNED_OUT:
            await phones.end(phone.account.agent_id, phone.account.sign_in)
        return code
    except SipDown:
        return CloseCode.TRY_LATER
    finally:
        await asyncio.shield(phones.detach(phone, goodbye=goodbye))


def _websockets(call: Call[Any]) -> str:
    """Scheme and host as the browser has them: those of the Origin, which was checked."""
    seen = call.request.headers.get(hdrs.ORIGIN) or call.api.settings.public_url
    return f"ws{seen.removeprefix('http')}"


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{API}/me/sip-session",
        sip_session,
        summary="A SIP user for the phone in this tab",
        takes=requests.SipTab,
        answers=sip_shapes.SipSession,
        roles=AGENTS,
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "GET",
        f"{API}/sip",
        sip,
        summary="WebSocket: SIP (RFC 7118) between this tab and Asterisk",
        takes=requests.SipTab,
        roles=AGENTS,
        status=101,
        problems=(P.FORBIDDEN, P.UNAVAILABLE),
    ),
)
