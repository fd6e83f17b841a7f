"""Agents' SIP users, pushed into Asterisk's own database (`sorcery.conf`), beside pjsip.conf.

They survive a restart of Asterisk: phones call for help while Ringdesk is away. After a restart all
of them are pushed again all the same, and who is no agent any more is taken away.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from app.telephony.ari_errors import NotFound
from app.telephony.ari_resources import Asterisk

AT_ONCE = 16
"""Endpoints pushed side by side."""
WEB_PREFIX = "web-"
"""Of the SIP users that are a phone in a browser's tab, and of no others."""
MARKS = ("ringdesk", "ringdesk-2")
"""Account codes of the endpoints that were pushed here; the last one is given now. An AOR beside an
earlier one may have been changed where it stood, and is made anew (`_lacks`)."""
RTP_TIMEOUT_SECONDS = 30
"""A browser sends for as long as it lives; a call that it left ends at the latest then."""


@dataclass(frozen=True, slots=True)
class SipEndpoint:
    """One agent's SIP user: a desk phone. User and password are unguessable."""

    user: str
    password: str
    caller_id: str = ""
    codecs: tuple[str, ...] = ("opus", "g722", "ulaw", "alaw")
    language: str = "en"
    context: str = "from-agents"

    @property
    def is_web(self) -> bool:
        """Whether it is a phone in a browser's tab, which speaks WebRTC."""
        return self.user.startswith(WEB_PREFIX)


class Endpoints:
    """Keeps Asterisk's dynamic endpoints as they were last declared."""

    def __init__(
        self, asterisk: Asterisk, media_address: str | None = None, encrypt: bool = False
    ) -> None:
        self._asterisk = asterisk
        self._media_address = media_address
        self._encrypt = encrypt
        self._endpoints: dict[str, SipEndpoint] = {}
        self._there: dict[str, SipEndpoint] = {}

    def declare(self, endpoint: SipEndpoint) -> None:
        """Note an endpoint, to be pushed whenever Asterisk lacks it."""
        self._endpoints[endpoint.user] = endpoint

    def users(self) -> set[str]:
        """Every declared SIP user."""
        return set(self._endpoints)

    async def push(self, endpoint: SipEndpoint) -> None:
        """Push one now, unless it is there. Raises AriError (BadRequest: a field is refused)."""
        if self._there.get(endpoint.user) == endpoint:
            return
        anew = await self._mark(endpoint.user) == MARKS[0]
        for kind, fields in objects(endpoint, self._media_address, self._encrypt):
            if kind != "aor" or await self._lacks(endpoint.user, fields, anew):
                await self._asterisk.updateObject("res_pjsip", kind, endpoint.user, fields)
        self._there[endpoint.user] = endpoint

    async def _lacks(self, user: str, aor: dict[str, str], anew: bool) -> bool:
        """Whether an AOR is to be made; one that stands otherwise is taken away for it.

        It is never changed: Asterisk's change of an AOR begins with a copy, in which the phone that
        is registered now becomes a contact for good (pjsip_configuration's `contact` writes out
        both kinds). It would be rung, and believed in reach, wherever the phone goes.
        """
        try:
            there = await self._asterisk.getObject("res_pjsip", "aor", user)
        except NotFound:
            return True
        if not anew and all(there.get(name) == value for name, value in aor.items()):
            return False
        await self._asterisk.deleteObject("res_pjsip", "aor", user)
        return True

    async def push_all(self) -> None:
        """Push every declared endpoint to an Asterisk that started anew.

        Raises AriError after all others were tried.
        """
        self._there.clear()
        limit = asyncio.Semaphore(AT_ONCE)

        async def push(endpoint: SipEndpoint) -> None:
            async with limit:
                await self.push(endpoint)

        endpoints = tuple(self._endpoints.values())
        results = await asyncio.gather(*(push(e) for e in endpoints), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def drop_strays(self, found: Iterable[str]) -> None:
        """Take away what an earlier process pushed: for tabs that did not come back, and for who is
        no agent any more. Others' endpoints have not our mark.

        Raises AriError other than NotFound.
        """
        for user in found:
            if user in self._endpoints:
                continue
            ours = user.startswith(WEB_PREFIX) or await self._mark(user) in MARKS
            if ours and user not in self._endpoints:
                await self.drop(user)

    async def _mark(self, user: str) -> str:
        """The account code of an endpoint; empty if there is none."""
        try:
            return (await self._asterisk.getObject("res_pjsip", "endpoint", user))["accountcode"]
        except (NotFound, KeyError):
            return ""

    async def drop(self, user: str) -> None:
        """Take an endpoint away. Raises AriError other than NotFound."""
        self._endpoints.pop(user, None)
        self._there.pop(user, None)
        for kind in ("endpoint", "aor", "auth"):
            try:
                await self._asterisk.deleteObject("res_pjsip", kind, user)
            except NotFound:
                continue


def objects(
    endpoint: SipEndpoint, media_address: str | None = None, encrypt: bool = False
) -> list[tuple[str, dict[str, str]]]:
    """The three objects of an endpoint, in the order in which they need each other.

    `encrypt`: desk phones are offered SRTP (RFC 4568) and may do without: those that register over
    UDP do, where the keys could be read on the wire.
    """
    user = endpoint.user
    auth = {"auth_type": "userpass", "username": user, "password": endpoint.password}
    aor = {
        "max_contacts": "1",
        # Values as Asterisk writes them: they are compared with what stands there.
        "remove_existing": "true",
        # A phone that vanished is noticed within 2.8 s, and its silence is watched 2 s more.
        "qualify_frequency": "2",
        "qualify_timeout": "0.800000",
    }
    fields = {
        "accountcode": MARKS[-1],
        "auth": user,
        "aors": user,
        "context": endpoint.context,
        "disallow": "all",
        "allow": ",".join(endpoint.codecs),
        "language": endpoint.language,
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "identify_by": "username",
        "dtmf_mode": "rfc4733",
        "send_pai": "yes",  # who is calling, also on a leg that stands (agent_legs.py)
        "allow_transfer": "no",  # a REFER would take the leg out of its bridge
        "rtp_keepalive": "15",  # an idle leg receives nothing else, and NAT would close
    }
    if endpoint.is_web:
        fields |= {
            "webrtc": "yes",  # ICE, DTLS-SRTP, AVPF, rtcp-mux and bundle (res_pjsip.conf)
            "dtls_auto_generate_cert": "yes",
            "rtp_timeout": str(RTP_TIMEOUT_SECONDS),
        }
    else:
        fields |= {
            "media_encryption": "sdes" if encrypt else "no",
            "media_encryption_optimistic": "yes" if encrypt else "no",
        }
    if endpoint.caller_id:
        fields["callerid"] = endpoint.caller_id
    if media_address:
        fields |= {"media_address": media_address, "bind_rtp_to_media_address": "yes"}
    return [("auth", auth), ("aor", aor), ("endpoint", fields)]
