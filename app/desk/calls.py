"""What Asterisk tells, and what it means: each fact becomes one transition at the most."""

import logging
from contextlib import AbstractContextManager, nullcontext

from app.acd import (
    Distributor,
    NotYours,
    Result,
    UnknownAgent,
    UnknownConversation,
    WrongState,
)
from app.desk import parties
from app.desk.arrivals import Arrivals
from app.desk.callbacks import Callbacks
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.per_call_legs import PerCallLegs
from app.desk.voice_picture import VoicePicture
from app.desk.wait_times import WaitTimes
from app.desk.web_phones import WebPhones
from app.domain.agent import Agent, Status
from app.domain.conversation import Conversation, Outcome, State
from app.domain.leg import HUNG_UP, SILENT, LegKind, LegMove, LegState
from app.telephony import (
    BotLost,
    BotTook,
    CallArrived,
    CallDigit,
    CallGone,
    ContactChanged,
    Fact,
    LegAnswered,
    LegDigit,
    LegFailed,
    LegFault,
    LegGone,
    LegRinging,
    LegSilent,
    LegUp,
    WaitTold,
)

log = logging.getLogger("ringdesk.calls")

LOST = "phone lost"
WORDS = {
    LegFault.BUSY: "your phone is busy",
    LegFault.NO_ANSWER: "nobody answered your phone",
    LegFault.REJECTED: "your phone refused the call",
    LegFault.UNREACHABLE: "your phone could not be reached",
    LegFault.NO_ADDRESS: "no phone is set, or its number may not be called",
}
"""What the leg indicator says after a dial in vain."""

OVER = frozenset({State.WRAP_UP, State.CLOSED})
ACCEPT_DIGIT = "1"
REJECT_DIGIT = "2"


class Calls:
    """Handles the facts about one call or one leg, one after the other as they come."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        picture: VoicePicture,
        arrivals: Arrivals,
        callbacks: Callbacks,
        per_call: PerCallLegs,
        web_phones: WebPhones,
        waits: WaitTimes,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._picture = picture
        self._arrivals = arrivals
        self._callbacks = callbacks
        self._per_call = per_call
        self._web_phones = web_phones
        self._waits = waits

    def settling(self, fact: Fact) -> AbstractContextManager[None]:
        """From when a fact is taken until it is settled, also while Redis is away."""
        return self._arrivals.settling(fact) if isinstance(fact, CallArrived) else nullcontext()

    async def handle(self, fact: Fact) -> None:
        """Carry one fact up. A refusal means that it came late, and is logged at debug level."""
        try:
            if isinstance(fact, LegUp | LegGone | LegFailed) and parties.is_party(fact.agent_id):
                talk = self._picture.consulting(fact.agent_id)
                if (result := await parties.settle(fact, talk, self._distributor)) is not None:
                    await self._act(result)
                return
            await self._handle(fact)
        except (WrongState, NotYours, UnknownConversation, UnknownAgent) as error:
            log.debug("%s came late: %s", type(fact).__name__, error)

    async def _handle(self, fact: Fact) -> None:
        match fact:
            case CallArrived():
                await self._arrivals.settle(fact)
            case BotTook():
                await self._act(await self._distributor.bot_took(fact.conversation_id))
            case BotLost():
                await self._bot_lost(fact)
            case WaitTold():
                self._waits.told(fact.conversation_id, fact.minutes, fact.at)
            case CallGone():
                await self._gone(fact)
            case ContactChanged():
                await self._contact(fact)
            case LegRinging():
                await self._rang(fact)
            case LegDigit() | CallDigit():
                await self._digit(fact)
            case LegAnswered():
                await self._per_call.answered(fact)
            case _:
                await self._leg(fact)

    async def _leg(self, fact: Fact) -> None:
        """How a leg is."""
        match fact:
            case LegUp():
                await self._act(await self._distributor.change_leg(fact.agent_id, LegMove.CONNECT))
            case LegSilent():
                await self._silent(fact)
            case LegGone():
                await self._leg_gone(fact)
            case LegFailed():
                await self._leg_failed(fact)
            case _:
                pass

    async def _gone(self, call: CallGone) -> None:
        """The customer hung up, or was moved away; a call that the bot has still lives."""
        identity = self._picture.on_channel(call.channel_id)
        known = await self._distributor.conversation(identity) if identity else None
        if call.hung_up:
            self._arrivals.hung_up(call.channel_id)
        if known is None or (known.state is State.BOT and not call.hung_up):
            return
        if not call.hung_up:
            self._arrivals.left(call.channel_id, known.id)
        served = known.state is State.BOT and known.bot is not None and known.bot.until is None
        outcome = Outcome.BOT_COMPLETED if served else Outcome.ABANDONED
        left = await self._distributor.leave(known.id, outcome, channel_id=call.channel_id)
        await self._act(left)

    async def _bot_lost(self, fact: BotLost) -> None:
        lost = await self._distributor.bot_lost(fact.conversation_id, fact.channel_id, fact.cause)
        await self._act(lost)

    async def _leg_gone(self, leg: LegGone) -> None:
        """A hang-up in a talk ends it (cause 16); anything else that we did not do is a loss."""
        agent = await self._distributor.agent(leg.agent_id)
        if agent is None:
            return
        if agent.leg.kind is LegKind.PER_CALL:
            await self._per_call.gone(leg, agent, LOST)
            return
        if not leg.far_end_hung_up and not leg.lost:
            # We hung up. Meanwhile the leg may be wanted again, and that wish stands.
            if agent.leg.state is not LegState.DISCONNECTED:
                # Still wanted: it is called anew (its number changed, or its time was up).
                detail = "dialling" if agent.leg.wanted else None
                await self._act(
                    await self._distributor.change_leg(agent.id, LegMove.DISCONNECT, detail)
                )
            return
        talk = self._picture.talk_of(agent)
        if talk and leg.far_end_hung_up:
            await self._act(await self._distributor.end(talk.id, "agent", agent.id, hung_up=True))
        detail = SILENT if leg.lost and agent.leg.detail == SILENT else _loss(leg, talk)
        await self._act(await self._distributor.want_leg(agent.id, False, detail))
        await self._act(
            await self._distributor.change_leg(agent.id, LegMove.DISCONNECT, detail, lost=leg.lost)
        )
        if talk and talk.agent_id != agent.id and leg.far_end_hung_up:
            await self._redial(agent)

    async def _redial(self, agent: Agent) -> None:
        """Who was consulted and hung up owes no wrap-up: their phone is called for what comes."""
        if agent.status is Status.AVAILABLE:
            await self._act(await self._distributor.want_leg(agent.id, True, "dialling"))

    async def _leg_failed(self, fact: LegFailed) -> None:
        agent_id, words = fact.agent_id, WORDS[fact.reason]
        agent = await self._distributor.agent(agent_id)
        if agent is not None and agent.leg.kind is LegKind.PER_CALL:
            await self._per_call.failed(fact, agent, words)
            return
        await self._act(await self._distributor.want_leg(agent_id, False, words))
        await self._act(
            await self._distributor.change_leg(agent_id, LegMove.DISCONNECT, words, lost=True)
        )

    async def _rang(self, fact: LegRinging) -> None:
        conversation = self._picture.get(fact.conversation_id)
        offer = conversation.offer_to(fact.agent_id) if conversation else None
        if conversation and offer:
            await self._act(
                await self._distributor.rang(conversation.id, fact.agent_id, offer.attempt)
            )

    async def _silent(self, fact: LegSilent) -> None:
        """Say that a leg is suspect, or that it is not any more."""
        agent = await self._distributor.agent(fact.agent_id)
        if agent is None or fact.silent is (agent.leg.detail == SILENT):
            return
        detail = SILENT if fact.silent else None
        await self._act(await self._distributor.change_leg(agent.id, LegMove.REMARK, detail))

    async def _digit(self, fact: LegDigit | CallDigit) -> None:
        if isinstance(fact, CallDigit):
            await self._callbacks.pressed(fact)
            return
        if fact.digit == ACCEPT_DIGIT:
            await self._act(await self._distributor.accept(fact.conversation_id, fact.agent_id))
        elif fact.digit == REJECT_DIGIT:
            await self._act(await self._distributor.reject(fact.conversation_id, fact.agent_id))

    async def _contact(self, fact: ContactChanged) -> None:
        """A desk phone or a browser that comes back in time is called into the same talk again."""
        person = self._directory.by_sip_user(fact.endpoint)
        agent_id = person.id if person else self._web_phones.agent_of(fact.endpoint)
        agent = await self._distributor.agent(agent_id) if agent_id else None
        if agent is None:
            return
        if agent.leg.kind is LegKind.PER_CALL:
            await self._per_call.contact(fact, agent)
            return
        if not fact.reachable:
            return
        talk = self._picture.talk_of(agent)
        if talk and talk.rejoin_until is not None:
            await self._act(await self._distributor.want_leg(agent.id, True, "dialling"))

    async def _act(self, result: Result) -> None:
        await self._dispatch.act(result)


def _loss(leg: LegGone, talk: Conversation | None) -> str | None:
    if leg.far_end_hung_up:
        return HUNG_UP if talk else "hung up"
    return LOST if leg.lost else None
