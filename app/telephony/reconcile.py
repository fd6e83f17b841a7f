"""Compares Asterisk with what we believe, after each connection, and tells the differences.

StasisStart is not sent again and what happened while the link was down is lost: so channels and
bridges are read anew, and each difference goes through the same handlers as a live event.
Events that come meanwhile wait in the link's queue.
"""

import asyncio
import logging
from collections.abc import Iterable

from app.telephony.ari_errors import AriError, LinkDown, NotFound
from app.telephony.ari_events import Application, Bridge, Channel
from app.telephony.ari_resources import Applications, Bridges, Channels, Playbacks
from app.telephony.arrivals import CONVERSATION
from app.telephony.facts import LegUp, Reconciled
from app.telephony.identify import (
    endpoint_of,
    instant,
    is_called,
    is_waiting_room,
    leg_agent,
    room_agent,
    room_conversation,
    snoop_of,
)
from app.telephony.mirror import SOUND_IDS, Line, Mirror, Sound, sound_id
from app.telephony.translate import Listener, Translator
from app.telephony.wants import HELD, MUTED, OWNER

log = logging.getLogger("ringdesk.telephony")

AT_ONCE = 32


class Reconcile:
    """Brings the mirror up to date. `run` raises AriError when the link breaks meanwhile."""

    def __init__(
        self,
        app: str,
        mirror: Mirror,
        translator: Translator,
        listener: Listener,
        channels: Channels,
        bridges: Bridges,
        playbacks: Playbacks,
        applications: Applications,
    ) -> None:
        self._app = app
        self._mirror = mirror
        self._translator = translator
        self._listener = listener
        self._channels = channels
        self._bridges = bridges
        self._playbacks = playbacks
        self._applications = applications

    async def run(self, now: int) -> None:
        """Read, compare, tell."""
        await self._applications.filter(self._app)
        channels, bridges, application, all_applications = await asyncio.gather(
            self._channels.list(),
            self._bridges.list(),
            self._applications.get(self._app),
            self._applications.list(),
        )
        there = {c.id: c for c in channels}
        watched = set(application.channel_ids) - self._with_bots(all_applications, bridges)
        ours = {c.id: c for c in channels if c.id in watched and _is_ours(c)}
        for line in tuple(self._mirror.lines.values()):
            if line.id not in ours:
                self._vanished(line, there.get(line.id))
        found = [self._known_or_new(c) for c in ours.values()]
        before = {line.id: line.bridge_id for line, _ in found}
        self._read_rooms(bridges)
        await self._read_sounds(found)
        for line, is_new in found:
            self._tell(line, ours[line.id], is_new, before[line.id], now)
        await self._tidy(bridges)

    def summary(self, now: int) -> Reconciled:
        """What Asterisk has, for the desk to compare."""
        calls = tuple(self._mirror.calls())
        with_agents = {line.id: self._translator.talks_with(line) for line in calls}
        return Reconciled(
            calls={line.id: line.conversation_id for line in calls},
            legs={agent: line.id for line in self._mirror.legs() if (agent := _told(line))},
            talks={channel: agent for channel, agent in with_agents.items() if agent},
            at=now,
            held={line.id: line.variables[OWNER] for line in calls if _is_held(line)},
            muted=frozenset(line.id for line in calls if line.variables.get(MUTED) == "1"),
        )

    def _with_bots(self, applications: list[Application], bridges: list[Bridge]) -> set[str]:
        """Calls that a bot has: we are told of them (BotWatch.watch), but they are not here, and
        taking them for arrived would take them away from the bot. Who is in a bridge of ours is
        here, though a bot may have subscribed to them."""
        elsewhere = {c for a in applications if a.name != self._app for c in a.channel_ids}
        return elsewhere - {c for b in bridges if _is_our_room(b) for c in b.channels}

    def _vanished(self, line: Line, channel: Channel | None) -> None:
        """Gone while we were away: how, nobody can tell any more."""
        self._mirror.remove(line.id)
        if line.agent_id is not None:
            self._translator.leg_gone(line, 0)
        elif line.in_app and line.snoop is None:
            self._translator.call_gone(line, 0 if channel is None else None)

    def _known_or_new(self, channel: Channel) -> tuple[Line, bool]:
        line = self._mirror.lines.get(channel.id)
        is_new = line is None
        if line is None:
            made = Line(channel.id, agent_id=leg_agent(channel), muted=None)
            made.snoop = snoop_of(channel)
            line = self._mirror.add(made)
        line.created_at = line.created_at or instant(channel.creationtime)
        line.up, line.ringing = channel.state == "Up", channel.state == "Ringing"
        line.in_app = channel.dialplan.app_name == "Stasis"
        line.dialling = not line.in_app and is_called(channel)
        line.in_doubt = False
        line.endpoint = endpoint_of(channel)
        line.variables.update(channel.channelvars)
        line.conversation_id = line.conversation_id or channel.channelvars.get(CONVERSATION)
        return line, is_new

    def _read_rooms(self, bridges: list[Bridge]) -> None:
        """Bridges as they are; an agent's own is the one the leg is in, or any by its name."""
        for room_id in tuple(self._mirror.rooms):
            self._mirror.close_room(room_id)
        for line in self._mirror.lines.values():
            line.bridge_id = None
        waiting: list[Bridge] = []
        for bridge in sorted(bridges, key=lambda b: len(b.channels)):
            agent_id, meeting = room_agent(bridge.name), room_conversation(bridge.name)
            if not _is_our_room(bridge):
                continue
            self._mirror.open_room(bridge.id, bridge.name).channels.update(bridge.channels)
            for channel_id in bridge.channels:
                if channel_id in self._mirror.lines:
                    self._mirror.entered(self._mirror.lines[channel_id], bridge.id, bridge.name)
            if meeting is not None:
                self._mirror.meetings[meeting] = bridge.id  # sorted: the fullest stays
            elif agent_id is None:
                waiting += [bridge] if bridge.channels else []  # an empty one has lost its music
            elif self._is_home(agent_id, bridge):
                self._mirror.leg_rooms[agent_id] = bridge.id
        self._mirror.waiting_id = waiting[-1].id if waiting else None

    def _is_home(self, agent_id: str, bridge: Bridge) -> bool:
        leg = self._mirror.leg(agent_id)
        if leg is not None and leg.id in bridge.channels:
            return True
        return agent_id not in self._mirror.leg_rooms

    async def _read_sounds(self, found: Iterable[tuple[Line, bool]]) -> None:
        """ARI has no list of playbacks: ask for those whose ids can be."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def look(line: Line, is_new: bool) -> None:
            async with limit:
                await self._read_sound(line, is_new)

        await asyncio.gather(*(look(line, is_new) for line, is_new in found if line.in_app))

    async def _read_sound(self, line: Line, is_new: bool) -> None:
        numbers = range(SOUND_IDS) if is_new else range(line.sounds - 1, line.sounds)
        if not is_new and line.sound is None:
            return
        for number in numbers:
            try:
                await self._playbacks.get(sound_id(line.id, number))
            except NotFound:
                continue
            if is_new:
                line.sounds = number
                self._mirror.play(line)
            elif line.sound is not None:
                self._still_plays(line, line.sound)
            return
        if line.sound is not None:
            self._mirror.silence(line.sound.id)

    def _still_plays(self, line: Line, sound: Sound) -> None:
        sound.stopped = False  # a stop that was under way is asked for again
        if not sound.started:
            self._translator.sound_started(sound.id)

    def _tell(
        self, line: Line, channel: Channel, is_new: bool, before: str | None, now: int
    ) -> None:
        if line.snoop is not None:
            return
        if line.agent_id is None:
            if is_new and line.in_app:
                self._listener.arrived(
                    channel, channel.dialplan.app_data.split(",")[1:], found=True
                )
            elif line.bridge_id != before:
                self._translator.joined(line)
            return
        if line.in_app and not line.told and self._mirror.is_seat(line):
            line.told = True
            self._listener.tell(LegUp(line.agent_id, line.id, now))

    async def _tidy(self, bridges: list[Bridge]) -> None:
        """Empty bridges of ours that nobody will use."""
        keep = {*self._mirror.leg_rooms.values(), self._mirror.waiting_id}
        for bridge in bridges:
            if bridge.id not in self._mirror.rooms or bridge.id in keep or bridge.channels:
                continue
            self._mirror.close_room(bridge.id)
            try:
                await self._bridges.destroy(bridge.id)
            except LinkDown:
                raise
            except AriError as error:
                log.info("bridge %s: %s", bridge.id, error)


def _is_ours(channel: Channel) -> bool:
    """In our application, or a leg or a customer who still rings on the way into it."""
    inside = channel.dialplan.app_name == "Stasis"
    return inside or leg_agent(channel) is not None or is_called(channel)


def _is_our_room(bridge: Bridge) -> bool:
    """A leg's own bridge, a talk's, or the waiting room."""
    name = bridge.name
    whose = room_agent(name) is not None or room_conversation(name) is not None
    return whose or is_waiting_room(name)


def _is_held(call: Line) -> bool:
    return call.variables.get(HELD) == "1" and bool(call.variables.get(OWNER))


def _told(leg: Line) -> str | None:
    return leg.agent_id if leg.told else None
