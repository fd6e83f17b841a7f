"""Agents' persistent legs: each is dialled once, stands in a bridge of its own, rings, or ends.

    wanted up, none there      the agent's bridge is made, then the leg dialled
    answered                   into its bridge; LegUp is told
    wanted ringing             a ring tone until it is not wanted any more; LegRinging when heard
    not wanted up              hung up, the bridge taken away

A leg that ended or failed is spent: it is not dialled again until its want was down once, or
counts a greater attempt. Hence a repeated want never rings a phone twice.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.leg import LegKind
from app.telephony.ari_errors import AriError, BadRequest, Conflict, LinkDown, NotFound, Timeout
from app.telephony.ari_resources import Bridges, Channels
from app.telephony.displays import DIALLABLE, NOBODY, display_name, has_display, identity
from app.telephony.facts import (
    Fact,
    LegFailed,
    LegFault,
    LegGone,
    LegRinging,
    LegUp,
)
from app.telephony.meetings import Meetings
from app.telephony.mirror import LEG_PREFIX, Line, Mirror
from app.telephony.moves import Moves
from app.telephony.mutes import Mutes
from app.telephony.sounds import Sounds
from app.telephony.waiting_room import WaitingRoom
from app.telephony.wants import PARTY_PREFIX, LegAddress, LegWant
from app.telephony.whisper import NONE, Whisper

RING_TONE = ("tone:ring",)
NO_FORWARD = "ringdesk-no-forward"
"""A context that does not exist: where a phone forwards us to (302) is not dialled (dial.c)."""
AGAIN = 0.0
"""Seconds until the next look: there may be more to do at once."""
HANGUP_AGAIN_SECONDS = 2.0
DOUBT_SECONDS = 1.0
RENEW_SHARE = 0.75
"""Of the carrier's longest call: a leg as old as this is called anew as soon as it is idle, so
that the next talk has the last quarter to end in."""
PARTY_SECONDS = 60
"""Without us a number outside rings no longer."""


def is_party(agent_id: str) -> bool:
    """Whether this is no agent, but a number outside."""
    return agent_id.startswith(PARTY_PREFIX)


@dataclass(frozen=True, slots=True)
class Dialling:
    """How legs are dialled; `seconds` is how long a phone may ring."""

    app: str
    caller_id: str | None
    seconds: int
    language: str
    most_seconds: float = 0.0
    """The carrier's longest call over a number; 0: no limit."""
    whisper: Whisper = NONE


class AgentLegs:
    """Compares each leg with its want; `look` is run by a Keeper, one at a time per agent."""

    def __init__(
        self,
        mirror: Mirror,
        channels: Channels,
        bridges: Bridges,
        moves: Moves,
        sounds: Sounds,
        mutes: Mutes,
        dialling: Dialling,
        *,
        waiting: WaitingRoom,
        meetings: Meetings,
        talk_wanted: Callable[[str], bool],
        tell: Callable[[Fact], None],
        new_id: Callable[[], str],
        now: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._bridges = bridges
        self._moves = moves
        self._sounds = sounds
        self._mutes = mutes
        self._dialling = dialling
        self._waiting = waiting
        self._meetings = meetings
        self._talk_wanted = talk_wanted
        self._tell = tell
        self._new_id = new_id
        self._now = now
        self._clock = clock
        self._spent: dict[str, tuple[int, LegAddress | None]] = {}
        self._dialled: dict[str, LegAddress] = {}
        self._hung_up_at: dict[str, float] = {}
        self.wants: dict[str, LegWant] = {}

    def want(self, want: LegWant) -> bool:
        """Note what is wanted of a leg; true when that is news."""
        if not want.up:
            self._spent.pop(want.agent_id, None)
        if self.wants.get(want.agent_id) == want:
            return False
        self.wants[want.agent_id] = want
        return True

    def muted(self, agent_id: str) -> bool:
        """Whether this agent is not to be heard."""
        want = self.wants.get(agent_id)
        return want is not None and want.muted

    def release(self, agent_id: str) -> None:
        """Nothing is wanted of this leg any more, and nothing is done to it."""
        for known in (self.wants, self._spent, self._dialled):
            known.pop(agent_id, None)

    def meets(self, conversation_id: str) -> bool:
        """Whether a leg is wanted in this conversation's own bridge."""
        return any(w.up and w.room == conversation_id for w in self.wants.values())

    def dismiss_strangers(self) -> None:
        """Numbers outside that nobody consults any more are hung up."""
        for leg in tuple(self._mirror.legs()):
            if is_party(leg.agent_id or "") and leg.agent_id not in self.wants:
                self.want(LegWant(leg.agent_id or "", None, up=False))

    def forget_all(self) -> None:
        """Nothing is wanted until it is declared again."""
        for known in (self.wants, self._spent, self._dialled, self._hung_up_at):
            known.clear()

    def ended(self, line: Line) -> None:
        """A leg is no more (or never came up): its want is spent, unless we hung up: what was
        wanted then is not what is wanted now."""
        agent_id = line.agent_id or ""
        want = self.wants.get(agent_id)
        self._hung_up_at.pop(line.id, None)
        dialled = self._dialled.pop(agent_id, None)
        if line.ended_by_us and not line.far_end and not line.lost:
            return
        if want is not None and want.up and (dialled is None or dialled == want.address):
            self._spent[agent_id] = (want.attempt, want.address)

    async def look(self, agent_id: str) -> float | None:
        """Do what is missing; seconds until the next look, or None. Raises AriError."""
        while True:
            want = self.wants.get(agent_id)
            leg = self._mirror.leg(agent_id)
            if want is None:
                return None
            if not want.up:
                return await self._take_down(agent_id, leg)
            if leg is None:
                if not self._may_dial(want):
                    return None
                await self._dial(want)
                return None
            if leg.in_doubt:
                return await self._settle(leg)
            if self._is_elsewhere(want):
                return await self._hang_up(leg)
            if not leg.in_app or leg.ending:
                return None  # it rings, and Asterisk gives up after its time-out; or it ends
            later = await self._stand(want, leg)
            if later != AGAIN:
                return later

    def _renewable_in(self, want: LegWant, leg: Line) -> float | None:
        """Seconds until a leg near its carrier's limit is hung up and called anew; None: never, or
        not while there is a talk or an offer, whose end is told."""
        most = self._dialling.most_seconds
        is_number = want.address is not None and want.address.number is not None
        if not most or not is_number or not leg.told or want.engaged or want.ringing:
            return None
        if not self._may_ring(leg):
            return None
        age = (self._now() - leg.created_at) / 1000
        return max(0.0, RENEW_SHARE * most - age)

    async def _stand(self, want: LegWant, leg: Line) -> float | None:
        """The next step of a leg that was answered; None when nothing is left to do."""
        room_id = await self._seat(want)
        if leg.bridge_id != room_id:
            return await self._sit_down(leg, room_id)
        if want.held and await self._waiting.play_music(room_id):
            return AGAIN
        if not leg.told:
            leg.told = True
            self._tell(LegUp(want.agent_id, leg.id, self._now()))
            return AGAIN
        if await self._mutes.settle(leg):
            return AGAIN
        if await self._show(want, leg):
            return AGAIN
        later = await self._ring(want, leg)
        return later if later is not None else await self._renew(want, leg)

    async def _renew(self, want: LegWant, leg: Line) -> float | None:
        """Hang up a leg near its carrier's limit; it is called anew, for it is still wanted."""
        left = self._renewable_in(want, leg)
        return await self._hang_up(leg) if left == 0 else left

    async def _seat(self, want: LegWant) -> str:
        """The bridge in which the leg should be."""
        if want.held:
            return await self._waiting.id()
        if want.room is not None:
            return await self._meetings.id(want.room)
        return await self._room(want.agent_id)

    async def _sit_down(self, leg: Line, room_id: str) -> float:
        """Into a bridge, once nothing plays any more: a playback would block the move."""
        if leg.sounding and leg.bridge_id is not None:
            await self._sounds.stop(leg)
            return AGAIN
        return await self._moves.into(leg, room_id)

    async def _show(self, want: LegWant, leg: Line) -> bool:
        """Have the phone of a leg that stands show who is calling, before it rings. Only between
        talks, and never while anything plays: the variable would be set when that is over."""
        shown = identity(want)
        if leg.shown == shown or not has_display(want) or want.kind is not LegKind.PERSISTENT:
            return False
        if leg.sounding or not self._may_ring(leg):
            return False
        leg.shown = shown
        with contextlib.suppress(NotFound, Conflict, BadRequest):  # it has gone
            await self._channels.setChannelVar(leg.id, "CONNECTEDLINE(all)", shown or NOBODY)
        return True

    async def _ring(self, want: LegWant, leg: Line) -> float | None:
        sound, rings = leg.sounding, want.ringing or want.calling
        if sound is not None and sound.conversation_id is None and rings:
            sound.conversation_id = rings  # a tone found at a reconcile rings for this offer
            self._tell(LegRinging(want.agent_id, rings, self._now()))
        if sound is not None and sound.conversation_id != rings:
            await self._sounds.stop(leg)
            return AGAIN
        if sound is None and rings and self._may_ring(leg):
            heard = (*self._dialling.whisper.media(want), *RING_TONE) if want.ringing else RING_TONE
            await self._sounds.play(leg, heard, self._dialling.language, rings)
            return AGAIN
        return None

    def _may_ring(self, leg: Line) -> bool:
        """Never into a talk, nor while one is being connected."""
        alone = self._mirror.in_room(leg.bridge_id) <= {leg.id}
        return alone and not self._talk_wanted(leg.agent_id or "")

    async def _room(self, agent_id: str) -> str:
        """The agent's own bridge, made if it is missing. DTMF events need a type of their own."""
        room_id = self._mirror.leg_rooms.get(agent_id)
        if room_id is None:
            room_id = f"{LEG_PREFIX}{agent_id}-bridge-{self._new_id()}"
            name = f"{LEG_PREFIX}{agent_id}"
            await self._bridges.create(room_id, "mixing,dtmf_events", name)
            self._mirror.open_room(room_id, name)
            self._mirror.leg_rooms[agent_id] = room_id
        return room_id

    def _may_dial(self, want: LegWant) -> bool:
        spent = self._spent.get(want.agent_id)
        return spent is None or want.attempt > spent[0] or want.address != spent[1]

    def _is_elsewhere(self, want: LegWant) -> bool:
        dialled = self._dialled.get(want.agent_id)
        return dialled is not None and dialled != want.address

    async def _dial(self, want: LegWant) -> None:
        address = want.address
        if address is None or not DIALLABLE.fullmatch(address.number or address.endpoint or ""):
            self._fail(want, LegFault.NO_ADDRESS)
            return
        if not is_party(want.agent_id):
            await self._room(want.agent_id)
        if self.wants.get(want.agent_id) is not want:
            return
        channel_id = f"{LEG_PREFIX}{want.agent_id}-{self._new_id()}"
        line = self._mirror.add(Line(channel_id, agent_id=want.agent_id, created_at=self._now()))
        self._prepare(want, line)
        self._dialled[want.agent_id] = address
        try:
            await self._originate(line, want, address)
        except (LinkDown, Timeout):
            line.in_doubt = True
            raise
        except AriError:
            self._mirror.remove(line.id)
            self._dialled.pop(want.agent_id, None)
            self._fail(want, LegFault.UNREACHABLE)

    async def _originate(self, line: Line, want: LegWant, address: LegAddress) -> None:
        endpoint = f"{address.number}@trunk" if address.number else f"{address.endpoint}"
        line.endpoint = "trunk" if address.number else endpoint
        await self._channels.originate(
            line.id,
            f"PJSIP/{endpoint}",
            app=self._dialling.app,
            appArgs=f"leg,{want.agent_id}",
            callerId=self._caller_id(want),
            timeout=self._seconds(line),
            variables=self._variables(want, line),
        )

    def _prepare(self, want: LegWant, line: Line) -> None:
        """A new leg is about to be dialled."""

    def _seconds(self, line: Line) -> int:
        """How long the phone may ring; of a number outside its consult decides."""
        return PARTY_SECONDS if is_party(line.agent_id or "") else self._dialling.seconds

    def _variables(self, want: LegWant, line: Line) -> dict[str, str]:
        """What stands on the leg's channel."""
        return {"RINGDESK_LEG": want.agent_id, "FORWARD_CONTEXT": NO_FORWARD}

    def _caller_id(self, want: LegWant) -> str | None:
        number = self._dialling.caller_id
        name = display_name(want)
        return f'"{name}" <{number or ""}>' if name else number

    def _fail(self, want: LegWant, reason: LegFault) -> None:
        self._spent[want.agent_id] = (want.attempt, want.address)
        self._tell(LegFailed(want.agent_id, reason, self._now()))

    async def _settle(self, leg: Line) -> float | None:
        """Find out whether a leg that we got no answer about exists."""
        try:
            channel = await self._channels.get(leg.id)
        except NotFound:
            self._mirror.remove(leg.id)
            self.ended(leg)
            self._tell(LegFailed(leg.agent_id or "", LegFault.UNREACHABLE, self._now()))
            return None
        leg.in_doubt = False
        leg.up = channel.state == "Up"
        return DOUBT_SECONDS

    async def _take_down(self, agent_id: str, leg: Line | None) -> float | None:
        if leg is not None:
            return await self._hang_up(leg)
        room_id = self._mirror.leg_rooms.get(agent_id)
        if room_id is not None and not self._mirror.in_room(room_id):
            self._mirror.close_room(room_id)
            with contextlib.suppress(NotFound, Conflict):
                await self._bridges.destroy(room_id)
        if is_party(agent_id):
            self.release(agent_id)
        return None

    async def _hang_up(self, leg: Line) -> float | None:
        asked = self._hung_up_at.get(leg.id)
        left = HANGUP_AGAIN_SECONDS - (self._clock() - asked) if asked is not None else 0.0
        if left > 0:
            return left
        self._hung_up_at[leg.id] = self._clock()
        leg.ended_by_us = True
        try:
            await self._channels.hangup(leg.id)
        except NotFound:
            self._mirror.remove(leg.id)
            self.ended(leg)
            self._tell(LegGone(leg.agent_id or "", leg.id, 0, False, False, self._now()))
            return 0.0
        return HANGUP_AGAIN_SECONDS
