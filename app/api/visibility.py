"""Who sees what. Pure.

Agents read conversations that are theirs, were theirs, are offered to them or wait for their
skills, and the earlier ones of the customer they have in hand. Supervisors read all, a bot the
ones that it opened. What somebody may not see is answered like what does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from app.api.access import SUPERVISORS, bot_mark
from app.domain.agent import Role
from app.domain.conversation import Conversation, Customer, State, WrapUp


class Detail(Enum):
    """How much of a conversation is told."""

    AGENT = "agent"
    """Not who else could have got it."""
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person with their skills (ids), or a program."""

    id: str
    role: Role
    skills: frozenset[str] = frozenset()

    @property
    def sees_all(self) -> bool:
        """A supervisor or an administrator."""
        return self.role in SUPERVISORS

    def as_agent(self) -> "Viewer":
        """The same person with an agent's eyes: their own Inbox."""
        return Viewer(self.id, Role.AGENT, self.skills)

    @property
    def detail(self) -> Detail:
        """How much they are told."""
        return Detail.SUPERVISOR if self.sees_all else Detail.AGENT


def in_hand(viewer: Viewer, conversation: Conversation) -> bool:
    """They talk to this customer, or still write about the talk."""
    if viewer.id in {conversation.consulted, conversation.agent_id}:
        return conversation.state is State.ACTIVE
    return any(s.agent_id == viewer.id and s.wrap_up is WrapUp.OPEN for s in conversation.segments)


def waits_for(viewer: Viewer, conversation: Conversation) -> bool:
    """It waits, and for somebody like them."""
    if conversation.state is not State.QUEUED or conversation.held_back:
        return False
    if conversation.routed_to is not None:
        return conversation.routed_to == viewer.id
    return viewer.skills.issuperset(conversation.skills)


def offered_to(viewer: Viewer, conversation: Conversation) -> bool:
    """It is held out to them now."""
    return conversation.offer_to(viewer.id) is not None


def was_theirs(viewer: Viewer, conversation: Conversation) -> bool:
    """They have, or had, a part in it."""
    return any(segment.agent_id == viewer.id for segment in conversation.segments)


def in_inbox(viewer: Viewer, conversation: Conversation) -> bool:
    """Whether it belongs on an agent's own list: waits for them, is offered to them, is theirs."""
    return (
        in_hand(viewer, conversation)
        or offered_to(viewer, conversation)
        or waits_for(viewer, conversation)
    )


def in_live(viewer: Viewer, conversation: Conversation) -> bool:
    """Whether the viewer's live picture has it: all open ones, a bot's own, or the Inbox."""
    if conversation.state is State.CLOSED:
        return False
    if viewer.sees_all:
        return True
    if viewer.role is Role.BOT:
        return opened_by(viewer, conversation)
    return in_inbox(viewer, conversation)


class Audience:
    """Who has one conversation in their live picture; quick to ask for hundreds of viewers.

    Agents who have no part in it differ by their skills alone.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._involved = {segment.agent_id for segment in conversation.segments}
        self._involved.update(filter(None, (conversation.agent_id, conversation.routed_to)))
        consult = conversation.consult
        for offer in (conversation.offer, consult.offer if consult else None):
            if offer is not None:
                self._involved.add(offer.agent_id)
        if conversation.consulted is not None:
            self._involved.add(conversation.consulted)
        self._strangers: dict[frozenset[str], bool] = {}

    def has(self, viewer: Viewer) -> bool:
        """As `in_live`."""
        if viewer.role is not Role.AGENT or viewer.id in self._involved:
            return in_live(viewer, self._conversation)
        found = self._strangers.get(viewer.skills)
        if found is None:
            found = self._strangers[viewer.skills] = in_live(viewer, self._conversation)
        return found


def opened_by(bot: Viewer, conversation: Conversation) -> bool:
    """Whether this program opened it: its id says so."""
    return conversation.id.startswith(bot_mark(bot.id))


def may_read(
    viewer: Viewer, conversation: Conversation, customers_in_hand: Iterable[Customer] = ()
) -> bool:
    """Whether the viewer may open this conversation, live or archived."""
    if viewer.sees_all:
        return True
    if viewer.role is Role.BOT:
        return opened_by(viewer, conversation)
    return (
        in_inbox(viewer, conversation)
        or was_theirs(viewer, conversation)
        or any(same_customer(conversation.customer, one) for one in customers_in_hand)
    )


def same_customer(one: Customer, other: Customer) -> bool:
    """The same number or the same address; names prove nothing."""
    by_number = one.number is not None and one.number == other.number
    return by_number or (one.email is not None and one.email == other.email)


def sees_agent(viewer: Viewer, agent_id: str) -> bool:
    """Whether the viewer's live picture has this agent: supervisors all, agents themselves."""
    return viewer.sees_all or (viewer.role is not Role.BOT and viewer.id == agent_id)
