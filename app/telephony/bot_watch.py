"""Calls that a bot has: whether it takes up what was handed back to it, and whether it lives.

A bot takes up a call by doing something with it that can be seen: a playback, a recording, a
bridge. Of the bridge we have to ask: Asterisk tells who enters one only to applications that
watch that bridge (seen on 22.10). What a bot says over HTTP does not count. A bot is lost when no
connection serves its application for LOST_SECONDS. One that connected anew may be a new process,
which knows nothing of the calls of the old one: it has TAKE_SECONDS to do something with each
(to play or to record: a bridge in which the call stood before tells nothing).
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.telephony.ari_errors import AriError, LinkDown, NotFound, Unprocessable
from app.telephony.ari_events import (
    AnyEvent,
    ApplicationMoveFailed,
    ChannelDestroyed,
    PlaybackFinished,
    PlaybackStarted,
    RecordingStarted,
    StasisEnd,
)
from app.telephony.ari_resources import Applications, Bridges, Channels, Playbacks
from app.telephony.console import Console
from app.telephony.facts import BotLost, BotTook, CallGone, Fact
from app.telephony.mirror import Mirror
from app.telephony.wants import CallWant, Place

log = logging.getLogger("ringdesk.telephony")

LOOK_SECONDS = 0.5
ASK_SECONDS = 0.1
"""Between two questions for the bridge of a call that was handed back: music plays meanwhile, over
the voice there."""
LOST_SECONDS = 2.5
"""A bot that connects anew within this keeps its callers, if it knows them."""
TAKE_SECONDS = 5.0
FETCH_SECONDS = 1.0
"""Between two tries to move a call here."""
CHANNEL = "channel:"


@dataclass(slots=True)
class _Watched:
    """One call that a bot has, or is about to have. Instants on a monotonic clock."""

    want: CallWant
    subscribed: bool = False
    music: bool = False
    """It left our application with our music, and the bot has done nothing with it yet."""
    alone_since: float | None = None
    connections: frozenset[str] = field(default_factory=frozenset)
    sign_at: float = 0.0
    changed_at: float | None = None
    """When its application got another connection."""
    told: bool = False


class BotWatch:
    """Watches; `run` owns the questions, events come by `take`."""

    def __init__(
        self,
        app: str,
        mirror: Mirror,
        channels: Channels,
        applications: Applications,
        bridges: Bridges,
        playbacks: Playbacks,
        console: Console,
        *,
        ready: Callable[[], bool],
        tell: Callable[[Fact], None],
        fetch: Callable[[str, str], Awaitable[None]],
        now: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._mirror = mirror
        self._channels = channels
        self._applications = applications
        self._bridges = bridges
        self._playbacks = playbacks
        self._console = console
        self._ready = ready
        self._tell = tell
        self._fetch = fetch
        self._now = now
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._playing: dict[str, set[str]] = {}
        """What a bot plays to a call, which nobody else can end once the bot is dead."""
        self._hush: set[str] = set()
        """Calls whose music is to end."""
        self._looked_at = -LOOK_SECONDS
        self._wake = asyncio.Event()

    def want(self, want: CallWant) -> None:
        """Where a call should be: with its bot, or no longer."""
        if want.place not in {Place.HANDED_BACK, Place.WITH_BOT}:
            self._watched.pop(want.channel_id, None)
            return
        known = self._watched.get(want.channel_id)
        if known is None:
            self._watched[want.channel_id] = _Watched(want)
            self._wake.set()
        elif known.want != want:
            known.want, known.told = want, False

    def forget_all(self) -> None:
        """Everything is to be declared again."""
        self._watched.clear()
        self._playing.clear()
        self._hush.clear()

    async def watch(self, channel_id: str) -> None:
        """Be told of this channel also when it is with its bot. Raises AriError."""
        watched = self._watched.get(channel_id)
        if watched is not None and not watched.subscribed:
            watched.subscribed = True
            await self._applications.subscribeChannel(self._app, channel_id)

    async def fetch(self, want: CallWant) -> float:
        """Move a call here from its bot; seconds until the next try. Raises AriError.

        A playback goes first: a channel is not moved before it is over.
        """
        for playback_id in self._playing.pop(want.channel_id, ()):
            with contextlib.suppress(NotFound):
                await self._playbacks.stop(playback_id)
        await self._fetch(want.channel_id, want.conversation_id)
        return FETCH_SECONDS

    async def app_of(self, channel_id: str | None) -> str | None:
        """The application that has this channel; None when there is none, or nobody can tell."""
        if channel_id is not None:
            with contextlib.suppress(AriError):
                for application in await self._applications.list():
                    if channel_id in application.channel_ids and application.name != self._app:
                        return application.name
        return None

    async def is_gone(self, channel_id: str) -> bool:
        """Whether Asterisk has no such channel (any more); false when nobody can tell."""
        try:
            await self._channels.get(channel_id)
        except NotFound:
            return True
        except AriError:
            return False
        return False

    def take(self, event: AnyEvent) -> None:
        """An event came: it may be a sign of life from a bot, or the end of a call it has."""
        channel_id = _channel_of(event)
        watched = self._watched.get(channel_id or "")
        if watched is None or channel_id is None:
            return
        want = watched.want
        match event:
            case ApplicationMoveFailed():
                self._lost(watched, "no_bot")
            case StasisEnd():
                watched.music = want.place is Place.HANDED_BACK
                self._playing.pop(channel_id, None)
            case _ if self._is_here(channel_id):
                return
            case ChannelDestroyed():
                del self._watched[channel_id]
                self._playing.pop(channel_id, None)
                self._tell(CallGone(channel_id, event.cause, True, self._now()))
            case _:
                self._sign(watched, want, event)

    def _sign(self, watched: _Watched, want: CallWant, event: AnyEvent) -> None:
        playing = self._playing.setdefault(want.channel_id, set())
        if isinstance(event, PlaybackStarted):
            watched.music = False  # it ends by what is played, which stopMoh might end, too
            playing.add(event.playback.id)
        elif isinstance(event, PlaybackFinished):
            playing.discard(event.playback.id)
        self._taken(watched)

    def _taken(self, watched: _Watched) -> None:
        """The bot does something with the call."""
        want = watched.want
        watched.sign_at = self._clock()
        if want.place is Place.HANDED_BACK and not watched.told:
            watched.told = True
            self._tell(BotTook(want.channel_id, want.conversation_id, self._now()))
        if watched.music:
            watched.music = False
            self._hush.add(want.channel_id)  # done after a recording: Asterisk does no two at once
            self._wake.set()

    async def run(self) -> None:
        """Look after the bots, for ever."""
        while True:
            back = any(w.want.place is Place.HANDED_BACK for w in self._awaited())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), ASK_SECONDS if back else LOOK_SECONDS)
            woken = self._wake.is_set()
            self._wake.clear()
            if not self._ready() or not self._watched:
                continue
            try:
                await self._ask_for_bridges()
                if woken or self._clock() - self._looked_at >= LOOK_SECONDS:
                    self._looked_at = self._clock()
                    await self._look()
            except AriError as error:
                log.debug("bots cannot be looked after: %s", error)

    def _awaited(self) -> list[_Watched]:
        """Those that went to their bot, which has not been seen to do anything with them."""
        with_music = (each for each in self._watched.values() if each.music)
        return [each for each in with_music if not self._is_here(each.want.channel_id)]

    async def _ask_for_bridges(self) -> None:
        if self._awaited():
            bridged = {each for bridge in await self._bridges.list() for each in bridge.channels}
            for watched in self._awaited():
                if watched.want.channel_id in bridged:
                    self._taken(watched)
        while self._hush:
            with contextlib.suppress(NotFound):
                await self._channels.stopMoh(self._hush.pop())

    async def _look(self) -> None:
        for watched in list(self._watched.values()):
            if not self._is_here(watched.want.channel_id):
                await self._subscribe(watched)
        sessions = await self._console.sessions()
        if sessions is None:
            return
        for watched in list(self._watched.values()):
            if watched.want.app and not self._is_here(watched.want.channel_id):
                await self._check(watched, sessions.get(watched.want.app, frozenset()))

    async def _subscribe(self, watched: _Watched) -> None:
        """Also finds out that a call is gone, or that a bot has what it was handed back before
        this process began: it must not be taken away for what nobody saw."""
        if watched.subscribed:
            return
        want = watched.want
        try:
            await self.watch(want.channel_id)
        except (NotFound, Unprocessable):
            if self._watched.pop(want.channel_id, None) is not None:
                self._tell(CallGone(want.channel_id, 0, True, self._now()))
            return
        except LinkDown:
            watched.subscribed = False
            raise
        if want.place is Place.HANDED_BACK and await self._has(want.app or "", want.channel_id):
            watched.music = True  # it may play still: who began it is dead
            self._tell(BotTook(want.channel_id, want.conversation_id, self._now()))

    async def _check(self, watched: _Watched, connections: frozenset[str]) -> None:
        now = self._clock()
        if connections:
            watched.alone_since = None
            if watched.connections and not connections & watched.connections:
                watched.changed_at = now
            watched.connections = connections
            changed = watched.changed_at
            if changed is None:
                return
            if watched.sign_at > changed:
                watched.changed_at = None
            elif now - changed > TAKE_SECONDS:
                await self._lose(watched, "bot_restarted")
            return
        watched.alone_since = watched.alone_since or now
        if now - watched.alone_since >= LOST_SECONDS:
            await self._lose(watched, "bot_lost")

    async def _lose(self, watched: _Watched, cause: str) -> None:
        """A call that its bot moved elsewhere meanwhile is not lost with it."""
        want = watched.want
        if await self._has(want.app or "", want.channel_id):
            self._lost(watched, cause)
        watched.alone_since = watched.changed_at = None

    async def _has(self, app: str, channel_id: str) -> bool:
        try:
            return channel_id in (await self._applications.get(app)).channel_ids
        except NotFound:
            return False

    def _lost(self, watched: _Watched, cause: str) -> None:
        want = watched.want
        log.warning("call %s: %s, application %s", want.channel_id, cause, want.app)
        self._tell(BotLost(want.channel_id, want.conversation_id, cause, self._now()))

    def _is_here(self, channel_id: str) -> bool:
        line = self._mirror.lines.get(channel_id)
        return line is not None and line.in_app


def _channel_of(event: AnyEvent) -> str | None:
    match event:
        case PlaybackStarted() | PlaybackFinished():
            uri = event.playback.target_uri
            return uri.removeprefix(CHANNEL) if uri.startswith(CHANNEL) else None
        case RecordingStarted():
            uri = event.recording.target_uri
            return uri.removeprefix(CHANNEL) if uri.startswith(CHANNEL) else None
        case ChannelDestroyed() | StasisEnd() | ApplicationMoveFailed():
            return event.channel.id
        case _:
            return None
