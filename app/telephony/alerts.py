"""Security events from AMI, at a pace that a scan of the SIP port cannot set."""

from app.telephony.facts import SecurityAlert

A_SECOND = 10
"""Alerts told in one second; what comes beyond it is in Asterisk's own log."""


class Alerts:
    """Says which alerts are passed on: so many a second."""

    def __init__(self) -> None:
        self._second = 0
        self._told = 0

    def may_tell(self, alert: SecurityAlert) -> bool:
        """Whether this one is to be told."""
        if alert.at // 1000 != self._second:
            self._second, self._told = alert.at // 1000, 0
        self._told += 1
        return self._told <= A_SECOND
