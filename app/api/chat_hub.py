"""All customers' chat sockets here, by conversation; and messages for the agents' sockets."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.api import message_shapes as shapes
from app.api.email_shapes import EmailChanged
from app.api.frames import encoded
from app.api.hub import Hub
from app.api.ports import DirectoryPort
from app.desk.chats import OPEN
from app.domain.conversation import Conversation
from app.domain.message import Message, beside
from app.messaging import MailChanged, MessageAdded, Note, ReadUpTo

if TYPE_CHECKING:
    from app.api.chat_session import ChatSession


class ChatHub:
    """Who hears of what; never waits."""

    def __init__(self, hub: Hub, directory: DirectoryPort) -> None:
        self._hub = hub
        self._directory = directory
        self._by_talk: dict[str, set[ChatSession]] = {}
        self.sessions: set[ChatSession] = set()
        hub.on_conversation = self.changed

    def join(self, session: "ChatSession") -> None:
        """A customer's socket is open."""
        self.sessions.add(session)

    def follow(self, session: "ChatSession", conversation_id: str) -> None:
        """It is about this conversation from now on."""
        self._unfollow(session)
        session.conversation_id = conversation_id
        self._by_talk.setdefault(conversation_id, set()).add(session)

    def leave(self, session: "ChatSession") -> None:
        """The socket is gone."""
        self.sessions.discard(session)
        self._unfollow(session)

    def tabs(self, visitor_id: str) -> Iterable["ChatSession"]:
        """The open sockets of one customer."""
        return [one for one in self.sessions if one.visitor_id == visitor_id]

    def each(self, do: Callable[["ChatSession"], None]) -> None:
        """Every socket."""
        for session in tuple(self.sessions):
            do(session)

    def known(self, conversation_id: str) -> Conversation | None:
        """A conversation that is open, or was a moment ago, as far as this process knows."""
        return self._hub.live.conversations.get(conversation_id)

    def hours_changed(self) -> None:
        """Each customer is told anew whether somebody is there."""
        for session in tuple(self.sessions):
            session.look_again()

    def takes(self, conversation_id: str) -> bool:
        """Whether it is open, as far as this process knows."""
        known = self._hub.live.conversations.get(conversation_id)
        return known is not None and known.state in OPEN

    def on_note(self, note: Note) -> None:
        """Something was written, or read: to the customers, and to agents' pages."""
        if isinstance(note, MailChanged):
            talk = note.conversation_id
            self._hub.tell(talk, "email.changed", encoded(EmailChanged(talk)))
            return None
        if isinstance(note, MessageAdded) and beside(note.message.conversation_id) is not None:
            return self._whispered(note.message)
        if isinstance(note, MessageAdded):
            talk = note.message.conversation_id
            data = encoded(shapes.added(note.message, self._directory))
            self._hub.tell(talk, "message.added", data)
        elif isinstance(note, ReadUpTo):
            talk = note.conversation_id
            self._hub.tell(talk, "message.read", encoded(shapes.Read(talk, note.side, note.seq)))
        else:
            talk = note.conversation_id
            data = encoded(shapes.Typing(talk, note.side, note.who or None, note.on))
            self._hub.tell(talk, "message.typing", data)
        for session in tuple(self._by_talk.get(talk, ())):
            session.put(note)
        return None

    def _whispered(self, message: Message) -> None:
        """To supervisors, and to the agent who has it now."""
        talk = beside(message.conversation_id) or ""
        known = self._hub.live.conversations.get(talk)
        data = encoded(replace(shapes.added(message, self._directory), conversation_id=talk))
        agent = known.agent_id if known is not None else None
        self._hub.tell(talk, "whisper.added", data, lambda v: v.sees_all or v.id == agent)

    def changed(self, conversation_id: str, conversation: Conversation | None) -> None:
        """The conversation moved: its customer sees who has it."""
        for session in tuple(self._by_talk.get(conversation_id, ())):
            session.put(conversation)

    def _unfollow(self, session: "ChatSession") -> None:
        talk = session.conversation_id
        found = self._by_talk.get(talk or "")
        if found is not None:
            found.discard(session)
            if not found:
                del self._by_talk[talk or ""]
