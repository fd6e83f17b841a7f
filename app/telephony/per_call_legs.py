"""Agents' legs of both kinds; those that are rung per call stand here, the others in agent_legs.

    an offer wants ringing    the phone is called for it, once; LegRinging with its own 180 or 183
    answered                  a number asks for 1 first (a mailbox presses nothing); LegAnswered
    the offer became a talk   into the agent's bridge; LegUp is told
    neither offer nor talk    hung up

A channel serves the one offer that it was called for, and the talk that this becomes: what was
rung for one caller is never answered by another's. The offer stands on the channel, so that a
next process adopts a phone that rings.
"""

import asyncio
import contextlib
from functools import cached_property

from app.domain.leg import LegKind
from app.telephony.agent_legs import AGAIN, AgentLegs
from app.telephony.ari_errors import AriError, BadRequest, Conflict, LinkDown, NotFound, Timeout
from app.telephony.displays import display_name, shown_number
from app.telephony.facts import LegAnswered, LegFailed, LegFault, LegRinging
from app.telephony.mirror import Line, PerCall
from app.telephony.wants import LegAddress, LegWant

PROMPT = ("sound:followme/options", "sound:silence/2")
""""Press 1 to accept this call, or 2 …" of asterisk-core-sounds, and time to do it."""
RING_SECONDS = 180
"""The offer's deadline ends the ringing; without us the phone rings no longer than RFC 3261's
timer C."""
REACH_SHARE = 0.9
"""Of the time to dial: a phone that says nothing by then is out of reach, and the offer's own
deadline has not passed."""
ENTRY_PAUSES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts to dial a channel that is not in our application yet."""
OFFER = "RINGDESK_OFFER"
"""Channel variable: attempt and conversation that a phone was rung for."""

_Served = tuple[str, int]


class Legs(AgentLegs):
    """Compares each leg with its want; `look` is run by a Keeper, one at a time per agent."""

    @cached_property
    def _served(self) -> dict[str, _Served]:
        """What each agent's phone was last called for."""
        return {}

    def want(self, want: LegWant) -> bool:
        """Note what is wanted of a leg; true when that is news."""
        if not want.up:
            self._served.pop(want.agent_id, None)
        return super().want(want)

    def forget_all(self) -> None:
        """Nothing is wanted until it is declared again."""
        super().forget_all()
        self._served.clear()

    def ended(self, line: Line) -> None:
        """A leg is no more: one that was rung per call leaves nothing spent but its offer."""
        want = self.wants.get(line.agent_id or "")
        if line.call is None or want is None or want.kind is not LegKind.PER_CALL:
            super().ended(line)
        else:
            self._hung_up_at.pop(line.id, None)
            self._dialled.pop(line.agent_id or "", None)

    async def look(self, agent_id: str) -> float | None:
        """Do what is missing; seconds until the next look, or None. Raises AriError."""
        while True:
            want = self.wants.get(agent_id)
            if want is None or want.kind is not LegKind.PER_CALL:
                return await super().look(agent_id)
            later = await self._look_per_call(want, self._mirror.leg(agent_id))
            if later != AGAIN:
                return later

    async def _look_per_call(self, want: LegWant, leg: Line | None) -> float | None:
        if not want.up:
            return await self._take_down(want.agent_id, leg)
        if leg is None:
            return await self._call(want)
        if leg.in_doubt:
            return await self._settle(leg)
        call = leg.call or await self._adopt(leg)
        if not self._serves(want, leg, call):
            return await self._hang_up(leg)
        if leg.ending:
            return None
        if want.ringing and call.rings and not call.told_ringing:
            call.told_ringing = True
            self._tell(LegRinging(want.agent_id, want.ringing, self._now()))
        if not (leg.in_app and leg.up):
            return await self._wait(want, leg, call)
        return await self._answered(want, leg, call)

    async def _call(self, want: LegWant) -> float | None:
        """Ring the phone for an offer or for a talk that lost it: once for each."""
        served = _served(want)
        if served is None or served == self._served.get(want.agent_id):
            return None
        await self._dial(want)
        return AGAIN if self._mirror.leg(want.agent_id) else None

    async def _wait(self, want: LegWant, leg: Line, call: PerCall) -> float | None:
        """The phone rings; one that is silent for too long cannot be reached."""
        if call.rings:
            return None
        if leg.ended_by_us:
            return await self._hang_up(leg)
        left = self._dialling.seconds * REACH_SHARE - (self._clock() - call.dialled_at)
        if left > 0:
            return left
        later = await self._hang_up(leg)
        self._fail(want, LegFault.UNREACHABLE)
        return later

    async def _answered(self, want: LegWant, leg: Line, call: PerCall) -> float | None:
        call.confirmed = call.confirmed or self._is_seated(leg) or not want.confirm
        if not call.confirmed:
            return await self._ask(leg)
        if leg.sounding and (want.calling is None or leg.sounding.conversation_id != want.calling):
            await self._sounds.stop(leg)
            return AGAIN
        if not call.told_answered:
            call.told_answered = True
            if want.ringing:
                told = LegAnswered(want.agent_id, want.ringing, want.attempt, self._now())
                self._tell(told)
        return await self._enter(want, leg)

    async def _enter(self, want: LegWant, leg: Line) -> float | None:
        """Into the agent's bridge, as every leg; what rings is a customer who is being called."""
        room_id = await self._seat(want)
        if leg.bridge_id != room_id or want.held or not leg.told:
            return await self._stand(want, leg)
        if await self._mutes.settle(leg):
            return AGAIN
        return await self._ring(want, leg) if want.calling else None

    async def _ask(self, leg: Line) -> float | None:
        """The prompt, again and again, until 1 is pressed or the offer ends."""
        if leg.sound is None:
            try:
                await self._sounds.play(leg, PROMPT, self._dialling.language)
            except (BadRequest, NotFound):
                return None  # it ended at the same instant: its event is on its way
        return None

    async def _adopt(self, leg: Line) -> PerCall:
        """A leg of an earlier process: what it was rung for stands on the channel."""
        try:
            attempt, _, conversation_id = (
                await self._channels.getChannelVar(leg.id, OFFER)
            ).partition(" ")
        except NotFound:
            attempt = conversation_id = ""
        number = int(attempt) if attempt.isdecimal() else 0
        # Where it rang, the offer's own clock decides.
        rings = leg.ringing or leg.up
        call = leg.call = PerCall(conversation_id, number, self._clock(), rings=rings)
        if leg.agent_id and conversation_id:
            self._served[leg.agent_id] = (conversation_id, number)
        return call

    def _serves(self, want: LegWant, leg: Line, call: PerCall) -> bool:
        """Whether the channel is for what is wanted now."""
        if want.talking is not None:
            return self._is_seated(leg) or want.talking in {"", call.conversation_id}
        return (call.conversation_id, call.attempt) == _served(want)

    def _is_seated(self, leg: Line) -> bool:
        """Whether it came into a bridge of ours: then its offer was accepted."""
        return self._mirror.is_seat(leg)

    def _prepare(self, want: LegWant, line: Line) -> None:
        """A new leg is about to be dialled."""
        served = _served(want) if want.kind is LegKind.PER_CALL else None
        if served is not None:
            line.call = PerCall(*served, dialled_at=self._clock())
            self._served[want.agent_id] = served

    def _fail(self, want: LegWant, reason: LegFault) -> None:
        served = _served(want)
        if want.kind is not LegKind.PER_CALL or served is None:
            super()._fail(want, reason)
            return
        self._served[want.agent_id] = served
        self._tell(LegFailed(want.agent_id, reason, self._now(), want.ringing))

    async def _originate(self, line: Line, want: LegWant, address: LegAddress) -> None:
        """Created in our application, then dialled: one that is answered while nobody serves the
        application stays in it, for the next process to find. An originated one is hung up."""
        if line.call is None:
            await super()._originate(line, want, address)
            return
        endpoint = f"{address.number}@trunk" if address.number else f"{address.endpoint}"
        line.endpoint = "trunk" if address.number else endpoint
        await self._channels.create(
            line.id,
            f"PJSIP/{endpoint}",
            app=self._dialling.app,
            appArgs=f"leg,{want.agent_id}",
            variables={**self._variables(want, line), **self._identity(want)},
        )
        try:
            await self._dial_created(line)
        except (LinkDown, Timeout):
            raise
        except AriError:
            with contextlib.suppress(NotFound):
                await self._channels.hangup(line.id)
            raise

    async def _dial_created(self, line: Line) -> None:
        """Call the phone. Asterisk answers the creation before a thread of its own has brought the
        channel into our application, and refuses until then (409; resource_channels.c,
        find_control). Nothing rang, so it is asked again."""
        for pause in ENTRY_PAUSES:
            try:
                return await self._channels.dial(line.id, self._seconds(line))
            except Conflict:
                await asyncio.sleep(pause)
        return await self._channels.dial(line.id, self._seconds(line))

    def _identity(self, want: LegWant) -> dict[str, str]:
        """Whom the phone shows as calling: what goes into our INVITE's From (chan_pjsip)."""
        shown = {
            "num": shown_number(want) or self._dialling.caller_id or "",
            "name": display_name(want),
        }
        return {f"CONNECTEDLINE({field})": text for field, text in shown.items() if text}

    def _seconds(self, line: Line) -> int:
        """How long the phone may ring."""
        return super()._seconds(line) if line.call is None else RING_SECONDS

    def _variables(self, want: LegWant, line: Line) -> dict[str, str]:
        """What stands on the leg's channel."""
        variables = super()._variables(want, line)
        if line.call is not None:
            variables[OFFER] = f"{line.call.attempt} {line.call.conversation_id}"
        return variables


def _served(want: LegWant) -> _Served | None:
    """What the phone is wanted for."""
    conversation_id = want.talking or want.ringing
    return (conversation_id, want.attempt) if conversation_id else None
