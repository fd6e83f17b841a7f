"""Everything that can be done at the desk, in one object for the edges.

The use cases stand in files of their own, by concern; here they come under one roof.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.acd import Distributor
from app.desk.availability import Availability
from app.desk.bots import Bots
from app.desk.chats import Chats
from app.desk.consulting import Consulting
from app.desk.dial_rules import DialRules
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import NotFound, refusals
from app.desk.feed import Change, Feed, Subscription
from app.desk.inboxes import Inboxes
from app.desk.mail_aside import MailAside
from app.desk.mail_out import MailOut
from app.desk.moves import Moves
from app.desk.routing_administration import Administration
from app.desk.service_settings import ServiceSettings
from app.desk.skill_removal import SkillRemoval
from app.desk.supervising import Supervising
from app.desk.wait_times import WaitTimes
from app.desk.web_phones import WebPhones
from app.domain.agent import Agent
from app.domain.conversation import Conversation
from app.domain.routing import Verdict, explain, sought
from app.records import Records

Health = Callable[[], Awaitable[dict[str, bool]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole live picture at one place of the stream."""

    seq: str
    conversations: list[Conversation]
    agents: list[Agent]


class Desk:
    """The use cases, by concern, and the views that belong to none of them."""

    def __init__(
        self,
        *,
        directory: Directory,
        availability: Availability,
        inboxes: Inboxes,
        moves: Moves,
        on_a_call: Consulting,
        supervising: Supervising,
        bots: Bots,
        chats: Chats,
        mail_out: MailOut,
        mail_aside: MailAside,
        dial_rules: DialRules,
        waits: WaitTimes,
        web_phones: WebPhones,
        distributor: Distributor,
        dispatch: Dispatch,
        feed: Feed,
        records: Records,
        settings: ServiceSettings,
        skill_removal: SkillRemoval,
        routing: Administration,
        health: Health,
    ) -> None:
        self.directory = directory
        self.dial_rules = dial_rules
        self.chats, self.mail_out, self.mail_aside = chats, mail_out, mail_aside
        self.waits = waits
        self.web_phones = web_phones
        self._health = health
        self.agent = availability.agent
        self.set_status = availability.set_status
        self.set_preferences = availability.set_preferences
        self.connect_leg = availability.connect_leg
        self.disconnect_leg = availability.disconnect_leg
        self.signed_out = availability.signed_out
        self.signed_in = availability.signed_in
        self.inbox_opened = inboxes.opened
        self.inbox_closed = inboxes.closed
        self.refresh = availability.refresh
        self.check_phone_number = availability.check_phone_number
        self.accept = moves.accept
        self.reject = moves.reject
        self.requeue = moves.requeue
        self.end = moves.end
        self.hand_back = moves.hand_back
        self.write_notes = moves.write_notes
        self.close_wrap_up = moves.close_wrap_up
        self.hold = on_a_call.hold
        self.mute = on_a_call.mute
        self.pause_recording = on_a_call.pause_recording
        self.send_digits = on_a_call.send_digits
        self.transfer = on_a_call.transfer
        self.consult = on_a_call.consult
        self.swap_consult = on_a_call.swap_consult
        self.complete_consult = on_a_call.complete_consult
        self.cancel_consult = on_a_call.cancel_consult
        self.supervise = supervising.supervise
        self.unsupervise = supervising.unsupervise
        self.take_over = supervising.take_over
        self.move = supervising.move
        self.open = bots.open
        self.queue = bots.queue
        self.finish = bots.finish
        self.update_context = bots.update_context
        self._distributor = distributor
        self._dispatch = dispatch
        self._feed = feed
        self._records = records
        self.service_settings = settings
        self.routing = routing
        self.skill_uses = skill_removal.uses
        self.remove_skill = skill_removal.remove
        self.phone_reachable = availability.phone_reachable

    def now(self) -> int:
        """Milliseconds since the epoch on the clock that all nodes share."""
        return self._distributor.now()

    async def health(self) -> dict[str, bool]:
        """Each part by name, and whether it answers."""
        return await self._health()

    async def agents(self) -> list[Agent]:
        """Everybody's live state. Raises Unavailable."""
        with refusals():
            return await self._distributor.agents()

    async def conversation(self, conversation_id: str) -> Conversation:
        """A conversation, from the live queue or from the archive. Raises NotFound, Unavailable."""
        with refusals():
            live = await self._distributor.conversation(conversation_id)
        if live is not None:
            return live
        archived = await self._records.archive.find(conversation_id)
        if archived is None:
            raise NotFound("no such conversation")
        return archived.conversation

    async def same_as_first(self, command_id: str, sent: str) -> bool:
        """Whether a keyed request is the one that came with its key first. Raises Unavailable."""
        with refusals():
            return await self._distributor.same_as_first(command_id, sent)

    async def explain(self, conversation_id: str) -> list[Verdict]:
        """Every agent, and what keeps them from this conversation now, or from the consult about
        it that looks for somebody. Raises NotFound."""
        conversation = sought(await self.conversation(conversation_id))
        return explain(await self.agents(), conversation, self.now(), self._distributor.rules)

    async def snapshot(self) -> Snapshot:
        """The live picture, with the place in the stream that it belongs to."""
        with refusals():
            picture = await self._distributor.picture()
        seq = self._dispatch.seq(picture.stream_id)
        return Snapshot(seq, list(picture.conversations.values()), list(picture.agents.values()))

    def subscribe(self) -> Subscription:
        """Changes from now on."""
        return self._feed.subscribe()

    async def changes_after(self, seq: str) -> list[Change] | None:
        """What came after `seq`; None when a fresh snapshot is needed."""
        with refusals():
            return await self._dispatch.changes_after(seq)
