"""A recording double of Asterisk's REST interface, and the parts of telephony around it."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import unquote

from app.telephony.agent_legs import Dialling
from app.telephony.announcements import Announcements
from app.telephony.ari_errors import AriError
from app.telephony.ari_events import AnyEvent, Channel
from app.telephony.ari_resources import Applications, Bridges, Channels, Playbacks
from app.telephony.bot_watch import BotWatch
from app.telephony.breadcrumbs import Breadcrumbs
from app.telephony.calls_out import CallsOut
from app.telephony.console import Console
from app.telephony.customer_calls import CustomerCalls
from app.telephony.facts import CallGone, Fact
from app.telephony.hold_music import HoldMusic
from app.telephony.media_watch import MediaWatch
from app.telephony.meetings import Meetings
from app.telephony.mirror import Line, Mirror
from app.telephony.moves import Moves
from app.telephony.mutes import Mutes
from app.telephony.per_call_legs import Legs
from app.telephony.prompts import Prompts
from app.telephony.sounds import Sounds
from app.telephony.talk_recorder import RECORDING
from app.telephony.translate import Translator
from app.telephony.waiting_room import WaitingRoom

PARTS = (
    "queue-youarenext",
    "queue-thereare",
    "queue-callswaiting",
    "queue-thankyou",
    "queue-holdtime",
    "queue-less-than",
    "queue-minute",
    "queue-minutes",
    "digits/1",
    "vm-press",
    "vm-for",
    "vm-message",
)
CORE = frozenset(PARTS)
"""Sounds that Asterisk has itself, in English."""


class AsteriskDouble:
    """Notes each request; answers as told: an error, a body, or only when it is let go."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self._errors: dict[str, list[AriError]] = {}
        self._bodies: dict[str, bytes] = {}
        self._before: dict[str, list[Callable[[], object]]] = {}
        self._held: dict[str, asyncio.Event] = {}

    def refuse(self, start: str, *errors: AriError) -> None:
        """The next requests that begin like this fail."""
        self._errors[start] = list(errors)

    def answer(self, start: str, body: object) -> None:
        """Requests that begin like this get this body."""
        self._bodies[start] = json.dumps(body).encode()

    def during(self, start: str, happening: Callable[[], object]) -> None:
        """While the next request that begins like this is under way, this happens."""
        self._before.setdefault(start, []).append(happening)

    def hold(self, start: str) -> asyncio.Event:
        """Requests that begin like this wait for the event that is returned."""
        self._held[start] = asyncio.Event()
        return self._held[start]

    async def command(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        return await self._take(f"{method} {unquote(uri)}", body)

    async def call(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        return await self._take(f"{method} {unquote(uri)}", body)

    async def _take(self, request: str, body: bytes | None) -> bytes:
        shown = request.partition("?")[0] if "addChannel" not in request else request
        self.sent.append(shown.replace("&inhibitConnectedLineUpdates=true", ""))
        await asyncio.sleep(0)
        for start, event in self._held.items():
            if request.startswith(start):
                await event.wait()
        for start, happenings in self._before.items():
            if request.startswith(start) and happenings:
                happenings.pop(0)()
        for start, errors in self._errors.items():
            if request.startswith(start) and errors:
                raise errors.pop(0)
        found = [b for start, b in self._bodies.items() if request.startswith(start)]
        return found[0] if found else json.dumps({"id": "x"}).encode()


class ConsoleDouble(Console):
    """Tells what a test says of who serves which application."""

    def __init__(self) -> None:
        super().__init__(None)
        self.told: dict[str, frozenset[str]] | None = None

    async def sessions(self) -> dict[str, frozenset[str]] | None:
        return self.told


class Bench:
    """Calls, legs and their helpers on the double, without links, looks or lanes."""

    def __init__(self) -> None:
        self.asterisk = AsteriskDouble()
        self.mirror = Mirror()
        self.facts: list[Fact] = []
        self.touched: list[str] = []
        self.now = 0.0
        self._ids = 0
        self.channels, bridges = Channels(self.asterisk), Bridges(self.asterisk)
        moves = Moves(bridges, self.mirror)
        sounds = Sounds(self.channels, Playbacks(self.asterisk), self.mirror)
        room = WaitingRoom(bridges, self.mirror, self._new_id)
        mutes = Mutes(self.channels, self._is_muted)
        self.music = HoldMusic(self.mirror, self.channels, self.now_ms)
        out = CallsOut(
            "ringdesk", self.mirror, self.channels, Applications(self.asterisk), self._call_gone
        )
        self.made: list[str] = []
        """Conversations for which a bridge was made."""
        self.meetings = Meetings(bridges, self.mirror, self._new_id, self._is_met, self.made.append)
        self.fetched: list[str] = []
        self.console = ConsoleDouble()
        self.bots = BotWatch(
            "ringdesk",
            self.mirror,
            self.channels,
            Applications(self.asterisk),
            bridges,
            Playbacks(self.asterisk),
            self.console,
            ready=lambda: True,
            tell=self.tell,
            fetch=self._fetch,
            now=self.now_ms,
            clock=self.clock,
        )
        self.calls = CustomerCalls(
            self.mirror,
            self.channels,
            moves,
            sounds,
            room,
            mutes,
            self.music,
            self.meetings,
            self._release,
            out.call,
            self.bots,
            clock=self.clock,
            end_recording=self._end_recording,
        )
        self.legs = Legs(
            self.mirror,
            self.channels,
            bridges,
            moves,
            sounds,
            mutes,
            Dialling("ringdesk", "+44", 10, "en", most_seconds=1000),
            waiting=room,
            meetings=self.meetings,
            talk_wanted=self.calls.joining,
            tell=self.tell,
            new_id=self._new_id,
            now=self.now_ms,
            clock=self.clock,
        )
        wants = self.calls.wants.get
        self.announcements = Announcements(
            self.mirror,
            self.channels,
            sounds,
            wants,
            Prompts(None, "en"),
            self._learn,
            tell=self.tell,
            now=self.now_ms,
            first_seconds=5,
            every_seconds=30,
            clock=self.clock,
        )
        self.breadcrumbs = Breadcrumbs(self.mirror, self.channels, wants)
        self.watch = MediaWatch(
            self.mirror,
            self.channels,
            self.tell,
            self.now_ms,
            silent_seconds=60,
            clock=self.clock,
        )
        self.translator = Translator(self.mirror, self, self.now_ms)

    async def _end_recording(self, line: Line) -> None:
        if line.variables.pop(RECORDING, None):
            self.sent.append(f"StopMixMonitor {line.id}")

    def _call_gone(self, line: Line) -> None:
        self.facts.append(CallGone(line.id, 0, True, 7))

    @property
    def sent(self) -> list[str]:
        return self.asterisk.sent

    def clock(self) -> float:
        return self.now

    def now_ms(self) -> int:
        return 7 + round(self.now * 1000)

    # given

    def caller(self, channel: str = "c1", up: bool = True) -> Line:
        """A customer's call in our application."""
        return self.mirror.add(Line(channel, up=up, in_app=True))

    def standing_leg(self, agent: str = "ana") -> Line:
        """A leg that stands alone in its own bridge and was told."""
        line = self.mirror.add(Line(f"leg-{agent}-1", agent_id=agent, up=True, in_app=True))
        line.told = True
        line.endpoint = "trunk"
        self.mirror.open_room(f"room-{agent}", f"leg-{agent}")
        self.mirror.leg_rooms[agent] = f"room-{agent}"
        self.mirror.entered(line, f"room-{agent}")
        return line

    def waiting(self, line: Line) -> Line:
        """The call is in the holding bridge."""
        self.mirror.open_room("w", "waiting").music = True
        self.mirror.waiting_id = "w"
        self.mirror.entered(line, "w")
        return line

    def playing(self, line: Line, conversation: str | None = None) -> str:
        """Something plays on the channel; the playback's id."""
        sound = self.mirror.play(line, conversation)
        sound.started = True
        return sound.id

    # translate.Listener

    def tell(self, fact: Fact) -> None:
        self.facts.append(fact)

    def seen(self, event: AnyEvent) -> None:
        self.bots.take(event)

    async def _fetch(self, channel_id: str, conversation_id: str) -> None:
        self.fetched.append(channel_id)

    def arrived(self, channel: Channel, args: list[str], found: bool = False) -> None:
        self.touched.append(f"arrived {channel.id}")

    def leg_ended(self, line: Line) -> None:
        self.legs.ended(line)

    def call_ended(self, channel_id: str) -> None:
        self.calls.forget(channel_id)
        self.announcements.forget(channel_id)

    def touch_call(self, channel_id: str) -> None:
        self.touched.append(f"call {channel_id}")

    def touch_leg(self, agent_id: str) -> None:
        self.touched.append(f"leg {agent_id}")

    def touch_watch(self, agent_id: str) -> None:
        self.touched.append(f"watch {agent_id}")

    def touch_meeting(self, conversation_id: str) -> None:
        self.touched.append(f"meeting {conversation_id}")

    def plays_on(self, channel_id: str) -> None:
        self.touched.append(f"sound {channel_id}")

    def _is_met(self, conversation: str) -> bool:
        return self.legs.meets(conversation) or self.calls.meets(conversation)

    def _release(self, agent: str) -> None:
        self.legs.release(agent)

    def _is_muted(self, agent: str) -> bool:
        return self.legs.muted(agent)

    async def _learn(self) -> dict[str, set[str]]:
        return {"en": set(CORE)}

    def _new_id(self) -> str:
        self._ids += 1
        return str(self._ids)
