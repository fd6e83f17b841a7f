"""Asterisk's events become facts; the only place that knows what their fields mean.

Each event first changes the mirror, then may become a fact for the desk, and touches the calls
and legs that should be looked at again.
"""

from collections.abc import Callable
from typing import Protocol

from app.telephony.ari_events import (
    AnyEvent,
    BridgeDestroyed,
    Channel,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelEnteredBridge,
    ChannelHangupRequest,
    ChannelHold,
    ChannelLeftBridge,
    ChannelStateChange,
    ChannelUnhold,
    Dial,
    PlaybackFinished,
    PlaybackStarted,
    StasisEnd,
    StasisStart,
)
from app.telephony.facts import (
    CallDigit,
    CallGone,
    Fact,
    LegDigit,
    LegFailed,
    LegFault,
    LegGone,
    LegRinging,
    TalkJoined,
)
from app.telephony.identify import (
    endpoint_of,
    leg_agent,
    room_agent,
    room_conversation,
    snoop_of,
)
from app.telephony.mirror import (
    Line,
    Mirror,
    PerCall,
    Sound,
)

NORMAL_CLEARING = 16
"""Q.850: an ordinary BYE, with a Reason header or without."""
RINGS = frozenset({"RINGING", "PROGRESS"})
"""What a Dial event says of 180 and of 183."""
CONFIRM_DIGIT = "1"
CHANGE_MS = 500
"""After one offer's ringing became another's: a key pressed so soon was meant for the first."""
PAUSE_MS = 1000
"""Silence after which a ringing is heard as a new one."""
_FAULTS = {
    17: LegFault.BUSY,  # 486, 600
    18: LegFault.NO_ANSWER,  # 408
    19: LegFault.NO_ANSWER,  # 480, and our own time-out
    21: LegFault.REJECTED,  # 403, 603
    23: LegFault.REJECTED,  # 302, which nobody follows
}


class Listener(Protocol):
    """Who is told what came of an event."""

    def tell(self, fact: Fact) -> None:
        """A fact for the desk."""

    def seen(self, event: AnyEvent) -> None:
        """Whatever came: it may be about a call that a bot has."""

    def arrived(self, channel: Channel, args: list[str], found: bool = False) -> None:
        """A customer's call is in our application, came in or was found there: its variables are
        to be read."""

    def leg_ended(self, line: Line) -> None:
        """A leg is no more."""

    def call_ended(self, channel_id: str) -> None:
        """A call is no more."""

    def touch_call(self, channel_id: str) -> None:
        """Look at this call again."""

    def touch_leg(self, agent_id: str) -> None:
        """Look at this agent's leg, and at the calls that are wanted on it."""

    def touch_watch(self, agent_id: str) -> None:
        """Look at what this supervisor hears and is heard by."""

    def touch_meeting(self, conversation_id: str) -> None:
        """Look whether this conversation's own bridge is still of use."""

    def plays_on(self, channel_id: str) -> None:
        """What was stopped on this channel goes on with its next piece."""


class Translator:
    """Feeds the mirror with events, and the listener with what they mean."""

    def __init__(self, mirror: Mirror, listener: Listener, now: Callable[[], int]) -> None:
        self._mirror = mirror
        self._listener = listener
        self._now = now

    def take(self, event: AnyEvent) -> None:  # noqa: C901 - one line for each kind of event
        """Take one ARI event."""
        self._listener.seen(event)
        match event:
            case StasisStart():
                self._start(event)
            case StasisEnd():
                self._end(event)
            case ChannelDestroyed():
                self._destroyed(event)
            case ChannelEnteredBridge():
                self._entered(event)
            case ChannelLeftBridge():
                self._left(event)
            case ChannelHangupRequest():
                self._hangup(event)
            case ChannelStateChange():
                self._state(event.channel)
            case Dial() | ChannelHold() | ChannelUnhold():
                self._phone_says(event)
            case ChannelDtmfReceived():
                self._digit(event)
            case PlaybackStarted():
                self.sound_started(event.playback.id)
            case PlaybackFinished():
                self._silent(event.playback.id)
            case BridgeDestroyed():
                self._room_gone(event.bridge.id)

    def _start(self, event: StasisStart) -> None:
        channel = event.channel
        agent_id = leg_agent(channel, event.args)
        line = self._mirror.lines.get(channel.id)
        known = line is not None and line.in_app
        if line is None:
            snoop = snoop_of(channel, event.args)
            line = self._mirror.add(Line(channel.id, agent_id=agent_id, snoop=snoop))
            line.variables.update(channel.channelvars)
        line.in_app = True
        line.dialling = False
        line.in_doubt = False
        line.up = channel.state == "Up"
        line.endpoint = endpoint_of(channel)
        if line.agent_id is not None or line.snoop is not None:
            self._touch(line)
        elif not known:
            line.arriving = line.unsettled = True
            line.came_at = self._now()
            self._listener.arrived(channel, event.args)

    def _end(self, event: StasisEnd) -> None:
        """A call that leaves us is gone for us; of a leg, ChannelDestroyed tells the cause."""
        line = self._mirror.lines.get(event.channel.id)
        if line is None or not line.in_app:
            return
        line.in_app = False
        if line.agent_id is not None or line.snoop is not None:
            return
        room_id = line.bridge_id
        self._mirror.remove(line.id)
        self.call_gone(line, line.hangup_cause)
        self._touch_room(room_id)

    def _destroyed(self, event: ChannelDestroyed) -> None:
        known = self._mirror.lines.get(event.channel.id)
        room_id = known.bridge_id if known else None
        line = self._mirror.remove(event.channel.id)
        if line is None:
            return
        self._touch_room(room_id)
        if line.snoop is not None:
            self._listener.touch_watch(line.snoop.agent_id)
        elif line.agent_id is None:
            self.call_gone(line, event.cause)
        else:
            self.leg_gone(line, event.cause)

    def call_gone(self, line: Line, cause: int | None) -> None:
        """A call that was taken from the mirror; without a cause it lives on elsewhere."""
        self._listener.call_ended(line.id)
        hung_up = cause is not None
        self._listener.tell(CallGone(line.id, cause or 0, hung_up, self._now()))

    def leg_gone(self, line: Line, cause: int) -> None:
        """A leg that was taken from the mirror: tell how it ended."""
        agent_id = line.agent_id or ""
        self._listener.leg_ended(line)
        self._listener.tell(self._leg_fact(agent_id, line, cause))
        self._listener.touch_leg(agent_id)

    def _leg_fact(self, agent_id: str, line: Line, cause: int) -> LegGone | LegFailed:
        answered = line.told or (line.call is not None and line.call.told_answered)
        if not answered and not line.ended_by_us and not line.lost:
            if line.call is not None:
                return self._in_vain(agent_id, line, line.call, cause)
            fault = _FAULTS.get(cause, LegFault.UNREACHABLE)
            return LegFailed(agent_id, fault, self._now())
        far_end = line.far_end and cause == NORMAL_CLEARING and not line.lost
        ours = line.ended_by_us and not far_end and not line.lost
        return LegGone(agent_id, line.id, cause, far_end, not far_end and not ours, self._now())

    def _in_vain(self, agent_id: str, line: Line, call: PerCall, cause: int) -> LegFailed:
        """A phone that was rung per call and that nobody answered for us."""
        fault = _FAULTS.get(cause, LegFault.UNREACHABLE)
        if line.up or cause == 0:  # hung up before it was confirmed, or ended while unseen
            fault = LegFault.REJECTED
        identity = call.conversation_id or None
        return LegFailed(agent_id, fault, self._now(), identity, call.rings)

    def _entered(self, event: ChannelEnteredBridge) -> None:
        line = self._mirror.lines.get(event.channel.id)
        room_id = event.bridge.id
        if line is None:  # not ours, but in a bridge of ours: a stranger to be seen
            if room_id in self._mirror.rooms:
                self._mirror.rooms[room_id].channels.add(event.channel.id)
            return
        self._mirror.entered(line, room_id, event.bridge.name)
        self.joined(line)
        self._touch(line)

    def joined(self, line: Line) -> None:
        """Tell of a talk, if the bridge that this call is in makes one."""
        agent_id = self.talks_with(line)
        if agent_id is not None and line.conversation_id is not None:
            fact = TalkJoined(line.conversation_id, line.id, agent_id, self._now())
            self._listener.tell(fact)

    def talks_with(self, line: Line) -> str | None:
        """The agent in whose bridge, beside their leg, this customer's call is."""
        if line.agent_id is not None or line.snoop is not None or line.bridge_id is None:
            return None
        room = self._mirror.rooms.get(line.bridge_id)
        agent_id = room_agent(room.name) if room else None
        leg = self._mirror.leg(agent_id)
        return agent_id if leg is not None and leg.bridge_id == line.bridge_id else None

    def _left(self, event: ChannelLeftBridge) -> None:
        room_id = event.bridge.id
        line = self._mirror.lines.get(event.channel.id)
        if line is None:
            self._mirror.in_room(room_id).discard(event.channel.id)
        else:
            self._mirror.left(line, room_id)
            self._touch(line)
        if room_id == self._mirror.waiting_id:
            self._music_may_leave(room_id, event.bridge.channels)
        self._touch_room(room_id)

    def _music_may_leave(self, room_id: str, channels: list[str]) -> None:
        """Once no call of ours is in the holding bridge, its music channel leaves it too."""
        if not any(channel_id in self._mirror.lines for channel_id in channels):
            self._mirror.retire(room_id)
            self._touch_all_in(room_id)

    def _hangup(self, event: ChannelHangupRequest) -> None:
        line = self._mirror.lines.get(event.channel.id)
        if line is None:
            return
        if line.hangup_cause is None:
            line.far_end = not event.soft
        line.hangup_cause = event.cause or line.hangup_cause or NORMAL_CLEARING

    def _hold(self, event: ChannelHold | ChannelUnhold) -> None:
        """Who is put on hold hears music from Asterisk; we only must not take it for silence."""
        line = self._mirror.lines.get(event.channel.id)
        if line is not None:
            line.on_hold = isinstance(event, ChannelHold)

    def _state(self, channel: Channel) -> None:
        line = self._mirror.lines.get(channel.id)
        if line is not None:
            line.up, line.ringing = channel.state == "Up", channel.state == "Ringing"
            if line.ringing and line.call is not None:
                line.call.rings = True
            self._touch(line)

    def _phone_says(self, event: Dial | ChannelHold | ChannelUnhold) -> None:
        if isinstance(event, Dial):
            self._progress(event)
        else:
            self._hold(event)

    def _progress(self, event: Dial) -> None:
        """A phone rings: 180, or 183 with tones of its own network."""
        line = self._mirror.lines.get(event.peer.id)
        if line is not None and event.dialstatus in RINGS:
            self._rings(line)

    def _rings(self, line: Line) -> None:
        if line.call is not None and not line.call.rings:
            line.call.rings = True
            self._touch(line)

    def _confirmation(self, line: Line, call: PerCall, digit: str) -> None:
        """1 takes the call that a phone was rung for; other keys are the desk's matter."""
        if not (line.in_app and line.up):
            return
        if digit == CONFIRM_DIGIT:
            call.confirmed = True
            self._touch(line)
        elif line.agent_id is not None and call.conversation_id:
            self._listener.tell(LegDigit(line.agent_id, digit, call.conversation_id, self._now()))

    def _digit(self, event: ChannelDtmfReceived) -> None:
        line = self._mirror.lines.get(event.channel.id)
        if line is not None and line.snoop is not None:
            return
        if line is not None and line.agent_id is None and self.talks_with(line) is None:
            self._listener.tell(CallDigit(line.id, event.digit, self._now()))
            return
        if line is not None and line.call is not None and not line.call.confirmed:
            self._confirmation(line, line.call, event.digit)
            return
        sound = line.sounding if line is not None else None
        if line is None or line.agent_id is None or sound is None:
            return
        if sound.conversation_id is not None and _is_meant(
            line, sound, self._now() - event.duration_ms
        ):
            fact = LegDigit(line.agent_id, event.digit, sound.conversation_id, self._now())
            self._listener.tell(fact)

    def sound_started(self, playback_id: str) -> None:
        """A playback can be heard: on a leg that is an offer's ringing."""
        line = self._mirror.playing(playback_id)
        if line is None or line.sound is None:
            return
        line.sound.started = True
        line.sound.started_at = self._now()
        if line.sound.stopped:
            self._listener.plays_on(line.id)
        conversation_id = line.sound.conversation_id
        if line.agent_id is not None and conversation_id is not None and not line.sound.stopped:
            self._listener.tell(LegRinging(line.agent_id, conversation_id, self._now()))

    def _silent(self, playback_id: str) -> None:
        line = self._mirror.playing(playback_id)
        if line is not None and line.sound is not None and line.sound.conversation_id is not None:
            line.rang_until = self._now()
        self._touch(self._mirror.silence(playback_id))

    def _room_gone(self, room_id: str) -> None:
        inside = tuple(self._mirror.in_room(room_id))
        agents = [a for a, r in self._mirror.leg_rooms.items() if r == room_id]
        self._mirror.close_room(room_id)
        for channel_id in inside:
            self._touch(self._mirror.lines.get(channel_id))
        for agent_id in agents:
            self._listener.touch_leg(agent_id)

    def _touch_room(self, room_id: str | None) -> None:
        """Somebody left: where it is an agent's bridge, the leg may ring now that it is alone."""
        room = self._mirror.rooms.get(room_id or "")
        agent_id = room_agent(room.name) if room else None
        if agent_id is not None:
            self._listener.touch_leg(agent_id)
        meeting = room_conversation(room.name) if room else None
        if meeting is not None:
            self._listener.touch_meeting(meeting)

    def _touch_all_in(self, room_id: str) -> None:
        for channel_id in tuple(self._mirror.in_room(room_id)):
            self._touch(self._mirror.lines.get(channel_id))

    def _touch(self, line: Line | None) -> None:
        if line is None:
            return
        if line.snoop is not None:
            self._listener.touch_watch(line.snoop.agent_id)
        elif line.agent_id is not None:
            self._listener.touch_leg(line.agent_id)
        else:
            self._listener.touch_call(line.id)


def _is_meant(leg: Line, sound: Sound, pressed_at: int) -> bool:
    """Whether a key was pressed for the offer that rings now, not for one just withdrawn."""
    before = leg.rang_until
    soon = before is not None and sound.started_at - before < PAUSE_MS
    changed = sound.follows or soon
    return pressed_at >= sound.started_at + (CHANGE_MS if changed else 0)
