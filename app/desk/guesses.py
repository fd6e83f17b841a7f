"""Who was turned away by Asterisk, and shut out, as the audit log tells it to administrators.

A scan comes from many addresses and sends thousands of requests a minute: each address and kind is
noted once an hour, and so many in an hour at most. Asterisk's security.log has all of them.
"""

import logging
from collections import OrderedDict

from app.records import Records, is_away
from app.telephony import AddressShutOut, SecurityAlert

log = logging.getLogger("ringdesk.security")

AGAIN_MS = 3_600_000
AN_HOUR = 100
SERVICES = {"PJSIP": "SIP", "AMI": "AMI"}
BY = ("asterisk", "Asterisk")


class Guesses:
    """Notes them; a database that is away loses a note, never a call."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._noted: OrderedDict[tuple[str, ...], int] = OrderedDict()

    async def refused(self, alert: SecurityAlert) -> None:
        """A wrong password, an unknown user, a refused address."""
        service = SERVICES.get(alert.service, alert.service)
        if not self._is_new((service, alert.kind, alert.address), alert.at):
            return
        log.warning("Asterisk refused %s over %s from %s", alert.kind, service, alert.address)
        await self._note("security.refused", alert.address, service=service, why=alert.kind)

    async def shut_out(self, fact: AddressShutOut) -> None:
        """Nobody at this address is listened to for a while."""
        if self._is_new(("shut out", fact.address), fact.at):
            log.warning("%s guesses SIP passwords: shut out for %d s", fact.address, fact.seconds)
            told = {"wrong_passwords": fact.wrong, "seconds": fact.seconds}
            await self._note("security.shut_out", fact.address, **told)

    def _is_new(self, what: tuple[str, ...], now: int) -> bool:
        while self._noted and next(iter(self._noted.values())) <= now - AGAIN_MS:
            self._noted.popitem(last=False)
        if what in self._noted or len(self._noted) >= AN_HOUR:
            return False
        self._noted[what] = now
        return True

    async def _note(self, act: str, address: str, **told: object) -> None:
        try:
            await self._records.audit.add(BY, act, (None, address), None, told)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("the audit log cannot be written (%s)", type(error).__name__)
