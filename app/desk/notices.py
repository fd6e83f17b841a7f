"""What a waiting caller is to be told and may choose: that nobody can serve them, or that the
house is closed, or what a rule offers. Asked anew with each state, so that it is never stale."""

from collections.abc import Callable

from app.desk.errors import Invalid
from app.desk.leg_addresses import LegAddresses
from app.desk.routing import Routing
from app.domain.conversation import Channel, Conversation, Staffing, State
from app.domain.routing_rules import Choice
from app.telephony import Notice, NoticeReason

IN_QUEUE = frozenset({State.QUEUED, State.OFFERED})
Skills = tuple[str, ...]
KEYS = {"1": Choice.CALLBACK, "2": Choice.MESSAGE}


class Notices:
    """Decides from the live state, the hours and the rules; pure but for what it asks them."""

    def __init__(self, routing: Routing, addresses: LegAddresses, now: Callable[[], int]) -> None:
        self._routing = routing
        self._addresses = addresses
        self._now = now

    def of(self, conversation: Conversation) -> Notice | None:
        """What this caller is to be told now; None: nothing."""
        of = conversation
        on_line = of.channel is Channel.VOICE and of.channel_id is not None and not of.dialling
        if of.state not in IN_QUEUE or not on_line:
            return None
        reason = self._reason(of)
        if reason is None:
            return None
        wanted = of.choices if reason is NoticeReason.OFFER else tuple(KEYS.values())
        choices = tuple(choice.value for choice in KEYS.values() if choice in wanted)
        if Choice.CALLBACK in choices and self.number(of) is None:
            choices = tuple(each for each in choices if each != Choice.CALLBACK)
        return Notice(reason, choices) if choices else None

    def away(self, of: Conversation | None, entry: str, skills: Skills) -> NoticeReason | None:
        """Why nobody comes to a customer who writes, as one who begins or who waits; None:
        somebody may."""
        if of is None or of.state is State.BOT:
            shut = of is None and self._routing.closed_for(skills, entry, self._now())
            return NoticeReason.CLOSED if shut else None
        if of.state not in IN_QUEUE:
            return None
        reason = self._reason(of)
        return None if reason is NoticeReason.OFFER else reason

    def chosen(self, conversation: Conversation, digit: str) -> Choice | None:
        """What a key means for this caller now; None: nothing."""
        notice, choice = self.of(conversation), KEYS.get(digit)
        return choice if notice and choice and choice.value in notice.choices else None

    def number(self, conversation: Conversation) -> str | None:
        """The caller's own number, where the dial rules let it be called."""
        try:
            outside = self._addresses.outside(conversation.customer.number or "", field="number")
        except Invalid:
            return None
        return outside.number if outside.counts else None

    def not_before(self, conversation: Conversation) -> int | None:
        """When a callback may begin at the earliest (ms); None: now."""
        return self._routing.not_before(conversation.skills, conversation.entry, self._now())

    def _reason(self, of: Conversation) -> NoticeReason | None:
        if self._routing.closed(of, self._now()) is not None:
            return NoticeReason.CLOSED
        if of.staffing is not Staffing.OK and of.state is State.QUEUED:
            return NoticeReason.NOBODY
        return NoticeReason.OFFER if of.choices else None
