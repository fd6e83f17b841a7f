"""Who guesses passwords at the SIP port is turned away there for a while, whatever they send.

Only wrong answers to Asterisk's own challenge count: the challenge went to that address, so that
nobody can have another's address shut out by writing it on their packets. Addresses from which a
phone of ours is registered, the trunk's and this machine's own are never shut out.

What is pushed is an ACL of res_pjsip_acl. Asterisk puts it into force and then answers 500, for it
cannot write an ACL back (seen in 22.10.1; sorcery.conf has the place for it).
"""

import asyncio
import contextlib
import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from app.telephony.ari_errors import AriError, NotFound, ServerFault
from app.telephony.ari_resources import Asterisk
from app.telephony.facts import AddressShutOut, Fact, SecurityAlert

WRONG = 20
"""Wrong answers of one address within the window: a phone with an old password tries less often."""
WINDOW_MS = 300_000
SHUT_OUT_MS = 600_000
ADDRESSES = 1_000
"""Addresses counted, and shut out, at most; the longest quiet go first."""
RETRY_SECONDS = 2.0
OWN = ("127.0.0.1", "::1")
ACL = "ringdesk-guessing"


class Guessing:
    """Counts wrong passwords by address, and keeps Asterisk's ACL as it should be."""

    def __init__(
        self,
        asterisk: Asterisk,
        *,
        spared: Callable[[], Iterable[str]],
        tell: Callable[[Fact], None],
        now: Callable[[], int],
    ) -> None:
        self._asterisk = asterisk
        self._spared = spared
        self._tell = tell
        self._now = now
        self._wrong: OrderedDict[str, deque[int]] = OrderedDict()
        self._until: OrderedDict[str, int] = OrderedDict()
        self._changed = asyncio.Event()

    def take(self, alert: SecurityAlert) -> None:
        """Count one alert, if it is a wrong password over SIP."""
        if alert.kind != "ChallengeResponseFailed" or alert.service != "PJSIP":
            return
        if alert.address in self._until or not _is_address(alert.address):
            return
        wrong = self._wrong.setdefault(alert.address, deque(maxlen=WRONG))
        self._wrong.move_to_end(alert.address)
        if len(self._wrong) > ADDRESSES:
            self._wrong.popitem(last=False)
        wrong.append(alert.at)
        if len(wrong) == WRONG and wrong[0] > alert.at - WINDOW_MS:
            self._shut_out(alert)

    def again(self) -> None:
        """Asterisk started anew, or we did: it may have what we do not want, or lack what we do."""
        self._changed.set()

    async def run(self) -> None:
        """Push what changed, and take away what is over; for ever."""
        while True:
            self._changed.clear()
            if not await self._push():
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._until_something_is_over()

    def _shut_out(self, alert: SecurityAlert) -> None:
        del self._wrong[alert.address]
        if _is_among(alert.address, (*OWN, *self._spared())):
            return
        self._until[alert.address] = alert.at + SHUT_OUT_MS
        if len(self._until) > ADDRESSES:
            self._until.popitem(last=False)
        self._tell(AddressShutOut(alert.address, WRONG, SHUT_OUT_MS // 1000, alert.at))
        self._changed.set()

    async def _push(self) -> bool:
        """Whether Asterisk has it now. Made anew each time: a change of an ACL adds to it."""
        now = self._now()
        for address in [a for a, until in self._until.items() if until <= now]:
            del self._until[address]
        try:
            with contextlib.suppress(NotFound):
                await self._asterisk.deleteObject("res_pjsip", "acl", ACL)
            if self._until:
                fields = {"deny": ",".join(self._until)}
                await self._asterisk.updateObject("res_pjsip", "acl", ACL, fields)
        except ServerFault:
            return True
        except AriError:
            return False
        return True

    async def _until_something_is_over(self) -> None:
        first = min(self._until.values(), default=None)
        try:
            async with asyncio.timeout(
                None if first is None else max(0, first - self._now()) / 1000
            ):
                await self._changed.wait()
        except TimeoutError:
            return


def _is_among(address: str, spared: Iterable[str]) -> bool:
    """Whether it is one of these addresses, or in one of these networks; names are passed over."""
    for each in spared:
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(each, strict=False):
                return True
        except ValueError:
            continue
    return False


def _is_address(text: str) -> bool:
    """A word that is none would make Asterisk refuse everybody (res_pjsip_acl)."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
