"""What Asterisk has, as far as it concerns us: kept by events, replaced by a reconcile.

The mirror may run ahead of the events: what was asked for is registered before the request
(client-made ids), because Asterisk's event can come before its reply.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

LEG_PREFIX = "leg-"
"""Of a leg's channel id (`leg-<agent>-<n>`) and of its bridge's name (`leg-<agent>`)."""
MEETING_PREFIX = "talk-"
"""Of the name of a conversation's own bridge (`talk-<conversation>`)."""
WAITING_NAME = "waiting"
"""Name of the holding bridge."""
SNOOP_PREFIX = "snoop-"
"""Of the id of a channel by which a supervisor hears another one, or is heard on it."""
CALLBACK_PREFIX = "callback-"
"""Of the id of a channel on which a customer is called."""


SOUND_IDS = 4
"""Playback ids of one channel, used in turn: few enough to be looked up after a restart (ARI has
no list of playbacks), and enough that a late PlaybackFinished is not taken for the next one's."""


def sound_id(channel_id: str, number: int) -> str:
    """The id of a channel's playback."""
    return f"sound-{channel_id}-{number % SOUND_IDS}"


@dataclass(slots=True)
class Sound:
    """A playback on a channel."""

    id: str
    conversation_id: str | None = None
    """The offer that rings; None for an announcement, or for a tone found at a reconcile."""
    started: bool = False
    stopped: bool = False
    """We asked Asterisk to end it; PlaybackFinished is on its way."""
    started_at: int = 0
    """When it could be heard (ms); 0: since before this process, or not yet."""
    follows: bool = False
    """It took the place of another offer's ringing."""


@dataclass(slots=True)
class PerCall:
    """A phone that is rung for one offer, and for the talk that it becomes."""

    conversation_id: str
    """Empty: found at a reconcile, and not to be made out."""
    attempt: int
    dialled_at: float
    """On a monotonic clock."""
    rings: bool = False
    """The phone said so itself (180, 183)."""
    told_ringing: bool = False
    confirmed: bool = False
    """Answered by a person: 1 was pressed, or nobody asks."""
    told_answered: bool = False


@dataclass(frozen=True, slots=True)
class Tap:
    """A channel that is heard, or spoken on: what its phone says (in), hears (out), or both."""

    spy: str
    whisper: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class Snoop:
    """Whose ear or mouth on somebody else's channel a channel is."""

    agent_id: str
    tap: Tap


@dataclass(slots=True)
class Line:
    """One channel: a customer's call, or an agent's leg."""

    id: str
    agent_id: str | None = None
    """Set for a leg, None for a customer's call."""
    endpoint: str = ""
    """PJSIP endpoint that it came from or was dialled through."""
    created_at: int = 0
    """When Asterisk made it (ms since the epoch)."""
    up: bool = False
    ringing: bool = False
    """Its phone rings, as Asterisk has it."""
    dialling: bool = False
    """A customer whom we call, and who has not answered and come in yet."""
    on_hold: bool = False
    """Its phone put us on hold by its own button: nothing comes from it, and it is healthy."""
    in_app: bool = False
    """It entered our Stasis application and has not left it."""
    arriving: bool = False
    """It came in, and the desk has not been told yet: what is wanted of it now is meant for the
    time that it was here before."""
    came_at: int = 0
    """When it came into our application (ms since the epoch)."""
    unsettled: bool = False
    """It came in, and the desk has not settled it yet: what is wanted of it may be told of the time
    before, and must not be written over what its bot wrote since."""
    bridge_id: str | None = None
    left: set[str] = field(default_factory=set)
    """Bridges that it left since its latest move was asked for."""
    sound: Sound | None = None
    notice: str | None = None
    """The id of the playback that tells them of the recording, once it began."""
    sounds: int = 0
    """Playbacks so far."""
    rang_until: int | None = None
    """When the latest offer's ringing ended on it (ms)."""
    variables: dict[str, str] = field(default_factory=dict)
    """Breadcrumbs that stand on the channel."""
    conversation_id: str | None = None
    hangup_cause: int | None = None
    far_end: bool = False
    """The last hang-up request came from the other side (BYE, CANCEL, a refusal)."""
    ended_by_us: bool = False
    lost: bool = False
    """We end it because its phone is out of reach and silent."""
    hushed: bool = False
    """The music that was begun on the channel itself was ended."""
    at_music: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever begins or ends that music."""
    left_since: int | None = None
    """Since when this call stands in an agent's bridge that the leg has left (ms)."""
    told: bool = False
    """A leg of which LegUp was told."""
    in_doubt: bool = False
    """We asked for it and got no answer: whether it exists is to be looked up."""
    snoop: "Snoop | None" = None
    """Set for a supervisor's ear or mouth: it is nobody's leg, and no customer's call."""
    call: "PerCall | None" = None
    """Set for a leg that is rung per call: what for, and how far it came."""
    shown: str = ""
    """Whom a standing leg's phone was told to show as calling."""
    muted: bool | None = False
    """Whether a leg's voice is kept out of its bridge; None: nobody knows, settled anew."""

    @property
    def ending(self) -> bool:
        """Somebody asked for its end, and it will come."""
        return self.hangup_cause is not None

    @property
    def sounding(self) -> Sound | None:
        """What plays and was not stopped yet."""
        return self.sound if self.sound is not None and not self.sound.stopped else None


@dataclass(slots=True)
class Room:
    """One bridge."""

    id: str
    name: str
    channels: set[str] = field(default_factory=set)
    music: bool = False
    """Music was started in it."""


class Mirror:
    """Channels and bridges by id."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.rooms: dict[str, Room] = {}
        self.leg_ids: dict[str, str] = {}
        """Agent to the channel of their leg."""
        self.leg_rooms: dict[str, str] = {}
        """Agent to the bridge of their own."""
        self.meetings: dict[str, str] = {}
        """Conversation to the bridge of its own."""
        self.waiting_id: str | None = None
        self.retired: set[str] = set()
        """Holding bridges that stood empty: their music has left."""
        self._sounds: dict[str, str] = {}

    def forget(self) -> None:
        """Know nothing, until the next reconcile."""
        for known in (self.lines, self.rooms, self.leg_ids, self.leg_rooms, self._sounds):
            known.clear()
        self.meetings.clear()
        self.waiting_id = None
        self.retired.clear()

    def add(self, line: Line) -> Line:
        """A channel came to our knowledge."""
        self.lines[line.id] = line
        if line.agent_id is not None:
            self.leg_ids[line.agent_id] = line.id
        if line.sound is not None:
            self._sounds[line.sound.id] = line.id
        return line

    def remove(self, channel_id: str) -> Line | None:
        """A channel is no more."""
        line = self.lines.pop(channel_id, None)
        if line is None:
            return None
        self._leave(line)
        for number in range(SOUND_IDS):
            self._sounds.pop(sound_id(channel_id, number), None)
        if line.agent_id is not None and self.leg_ids.get(line.agent_id) == channel_id:
            del self.leg_ids[line.agent_id]
        return line

    def leg(self, agent_id: str | None) -> Line | None:
        """The channel of an agent's leg."""
        channel_id = self.leg_ids.get(agent_id or "")
        return self.lines.get(channel_id) if channel_id else None

    def calls(self) -> Iterator[Line]:
        """Customers' calls in our application, or on their way into it because we call them."""
        ours = (s for s in self.lines.values() if s.agent_id is None and s.snoop is None)
        return (line for line in ours if line.in_app or line.dialling)

    def legs(self) -> Iterator[Line]:
        """Agents' legs, dialling ones included."""
        return (line for line in self.lines.values() if line.agent_id is not None)

    def snoops(self, agent_id: str) -> list[Line]:
        """The ears and mouths of one supervisor."""
        return [s for s in self.lines.values() if s.snoop and s.snoop.agent_id == agent_id]

    def in_room(self, room_id: str | None) -> set[str]:
        """Channels in a bridge."""
        room = self.rooms.get(room_id or "")
        return room.channels if room else set()

    def is_seat(self, leg: Line) -> bool:
        """Whether a leg is where legs belong: its agent's bridge, a conversation's, the music."""
        own = self.leg_rooms.get(leg.agent_id or "")
        seats = {own, self.waiting_id, *self.meetings.values()}
        return leg.bridge_id is not None and leg.bridge_id in seats

    def waits(self, line: Line) -> bool:
        """Whether a call is in the holding bridge, and the music plays there."""
        room = self.rooms.get(self.waiting_id or "")
        return room is not None and room.music and line.bridge_id == room.id

    def open_room(self, room_id: str, name: str) -> Room:
        """A bridge is there, or was just asked for."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = Room(room_id, name)
        return room

    def close_room(self, room_id: str) -> None:
        """A bridge is no more; whoever was in it is in none."""
        room = self.rooms.pop(room_id, None)
        self.retired.discard(room_id)
        for channel_id in room.channels if room else ():
            line = self.lines.get(channel_id)
            if line is not None and line.bridge_id == room_id:
                line.bridge_id = None
        if self.waiting_id == room_id:
            self.waiting_id = None
        for agent_id in [a for a, r in self.leg_rooms.items() if r == room_id]:
            del self.leg_rooms[agent_id]
        for conversation_id in [c for c, r in self.meetings.items() if r == room_id]:
            del self.meetings[conversation_id]

    def retire(self, room_id: str) -> None:
        """The holding bridge stood empty: nobody is to wait in it any more."""
        if self.waiting_id == room_id:
            self.waiting_id = None
            self.retired.add(room_id)

    def entered(self, line: Line, room_id: str, name: str = "") -> None:
        """A channel is in this bridge, and in no other."""
        self._leave(line)
        line.bridge_id = room_id
        self.open_room(room_id, name).channels.add(line.id)

    def left(self, line: Line, room_id: str) -> None:
        """A channel left this bridge; it may be in the next already."""
        room = self.rooms.get(room_id)
        if room is not None:
            room.channels.discard(line.id)
        line.left.add(room_id)
        if line.bridge_id == room_id:
            line.bridge_id = None

    def play(self, line: Line, conversation_id: str | None = None) -> Sound:
        """A playback is about to be asked for; its id is in what is returned."""
        follows = line.sound is not None and line.sound.conversation_id is not None
        line.sound = Sound(sound_id(line.id, line.sounds), conversation_id, follows=follows)
        line.sounds += 1
        self._sounds[line.sound.id] = line.id
        return line.sound

    def playing(self, playback_id: str) -> Line | None:
        """The channel whose latest playback this is."""
        line = self.lines.get(self._sounds.get(playback_id, ""))
        return line if line and line.sound and line.sound.id == playback_id else None

    def silence(self, playback_id: str) -> Line | None:
        """A playback is over; returns its channel."""
        line = self.playing(playback_id)
        self._sounds.pop(playback_id, None)
        if line is not None:
            line.sound = None
        return line

    def _leave(self, line: Line) -> None:
        if line.bridge_id is not None and line.bridge_id in self.rooms:
            self.rooms[line.bridge_id].channels.discard(line.id)
        line.bridge_id = None
