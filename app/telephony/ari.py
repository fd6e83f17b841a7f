"""The ARI link: our own thin client, in ari-py's vocabulary (`channels.originate`, `bridges.…`).

Rules of the link:
- it connects only while `hold_lease` says that we may, and lets go when it says that we may not;
- it reconnects for ever, with back-off and jitter, and tells up and down;
- on each connection `on_up` runs first (reconcile) while events wait; only then come the events;
- an event is had sent each second: without it the connection is taken down and made anew;
- never `subscribeAll`: with it the application would die with the socket (Asterisk #2170).
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from app.telephony.ari_errors import AriError, LinkDown
from app.telephony.ari_events import AnyEvent
from app.telephony.ari_resources import (
    Applications,
    Asterisk,
    Bridges,
    Channels,
    Endpoints,
    Playbacks,
    Recordings,
    Sounds,
)
from app.telephony.ari_socket import AriAddress, AriSocket

log = logging.getLogger("ringdesk.ari")

BACKOFF_FIRST_SECONDS = 0.1
BACKOFF_LIMIT_SECONDS = 2.0
LEASE_SECONDS = 1.0
"""How often the lease is asked for while connected."""
LEASE_WAIT_SECONDS = 0.2
"""How often it is asked for while another process has it."""


class AriLink:
    """One process's connection to one Asterisk, for ever; `run` owns every task of it."""

    def __init__(
        self,
        address: AriAddress,
        *,
        hold_lease: Callable[[], Awaitable[bool]],
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[str], Awaitable[None]],
        on_event: Callable[[AnyEvent], None],
    ) -> None:
        self._address = address
        self._hold_lease = hold_lease
        self._on_up = on_up
        self._on_down = on_down
        self._on_event = on_event
        self._socket: AriSocket | None = None
        self._told_reason = ""
        self.channels = Channels(self)
        self.bridges = Bridges(self)
        self.playbacks = Playbacks(self)
        self.recordings = Recordings(self)
        self.sounds = Sounds(self)
        self.endpoints = Endpoints(self)
        self.applications = Applications(self)
        self.asterisk = Asterisk(self)

    @property
    def connected(self) -> bool:
        """Whether requests can be sent."""
        return self._socket is not None

    async def run(self) -> None:
        """Connect and serve until cancelled."""
        delay = BACKOFF_FIRST_SECONDS
        while True:
            if not await self._may_connect():
                await asyncio.sleep(LEASE_WAIT_SECONDS)
                continue
            if await self._serve():
                delay = BACKOFF_FIRST_SECONDS
            await asyncio.sleep(delay * random.uniform(0.7, 1.3))
            delay = min(delay * 2, BACKOFF_LIMIT_SECONDS)

    async def command(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        """A request over the WebSocket: short, answered in order. Raises AriError."""
        return await self._required().command(method, uri, body)

    async def call(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        """A request over HTTP: one that may wait for a channel. Raises AriError."""
        return await self._required().call(method, uri, body)

    def drop(self, reason: str) -> None:
        """Take the present connection down; a new one is made at once."""
        if self._socket is not None:
            self._socket.end(reason)

    def _required(self) -> AriSocket:
        if self._socket is None:
            raise LinkDown("not connected")
        return self._socket

    async def _may_connect(self) -> bool:
        try:
            return await self._hold_lease()
        except Exception as error:
            log.warning("the lease could not be asked for, not connecting: %r", error)
            return False

    async def _serve(self) -> bool:
        """One connection from beginning to end; true when it came up."""
        up = False
        reason = "closed"

        async def consume(socket: AriSocket) -> None:
            nonlocal up
            await self._on_up()
            up = True
            self._told_reason = ""
            while True:
                self._on_event(await socket.events.get())

        try:
            async with AriSocket(self._address) as socket:
                self._socket = socket
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(socket.read())
                    tasks.create_task(consume(socket))
                    tasks.create_task(socket.ended())
                    tasks.create_task(socket.watch_events())
                    tasks.create_task(self._watch_lease())
        except* AriError as group:
            reason = str(group.exceptions[0])
            if reason != self._told_reason:  # once, not at each attempt
                log.warning("ARI link down: %s", reason)
        except* Exception as group:
            reason = repr(group.exceptions[0])
            log.exception("ARI link down after a fault of ours", exc_info=group.exceptions[0])
        finally:
            self._socket = None
        self._told_reason = reason
        await self._on_down(reason)
        return up

    async def _watch_lease(self) -> None:
        """Let go of the link when another process has the lease."""
        while True:
            await asyncio.sleep(LEASE_SECONDS)
            try:
                held = await self._hold_lease()
            except Exception as error:
                # Redis is away: nobody else can have taken the lease either, so keep the link.
                log.warning("the lease could not be renewed: %r", error)
                continue
            if not held:
                raise LinkDown("another process holds the lease")
