"""A desk phone that answers each call with one SIP response of its choice, as real ones do.

Speaks just enough SIP over UDP (RFC 3261, digest as in RFC 2617) to register and to refuse.
"""

import asyncio
import hashlib
import re
from types import TracebackType
from typing import Any, Self

_HEADER = re.compile(r"^(Via|From|To|Call-ID|CSeq)\s*:\s*(.*)$", re.IGNORECASE | re.MULTILINE)


class CurtPhone(asyncio.DatagramProtocol):
    """Registers; answers an INVITE with 180 if it `rings`, then with `refusal` if there is one.

    `refusal` is a status line such as `603 Decline`, followed by further headers if need be.
    """

    def __init__(
        self, asterisk: str, user: str, password: str, refusal: str = "", rings: bool = False
    ) -> None:
        self._asterisk = asterisk
        self._user, self._password = user, password
        self._refusal = refusal
        self._rings = rings
        self._registers = True
        self._calls: dict[str, str] = {}
        self._registered = asyncio.Event()
        self._transport: asyncio.DatagramTransport
        self.invites: list[str] = []
        """Each call's first INVITE."""
        self.cancelled = 0

    @property
    def rung(self) -> int:
        """How often it was called."""
        return len(self.invites)

    async def __aenter__(self) -> Self:
        host, _, port = self._asterisk.partition(":")
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, remote_addr=(host, int(port))
        )
        if self._registers:
            self._register(1, "")
            async with asyncio.timeout(15):
                await self._registered.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """One SIP message."""
        text = data.decode(errors="replace").replace("\r\n", "\n")
        method = text.partition(" ")[0]
        if method == "SIP/2.0":
            self._take_response(text)
        elif method == "INVITE":
            self._take_invite(text)
        elif method == "CANCEL":
            self.cancelled += 1
            self._reply(text, "200 OK")
            call = _headers(text)["call-id"]
            self._reply(self._calls[call], "487 Request Terminated")
        elif method != "ACK":
            self._reply(text, "200 OK")

    def _take_invite(self, text: str) -> None:
        call = _headers(text)["call-id"]
        if call in self._calls:
            return
        self._calls[call] = text
        self.invites.append(text)
        if self._rings:
            self._reply(text, "180 Ringing")
        if self._refusal:
            self._reply(text, self._refusal)

    def _take_response(self, text: str) -> None:
        challenge = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', text))
        if text.startswith("SIP/2.0 401") and challenge:
            self._register(2, self._credentials(challenge))
        elif text.startswith("SIP/2.0 200"):
            self._registered.set()

    def _credentials(self, challenge: dict[str, str]) -> str:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        uri, count, client = f"sip:{self._asterisk}", "00000001", "c0ffee"
        secret = md5(f"{self._user}:{challenge['realm']}:{self._password}")
        proof = md5(f"{secret}:{challenge['nonce']}:{count}:{client}:auth:{md5(f'REGISTER:{uri}')}")
        opaque = f', opaque="{challenge["opaque"]}"' if "opaque" in challenge else ""
        return (
            f'Authorization: Digest username="{self._user}", realm="{challenge["realm"]}", '
            f'nonce="{challenge["nonce"]}", uri="{uri}", qop=auth, nc={count}, cnonce="{client}", '
            f'response="{proof}", algorithm=MD5{opaque}\r\n'
        )

    def _register(self, number: int, authorization: str) -> None:
        host, port = self._transport.get_extra_info("sockname")[:2]
        here = f"{host}:{port}"
        self._send(
            f"REGISTER sip:{self._asterisk} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{number}{port};rport\r\n"
            f"From: <sip:{self._user}@{self._asterisk}>;tag=curt\r\n"
            f"To: <sip:{self._user}@{self._asterisk}>\r\n"
            f"Call-ID: curt-{port}\r\nCSeq: {number} REGISTER\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:{self._user}@{here}>;expires=120\r\n"
            f"{authorization}Content-Length: 0\r\n\r\n"
        )

    def _reply(self, request: str, status: str) -> None:
        self._send(self._answer_to(request, status))

    def _answer_to(self, request: str, status: str) -> str:
        found = _headers(request)
        vias = "".join(
            f"Via: {value}\r\n" for name, value in _HEADER.findall(request) if name.lower() == "via"
        )
        line, _, more = status.partition("\r\n")
        end = "\r\n" if more else ""
        return (
            f"SIP/2.0 {line}\r\n{vias}From: {found['from']}\r\nTo: {found['to']};tag=curt\r\n"
            f"Call-ID: {found['call-id']}\r\nCSeq: {found['cseq']}\r\n"
            f"{more}{end}Content-Length: 0\r\n\r\n"
        )

    def _send(self, text: str) -> None:
        self._transport.sendto(text.encode())


def _headers(text: str) -> dict[str, str]:
    return {name.lower(): value for name, value in _HEADER.findall(text)}
