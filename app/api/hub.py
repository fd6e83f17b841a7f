"""All event sockets: who gets which event of the one stream of changes.

One subscription to the desk feeds them all. For every viewer, applying the events to the snapshot
gives what a fresh snapshot would say; all but the last message of one change carry the sequence
of the change before, so that a socket cut between them gets the change again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from msgspec import Raw

from app.api import frames, views
from app.api.access import Caller
from app.api.client import Client, CloseCode
from app.api.frames import Encodings, Picture
from app.api.live import Live, Touched, place
from app.api.ports import DeskPort
from app.api.problems import RETRY_SECONDS as RETRY_AFTER
from app.api.problems import Problem, ProblemType
from app.api.reorder_buffer import ReorderBuffer
from app.api.sip_line import SipLine
from app.api.transcripts import OpenTranscripts
from app.api.visibility import Audience, Viewer, in_live, may_read, sees_agent
from app.desk.errors import DeskError
from app.desk.feed import Change, SlowReader
from app.domain.agent import Role
from app.domain.conversation import Conversation, State
from app.domain.events import EventType
from app.records import Records, Turn

log = logging.getLogger("ringdesk.api.events")

RETRY_SECONDS = 0.2
READY_SECONDS = 5.0
"""How long a request waits for the live picture after a start."""
Message = tuple[str, Raw]
"""Type and data."""
Only = Callable[[Viewer], bool]
OnConversation = Callable[[str, Conversation | None], None]


def _everybody(_: Viewer) -> bool:
    return True


class Hub:
    """Feeds every socket; `run` is its one task."""

    def __init__(self, desk: DeskPort, records: Records) -> None:
        self.live = Live()
        self.ready = asyncio.Event()
        """The picture is there; an old one stays while it is read anew."""
        self._desk = desk
        self._transcripts = OpenTranscripts(records)
        self._encodings = Encodings(desk.directory, self._transcripts)
        self._clients: set[Client] = set()
        self._phones: set[SipLine] = set()
        self.on_conversation: OnConversation = _nobody
        """Told of every change of a conversation (customers' chats)."""
        self._frames: dict[tuple[str, str, int, int], tuple[bytes, Raw]] = {}
        """The messages of the change that is being told."""
        self._early = ReorderBuffer()

    @property
    def clients(self) -> int:
        """How many listen."""
        return len(self._clients)

    @property
    def backlog(self) -> int:
        """Messages that wait for the socket that lags most."""
        return max((client.backlog for client in self._clients), default=0)

    async def wait(self) -> None:
        """Until the picture is there, after a start. Raises Problem: unavailable."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self.ready.wait()
        except TimeoutError:
            detail = "the live picture cannot be read; try again in a few seconds"
            retry = {"Retry-After": RETRY_AFTER}
            raise Problem(ProblemType.UNAVAILABLE, detail, headers=retry) from None

    def count(self, id: str) -> int:
        """How many sockets a person or program has."""
        return sum(client.caller.id == id for client in self._clients)

    async def run(self) -> None:
        """Follow the desk for ever; begins anew with a snapshot when it cannot keep up."""
        while True:
            try:
                await self._follow()
            except SlowReader:
                log.warning("the event sockets fell behind and begin anew")
            except DeskError as error:
                log.warning("the live picture cannot be read: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                log.exception("the event sockets begin anew after an error")
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        async with self._desk.subscribe() as changes:
            await self._begin()
            async for change in changes:
                if not self.live.same_epoch(change):
                    return
                if self.live.is_new(change):
                    await self._tell(change)

    async def _begin(self) -> None:
        snapshot = await self._desk.snapshot()
        for conversation in snapshot.conversations:
            await self._transcripts.learn(conversation.id)
        self.live.replace(snapshot)
        self._encodings.clear()
        self.ready.set()
        for client in self._clients:
            self._send_snapshot(client)
        for conversation in snapshot.conversations:
            self._early.release(conversation.id)
            self.on_conversation(conversation.id, conversation)

    # -- sockets come and go

    async def join(self, client: Client, after: str | None) -> None:
        """Send what was missed since `after`, or a snapshot; then everything that follows."""
        missed = await self._missed(after) if after else None
        if after and missed is not None and self._resume(client, after, missed):
            self._clients.add(client)
            return
        self._send_snapshot(client)
        self._clients.add(client)

    def leave(self, client: Client) -> None:
        """The socket is gone."""
        self._clients.discard(client)

    @contextmanager
    def phone(self, line: SipLine) -> Iterator[None]:
        """A tab's SIP, which is closed with the sockets of its sign-in."""
        self._phones.add(line)
        try:
            yield
        finally:
            self._phones.discard(line)

    def _sockets(self) -> tuple[Client | SipLine, ...]:
        return (*self._clients, *self._phones)

    def close_all(self, code: CloseCode) -> None:
        """Have every socket closed."""
        for socket in self._sockets():
            socket.close(code)

    def sign_out(self, id: str) -> None:
        """Close the sockets of a person or program that may no longer listen."""
        for socket in self._sockets():
            if socket.caller.id == id:
                socket.close(CloseCode.SIGNED_OUT)

    def sign_out_others(self, caller: Caller) -> None:
        """Close the sockets of a person's other sign-ins."""
        for client in self._clients:
            if client.viewer.id == caller.id and client.caller.token != caller.token:
                client.close(CloseCode.SIGNED_OUT)

    def end_session(self, caller: Caller) -> None:
        """Close the sockets of one sign-in."""
        for socket in self._sockets():
            if socket.caller == caller:
                socket.close(CloseCode.SIGNED_OUT)

    async def turns_added(self, conversation_id: str) -> None:
        """Somebody told what was said: no event of the stream says so."""
        if conversation_id not in self.live.conversations:
            return
        added = [views.turn(turn) for turn in await self._transcripts.read(conversation_id)]
        self._encodings.changed(conversation_id)
        for client in self._clients if added else ():
            if conversation_id in client.shown:
                data = frames.said(conversation_id, added)
                self._send(client, [("transcript.added", data)], self.live.seq)

    def tell(self, conversation_id: str, kind: str, data: Raw, only: Only = _everybody) -> None:
        """Something about a conversation that is not in the stream, to whoever has it."""
        if conversation_id not in self.live.conversations:
            self._early.hold(conversation_id, partial(self.tell, conversation_id, kind, data, only))
            return
        self._frames.clear()
        for client in tuple(self._clients):
            if conversation_id in client.shown and only(client.viewer):
                self._send(client, [(kind, data)], self.live.seq)

    async def check(self, is_valid: Callable[[Caller], Awaitable[bool]]) -> None:
        """Close the sockets whose callers may no longer listen."""
        for caller in {socket.caller for socket in self._sockets()}:
            if not await is_valid(caller):
                self.end_session(caller)

    def person_changed(self, person_id: str) -> None:
        """A preference changed that the live queue does not know of."""
        self._encodings.changed_agent(person_id)
        agent = self.live.agents.get(person_id)
        for client in self._clients:
            if agent and client.viewer.id == person_id:
                self._send(client, [("agent.changed", self._encodings.me(agent))], self.live.seq)

    def renamed(self) -> None:
        """A skill or a person has another name: everybody gets a fresh picture."""
        self._encodings.clear()
        for client in self._clients:
            self._send_snapshot(client)

    def viewer(self, id: str, role: Role) -> Viewer:
        """Who looks, with their skills as the live queue has them."""
        agent = None if role is Role.BOT else self.live.agents.get(id)
        return Viewer(id, agent.role, agent.skills) if agent else Viewer(id, role)

    def conversations(self, viewer: Viewer) -> list[Conversation]:
        """The viewer's live picture, oldest first."""
        seen = [c for c in self.live.conversations.values() if in_live(viewer, c)]
        return sorted(seen, key=lambda c: (c.queued_at or c.created_at, c.id))

    def turns(self, conversation_id: str) -> Sequence[Turn]:
        """The transcript of an open conversation."""
        return self._transcripts.known(conversation_id)

    def knows_turns(self, conversation_id: str) -> bool:
        """Whether the transcript is here, be it empty."""
        return self._transcripts.is_known(conversation_id)

    # -- snapshot and resume

    def _send_snapshot(self, client: Client) -> None:
        client.viewer = self.viewer(client.viewer.id, client.viewer.role)
        viewer, encode = client.viewer, self._encodings
        seen = self.conversations(viewer)
        me = None if viewer.role is Role.BOT else self.live.agents.get(viewer.id)
        agents = [a for a in self.live.agents.values() if sees_agent(viewer, a.id)]
        client.shown = {c.id for c in seen}
        picture = Picture(
            me=encode.me(me) if me else None,
            conversations=[encode.conversation(c, viewer.detail) for c in seen],
            agents=[encode.me(a) if me and a.id == me.id else encode.agent(a) for a in agents],
        )
        data = frames.encoded(picture)
        client.send(frames.frame("snapshot", self.live.seq, self._desk.now(), data))

    async def _missed(self, after: str) -> list[Touched] | None:
        here = self.live.touched_after(after)
        if here is not None:
            return here
        oldest = self.live.oldest()
        try:
            told = await self._desk.changes_after(after)
        except DeskError:
            return None
        if told is None or oldest is None or self.live.oldest() is None:
            return None
        # What the desk tells reaches further back; what came in meanwhile is remembered here.
        remembered = self.live.touched_after(self._since()) or []
        return [_touched(change) for change in told] + remembered

    def _since(self) -> str:
        oldest = self.live.oldest() or ("", 0, 0)
        return f"{oldest[0]}-{oldest[1]}-{oldest[2]}"

    def _resume(self, client: Client, after: str, missed: list[Touched]) -> bool:
        """Tell what was missed; False where only a snapshot can say it."""
        viewer = client.viewer = self.viewer(client.viewer.id, client.viewer.role)
        if any(t.profile and t.agent_id == viewer.id for t in missed):
            return False
        messages: list[Message] = []
        # What was said is not in the stream: every conversation that has a transcript comes again.
        spoken = [c.id for c in self.conversations(viewer) if self.turns(c.id)]
        touched = [t.conversation_id for t in missed if t.conversation_id]
        for one in dict.fromkeys(touched + spoken):
            conversation = self.live.conversations.get(one)
            if conversation and in_live(viewer, conversation):
                data = self._encodings.conversation(conversation, viewer.detail)
                messages.append(("conversation.changed", data))
            elif viewer.sees_all:
                messages.append(("conversation.removed", frames.gone(one)))
            else:
                return False  # whether it was theirs before is not known any more
        for agent_id in dict.fromkeys(t.agent_id for t in missed if t.agent_id):
            messages += self._agent_messages(client, agent_id)
        own = self.live.agents.get(viewer.id)
        if own and viewer.role is not Role.BOT:
            messages.append(("agent.changed", self._encodings.me(own)))
        messages.append(("resumed", frames.NOTHING))
        client.shown = {c.id for c in self.live.conversations.values() if in_live(viewer, c)}
        self._send(client, messages, after)
        return True

    # -- one change to everybody

    async def _tell(self, change: Change) -> None:
        before = self.live.seq
        event = change.event
        self._frames.clear()
        if change.conversation:
            await self._transcripts.learn(change.conversation.id)
        touched = self.live.apply(change)
        if event.conversation_id:
            self._encodings.changed(event.conversation_id)
        if event.agent_id:
            self._encodings.changed_agent(event.agent_id)
        conversation = self.live.conversations.get(event.conversation_id or "")
        audience = Audience(conversation) if conversation else None
        for client in tuple(self._clients):
            messages = self._messages(client, change, touched, audience)
            self._send(client, messages, before, event.at)
        if conversation:
            self._early.release(conversation.id)
        if event.conversation_id:
            self.on_conversation(event.conversation_id, conversation or change.conversation)
        if event.conversation_id and event.conversation_id not in self.live.conversations:
            self._transcripts.forget(event.conversation_id)
            self._encodings.changed(event.conversation_id)

    def _messages(
        self, client: Client, change: Change, touched: Touched, audience: Audience | None
    ) -> list[Message]:
        own = touched.agent_id == client.viewer.id
        if own and change.event.type is EventType.AGENT_REMOVED:
            client.close(CloseCode.SIGNED_OUT)
            return []
        if own and touched.profile:
            self._send_snapshot(client)
            return []
        messages = self._agent_messages(client, touched.agent_id) if touched.agent_id else []
        if touched.conversation_id:
            told = change.conversation
            messages += self._about(client, touched.conversation_id, told, audience)
        return messages

    def _agent_messages(self, client: Client, agent_id: str) -> list[Message]:
        if not sees_agent(client.viewer, agent_id):
            return []
        agent = self.live.agents.get(agent_id)
        if agent is None:
            return [("agent.removed", frames.gone(agent_id))]
        own = agent_id == client.viewer.id
        data = self._encodings.me(agent) if own else self._encodings.agent(agent)
        return [("agent.changed", data)]

    def _about(
        self, client: Client, id: str, last: Conversation | None, audience: Audience | None
    ) -> list[Message]:
        viewer, encode = client.viewer, self._encodings
        conversation = self.live.conversations.get(id)
        if conversation and audience and audience.has(viewer):
            client.shown.add(id)
            return [("conversation.changed", encode.conversation(conversation, viewer.detail))]
        if id not in client.shown:
            return []
        client.shown.discard(id)
        messages: list[Message] = [("conversation.removed", frames.gone(id))]
        if last and last.state is State.CLOSED and may_read(viewer, last):
            messages.insert(0, ("conversation.changed", encode.conversation(last, viewer.detail)))
        return messages

    def _send(
        self, client: Client, messages: list[Message], before: str, at: int | None = None
    ) -> None:
        if not messages:
            return
        now = self._desk.now() if at is None else at
        for kind, data in messages[:-1]:
            client.send(self._frame(kind, before, now, data))
        kind, data = messages[-1]
        client.send(self._frame(kind, self.live.seq, now, data))

    def _frame(self, kind: str, seq: str, at: int, data: Raw) -> bytes:
        """One message, encoded once for all sockets that get it."""
        key = (kind, seq, at, id(data))
        found = self._frames.get(key)
        if found is None:
            # The data is kept beside its frame: its id is nobody else's meanwhile.
            found = self._frames[key] = (frames.frame(kind, seq, at, data), data)
        return found[0]


def _nobody(conversation_id: str, conversation: Conversation | None) -> None:
    """Nobody listens."""


def _touched(change: Change) -> Touched:
    event = change.event
    profile = event.type is EventType.AGENT_CHANGED
    return Touched(place(change.seq) or ("", 0, 0), event.conversation_id, event.agent_id, profile)
