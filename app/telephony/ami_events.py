"""AMI's events become facts; the only place that knows what their fields mean."""

from app.telephony.facts import SecurityAlert

_ALERTS = frozenset(
    {
        "InvalidPassword",
        "InvalidAccountID",
        "ChallengeResponseFailed",
        "FailedACL",
        "RequestNotAllowed",
        "SessionLimit",
        "AuthMethodNotAllowed",
    }
)


def contact_change(message: dict[str, str]) -> tuple[str, str, bool] | None:
    """Endpoint, contact and whether it can be reached, from AMI's ContactStatus or ContactList."""
    kind = message.get("event", "")
    if kind == "ContactStatus":
        endpoint, uri = message.get("endpointname", ""), message.get("uri", "")
        status = message.get("contactstatus", "")
    elif kind == "ContactList":
        endpoint, uri = message.get("endpoint", ""), message.get("uri", "")
        status = message.get("status", "")
    else:
        return None
    known = status in {"Reachable", "NonQualified", "Created", "Updated", "Unreachable", "Removed"}
    if not endpoint or not known:
        return None
    return endpoint, uri, status not in {"Unreachable", "Removed"}


def security_alert(message: dict[str, str], now: int) -> SecurityAlert | None:
    """Somebody was turned away, from an AMI security event."""
    kind = message.get("event", "")
    if kind not in _ALERTS:
        return None
    account = message.get("accountid", "")
    # IPV4/UDP/192.0.2.7/5060
    _, _, address, *_ = [*message.get("remoteaddress", "").split("/"), "", "", ""]
    return SecurityAlert(kind, account, address, now, message.get("service", ""))
