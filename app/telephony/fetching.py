"""Takes a call that a bot has, or the dialplan, into our application."""

import logging
from collections.abc import Callable

from app.telephony.ami import AmiLink
from app.telephony.ari_errors import AriError, Conflict, NotFound, Timeout
from app.telephony.ari_resources import Channels
from app.telephony.arrivals import CONVERSATION
from app.telephony.mirror import Mirror

log = logging.getLogger("ringdesk.telephony")

QUEUE_ENTRY = ("ringdesk-queue", "s")
"""Dialplan entry for a call that ARI cannot move."""


class Fetching:
    """One at a time for each call; `gone` is told of one that is no more."""

    def __init__(
        self,
        app: str,
        mirror: Mirror,
        channels: Channels,
        ami: AmiLink | None,
        gone: Callable[[str], None],
    ) -> None:
        self._app = app
        self._mirror = mirror
        self._channels = channels
        self._ami = ami
        self._gone = gone
        self._under_way: set[str] = set()

    async def call(self, channel_id: str, conversation_id: str) -> None:
        """Take a channel into our application; it arrives, or `gone` is told.

        While the link is down nothing happens: the next Reconciled tells that it is not here.
        """
        line = self._mirror.lines.get(channel_id)
        if channel_id in self._under_way or (line is not None and line.in_app):
            return
        self._under_way.add(channel_id)  # until it arrives
        try:
            await self._move_here(channel_id, conversation_id)
        except NotFound:
            self._under_way.discard(channel_id)
            self._gone(channel_id)
        except AriError as error:
            self._under_way.discard(channel_id)
            log.warning("call %s could not be fetched: %s", channel_id, error)

    def arrived(self, channel_id: str) -> None:
        """It is here."""
        self._under_way.discard(channel_id)

    def forget(self) -> None:
        """The link went down: who was under way may be asked for again."""
        self._under_way.clear()

    async def _move_here(self, channel_id: str, conversation_id: str) -> None:
        """Over ARI out of a bot's application; 409 means another one, such as Echo() or Dial, and
        no answer that something plays on it, which a redirection ends."""
        try:
            await self._channels.setChannelVars(channel_id, {CONVERSATION: conversation_id})
            await self._channels.move(channel_id, self._app, "queue")
        except (Conflict, Timeout):
            if self._ami is None:
                raise
            name = (await self._channels.get(channel_id)).name
            await self._ami.set_variable(name, CONVERSATION, conversation_id)
            await self._ami.redirect(name, *QUEUE_ENTRY)
