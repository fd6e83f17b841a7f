"""Customers who are called back: what their own calls mean, and keys pressed while they wait."""

from app.acd import Distributor, UnknownConversation, WrongState
from app.desk.dispatch import Dispatch
from app.desk.handover import Handover
from app.desk.notices import Notices
from app.desk.voice_picture import VoicePicture
from app.domain.conversation import Conversation, Result, State
from app.domain.routing import Rules
from app.domain.routing_rules import Choice
from app.telephony import CallArrived, CallDigit

IN_QUEUE = {State.QUEUED, State.OFFERED}
OPEN = {State.QUEUED, State.OFFERED, State.ACTIVE}


class Callbacks:
    """Each fact becomes one transition at the most."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        picture: VoicePicture,
        notices: Notices,
    ) -> None:
        self._notices = notices
        self._distributor = distributor
        self._dispatch = dispatch
        self._picture = picture

    async def take(self, call: CallArrived, told: Handover, known: Conversation | None) -> bool:
        """Whether an arriving call was that of a callback: the customer answered, or calls in."""
        if known is None and told.conversation_id is None:
            known = self._picture.callback_of(call.caller_number)
        if known is None or known.callback is None or known.state not in OPEN:
            return False
        if known.channel_id != call.channel_id:
            return await self._join(call, told, known)
        if known.dialling:
            result = await self._distributor.answered(known.id, call.channel_id)
            await self._dispatch.act(result)
        return known.dialling

    async def pressed(self, key: CallDigit) -> None:
        """A key of a waiting caller: what they were offered, or the one by which they leave the
        queue. Raises WrongState when it came late."""
        waiting = self._picture.get(self._picture.on_channel(key.channel_id))
        choice = self._notices.chosen(waiting, key.digit) if waiting else None
        if waiting and choice is not None:
            await self._choose(waiting, choice)
        elif waiting and waiting.exit_key == key.digit and waiting.state in IN_QUEUE:
            await self._dispatch.act(await self._distributor.exit(waiting.id, Result.EXIT_KEY))

    async def _choose(self, waiting: Conversation, choice: Choice) -> None:
        number = self._notices.number(waiting)
        if choice is Choice.MESSAGE or number is None:
            result = await self._distributor.exit(waiting.id, Result.MESSAGE)
        else:
            result = await self._distributor.choose_callback(
                waiting.id, waiting.channel_id or "", number, self._notices.not_before(waiting)
            )
        await self._dispatch.act(result)

    async def _join(self, call: CallArrived, told: Handover, known: Conversation) -> bool:
        longest, key = ways_out(told, self._distributor.rules)
        try:
            result = await self._distributor.join(
                known.id, call.channel_id, told.skills, longest, key
            )
        except (WrongState, UnknownConversation):
            return False  # somebody else was quicker: a call of its own
        self._picture.join(call.channel_id, known.id)
        await self._dispatch.act(result)
        return True


def ways_out(told: Handover, rules: Rules) -> tuple[int | None, str | None]:
    """The longest wait (ms) and the key out: the caller's own, or the settings'."""
    longest = rules.max_wait_ms if told.max_wait_ms is None else told.max_wait_ms
    return longest or None, told.exit_key or rules.exit_key or None
