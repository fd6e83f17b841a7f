"""Customers' calls: each is brought to where it is wanted, and kept there.

    waiting   answered, in the holding bridge
    talking   one addChannel into the agent's leg bridge, after everything that plays was stopped
    conferring  one addChannel into the conversation's own bridge
    calling   called once, into the dialplan's `ringdesk-queue`; uncalled: not any more
    exited    back in the dialplan, once, with RINGDESK_RESULT set
    forwarded sent on in the dialplan, once, after everything that plays was stopped
    handed_back  in its bot's application: moved there once, with music until the bot plays
    with_bot  in its bot's application, and left alone there
    gone      hung up
    released  forgotten

One look does the next missing thing and looks again, so that a want that changes meanwhile
(accept during an announcement, hang-up during a move) counts from its next step on.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from app.telephony.ari_errors import Conflict, NotFound
from app.telephony.ari_resources import Channels
from app.telephony.bot_watch import BotWatch
from app.telephony.breadcrumbs import VALUE_LIMIT
from app.telephony.call_variables import RESULT
from app.telephony.hold_music import HoldMusic, has_music
from app.telephony.meetings import Meetings
from app.telephony.mirror import Line, Mirror
from app.telephony.moves import Moves
from app.telephony.mutes import Mutes
from app.telephony.notice import HEARD, Notice
from app.telephony.sounds import Sounds
from app.telephony.waiting_room import WaitingRoom
from app.telephony.wants import HANDED_BACK, NOTES, CallOut, CallWant, Place

AGAIN = 0.0
"""Seconds until the next look: there may be more to do at once."""
HANGUP_AGAIN_SECONDS = 2.0
LEAVING = frozenset({Place.FORWARDED, Place.EXITED, Place.GONE, Place.RELEASED})
"""Where nothing is wanted of a call any more once it is no longer in our application."""
AT_BOT = frozenset({Place.HANDED_BACK, Place.WITH_BOT})
FORWARD_CONTEXT = "ringdesk-transfer"
"""Dialplan context whose extensions are numbers outside; it comes back to `ringdesk-queue`."""
JOIN_CONTEXT = "ringdesk-join"
"""Dialplan context in which a customer is joined to a number that was consulted."""
QUEUE_CONTEXT = "ringdesk-queue"
PARTY = "RINGDESK_PARTY"
"""Channel variable: the channel to be joined to."""
CHOSEN = {
    "message": ("ringdesk-message", "s"),
    "callback": ("ringdesk-callback-chosen", "s"),
}
"""Where who chose by key goes on in the dialplan; with any other result, where they came from."""
LEAVING_SECONDS = 0.05
"""Between two looks whether a channel has left us."""


class CustomerCalls:
    """Compares each call with its want; `look` is run by a Keeper, one at a time per call."""

    def __init__(
        self,
        mirror: Mirror,
        channels: Channels,
        moves: Moves,
        sounds: Sounds,
        room: WaitingRoom,
        mutes: Mutes,
        music: HoldMusic,
        meetings: Meetings,
        release: Callable[[str], None],
        call_out: Callable[[CallOut], Awaitable[None]],
        bots: BotWatch,
        clock: Callable[[], float] = time.monotonic,
        end_recording: Callable[[Line], Awaitable[None]] | None = None,
        notice: Notice | None = None,
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._moves = moves
        self._sounds = sounds
        self._room = room
        self._mutes = mutes
        self._music = music
        self._meetings = meetings
        self._release = release
        self._call_out = call_out
        self._bots = bots
        self._to_call: dict[str, CallOut] = {}
        self._clock = clock
        self._end_recording = end_recording
        self._notice = notice
        self._hung_up_at: dict[str, float] = {}
        self._talks: dict[str, set[str]] = {}
        self.wants: dict[str, CallWant] = {}

    def want(self, want: CallWant) -> bool:
        """Note what is wanted of a call; true when that is news."""
        before = self.wants.get(want.channel_id)
        line = self._mirror.lines.get(want.channel_id)
        if before == want or (line is not None and _meant_before(want, line)):
            return False  # nobody hangs up a caller who left, and came again meanwhile
        self._count(before, want)
        self.wants[want.channel_id] = want
        if line is not None:
            line.conversation_id = want.conversation_id
        return True

    def came(self, channel_id: str) -> None:
        """A call came in anew: an end that is still to be carried out was meant for before."""
        want = self.wants.get(channel_id)
        if want is not None and want.place in LEAVING:
            self.forget(channel_id)

    def call_out(self, out: CallOut) -> None:
        """Have a customer called, once, as soon as the link is up and while it is wanted."""
        self._to_call[out.channel_id] = out

    def wanting(self, agent_id: str) -> frozenset[str]:
        """Channels that are wanted in this agent's bridge."""
        return frozenset(self._talks.get(agent_id, ()))

    def joining(self, agent_id: str) -> bool:
        """Whether a call that is there is wanted in this agent's bridge: not one that has gone."""
        lines = map(self._mirror.lines.get, self.wanting(agent_id))
        return any(line is not None and line.in_app and not line.ending for line in lines)

    def meets(self, conversation_id: str) -> bool:
        """Whether a call is wanted in this conversation's own bridge."""
        wants = (w for w in self.wants.values() if w.place is Place.CONFERRING)
        return any(w.conversation_id == conversation_id for w in wants)

    def forget(self, channel_id: str) -> None:
        """The call is no more."""
        self._count(self.wants.pop(channel_id, None), None)
        self._to_call.pop(channel_id, None)
        self._hung_up_at.pop(channel_id, None)

    def forget_all(self) -> None:
        """Nothing is wanted until it is declared again."""
        self.wants.clear()
        self._to_call.clear()
        self._talks.clear()
        self._hung_up_at.clear()

    def settled(self, channel_id: str) -> bool:
        """Whether a look would find nothing to do."""
        want = self.wants.get(channel_id)
        line = self._mirror.lines.get(channel_id)
        if want is None:
            return True
        if want.place is Place.CALLING:
            return channel_id not in self._to_call
        if want.place is Place.UNCALLED:
            return line is None or not line.dialling
        if line is None or not line.in_app or line.ending:
            return want.place not in LEAVING and not want.fetch
        if want.place in AT_BOT:
            return want.place is Place.WITH_BOT or is_back(line, want)
        if want.place is Place.WAITING:
            return self._mirror.waits(line)
        if want.place is Place.CONFERRING:
            room_id = self._mirror.meetings.get(want.conversation_id)
            return room_id is not None and line.bridge_id == room_id
        if want.place is Place.TALKING:
            room_id = self._mirror.leg_rooms.get(want.agent_id or "")
            leg = self._mirror.leg(want.agent_id)
            if room_id is None or leg is None:
                return True
            return line.bridge_id == room_id and not (self._stands(want) and has_music(line))
        return False

    async def look(self, channel_id: str) -> float | None:
        """Do what is missing; seconds until the next look, or None. Raises AriError."""
        while True:
            want = self.wants.get(channel_id)
            line = self._mirror.lines.get(channel_id)
            if want is None:
                return None
            if want.place in {Place.CALLING, Place.UNCALLED}:
                return await self._call(want, line)
            if line is None or not line.in_app or _meant_before(want, line):
                return await self._not_here(want)
            if want.place is Place.GONE:
                return await self._hang_up(line)
            if line.ending:
                return None
            if want.place in LEAVING:
                return await self._let_go(want, line)
            if want.place in AT_BOT:
                return await self._hand_back(want, line)
            later = await self._bring(want, line)
            if later != AGAIN:
                return later

    async def _not_here(self, want: CallWant) -> float | None:
        if want.place in LEAVING:
            self.forget(want.channel_id)
        return await self._bots.fetch(want) if want.fetch else None

    async def _call(self, want: CallWant, line: Line | None) -> float | None:
        """Whether it is asked for or not, it is done once: a lost answer repeats nothing."""
        out = self._to_call.pop(want.channel_id, None)
        if want.place is Place.CALLING:
            if out is not None:
                await self._call_out(out)
            return None
        if line is not None and line.dialling:
            return await self._hang_up(line)
        self.forget(want.channel_id)
        return None

    async def _bring(self, want: CallWant, line: Line) -> float | None:
        """The next step towards the wanted bridge; None when nothing is left to do."""
        if not line.up:
            await self._channels.answer(line.id)
            line.up = True
            return AGAIN
        if want.place is Place.TALKING and not self._stands(want):
            return None  # touched again when the leg stands; music goes on until then
        if await self._music.end(line):
            return AGAIN
        if want.place is Place.TALKING:
            return await self._connect(want, line)
        if want.place is Place.CONFERRING:
            return await self._confer(want, line)
        if line.bridge_id is not None and line.bridge_id == self._mirror.waiting_id:
            return AGAIN if await self._room.play_music(line.bridge_id) else None
        if line.sounding:
            await self._sounds.stop(line)
            return AGAIN
        room_id = await self._room.id()
        return await self._moves.into(line, room_id) if self.wants.get(line.id) is want else AGAIN

    def _stands(self, want: CallWant) -> bool:
        """Whether the leg of whom they are to talk with is in its bridge."""
        leg = self._mirror.leg(want.agent_id)
        room_id = self._mirror.leg_rooms.get(want.agent_id or "")
        return leg is not None and room_id is not None and leg.bridge_id == room_id

    async def _confer(self, want: CallWant, line: Line) -> float | None:
        """Into the conversation's own bridge."""
        room_id = await self._meetings.id(want.conversation_id)
        if line.bridge_id == room_id:
            return None
        if line.sounding:
            await self._sounds.stop(line)
            return AGAIN
        return await self._moves.into(line, room_id) if self.wants.get(line.id) is want else AGAIN

    async def _connect(self, want: CallWant, line: Line) -> float | None:
        """One addChannel to the agent, into a bridge that holds nobody but the leg."""
        leg = self._mirror.leg(want.agent_id)
        room_id = self._mirror.leg_rooms.get(want.agent_id or "")
        if leg is None or room_id is None or line.bridge_id == room_id:
            return None
        if want.record and HEARD not in line.variables and self._notice is not None:
            return await self._tell_of_recording(want, line, self._notice)
        if line.sounding or leg.sounding:
            await asyncio.gather(self._sounds.stop(line), self._sounds.stop(leg))
            return AGAIN
        if await self._mutes.settle(leg):
            return AGAIN
        for stranger in self._mirror.in_room(room_id) - {leg.id, line.id}:
            await self._moves.out(stranger, room_id)
            return AGAIN
        return await self._moves.into(line, room_id)

    async def _tell_of_recording(self, want: CallWant, line: Line, notice: Notice) -> float | None:
        """To its end, and once; the customer meets the agent after it."""
        if line.sound is not None and line.sound.id == line.notice:
            return None  # touched again when it ends
        if line.notice is not None:
            line.variables[HEARD] = "1"
            await self._channels.setChannelVars(line.id, {HEARD: "1"})
            return AGAIN
        if line.sounding:
            await self._sounds.stop(line)
            return AGAIN
        if line.sound is not None:
            return None  # it is being stopped
        await self._sounds.play(line, [notice.media(want.language)], want.language)
        line.notice = line.sound.id if line.sound else ""
        return None

    async def _let_go(self, want: CallWant, line: Line) -> float | None:
        """The call is somebody else's from now on. Sent on once: when it comes back from there,
        it is to be queued, not sent on again."""
        await self._sounds.stop(line)
        await self._leave_recording(line)
        if want.place is Place.FORWARDED and self.wants.get(line.id) is want:
            if want.party is not None and await self._bring_party(want.party, line):
                return LEAVING_SECONDS
            await self._channels.continueInDialplan(line.id, *self._onward(want))
        if want.place is Place.EXITED and self.wants.get(line.id) is want:
            await self._channels.setChannelVars(line.id, {RESULT: want.result or ""})
            await self._channels.continueInDialplan(line.id, *CHOSEN.get(want.result or "", ()))
        if self.wants.get(line.id) is not want:
            return AGAIN
        self.forget(line.id)
        return None

    async def _hand_back(self, want: CallWant, line: Line) -> float | None:
        """To the bot, once: who is here after that came back, and waits for the desk to see it.
        Said on the channel before it is done, so that also the next process does it no twice."""
        if want.place is Place.WITH_BOT or is_back(line, want):
            return None
        await self._sounds.stop(line)
        await self._leave_recording(line)
        await self._bots.watch(line.id)
        told = {HANDED_BACK: str(want.back), NOTES: want.notes[:VALUE_LIMIT], **want.variables}
        if self.wants.get(line.id) is not want:
            return AGAIN
        await self._channels.setChannelVars(line.id, told)
        line.variables.update(told)
        if line.bridge_id is not None:
            await self._moves.out(line.id, line.bridge_id)
        await self._channels.startMoh(line.id)
        args = f"handback,{want.conversation_id}"
        await self._channels.move(line.id, want.app or "", args)
        return None

    async def _leave_recording(self, line: Line) -> None:
        """Before the call is somebody else's: MixMonitor would go along with the channel."""
        if self._end_recording is not None:
            await self._end_recording(line)

    async def _bring_party(self, party: str, line: Line) -> bool:
        """Whom the customer is to be joined to leaves us first; whether that is still under way."""
        leg = self._mirror.leg(party)
        if leg is None or line.variables.get(PARTY) == leg.id:
            return leg is not None and leg.in_app and not leg.ending
        self._release(party)
        if leg.in_app and not leg.ending:
            await self._channels.setChannelVars(line.id, {PARTY: leg.id})
            line.variables[PARTY] = leg.id
            with contextlib.suppress(Conflict, NotFound):  # it hung up: the dialplan will see
                await self._channels.continueInDialplan(leg.id, JOIN_CONTEXT, "party")
            return True
        return False

    def _onward(self, want: CallWant) -> tuple[str, str]:
        """Context and extension. Without whom they were to be joined to they wait again."""
        if want.party is None:
            return FORWARD_CONTEXT, want.number or ""
        joins = want.channel_id in self._mirror.lines and PARTY in (
            self._mirror.lines[want.channel_id].variables
        )
        return (JOIN_CONTEXT, "customer") if joins else (QUEUE_CONTEXT, "s")

    def _count(self, before: CallWant | None, after: CallWant | None) -> None:
        """Keep the index of talks by agent."""
        if before is not None and before.agent_id is not None:
            channels = self._talks.get(before.agent_id, set())
            channels.discard(before.channel_id)
            if not channels:
                self._talks.pop(before.agent_id, None)
        if after is not None and after.place is Place.TALKING and after.agent_id is not None:
            self._talks.setdefault(after.agent_id, set()).add(after.channel_id)

    async def _hang_up(self, line: Line) -> float | None:
        asked = self._hung_up_at.get(line.id)
        left = HANGUP_AGAIN_SECONDS - (self._clock() - asked) if asked is not None else 0.0
        if left > 0:
            return left
        self._hung_up_at[line.id] = self._clock()
        line.ended_by_us = True
        try:
            await self._channels.hangup(line.id)
        except NotFound:
            self._mirror.remove(line.id)
            self.forget(line.id)
            return None
        return HANGUP_AGAIN_SECONDS


def _meant_before(want: CallWant, line: Line) -> bool:
    """Whether an end is meant for the time that a call was here before: it came again since."""
    return line.arriving and want.place in LEAVING


def is_back(line: Line, want: CallWant) -> bool:
    """Whether a call was handed back this time: then it is here because it returned."""
    return line.variables.get(HANDED_BACK) == str(want.back)
