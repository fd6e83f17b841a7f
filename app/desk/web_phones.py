"""Phones in browsers' tabs: which SIP user an agent's tab has, and for how long.

An agent has one such phone at a time: the tab that claimed it last. Its SIP user lives as long as
the tab's socket and a lease after it (sleep, a restart of ours), and dies with the sign-in.
User and password follow from the sign-in and the tab, so that after a restart of the service the
same tab has the same ones; what stands here is in memory alone.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum

from app.desk.errors import Unavailable
from app.telephony import WEB_PREFIX, AriError, SipEndpoint, SipSocket, Telephony

log = logging.getLogger("ringdesk.web_phones")

LEASE_SECONDS = 60.0
"""A SIP user without a socket is taken away after so long."""
SWEEP_SECONDS = 5.0
STRAYS_SECONDS = 60.0
"""After a start: until the tabs of before have come back, and what is left is nobody's."""
CODECS = ("opus",)
"""Every browser has it (RFC 7874, 3), and nothing else: Asterisk then writes the RTP time stamps
itself. Frames that it passes on as they are carry the caller's, which jump from one caller to the
next, and where they jump back by less than 5 s a browser throws the packets away until they have
caught up: seconds of silence after the accept."""


class Ending(Enum):
    """Why a tab's phone ended."""

    REPLACED = "replaced"
    SIGNED_OUT = "signed out"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class WebAccount:
    """A tab's SIP user. `sign_in` tells sign-ins apart; the user begins with WEB_PREFIX."""

    agent_id: str
    user: str
    password: str = field(repr=False)
    sign_in: str


@dataclass(eq=False, slots=True)
class WebPhone:
    """A tab's phone; `ended` is settled when it is one no longer."""

    account: WebAccount
    ended: asyncio.Future[Ending]
    until: float
    sockets: int = 0

    @property
    def user(self) -> str:
        """Its SIP user, which is its endpoint's name."""
        return self.account.user


class WebPhones:
    """Who has a phone in which tab. `clock` is in seconds."""

    def __init__(self, telephony: Telephony, clock: Callable[[], float] = time.monotonic) -> None:
        self._telephony = telephony
        self._clock = clock
        self._phones: dict[str, WebPhone] = {}

    def endpoint(self, agent_id: str) -> str | None:
        """Where the agent's browser is dialled; None while no tab has claimed the phone."""
        phone = self._phones.get(agent_id)
        return phone.user if phone else None

    def agent_of(self, endpoint: str) -> str | None:
        """Whose tab this endpoint is."""
        if not endpoint.startswith(WEB_PREFIX):
            return None
        return next((a for a, phone in self._phones.items() if phone.user == endpoint), None)

    async def claim(self, account: WebAccount) -> WebPhone:
        """This tab has the agent's phone from now on; another one's leg is lost to it.

        Raises Unavailable.
        """
        known = self._phones.get(account.agent_id)
        if known is None or known.account != account:
            phone = self._begin(account)
            if known is not None:
                await self._end(known, Ending.REPLACED)
        else:
            phone = known
            phone.until = self._clock() + LEASE_SECONDS
        try:
            await self._telephony.lose_other_legs(account.agent_id, account.user)
            await self._telephony.push_endpoint(_endpoint(account))
        except AriError as error:
            raise Unavailable(f"Asterisk does not take the phone ({error}); try again") from None
        return phone

    async def attach(self, account: WebAccount) -> WebPhone | None:
        """A tab's socket is there; None when another tab has the phone. Raises Unavailable.

        After a restart of ours the first tab that comes back has it.
        """
        known = self._phones.get(account.agent_id)
        if known is not None and known.account != account:
            return None
        phone = await self.claim(account)
        phone.sockets += 1
        return phone

    async def detach(self, phone: WebPhone, *, goodbye: bool) -> None:
        """A tab's socket is gone. With a goodbye its leg is lost at once, for nobody hears it."""
        phone.sockets -= 1
        phone.until = self._clock() + LEASE_SECONDS
        if goodbye and not phone.ended.done():
            await self._lose(phone)

    async def end(self, agent_id: str, sign_in: str | None = None) -> None:
        """The sign-in that made it is over (None: every one of this agent's)."""
        phone = self._phones.get(agent_id)
        if phone is not None and sign_in in {None, phone.account.sign_in}:
            del self._phones[agent_id]
            await self._end(phone, Ending.SIGNED_OUT)

    def sip_socket(self) -> AbstractAsyncContextManager[SipSocket]:
        """A connection to Asterisk for one tab. Entering it raises SipDown."""
        return self._telephony.sip_socket()

    async def run(self) -> None:
        """Take away for ever what nobody holds any more."""
        strays_at: float | None = self._clock() + STRAYS_SECONDS
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.expire()
            if strays_at is not None and self._clock() > strays_at:
                try:
                    await self._telephony.drop_strays()
                    strays_at = None
                except AriError as error:
                    log.debug("SIP users of old tabs are looked for again: %s", error)

    async def expire(self) -> None:
        """End the phones whose lease is over; one that talks on has it for as long."""
        now = self._clock()
        for agent_id, phone in list(self._phones.items()):
            talks = self._telephony.has_leg(agent_id, phone.user)
            if phone.sockets == 0 and phone.until <= now and not talks:
                del self._phones[agent_id]
                await self._end(phone, Ending.EXPIRED)

    def _begin(self, account: WebAccount) -> WebPhone:
        ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        phone = WebPhone(account, ended, self._clock() + LEASE_SECONDS)
        self._phones[account.agent_id] = phone
        return phone

    async def _end(self, phone: WebPhone, why: Ending) -> None:
        phone.ended.set_result(why)
        await self._lose(phone)
        try:
            await self._telephony.drop_endpoint(phone.user)
        except AriError as error:
            log.warning("an ended tab's SIP user is still known to Asterisk: %s", error)

    async def _lose(self, phone: WebPhone) -> None:
        try:
            await self._telephony.lose_leg(phone.account.agent_id, phone.user)
        except AriError as error:
            log.info("the leg of a tab that left ends by its silence: %s", error)


def _endpoint(account: WebAccount) -> SipEndpoint:
    return SipEndpoint(account.user, account.password, codecs=CODECS)
