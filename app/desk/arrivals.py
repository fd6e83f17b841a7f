"""A call came to us: which conversation it is, and that it is queued, joined or left alone.

A bot may take its caller back and hand them over again faster than the live queue takes note of
either. Each time counts: the conversation that the call had here before is over, and it gets one of
its own, whose id follows from that one. Nobody is lost because their last conversation is closed.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, QueueRequest, Result, WrongState
from app.desk import handover
from app.desk.callbacks import Callbacks, ways_out
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.voice_picture import VoicePicture
from app.desk.wait_times import WaitTimes
from app.domain.conversation import Channel, Conversation, Outcome, State
from app.telephony import HANDED_BACK, CallArrived, first_told

log = logging.getLogger("ringdesk.calls")

OVER = frozenset({State.WRAP_UP, State.CLOSED})
TRIES = 3
"""Readings of an arriving call's conversation, which may end or be taken between the reading and
the queueing; after them it is queued as new."""
REMEMBERED = 10_000
"""Calls that left us alive, and may come again: 0.2 kB each, so 2 MB in all."""


class Arrivals:
    """Settles arriving calls, those of one channel one after the other."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        picture: VoicePicture,
        archived: Callable[[str], Awaitable[Conversation | None]],
        callbacks: Callbacks,
        waits: WaitTimes,
        language: str,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._picture = picture
        self._archived = archived
        self._callbacks = callbacks
        self._waits = waits
        self._language = language
        self._left: OrderedDict[str, str] = OrderedDict()

    def left(self, channel_id: str, conversation_id: str) -> None:
        """A call left us alive: what it had here is over, also where its channel says nothing."""
        self._left[channel_id] = conversation_id
        self._left.move_to_end(channel_id)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)

    def hung_up(self, channel_id: str) -> None:
        """A call is no more."""
        self._left.pop(channel_id, None)

    def settling(self, call: CallArrived) -> AbstractContextManager[None]:
        """Until it is settled, what was wanted of an earlier stay is asked for no more. A call
        that was only found here may be that of a conversation that is over, and be hung up."""
        return nullcontext() if call.found else self._picture.arriving(call.channel_id)

    async def settle(self, call: CallArrived) -> None:
        """Queue it, or show what is wanted of it already.

        Raises what the live queue raises.
        """
        for _ in range(TRIES):
            try:
                await self._settle(call)
                return
            except WrongState as error:
                log.info("call %s is looked at again: %s", call.channel_id, error)
        told = handover.read(call.variables, self._directory, self._distributor.now())
        await self._enqueue(call, self._request(call, told, _anew(call)))

    async def _settle(self, call: CallArrived) -> None:
        now = self._distributor.now()
        told = handover.read(call.variables, self._directory, now)
        known = await self._belongs_to(call, told)
        if known is not None and (first := first_told(call.variables)) is not None:
            self._waits.told(known.id, *first)  # by an earlier process
        if await self._callbacks.take(call, told, known):
            return
        if known is not None and (_is_to_leave(known, call) or _was_ended(known, call)):
            await self._dispatch.show(known)
            return
        if known is not None and _is_in_hand(known, call.channel_id):
            await self._dispatch.show(known)
            await self._act(await self._distributor.here(known.id, call.channel_id))
            return
        if known is not None and known.outcome is Outcome.TRANSFERRED:
            await self._come_back(call, told, known)
            return
        identity = await self._identity(call, told, known)
        await self._enqueue(call, self._request(call, told, identity))

    async def _enqueue(self, call: CallArrived, request: QueueRequest) -> None:
        """The same arrival again (Redis was away) is one; the next of this channel is another."""
        self._picture.join(call.channel_id, request.conversation_id)
        command = f"arrived:{call.channel_id}:{request.conversation_id}:{call.at}"
        await self._act(await self._distributor.enqueue(request, command_id=command))

    async def _come_back(
        self, call: CallArrived, told: handover.Handover, known: Conversation
    ) -> None:
        """From a number where nobody answered, or from the dialplan, which sends it here again."""
        if known.result is not None and not told.came_back and call.found:
            await self._dispatch.show(known)  # it was not there yet
            return
        self._picture.join(call.channel_id, known.id)
        longest, _ = ways_out(told, self._distributor.rules)
        await self._act(await self._distributor.come_back(known.id, longest))
        if known.result is not None:  # what the dialplan asks for now counts
            await self._act(await self._distributor.enqueue(self._request(call, told, known.id)))

    def _request(
        self, call: CallArrived, told: handover.Handover, identity: str | None
    ) -> QueueRequest:
        longest, key = ways_out(told, self._distributor.rules)
        request = handover.request(call, told, identity, self._distributor.now(), self._language)
        return replace(request, max_wait_ms=longest, exit_key=key)

    async def _identity(
        self, call: CallArrived, told: handover.Handover, known: Conversation | None
    ) -> str | None:
        """The open conversation of this channel, or of none yet; a new one, if what it had before
        is over: what stands in the archive is never written over."""
        if known is not None and known.channel_id is None:  # its bot named no channel: it is this
            return known.id if known.callback is None and known.state not in OVER else None
        if known is None and told.conversation_id is not None:
            known = await self._archived_as(told.conversation_id)
        if known is not None and known.channel_id != call.channel_id:
            known = None
        if known is not None and known.state not in OVER:
            return known.id
        before = self._left.get(call.channel_id) or (known.id if known else None)
        return handover.later_conversation_id(call.channel_id, before) if before else None

    async def _belongs_to(self, call: CallArrived, told: handover.Handover) -> Conversation | None:
        """The conversation that this channel already has; another's is never taken."""
        own = handover.conversation_id(call.channel_id)
        here = self._picture.on_channel(call.channel_id)
        if told.conversation_id is None and here is None and self._picture.get(own) is None:
            return None  # every open call is in the picture: this one is new, nothing is read
        for identity in (here, told.conversation_id, own):
            known = await self._distributor.conversation(identity) if identity else None
            if known and _may_join(known, call.channel_id):
                return known
        return await self._sent_on(call, told)

    async def _sent_on(self, call: CallArrived, told: handover.Handover) -> Conversation | None:
        """A call that comes back from a number outside, or that is to be hung up, about which
        nobody writes any more: its conversation was closed and may have left the live queue."""
        kept = await self._archived_as(told.conversation_id) if told.conversation_id else None
        if kept is None or kept.channel_id != call.channel_id:
            return None
        if _was_ended(kept, call):
            return kept
        if kept.outcome is not Outcome.TRANSFERRED:
            return None
        restored = await self._distributor.restore(kept)
        return restored.conversations.get(kept.id)

    async def _archived_as(self, conversation_id: str) -> Conversation | None:
        try:
            return await self._archived(conversation_id)
        except (SQLAlchemyError, OSError) as error:
            log.warning("a call is queued as new: %s", type(error).__name__)
            return None

    async def _act(self, result: Result) -> None:
        await self._dispatch.act(result)


def _anew(call: CallArrived) -> str:
    """The id of a conversation that nobody has had: of this channel, and this arrival of it."""
    return handover.later_conversation_id(call.channel_id, str(call.at))


def _is_in_hand(known: Conversation, channel_id: str) -> bool:
    """What we have of it is newer than what stands on its channel, which was told anew."""
    if known.state is State.QUEUED:
        return known.channel_id == channel_id
    if known.channel_id is None:  # its bot named none: this is it, and nobody has it in hand
        return False
    return known.state in {State.OFFERED, State.ACTIVE}


def _is_to_leave(known: Conversation, call: CallArrived) -> bool:
    """It was handed back, and has not been sent to its bot yet: this process is a new one."""
    bot = known.bot
    if known.state is not State.BOT or bot is None or bot.until is None:
        return False
    return call.variables.get(HANDED_BACK) != str(bot.handed_back)


def _was_ended(known: Conversation, call: CallArrived) -> bool:
    """Its agent ended it, and it was not hung up yet when an earlier process, or the link, went.
    Who comes in now is another matter: that one wants to talk to us again."""
    last = known.segments[-1] if known.segments else None
    return call.found and known.state in OVER and last is not None and last.ended_by == "agent"


def _may_join(known: Conversation, channel_id: str) -> bool:
    return known.channel is Channel.VOICE and known.channel_id in {None, channel_id}
