"""The SIP user of a browser's tab, and the ICE servers that it is given."""

import hashlib
import re

from app.api import sip_shapes
from app.api.access import Caller
from app.api.problems import Problem, ProblemType
from app.desk.web_phones import WebAccount
from app.telephony import WEB_PREFIX

DOMAIN = "ringdesk.invalid"
"""Stands in the SIP addresses; nobody looks it up (RFC 2606)."""
_ICE = re.compile(
    r"(?P<scheme>stuns?|turns?):(?:(?P<user>[^:@]+):(?P<password>[^@]+)@)?(?P<rest>.+)"
)


def account(caller: Caller, tab: str) -> WebAccount:
    """What follows from the sign-in and the tab: nobody else can guess it, nothing is kept, and
    it ends with the sign-in. Raises Problem for a program, which has no tab."""
    if caller.token is None:
        raise Problem(ProblemType.FORBIDDEN, "only a signed-in person has a phone in a browser")
    return WebAccount(
        agent_id=caller.id,
        user=WEB_PREFIX + _derived(caller.token, "user", tab, 16),
        password=_derived(caller.token, "password", tab, 24),
        sign_in=_derived(caller.token, "sign-in", "", 16),
    )


def ice_server(text: str) -> sip_shapes.IceServer:
    """`stun:host:port` or `turn:user:password@host:port?transport=udp`, as RTCPeerConnection
    wants it (W3C WebRTC 4.2.2). What does not look so goes to the browser as it is."""
    match = _ICE.fullmatch(text)
    if match is None or match["user"] is None:
        return sip_shapes.IceServer(text, None, None)
    return sip_shapes.IceServer(
        f"{match['scheme']}:{match['rest']}", match["user"], match["password"]
    )


def _derived(token: str, purpose: str, tab: str, size: int) -> str:
    key = hashlib.blake2b(token.encode(), digest_size=32).digest()
    told = f"{purpose}\x00{tab}".encode()
    return hashlib.blake2b(told, key=key, digest_size=size).hexdigest()
