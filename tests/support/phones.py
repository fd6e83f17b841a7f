"""Real SIP phones without a sound card: a carrier with callers and numbers, and desk phones.

Each phone sends a steady tone of its own and records what it hears, so that a test can tell who
hears whom. All phones of a test share one baresip runtime (one per process is its limit) and one
SIP port, the trunk's far end.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self

import baresip
from baresip import Account, Config, Runtime, UserAgent
from baresip.errors import AudioNotActive, AudioRestarted, BaresipError
from baresip.events import Event, StackEvent

from tests.support.polling import eventually
from tests.support.ports import media_ports
from tests.support.sound import RATE, Frames, Recording, tone

_AHEAD = RATE * 2
"""Bytes of tone kept queued (1 s), so that a busy machine does not make gaps in it."""
_JUST_NOW = 2.0
"""Seconds within which a call may be answered or end before we are told of it."""
_STACK = """sip_listen {listen}
sip_transports {transports}
rtp_ports {rtp}
audio_jitter_buffer_type off
video_jitter_buffer_type off
"""


class Line:
    """One call of a phone: its state, and what was heard on it."""

    def __init__(self, call: Any, hz: int, customer: bool = False) -> None:
        self.call = call
        self.customer = customer
        self.hz = hz
        self.began_at = time.monotonic()
        self.up_at: float | None = None
        """When it was answered, as far as this phone was told."""
        self.closed_at: float | None = None
        self.close_reason = ""
        self.digits: list[str] = []
        self.heard = Recording()
        self._sent = 0
        call.on_dtmf(lambda event: self.digits.append(event.digit))

    @property
    def up(self) -> bool:
        """Answered and not ended."""
        return bool(self.call.state.name == "ESTABLISHED")

    @property
    def over(self) -> bool:
        """Ended, by whichever side."""
        return self.closed_at is not None

    def hears(self, hz: int, last: float = 0.2) -> bool:
        """Whether the tone filled (to nine tenths) the last so many seconds."""
        frames = self._last(last)
        return len(frames) >= last * 40 and bool(frames.carry(hz).mean() >= 0.9)

    def hears_among(self, hz: int, last: float = 0.2) -> bool:
        """As `hears`, where others speak, too: a tenth of the sound is this tone."""
        frames = self._last(last)
        return len(frames) >= last * 40 and bool(frames.carry(hz, 0.1).mean() >= 0.9)

    def never_heard(self, hz: int, since: float) -> bool:
        """Whether this tone was a tenth of the sound in hardly a frame since an instant: a packet
        that came late and cut leaves a trace of every tone."""
        frames = self.heard.frames(since)
        return len(frames) > 0 and bool(frames.carry(hz, 0.1).mean() < 0.2)

    def hears_something(self, last: float = 0.5) -> bool:
        """Whether there was sound of any kind: music, ringing, an announcement, a tone."""
        return bool(self._last(last).loud().any())

    def hears_other_than(self, hz: int, last: float = 0.5) -> bool:
        """Whether there was sound, and not this steady tone: music again after a talk."""
        frames = self._last(last)
        return bool(frames.loud().any()) and bool(frames.carry(hz).mean() < 0.3)

    def hears_nothing(self, last: float = 0.3) -> bool:
        """Whether there was silence, or no sound packets at all."""
        return not self._last(last).loud().any()

    def last_sound(self, since: float) -> float:
        """The last instant at which there was any sound; `since` when there was none."""
        frames = self.heard.frames(since)
        loud = frames.arrived[frames.loud()]
        return float(loud[-1]) if len(loud) else since

    def strongest(self, last: float = 0.2) -> float:
        """Frequency (Hz, to 50) of the strongest tone of the last so many seconds; 0: silence."""
        return self._last(last).strongest()

    def first_heard(self, hz: int, after: float, share: float = 1 / 3) -> float | None:
        """The first instant after `after` at which the tone was there for 40 ms; None: not yet.

        `share`: how much of the sound it is. Music has a third of it in one note now and then.
        """
        frames = self.heard.frames(after)
        tones = frames.carry(hz, share)
        both = tones[:-1] & tones[1:]
        return float(frames.arrived[int(both.argmax())]) if both.any() else None

    def missing(self, hz: int, since: float) -> float:
        """Seconds of the tone that were lost, or were something else, since an instant."""
        return self.heard.frames(since).missing(hz)

    def longest_gap(self, hz: int, since: float) -> float:
        """Seconds of the longest time without the tone since an instant."""
        return self.heard.frames(since).longest_gap(hz)

    def longest_quiet(self, since: float) -> float:
        """Seconds of the longest time without any sound since an instant."""
        return self.heard.frames(since).longest_quiet()

    async def press(self, digit: str) -> float:
        """Send a DTMF digit (RFC 4733); the instant at which it began."""
        pressed_at = time.monotonic()
        await self.call.send_dtmf(digit)
        return pressed_at

    async def hang_up(self) -> None:
        """Send BYE (or refuse, or cancel); harmless when the call is over already."""
        with contextlib.suppress(BaresipError):
            await self.call.hangup()

    async def ended(self, within: float = 15.0) -> None:
        """Wait until the call is over."""
        await eventually(lambda: self.over, within=within)

    def exchange(self) -> None:
        """Take what came in, top up what goes out (called by the media thread)."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            pcm = self.call.audio.read(1 << 16)
            if pcm:
                self.heard.add(pcm, time.monotonic())
            info = self.call.audio.info()
            missing = (_AHEAD - info.tx_buffered) // 2
            if info.tx_ready and missing > 0:
                self._sent += self.call.audio.write(tone(self.hz, self._sent, missing)) // 2

    def _last(self, seconds: float) -> Frames:
        return self.heard.frames(time.monotonic() - seconds)

    def close(self, reason: str) -> None:
        """The call ended."""
        self.closed_at = time.monotonic()
        self.close_reason = reason


class Phone:
    """A phone with a tone of its own that answers by itself, or lets it ring."""

    def __init__(self, name: str, hz: int, answers: bool) -> None:
        self.name = name
        self.hz = hz
        self.answers = answers
        self.lines: list[Line] = []

    @property
    def line(self) -> Line:
        """The latest call."""
        return self.lines[-1]

    @property
    def rings(self) -> int:
        """How often it was called."""
        return len(self.lines)

    async def answered(self, times: int = 1, within: float = 15.0) -> Line:
        """Wait until it was called so many times and the latest call is up."""
        await eventually(lambda: self.rings >= times and self.line.up, within=within)
        return self.line


class PhoneNetwork:
    """The world outside: the trunk's far end with its callers and numbers, and desk phones.

    `listen` is the trunk's address, `asterisk` the address of Asterisk's SIP (host:port, UDP).
    """

    transport: Literal["udp", "tls"] = "udp"
    account: tuple[str, ...] = ()
    """Further parameters of every phone's account, in baresip's words."""
    config = ""
    """Further lines of baresip's configuration."""

    def __init__(self, listen: str, asterisk: str) -> None:
        self._listen = listen
        self._asterisk = asterisk
        self._runtime: Runtime
        self._callers: dict[str, Any] = {}
        self._lines: list[Line] = []
        """Those that are not over."""
        self._early: dict[int, list[tuple[StackEvent, float]]] = {}
        """Answers and ends that were told before the call was, with their instants. The stack
        gives the handles of calls again, after some two thousand of them: an event is only the
        next line's if it is as new as that."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop = threading.Event()
        self._media = threading.Thread(target=self._pump, name="phone media", daemon=True)

    async def __aenter__(self) -> Self:
        self._runtime = await eventually(self._start, within=30, every=0.1)
        self._runtime.subscribe(self._note)
        self._media.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.hang_up_all(customers=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._stop.set()
        await asyncio.to_thread(self._media.join, 5)
        await self._runtime.close()

    async def number(self, number: str, hz: int, answers: bool = True) -> Phone:
        """A phone behind the trunk that is reached by its number; other numbers get 404.

        The number of somebody who called before is that same phone.
        """
        phone = Phone(number, hz, answers)
        if number in self._callers:
            self._callers[number].on_incoming(lambda call: self._ring(phone, call))
        else:
            await self._add_agent(number, "", ring=lambda call: self._ring(phone, call))
        return phone

    async def desk_phone(self, user: str, password: str, hz: int, answers: bool = True) -> Phone:
        """A phone that registers with Asterisk. Raises RegistrationError."""
        phone = Phone(user, hz, answers)
        agent = await self._add_agent(
            user, password, registers=True, ring=lambda call: self._ring(phone, call)
        )
        await agent.register()
        return phone

    async def call(
        self, to: str, hz: int, number: str, headers: dict[str, str] | None = None
    ) -> Line:
        """A customer with this number calls an extension through the trunk; rings on return."""
        if number not in self._callers:
            self._callers[number] = await self._add_agent(number, "")
        call = await self._callers[number].dial(f"sip:{to}@{self._asterisk}", headers=headers)
        return self._add_line(Line(call, hz, customer=True))

    async def hang_up_all(self, customers: bool) -> None:
        """Every customer hangs up, or every phone does."""
        lines = [line for line in self._lines if line.customer or not customers]
        await asyncio.gather(*(line.hang_up() for line in lines if not line.over))

    async def _start(self) -> Runtime | None:
        """A running stack; None while somebody's media happens to be on our port."""
        runtime = Runtime()
        config = Config(
            net_interface=self._listen.partition(":")[0],
            max_concurrent_calls=None,
            extra_config_text=self.config
            + _STACK.format(listen=self._listen, transports=self.transport, rtp=media_ports(200)),
        )
        try:
            await runtime.start(config)
        except BaresipError as error:
            if "in use" in str(error):
                return None
            raise
        return runtime

    async def _add_agent(
        self,
        user: str,
        password: str,
        registers: bool = False,
        ring: Callable[[Any], None] | None = None,
    ) -> Any:
        account = Account(
            user=user,
            domain=self._asterisk,
            password=password,
            reg_interval=60 if registers else 0,
            audio_codecs=("pcmu",),
            transport=self.transport,
            extra_params=self.account,
        )
        agent: Any = await UserAgent.create(self._runtime, account)
        if ring:
            agent.on_incoming(ring)
        return agent

    def _ring(self, phone: Phone, call: Any) -> None:
        phone.lines.append(self._add_line(Line(call, phone.hz)))
        if phone.answers:
            self._spawn(call.answer())

    def _add_line(self, line: Line) -> Line:
        self._lines.append(line)
        for event, at in self._early.pop(line.call.handle, []):
            if time.monotonic() - at < _JUST_NOW:
                line.call._on_stack_event(event)  # it was no listener yet
                self._note(event)
        return line

    def _note(self, event: StackEvent) -> None:
        if event.event not in {Event.CALL_ESTABLISHED, Event.CALL_CLOSED}:
            return
        lines = [line for line in self._lines if line.call.handle == event.call]
        if not lines:
            self._early.setdefault(event.call, []).append((event, time.monotonic()))
        for line in lines:
            if event.event is Event.CALL_CLOSED:
                line.close(event.text or "")
                self._lines.remove(line)
            else:
                line.up_at = time.monotonic()

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _pump(self) -> None:
        while not self._stop.wait(0.008):
            for line in list(self._lines):
                line.exchange()


async def _quietly(work: Any) -> None:
    with contextlib.suppress(baresip.BaresipError):  # the other side may have given up meanwhile
        await work
