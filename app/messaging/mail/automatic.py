"""Whether anybody wrote a mail (RFC 3834, RFC 3464, RFC 2369): what answers by itself, what came
back, what goes in circles."""

import re
from email.message import Message

from app.domain.mail import Auto
from app.messaging.mail import headers
from app.messaging.mail.tree import Found, Part, content_type

OURS = "X-Ringdesk"
"""On every mail that we send: one that comes in with it has come back to us."""
HOPS = 50
"""Received lines; more is a loop (RFC 5321, 6.3)."""
DAEMONS = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|bounces?)(\+[^@]*)?@", re.IGNORECASE)
_ANSWERS = frozenset({"x-autoreply", "x-autorespond", "x-auto-response"})
_RETURNED_ID = re.compile(r"^Message-ID:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)


def kind(message: Part, found: Found, sender: str) -> Auto:
    """What it is."""
    if _is_bounce(message, found, sender):
        return Auto.BOUNCE
    if headers.first(message, OURS) or len(headers.raw(message, "received")) > HOPS:
        return Auto.LOOP
    # a word, and a comment or parameters after it (RFC 3834, 5.2)
    told = re.match(r"[a-z-]*", headers.first(message, "auto-submitted").lower())
    submitted = told[0] if told else ""
    precedence = headers.first(message, "precedence").strip().lower()
    if submitted == "auto-replied" or precedence in {"auto_reply", "auto-reply"}:
        return Auto.REPLIED
    if any(headers.first(message, name) for name in _ANSWERS):
        return Auto.REPLIED
    if submitted not in {"", "no"}:
        answers = headers.first(message, "in-reply-to") or _suppressed(message)
        return Auto.REPLIED if answers else Auto.GENERATED
    if headers.first(message, "return-path") == "<>":
        return Auto.REPLIED
    if headers.first(message, "list-id") or precedence in {"bulk", "list", "junk"}:
        return Auto.LIST
    return Auto.NO


def bounce_of(found: Found, text: str) -> tuple[str, ...]:
    """Message-IDs of the mails that came back."""
    ids = [one for inner in found.returned for one in headers.ids(inner, "message-id")]
    return tuple(dict.fromkeys(ids or _RETURNED_ID.findall(text)))


def bounce_detail(found: Found) -> str:
    """Who did not get it and why, as the other side tells."""
    said = []
    for fields in _recipients(found):
        status = headers.line(fields, "status")
        why = headers.line(fields, "diagnostic-code").partition(";")[2].strip()
        who = headers.line(fields, "final-recipient").partition(";")[2].strip()
        said.append(" ".join(filter(None, (f"{who}:" if who else "", status, why))))
    return "; ".join(filter(None, said))[:1000]


def only_delayed(found: Found) -> bool:
    """Nobody is given up yet (RFC 3464, 2.3.3)."""
    actions = [headers.line(fields, "action").lower() for fields in _recipients(found)]
    return bool(actions) and all(action in {"delayed", "relayed", "expanded"} for action in actions)


def _recipients(found: Found) -> list[Part]:
    blocks: list[Part] = []
    for report in found.reports:
        below = report.get_payload()
        if isinstance(below, list):
            blocks += [block for block in below if isinstance(block, Message)]
    return [block for block in blocks if headers.first(block, "final-recipient")]


def _is_bounce(message: Part, found: Found, sender: str) -> bool:
    if content_type(message) == "multipart/report" and found.reports:
        return True
    daemon = bool(DAEMONS.match(sender)) or sender == ""
    null = headers.first(message, "return-path") == "<>"
    failed = bool(headers.first(message, "x-failed-recipients"))
    return failed or (daemon and null) or (daemon and bool(found.returned))


def _suppressed(message: Part) -> bool:
    """Exchange's own out-of-office answers say auto-generated, and this."""
    return bool(headers.first(message, "x-auto-response-suppress"))
