"""Written conversations: who may write, where a customer's message belongs, what follows from it.

A chat begins with the customer's first message: with the bot, or in the queue, as its widget says.
From then on it is a conversation like a call: offered, accepted, ended, wrapped up.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.acd import Arrival, Distributor, QueueRequest
from app.desk.attachments import Attachments
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.errors import NotFound, NotYours, Unavailable, WrongState, refusals
from app.desk.whispers import Whispers
from app.desk.widget_removal import WidgetRemoval
from app.domain.conversation import Channel, Conversation, Customer, Outcome, State
from app.domain.mail import Email
from app.domain.message import (
    Attachment,
    Author,
    Message,
    NewMessage,
    ReadMark,
    Side,
    Visitor,
    Widget,
)
from app.domain.service_settings import Value
from app.messaging import MessagePath, Notes, Overloaded, ReadUpTo, Typing
from app.records import Records
from app.telephony import NoticeReason

log = logging.getLogger("ringdesk.chats")

DEFAULT_ENTRY = "default"
"""The widget that is always there; it may be set like any other."""
SECRET = "chat_secret"
"""Its row among the settings; no setting that anybody sees."""
RETURN = "chat_return_minutes"
OPEN = frozenset({State.BOT, State.QUEUED, State.OFFERED, State.ACTIVE})
WITH_BOT = frozenset({State.BOT, State.QUEUED, State.OFFERED})
"""While it waits for people the bot may still say something."""

Away = Callable[[Conversation | None, str, tuple[str, ...]], NoticeReason | None]


def _nobody_listens() -> None:
    """Until somebody does."""


class TooManyChats(Exception):
    """A new chat may begin from there only after so long."""

    def __init__(self, wait_ms: int) -> None:
        super().__init__(f"too many new chats: the next in {wait_ms} ms")
        self.wait_ms = wait_ms


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes on our side: an agent, or a bot in a conversation of its own."""

    author: Author
    id: str


class Chats:
    """The use cases of the customer's side and of ours."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        records: Records,
        notes: Notes,
        attachments: Attachments,
        away: Away,
        setting: Callable[[str], Value],
    ) -> None:
        self._setting = setting
        self._away = away
        self.on_hours: Callable[[], None] = _nobody_listens
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._records = records
        self.notes = notes
        self.attachments = attachments
        self.path = MessagePath(records.messages, notes, distributor.now, self.announced)
        self.whispers = Whispers(distributor, self.path, records)
        self._removal = WidgetRemoval(distributor, records)
        self.history = records.messages.after
        self.reads = records.messages.reads

    # -- the customer's side

    def away(self, conversation: Conversation | None, widget: Widget) -> NoticeReason | None:
        """Why nobody comes to a customer at this widget now; None: somebody may."""
        return self._away(conversation, widget.entry, widget.skills)

    def hours_changed(self) -> None:
        """A calendar opened or closed, or is another one: customers are told anew."""
        self.on_hours()

    async def widget(self, entry: str) -> Widget:
        """How chats of this entry begin. Raises NotFound."""
        found = await self._records.widgets.get(entry)
        if found is None and entry != DEFAULT_ENTRY:
            raise NotFound("there is no such chat widget")
        return found or Widget(DEFAULT_ENTRY)

    async def remove_widget(self, entry: str) -> None:
        """Take one away that nothing uses; the one that is always there is as it comes again.
        Raises NotFound (of the records), InUse, Unavailable."""
        await self._removal.remove(entry, entry == DEFAULT_ENTRY)

    async def secret(self) -> bytes:
        """The key under the tokens of visitors: made once, the same for every process."""
        key = await self._records.settings.once(SECRET, secrets.token_hex(32))
        return bytes.fromhex(key)

    async def visitor(self, id: str) -> Visitor | None:
        """Who came before with this id."""
        return await self._records.visitors.get(id)

    async def welcome(self, entry: str, name: str | None, email: str | None) -> Visitor:
        """Somebody who is here for the first time."""
        now = self._distributor.now()
        visitor = Visitor(secrets.token_hex(12), entry, name, email, None, now)
        await self._records.visitors.add(visitor)
        return visitor

    async def introduce(self, visitor: Visitor, name: str | None, email: str | None) -> Visitor:
        """They say who they are, or where they can be written to; also in what is open. Raises
        Unavailable."""
        known = await self._records.visitors.get(visitor.id) or visitor
        now = replace(known, name=name or known.name, email=email or known.email)
        await self._records.visitors.rename(now.id, now.name, now.email)
        if now.conversation_id is not None:
            customer = Customer(name=now.name, email=now.email)
            with contextlib.suppress(NotFound, WrongState), refusals():  # it is over
                told = self._distributor.update_context(now.conversation_id, customer=customer)
                await self._dispatch.act(await told)
        return now

    async def begin(
        self,
        visitor: Visitor,
        widget: Widget,
        new_id: str,
        language: str,
        wait_ms: Callable[[], int] = lambda: 0,
    ) -> Conversation:
        """The conversation that takes the visitor's next message; the one that they have, if it
        can still go on or was over only a while ago. A new one names the one before it as the
        parameter `follows`; `wait_ms` counts it. Raises TooManyChats, Unavailable."""
        known = await self._known(visitor.conversation_id)
        if known is not None and self._goes_on(known):
            return known
        if known is not None and self._returns(known):
            return await self._reopen(known, widget.bot is not None)
        wait = wait_ms()
        if wait:
            raise TooManyChats(wait)
        gone = visitor.conversation_id if known is not None else None
        if visitor.conversation_id is not None and known is None:
            new_id = visitor.conversation_id  # begun, and nothing came of it: a crash in between
        else:
            new_id = await self._records.visitors.begin(visitor.id, new_id, gone)
        arrival = Arrival(
            id=new_id,
            channel=Channel.CHAT,
            customer=Customer(name=visitor.name, email=visitor.email),
            created_at=self._distributor.now(),
            entry=widget.entry,
            language=language,
            parameters={"follows": gone} if gone else {},
        )
        with refusals():
            if widget.bot is not None:
                result = await self._distributor.start(arrival)
            else:
                request = QueueRequest(new_id, widget.skills, widget.priority, arrival=arrival)
                result = await self._distributor.enqueue(request)
        await self._dispatch.act(result)
        return result.conversations[new_id]

    def customer_writes(
        self,
        conversation_id: str,
        client_id: str,
        text: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> "asyncio.Future[Message]":
        """Into the line; answered once it is stored. Raises Unavailable."""
        return self._submit(
            conversation_id, Writer(Author.CUSTOMER, ""), client_id, text, attachments
        )

    async def customer_ends(self, conversation_id: str) -> None:
        """The customer is done; nothing happens where it is over. Raises Unavailable."""
        with refusals():
            known = await self._distributor.conversation(conversation_id)
            if known is None:
                return
            with_bot = known.state is State.BOT
            outcome = Outcome.BOT_COMPLETED if with_bot else Outcome.ABANDONED
            result = await self._distributor.leave(conversation_id, outcome)
        await self._dispatch.act(result)

    async def customer_leaves(self, conversation_id: str, to_bot: bool) -> None:
        """A customer who waits does not want to any longer: over, or back `to_bot`. Nothing
        happens to who does not wait. Raises Unavailable."""
        with contextlib.suppress(NotFound, NotYours, WrongState), refusals():
            if to_bot:
                await self._dispatch.act(await self._distributor.hand_back(conversation_id))
                return
            for state in (State.QUEUED, State.OFFERED, State.QUEUED):
                left = await self._distributor.leave(conversation_id, state=state)
                await self._dispatch.act(left)

    # -- our side

    async def write(
        self,
        writer: Writer,
        conversation_id: str,
        client_id: str,
        text: str,
        attachments: tuple[Attachment, ...] = (),
        mail: Email | None = None,
    ) -> Message:
        """An agent's or a bot's message. Raises NotFound, NotYours, WrongState, Unavailable."""
        try:
            await self.check(writer, conversation_id)
        except (NotFound, NotYours, WrongState):
            before = await self._records.messages.find(
                conversation_id, writer.author, writer.id, client_id
            )
            if before is None:
                raise
            return before  # it was sent in time; only its answer was lost
        return await self._submit(conversation_id, writer, client_id, text, attachments, mail)

    async def typing(self, writer: Writer, conversation_id: str, on: bool) -> None:
        """They write, or no longer do. Raises as `write`."""
        await self.check(writer, conversation_id)
        with refusals():
            await self.notes.tell([Typing(conversation_id, Side.DESK, writer.id, on)])

    async def read(self, writer: Writer, conversation_id: str, seq: int) -> None:
        """They read so far. Raises as `write`."""
        await self.check(writer, conversation_id)
        await self.has_read(conversation_id, Side.DESK, seq)

    async def has_read(self, conversation_id: str, side: Side, seq: int) -> None:
        """One side read so far. Raises Unavailable."""
        self.path.mark_read(ReadMark(conversation_id, side, seq))
        with refusals():
            await self.notes.tell([ReadUpTo(conversation_id, side, seq)])

    async def customer_types(self, conversation_id: str, on: bool) -> None:
        """The customer writes, or no longer does. Raises Unavailable."""
        with refusals():
            await self.notes.tell([Typing(conversation_id, Side.CUSTOMER, "", on)])

    # -- what follows

    async def announced(self, messages: Sequence[Message]) -> None:
        """What a stored message changes about its conversation."""

    async def _known(self, conversation_id: str | None) -> Conversation | None:
        if conversation_id is None:
            return None
        with refusals():
            live = await self._distributor.conversation(conversation_id)
        if live is not None:
            return live
        kept = await self._records.archive.find(conversation_id)
        return kept.conversation if kept else None

    def _returns(self, over: Conversation) -> bool:
        """Whether what is over goes on when its customer writes now."""
        within = round(float(self._setting(RETURN)) * 60_000)
        since = over.closed_at or self._distributor.now()  # None: its agent still writes
        return within > 0 and self._distributor.now() - since <= within

    async def _reopen(self, over: Conversation, bot: bool) -> Conversation:
        last = over.segments[-1].agent_id if over.segments else None
        with refusals():
            result = await self._distributor.reopen(
                over,
                last,
                within_ms=self._distributor.rules.transfer_ms,
                to_bot=bot and last is None,
            )
        await self._dispatch.act(result)
        return result.conversations[over.id]

    def _goes_on(self, conversation: Conversation) -> bool:
        return conversation.state in OPEN

    async def check(self, writer: Writer, conversation_id: str) -> Conversation:
        """The conversation, if they may write in it now. Raises as `write`."""
        with refusals():
            found = await self._distributor.conversation(conversation_id)
        if found is None:
            raise NotFound("no such conversation")
        if found.channel is Channel.VOICE:
            raise WrongState("a call has no written messages")
        if writer.author is Author.BOT:
            if found.state not in WITH_BOT:
                raise WrongState("people have this conversation, or it is over")
            return found
        if found.state is not State.ACTIVE:
            raise WrongState("you do not have this conversation now")
        if found.agent_id != writer.id:
            raise NotYours("somebody else has this conversation")
        return found

    def _submit(
        self,
        conversation_id: str,
        writer: Writer,
        client_id: str,
        text: str,
        attachments: tuple[Attachment, ...],
        mail: Email | None = None,
    ) -> "asyncio.Future[Message]":
        new = NewMessage(
            conversation_id,
            writer.author,
            writer.id,
            client_id,
            text,
            self._distributor.now(),
            attachments,
            mail,
        )
        try:
            return self.path.submit(new)
        except Overloaded as error:
            raise Unavailable(str(error)) from None
