"""Security events from AMI, at a pace that a scan of the SIP port cannot set."""

from app.telephony.ami_events import security_alert
from app.telephony.facts import SecurityAlert

A_SECOND = 10
"""Alerts told in one second; what comes beyond it is in Asterisk's own log."""


class Alerts:
    """Passes alerts on, so many a second."""

    def __init__(self) -> None:
        self._second = 0
        self._told = 0

    def take(self, message: dict[str, str], now: int) -> SecurityAlert | None:
        """The alert in an AMI event, if it is one and to be told. `now` in milliseconds."""
        alert = security_alert(message, now)
        if alert is None:
            return None
        if now // 1000 != self._second:
            self._second, self._told = now // 1000, 0
        self._told += 1
        return alert if self._told <= A_SECOND else None
