"""Calls to customers: asked for once each. Whoever answers comes in as every caller does."""

import logging
import re
from collections.abc import Callable

from app.telephony.ari_errors import AriError, LinkDown, Timeout
from app.telephony.ari_resources import Applications, Channels
from app.telephony.arrivals import CONVERSATION
from app.telephony.mirror import Line, Mirror
from app.telephony.wants import CallOut

log = logging.getLogger("ringdesk.telephony")

SECONDS = 60
"""The longest that a customer's phone rings; the dialplan gives up before, after 40 s."""
THROUGH = "ringdesk-callback"
"""Dialplan context whose extensions are customers' numbers."""
INTO = "ringdesk-queue"
"""Where a customer who answers goes: to music, should Ringdesk be away in that instant."""
NUMBER = re.compile(r"[0-9+*#]{1,40}", re.ASCII)


class CallsOut:
    """Asks Asterisk; `gone` is told of a call that did not come about."""

    def __init__(
        self,
        app: str,
        mirror: Mirror,
        channels: Channels,
        applications: Applications,
        gone: Callable[[Line], None],
    ) -> None:
        self._app = app
        self._mirror = mirror
        self._channels = channels
        self._applications = applications
        self._gone = gone

    async def call(self, out: CallOut) -> None:
        """Call a customer. Raises LinkDown, Timeout: the next comparison tells what became of it,
        and if that tells nothing, the deadline in the queue does."""
        line = self._mirror.add(Line(out.channel_id, dialling=True))
        line.conversation_id = out.variables.get(CONVERSATION)
        line.variables.update(out.variables)
        try:
            if not NUMBER.fullmatch(out.number):
                raise AriError("that is no number")
            await self._channels.originateLocal(
                line.id, out.number, THROUGH, INTO, timeout=SECONDS, variables=out.variables
            )
            await self._applications.subscribeChannel(self._app, line.id)
        except (LinkDown, Timeout):
            raise
        except AriError as error:
            log.warning("a customer could not be called: %s", error)
            if self._mirror.remove(line.id) is not None:
                self._gone(line)
