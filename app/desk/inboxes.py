"""Open Inboxes: while one is open chats and mails come; the last one lost has consequences.

    at once           nothing: a page that is loaded anew comes back
    after the grace   no more chats and mails are offered
    after 2 minutes   skill-routed ones in hand return to the queue, and where no leg is up the
                      agent becomes Busy, "inbox closed"

All of it is a deadline in Redis, so it falls due however often this process dies. Our own restart
closes nobody's Inbox: the time begins anew with each start.
"""

import asyncio
import logging

from app.acd import Distributor
from app.desk.dispatch import Dispatch
from app.desk.errors import DeskError, refusals

log = logging.getLogger("ringdesk.inboxes")

LEASE_MS = 90_000
"""A live socket counts for so long; it is renewed well before."""
RENEW_SECONDS = 30.0


class Inboxes:
    """The pages that are live here."""

    def __init__(self, distributor: Distributor, dispatch: Dispatch) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._sockets: dict[str, set[str]] = {}
        self._closing: dict[str, int] = {}
        """Whose last page went here, and when that has consequences."""

    async def start(self) -> None:
        """Before deadlines are looked at: who had a page has the time to open it again."""
        now = self._distributor.now()
        for agent in await self._distributor.agents():
            if agent.inbox_until and agent.id not in self._sockets:
                await self._note(agent.id, agent.inbox_until, now + self._after_ms)

    async def opened(self, agent_id: str, socket_id: str) -> None:
        """A page of this agent is live."""
        self._sockets.setdefault(agent_id, set()).add(socket_id)
        self._closing.pop(agent_id, None)
        await self._renew(agent_id)

    async def closed(self, agent_id: str, socket_id: str) -> None:
        """A page is gone; was it the last one, time runs."""
        sockets = self._sockets.get(agent_id, set())
        sockets.discard(socket_id)
        if sockets:
            return
        self._sockets.pop(agent_id, None)
        now = self._distributor.now()
        self._closing[agent_id] = now + self._after_ms
        await self._note(
            agent_id, now + self._distributor.rules.inbox_grace_ms, self._closing[agent_id]
        )

    async def declare(self) -> None:
        """Say it all again, after Redis lost it."""
        now = self._distributor.now()
        self._closing = {a: at for a, at in self._closing.items() if at > now}
        for agent_id in list(self._sockets):
            await self._renew(agent_id)
        for agent_id, at in list(self._closing.items()):
            await self._note(agent_id, now, at)

    async def keep(self) -> None:
        """Renew the open ones for ever."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for agent_id in list(self._sockets):
                await self._renew(agent_id)

    @property
    def _after_ms(self) -> int:
        rules = self._distributor.rules
        return max(rules.inbox_closed_ms, rules.inbox_grace_ms)

    async def _renew(self, agent_id: str) -> None:
        until = self._distributor.now() + LEASE_MS
        await self._note(agent_id, until, until + self._after_ms)

    async def _note(self, agent_id: str, until: int, closes_at: int) -> None:
        try:
            with refusals():
                result = await self._distributor.set_inbox(agent_id, until, closes_at)
                await self._dispatch.act(result)
        except DeskError as error:
            log.warning("an open Inbox could not be noted: %s", error)
