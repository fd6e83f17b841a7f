"""After each connection to Asterisk: compare what it has with what Redis says.

What Asterisk has and Redis does not comes as ordinary facts (`CallArrived`, `LegUp`). Here is
the other direction: calls and legs that Redis still counts on and that are gone.
"""

import logging
from collections.abc import Awaitable

from app.acd import Distributor, NotYours, Result, UnknownAgent, UnknownConversation, WrongState
from app.desk.dispatch import Dispatch
from app.desk.per_call_legs import PerCallLegs
from app.domain.agent import Agent, Status
from app.domain.conversation import Channel, Conversation, State
from app.domain.leg import LegKind, LegMove, LegState
from app.telephony import AsteriskRestarted, Reconciled

log = logging.getLogger("ringdesk.reconcile")

ON_ASTERISK = {State.BOT, State.QUEUED, State.OFFERED, State.ACTIVE}


class Reconcile:
    """Feeds what is missing in Asterisk to the same transitions as live events."""

    def __init__(self, distributor: Distributor, dispatch: Dispatch, per_call: PerCallLegs) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._per_call = per_call
        self._adopting = False

    def adopt_next(self) -> None:
        """The live queue was lost: legs and talks of the next comparison are taken as they are."""
        self._adopting = True

    async def restarted(self, fact: AsteriskRestarted) -> None:
        """Every call that Asterisk carried is gone: close them as failed, legs are down."""
        picture = await self._distributor.picture()
        for conversation in picture.conversations.values():
            if _is_on_asterisk(conversation, fact.at):
                await self._settle(
                    self._distributor.fail(conversation.id, "Asterisk was restarted")
                )
        for agent in picture.agents.values():
            per_call = agent.leg.kind is LegKind.PER_CALL  # its contact tells, or its next dial
            if agent.leg.state is not LegState.DISCONNECTED and not per_call:
                await self._lose_leg(agent, "Asterisk was restarted")

    async def handle(self, found: Reconciled) -> None:
        """Make the live queue agree with Asterisk, then show it everything that is wanted."""
        # Calls that are over go first: SQL may not have heard of their end when the queue was
        # restored from it, and an agent is not to be rung again for such a talk.
        for conversation in (await self._distributor.picture()).conversations.values():
            if _is_on_asterisk(conversation, found.at) and _is_gone(conversation, found):
                await self._settle(self._distributor.leave(conversation.id))
        if self._adopting:
            await self._adopt(found)
            self._adopting = False
        for agent in (await self._distributor.picture()).agents.values():
            if _has_lost_leg(agent, found):
                await self._lose_leg(agent, "lost")
        await self._dispatch.show_everything()

    async def _adopt(self, found: Reconciled) -> None:
        for agent_id in found.legs:
            await self._settle(self._distributor.want_leg(agent_id, True, None))
        for channel_id, agent_id in found.talks.items():
            if conversation_id := found.calls.get(channel_id):
                await self._settle(self._distributor.adopt(conversation_id, agent_id))
        for channel_id, agent_id in found.held.items():
            if conversation_id := found.calls.get(channel_id):
                await self._settle(self._distributor.adopt(conversation_id, agent_id))
        await self._adopt_controls(found)
        for agent in (await self._distributor.picture()).agents.values():
            if _is_at_work(agent) and agent.id not in found.legs:
                await self._per_call.connect(agent)

    async def _adopt_controls(self, found: Reconciled) -> None:
        """Hold and mute stand on the customers' channels, and nowhere else."""
        conversations = (await self._distributor.picture()).conversations
        for channel_id, conversation_id in found.calls.items():
            talk = conversations.get(conversation_id or "")
            if talk is None or talk.agent_id is None:
                continue
            if channel_id in found.held:
                await self._settle(self._distributor.hold(talk.id, talk.agent_id, True))
            if channel_id in found.muted:
                await self._settle(self._distributor.mute(talk.id, talk.agent_id, True))

    async def _lose_leg(self, agent: Agent, detail: str) -> None:
        if agent.leg.kind is LegKind.PERSISTENT:
            await self._settle(self._distributor.want_leg(agent.id, False, detail))
        await self._settle(
            self._distributor.change_leg(agent.id, LegMove.DISCONNECT, detail, lost=True)
        )

    async def _settle(self, command: Awaitable[Result]) -> None:
        try:
            await self._dispatch.act(await command)
        except (WrongState, NotYours, UnknownConversation, UnknownAgent) as error:
            log.debug("already settled: %s", error)


def _is_on_asterisk(conversation: Conversation, before: int) -> bool:
    """Whether Asterisk should have its call; a bot may hand over before it moves the channel."""
    return (
        conversation.channel is Channel.VOICE
        and conversation.channel_id is not None
        and conversation.state in ON_ASTERISK
        and conversation.created_at < before
    )


def _is_gone(conversation: Conversation, found: Reconciled) -> bool:
    """A call that the bot still has may be in the bot's own application."""
    bot = conversation.bot
    elsewhere = conversation.state is State.BOT or (bot is not None and bot.has_caller)
    return not elsewhere and conversation.channel_id not in found.calls


def _has_lost_leg(agent: Agent, found: Reconciled) -> bool:
    """A phone that is rung per call has a leg during a talk only."""
    return (
        (agent.leg.kind is LegKind.PERSISTENT or agent.load.voice > 0)
        and agent.leg.state is not LegState.DISCONNECTED
        and agent.id not in found.legs
    )


def _is_at_work(agent: Agent) -> bool:
    """Whether this agent's phone is to be rung for calls, as far as their status tells."""
    return agent.leg.kind is LegKind.PER_CALL and agent.status is not Status.OFFLINE
