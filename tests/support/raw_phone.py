"""A phone, or a caller, that speaks SIP by hand: for what real networks say and no phone of ours.

Offers and answers as RFC 3264, in-dialog requests as RFC 3261 12.2, timers as RFC 4028.
"""

import asyncio
import re
from types import TracebackType

from tests.support.curt_phone import CurtPhone
from tests.support.polling import eventually
from tests.support.rtp import RtpEnd

_TAG = "curt"


def header(text: str, name: str) -> str:
    """A header's value; empty where it is missing."""
    found = re.search(rf"^{name}\s*:\s*(.*)$", text, re.IGNORECASE | re.MULTILINE)
    return found.group(1).strip() if found else ""


class RawCall:
    """One dialog of a phone, and its sound."""

    def __init__(self, phone: "RawPhone", invite: str, rtp: RtpEnd, ours: bool) -> None:
        self._phone = phone
        self.invite = invite
        self.rtp = rtp
        self.identity = header(invite, "Call-ID")
        self.local = header(invite, "From") if ours else f"{header(invite, 'To')};tag={_TAG}"
        self.remote = header(invite, "To" if ours else "From")
        self.target = "" if ours else _uri(header(invite, "Contact"))
        self.number = 1 if ours else 100
        self.direction = "sendrecv"
        self.late = False
        """The other side is to make the offer."""
        self.up = False
        self.over = False
        self.received: list[str] = []
        """Every in-dialog request that came, in full."""
        self.answers: dict[int, str] = {}
        """The final response to each of our requests, by its CSeq number."""

    def got(self, method: str) -> list[str]:
        """The in-dialog requests of this method."""
        return [text for text in self.received if text.startswith(f"{method} ")]

    def listen(self, text: str) -> None:
        """Send sound to where this SDP says; `0.0.0.0` and port 0 mean nowhere."""
        address = re.search(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
        media = re.search(r"^m=audio (\d+)", text, re.MULTILINE)
        if address and media and int(media.group(1)):
            self.rtp.target = (address.group(1), int(media.group(1)))

    def sdp(self) -> str:
        """What we can do now."""
        return (
            f"v=0\r\no=- 7 {self.number} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp.port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na={self.direction}\r\n"
        )

    async def bye(self, reason: str = "") -> None:
        """Hang up, with a Reason (RFC 3326) such as `Q.850;cause=38`."""
        self.up, self.over = False, True
        self.request("BYE", f"Reason: {reason}\r\n" if reason else "")
        await self.answered()

    async def reinvite(self, direction: str) -> None:
        """Put the other side on hold (`sendonly`, `inactive`), or take it back (`sendrecv`)."""
        self.direction = direction
        self.request("INVITE", sdp=True)
        await self.answered()

    async def update(self, more: str = "") -> None:
        """Refresh the session (RFC 3311)."""
        self.request("UPDATE", more)
        await self.answered()

    async def answered(self, within: float = 15.0) -> str:
        """Wait for the final answer to the latest request."""
        return await eventually(lambda: self.answers.get(self.number), within=within)

    def request(self, method: str, more: str = "", *, sdp: bool = False) -> None:
        """Send a request inside the dialog."""
        self.number += 1
        line = f"{method} {self.target} SIP/2.0"
        self._phone.send(self, line, self.number, method, more, self.sdp() if sdp else "")

    def ack(self, number: int, sdp: bool = False) -> None:
        """Acknowledge a 200, with our answer where it brought the offer."""
        line = f"ACK {self.target} SIP/2.0"
        self._phone.send(self, line, number, "ACK", "", self.sdp() if sdp else "")


class RawPhone(CurtPhone):
    """Registers; answers each call with sound of `hz` (0: not a packet).

    `early`: 183 with sound first, and the answer only at `answer()`; `timer` are further headers
    of the 200, such as a Session-Expires.
    """

    def __init__(
        self,
        asterisk: str,
        user: str,
        password: str,
        *,
        hz: int,
        early: bool = False,
        timer: str = "",
        registers: bool = True,
    ) -> None:
        super().__init__(asterisk, user, password)
        self._registers = registers
        self._hz = hz
        self._early = early
        self._timer = timer
        self._tasks: set[asyncio.Task[None]] = set()
        self.calls: list[RawCall] = []

    @property
    def call(self) -> RawCall:
        """The latest call."""
        return self.calls[-1]

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for call in self.calls:
            if call.up:
                call.request("BYE")
            call.rtp.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().__aexit__(kind, error, trace)

    async def is_called(self, times: int = 1, within: float = 15.0) -> RawCall:
        """Wait until it was called so many times, and the latest call is up."""
        await eventually(lambda: len(self.calls) >= times and self.call.up, within=within)
        return self.call

    def answer(self) -> None:
        """Pick up the latest call."""
        self._answer(self.call, self.call.invite)

    async def dial(self, to: str, *, late: bool) -> RawCall:
        """Call as a customer; `late`: the offer is left to the other side (RFC 3261 13.2.1)."""
        call_id = f"raw-{self._here.rpartition(':')[2]}-{len(self.calls)}"
        invite = (
            f"From: <sip:{self._user}@{self._here}>;tag={_TAG}\n"
            f"To: <sip:{to}@{self._asterisk}>\nCall-ID: {call_id}\n"
        )
        call = RawCall(self, invite, await RtpEnd.open(self._hz), ours=True)
        call.target = f"sip:{to}@{self._asterisk}"
        call.late = late
        self.calls.append(call)
        line = f"INVITE {call.target} SIP/2.0"
        self.send(call, line, call.number, "INVITE", self._timer, "" if late else call.sdp())
        await eventually(lambda: call.up)
        return call

    @property
    def _here(self) -> str:
        host, port = self._transport.get_extra_info("sockname")[:2]
        return f"{host}:{port}"

    def send(
        self, call: RawCall, line: str, number: int, method: str, more: str, body: str
    ) -> None:
        """One request of a dialog."""
        kind = "Content-Type: application/sdp\r\n" if body else ""
        branch = f"z9hG4bK{call.identity}{number}{method}"
        self._send(
            f"{line}\r\nVia: SIP/2.0/UDP {self._here};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {call.local}\r\nTo: {call.remote}\r\n"
            f"Call-ID: {call.identity}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:{self._user}@{self._here}>\r\n{more}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def datagram_received(self, data: bytes, addr: object) -> None:
        """One SIP message."""
        text = data.decode(errors="replace").replace("\r\n", "\n")
        call = next((c for c in self.calls if c.identity == header(text, "Call-ID")), None)
        method = text.partition(" ")[0]
        if call is None or method in {"REGISTER", "CANCEL"}:
            super().datagram_received(data, addr)
        elif method == "SIP/2.0":
            self._take_answer(call, text)
        elif f";tag={_TAG}" in header(text, "To"):
            self._take_request(call, method, text)

    def _take_invite(self, text: str) -> None:
        identity = header(text, "Call-ID")
        if identity in self._calls:
            return
        self._calls[identity] = text
        self.invites.append(text)
        task = asyncio.create_task(self._pick_up(text))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pick_up(self, text: str) -> None:
        call = RawCall(self, text, await RtpEnd.open(self._hz), ours=False)
        call.listen(text)
        self.calls.append(call)
        if self._early:
            self._reply_with(call, text, "183 Session Progress")
        else:
            self._answer(call, text)

    def _answer(self, call: RawCall, invite: str) -> None:
        self._reply_with(call, invite, "200 OK", self._timer)
        call.up = True

    def _reply_with(self, call: RawCall, request: str, status: str, more: str = "") -> None:
        body = call.sdp()
        empty, full = "Content-Length: 0\r\n\r\n", f"Content-Length: {len(body)}\r\n\r\n{body}"
        contact = f"Contact: <sip:{self._user}@{self._here}>\r\n"
        lines = f"{contact}{more}Content-Type: application/sdp"
        text = self._answer_to(request, f"{status}\r\n{lines}")
        self._send(text.replace(empty, full))

    def _take_request(self, call: RawCall, method: str, text: str) -> None:
        call.received.append(text)
        if method == "INVITE":
            call.listen(text)
            self._reply_with(call, text, "200 OK", self._timer)
        elif method == "UPDATE":
            self._reply(text, f"200 OK\r\n{self._timer}".rstrip("\r\n"))
        elif method != "ACK":
            call.over = call.over or method == "BYE"
            call.up = call.up and method != "BYE"
            self._reply(text, "200 OK")

    def _take_answer(self, call: RawCall, text: str) -> None:
        number, _, method = header(text, "CSeq").partition(" ")
        if re.match(r"SIP/2\.0 1", text):
            return
        call.answers[int(number)] = text
        if method == "INVITE" and text.startswith("SIP/2.0 2"):
            late = call.late and not call.up
            call.remote = header(text, "To")
            call.target = _uri(header(text, "Contact")) or call.target
            call.listen(text)
            call.ack(int(number), sdp=late)
            call.up = True


def _uri(contact: str) -> str:
    found = re.search(r"<([^>]+)>", contact)
    return found.group(1) if found else contact.partition(";")[0]
