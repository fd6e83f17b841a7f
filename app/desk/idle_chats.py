"""Chats whose customer fell silent: warned first, ended then, as two settings say.

What is stored decides, and the warning is a message whose id says which silence it is about: so it
is written once however many processes look, and a restart changes nothing. Who waits for us, in
the queue or for an agent's first or next word, is never warned. What is remembered here only says
where to look.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, DistributorError, NotYours, UnknownConversation, WrongState
from app.desk.chats import Chats
from app.desk.dispatch import Dispatch
from app.domain.conversation import Channel, Conversation, Outcome, State
from app.domain.message import Author, Message, NewMessage, Side
from app.domain.service_settings import Value
from app.messaging import MessageAdded, Note, Overloaded, Typing
from app.records import Records

log = logging.getLogger("ringdesk.chats")

LONGEST_LOOK, SHORTEST_LOOK = 5.0, 0.2
"""Seconds between two looks: a quarter of the shorter time that is set, within these."""
EVERYTHING_SECONDS = 300.0
"""Between two looks at every open chat, for what notes that got lost would have told."""
WARN, END = "chat_warn_seconds", "chat_end_seconds"
WARNING, FAREWELL = "idle-warn-", "idle-end-"
"""Begin the client ids of what is written here; the number of the last message follows."""
TALKS = frozenset({State.BOT, State.ACTIVE})
WORDS: Final = {
    "en": ("Are you still there? This chat will end soon.", "This chat ended: nobody wrote."),
    "de": ("Sind Sie noch da? Dieser Chat endet bald.", "Der Chat ist beendet: niemand schrieb."),
    "es": ("¿Sigue ahí? Este chat terminará pronto.", "Este chat ha terminado: nadie escribió."),
    "fr": ("Êtes-vous encore là ? Ce chat va se terminer.", "Ce chat est terminé, sans nouvelles."),
}
AWAY = (RedisError, DistributorError, SQLAlchemyError, OSError, Overloaded)


@dataclass(slots=True)
class Silence:
    """Since when (ms) nobody wrote, as far as is known; `warned`: since the warning."""

    since: int
    warned: bool = False


class IdleChats:
    """Looks for ever; `on_note` hears of every message and of typing."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        records: Records,
        chats: Chats,
        setting: Callable[[str], Value],
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._records = records
        self._path = chats.path
        self._setting = setting
        self._silent: dict[str, Silence] = {}
        chats.notes.listeners.append(self.on_note)

    def on_note(self, note: Note) -> None:
        """Somebody wrote, or a customer writes."""
        if isinstance(note, MessageAdded):
            self._wrote(note.message)
        elif isinstance(note, Typing) and note.side is Side.CUSTOMER:
            known = self._silent.get(note.conversation_id)
            if known is not None:
                known.since = self._distributor.now()

    async def run(self) -> None:
        """Look again and again; what stands in the way is told."""
        everything = 0.0
        while True:
            try:
                if time.monotonic() >= everything:
                    await self._find()
                    everything = time.monotonic() + EVERYTHING_SECONDS
                await self.look()
            except AWAY as error:
                log.warning("idle chats wait (%s)", type(error).__name__)
            shorter = min(float(self._setting(WARN)), float(self._setting(END)))
            await asyncio.sleep(max(SHORTEST_LOOK, min(LONGEST_LOOK, shorter / 4)))

    async def look(self) -> None:
        """Warn and end what is due now."""
        if self._ms(WARN) == 0:
            return
        now = self._distributor.now()
        due = [
            talk
            for talk, known in self._silent.items()
            if now - known.since >= self._ms(END if known.warned else WARN)
        ]
        for talk in due:
            await self._judge(talk, self._silent[talk])

    async def _find(self) -> None:
        """Every open chat is looked at, once it may have been silent for long enough."""
        for one in await self._distributor.conversations():
            if one.channel is Channel.CHAT and one.state in TALKS:
                self._silent.setdefault(one.id, Silence(one.created_at))

    def _wrote(self, message: Message) -> None:
        if message.author in {Author.AGENT, Author.BOT}:
            self._silent[message.conversation_id] = Silence(message.at)
        elif message.author is Author.CUSTOMER:
            self._silent.pop(message.conversation_id, None)

    async def _judge(self, talk: str, known: Silence) -> None:
        conversation = await self._distributor.conversation(talk)
        last = await self._records.messages.last_said(talk)
        if conversation is None or last is None or not waits_for_customer(conversation, last):
            self._forget(talk, known)
            return
        warning = await self._warning(conversation, last, known)
        if warning is None:
            return
        since = max(warning.at, known.since if known.warned else 0)
        if self._distributor.now() - since < self._ms(END):
            self._silent[talk] = Silence(since, warned=True)
            return
        self._forget(talk, known)
        if await self._end(conversation):
            await self._write(conversation, f"{FAREWELL}{last.seq}", 1)

    async def _warning(
        self, conversation: Conversation, last: Message, known: Silence
    ) -> Message | None:
        """The warning about this silence, now or before; None while it is too short for one."""
        client_id, known_as = f"{WARNING}{last.seq}", (conversation.id, Author.SYSTEM, "")
        before = await self._records.messages.find(*known_as, client_id)
        if before is not None:
            return before
        since = max(last.at, known.since)
        if self._distributor.now() - since >= self._ms(WARN):
            return await self._write(conversation, client_id, 0)
        self._silent[conversation.id] = Silence(since)
        return None

    def _forget(self, talk: str, known: Silence) -> None:
        """Until somebody writes; unless somebody has, meanwhile."""
        if self._silent.get(talk) is known:
            del self._silent[talk]

    async def _write(self, conversation: Conversation, client_id: str, which: int) -> Message:
        words = WORDS.get(conversation.language.lower().partition("-")[0], WORDS["en"])
        now = self._distributor.now()
        return await self._path.submit(
            NewMessage(conversation.id, Author.SYSTEM, "", client_id, words[which], now)
        )

    async def _end(self, conversation: Conversation) -> bool:
        """Whether it is over; not where it has moved on meanwhile."""
        try:
            if conversation.state is State.BOT:
                result = await self._distributor.leave(
                    conversation.id, Outcome.BOT_COMPLETED, state=State.BOT
                )
            else:
                result = await self._distributor.end(conversation.id, "idle", conversation.agent_id)
        except (WrongState, NotYours, UnknownConversation):
            return False
        await self._dispatch.act(result)
        return bool(result.events)

    def _ms(self, key: str) -> int:
        return round(float(self._setting(key)) * 1000)


def waits_for_customer(conversation: Conversation, last: Message) -> bool:
    """Whether it is the customer's turn: who has the conversation now was the last to write."""
    if conversation.channel is not Channel.CHAT:
        return False
    part = conversation.segments[-1] if conversation.segments else None
    if conversation.state is State.BOT:
        return last.author is Author.BOT and last.at >= ((part and part.to_at) or 0)
    if conversation.state is not State.ACTIVE or part is None:
        return False
    return (last.author, last.author_id) == (Author.AGENT, part.agent_id) and (
        last.at >= part.from_at
    )
