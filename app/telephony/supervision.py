"""What supervisors hear: ears and mouths on other people's channels, in the bridge of their leg.

    listen    an ear on the customer's channel: what they say and what they hear
    whisper   and a mouth on the agent's leg, which the agent alone hears; where an AI has the
              call, on the customer's channel, towards the AI
    barge     and a mouth on the customer's channel, both ways
    beside    an ear on the leg of each other supervisor who speaks to all

A mouth does not stand in the leg's bridge, where the ear is: it would say what the ear hears, and
everybody had the call's own sound back as an echo. It has a bridge with an ear on the supervisor's
own leg, for what they say and nothing else.

Ears and mouths are snoop channels (ARI `snoopChannel`, res_stasis_snoop): nobody's channel is
moved, so nobody notices a supervisor who comes, changes or goes, and a call in a bot's own
application is heard like any other. The ear stays through every change, hence without a gap.
What is not wanted any more is taken away before what is new is made: nobody hears too much.
"""

import contextlib
from collections.abc import Callable, Iterable

from app.domain.supervision import How
from app.telephony.ari_errors import NotFound
from app.telephony.ari_resources import Channels
from app.telephony.identify import snoop_args
from app.telephony.meetings import Meetings
from app.telephony.mirror import SNOOP_PREFIX, Line, Mirror, Snoop, Tap
from app.telephony.moves import Moves
from app.telephony.wants import WatchWant

VOICE = "voice-"
"""Before the supervisor's id: the key of the bridge of their voice."""
AGAIN = 0.0
"""Seconds until the next look: there may be more to do at once."""
GONE_SECONDS = 1.0
"""Until a channel is sought again that is wanted and not there."""
HANGUP_SECONDS = 2.0
"""Until one that was to be hung up is looked for again."""


class Supervisions:
    """Compares each supervisor's ears and mouths with what is wanted; `look` is run by a Keeper,
    one at a time per supervisor."""

    def __init__(
        self,
        app: str,
        mirror: Mirror,
        channels: Channels,
        moves: Moves,
        meetings: Meetings,
        new_id: Callable[[], str],
    ) -> None:
        self._meetings = meetings
        self._app = app
        self._mirror = mirror
        self._channels = channels
        self._moves = moves
        self._new_id = new_id
        self.wants: dict[str, WatchWant] = {}

    def want(self, want: WatchWant) -> bool:
        """Note what is wanted; true when that is news."""
        before = self.wants.get(want.agent_id)
        if want.how is None:
            self.wants.pop(want.agent_id, None)
            return before is not None or bool(self._mirror.snoops(want.agent_id))
        self.wants[want.agent_id] = want
        return before != want

    def on_leg(self, agent_id: str) -> list[str]:
        """Supervisors to be looked at when this agent's leg came or went."""
        return [w.agent_id for w in self.wants.values() if agent_id in _legs(w)]

    def known(self) -> set[str]:
        """Everybody who supervises, or of whom an earlier process left an ear or a mouth."""
        left = (line.snoop for line in self._mirror.lines.values())
        return {snoop.agent_id for snoop in left if snoop} | self.wants.keys()

    async def look(self, agent_id: str) -> float | None:
        """Do what is missing; seconds until the next look, or None. Raises AriError."""
        wanted = self._wanted(self.wants.get(agent_id))
        there = self._mirror.snoops(agent_id)
        kept: dict[Tap, Line] = {}
        for line in there:
            tap = line.snoop.tap if line.snoop else None
            if tap is None or tap not in wanted or tap in kept:
                await self._remove(line)
            elif not line.ending:
                kept[tap] = line
        room_id = self._mirror.leg_rooms.get(agent_id)
        missing = False
        for tap in sorted(wanted - kept.keys(), key=lambda t: (t.whisper, t.channel_id)):
            missing |= not await self._make(Snoop(agent_id, tap))
        for tap, line in kept.items():
            if line.in_app and room_id is not None:
                seat = await self._voice(agent_id) if self._speaks(tap, agent_id) else room_id
                if line.bridge_id != seat:
                    await self._moves.into(line, seat)
        if missing:
            return GONE_SECONDS
        return HANGUP_SECONDS if len(kept) < len(there) else None

    def _wanted(self, want: WatchWant | None) -> set[Tap]:
        """Nothing before the supervisor's own leg stands in its bridge."""
        leg = self._mirror.leg(want.agent_id) if want else None
        if want is None or leg is None or leg.ending or not leg.up:
            return set()
        if leg.bridge_id is None or leg.bridge_id != self._mirror.leg_rooms.get(want.agent_id):
            return set()
        others = (self._channel(other) for other in want.beside)
        taps = {Tap("in", "none", channel) for channel in others if channel}
        mouth = self._mouth(want)
        voice = {Tap("in", "none", leg.id)} if mouth else set()
        return taps | {Tap("both", "none", want.channel_id)} | mouth | voice

    def speaks(self, room: str) -> bool:
        """Whether this is the bridge of a supervisor's voice, and it is wanted."""
        want = self.wants.get(room.removeprefix(VOICE)) if room.startswith(VOICE) else None
        return want is not None and want.how not in {None, How.LISTEN}

    def _speaks(self, tap: Tap, agent_id: str) -> bool:
        return tap.whisper != "none" or tap.channel_id == self._mirror.leg_ids.get(agent_id)

    async def _voice(self, agent_id: str) -> str:
        return await self._meetings.id(VOICE + agent_id)

    def _mouth(self, want: WatchWant) -> set[Tap]:
        if want.how is How.BARGE:
            return {Tap("none", "both", want.channel_id)}
        if want.how is How.LISTEN:
            return set()
        if want.whisper_to is None:
            return {Tap("none", "in", want.channel_id)}
        channel = self._channel(want.whisper_to)
        return {Tap("none", "out", channel)} if channel else set()

    def _channel(self, agent_id: str) -> str | None:
        leg = self._mirror.leg(agent_id)
        return leg.id if leg is not None and leg.up and not leg.ending else None

    async def _make(self, snoop: Snoop) -> bool:
        """False: the channel to be heard is not there (any more, or yet)."""
        tap = snoop.tap
        line = self._mirror.add(Line(f"{SNOOP_PREFIX}{self._new_id()}", snoop=snoop, up=True))
        try:
            await self._channels.snoop(
                tap.channel_id,
                line.id,
                spy=tap.spy,
                whisper=tap.whisper,
                app=self._app,
                appArgs=snoop_args(snoop),
            )
        except NotFound:
            self._mirror.remove(line.id)
            return False
        except BaseException:
            self._mirror.remove(line.id)  # should it exist all the same, its event brings it back
            raise
        return True

    async def _remove(self, line: Line) -> None:
        line.hangup_cause = line.hangup_cause or 16
        with contextlib.suppress(NotFound):
            await self._channels.hangup(line.id)
            return
        self._mirror.remove(line.id)


def _legs(want: WatchWant) -> Iterable[str]:
    """Whose legs it depends on."""
    return {want.agent_id, want.whisper_to or "", *want.beside}
