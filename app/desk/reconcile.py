"""After each connection to Asterisk: compare what it has with what Redis says.

What Asterisk has and Redis does not comes as ordinary facts (`CallArrived`, `LegUp`). Here is
the other direction: calls and legs that Redis still counts on and that are gone.
"""

import logging

from app.acd import Distributor, NotYours, UnknownAgent, UnknownConversation, WrongState
from app.desk.dispatch import Dispatch
from app.domain.agent import Agent
from app.domain.conversation import Channel, Conversation, State
from app.domain.leg import Audio, LegMove, LegState
from app.telephony import Reconciled

log = logging.getLogger("ringdesk.reconcile")

ON_ASTERISK = {State.BOT, State.QUEUED, State.OFFERED, State.ACTIVE}


class Reconcile:
    """Feeds what is missing in Asterisk to the same transitions as live events."""

    def __init__(self, distributor: Distributor, dispatch: Dispatch) -> None:
        self._distributor = distributor
        self._dispatch = dispatch

    async def handle(self, found: Reconciled) -> None:
        """Make the live queue agree with Asterisk, then show it everything that is wanted."""
        picture = await self._distributor.picture()
        for conversation in picture.conversations.values():
            if _is_gone(conversation, found):
                await self._close(conversation, found)
        for agent in picture.agents.values():
            if _has_lost_leg(agent, found):
                await self._dispatch.act(
                    await self._distributor.change_leg(
                        agent.id, LegMove.DISCONNECT, "lost", lost=True
                    )
                )
        await self._dispatch.show_everything()

    async def _close(self, conversation: Conversation, found: Reconciled) -> None:
        try:
            if found.restarted:
                result = await self._distributor.fail(conversation.id, "Asterisk was restarted")
            else:
                result = await self._distributor.leave(conversation.id)
            await self._dispatch.act(result)
        except (WrongState, NotYours, UnknownConversation, UnknownAgent) as error:
            log.debug("already settled: %s", error)


def _is_gone(conversation: Conversation, found: Reconciled) -> bool:
    return (
        conversation.channel is Channel.VOICE
        and conversation.state in ON_ASTERISK
        and conversation.channel_id is not None
        and conversation.created_at < found.at
        and conversation.channel_id not in found.calls
    )


def _has_lost_leg(agent: Agent, found: Reconciled) -> bool:
    return (
        agent.leg.audio is not Audio.WEB
        and agent.leg.state is not LegState.DISCONNECTED
        and agent.id not in found.legs
    )
