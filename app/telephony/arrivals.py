"""A call that entered our application becomes CallArrived, once its variables were read."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.telephony.ari_errors import AriError, LinkDown, NotFound
from app.telephony.ari_events import Channel
from app.telephony.ari_resources import Channels
from app.telephony.call_variables import DIALLED, RESULT, read_variables
from app.telephony.facts import CallArrived
from app.telephony.hold_music import MUSIC
from app.telephony.mirror import Line, Mirror
from app.telephony.wants import BOT_APP

log = logging.getLogger("ringdesk.telephony")

CONVERSATION = "RINGDESK_CONVERSATION"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call whose variables are still to be read."""

    channel: Channel
    args: tuple[str, ...]
    line: Line | None
    """It, for this stay with us: a bot may have taken it back, and sent it here again, since."""
    found: bool = False


class Arrivals:
    """Reads what came along with a call. Nobody is lost over a variable."""

    def __init__(
        self, app: str, channels: Channels, mirror: Mirror, now: Callable[[], int]
    ) -> None:
        self._app = app
        self._channels = channels
        self._mirror = mirror
        self._now = now

    async def taken(self, arrival: Arrival) -> CallArrived | None:
        """The fact, for the desk to settle now: all that was told of this call before is settled.

        None when the call is gone, or a reconcile will find it anew.
        """
        fact = await self._read(arrival)
        if arrival.line is not None:
            arrival.line.arriving = False
        return fact

    async def _read(self, arrival: Arrival) -> CallArrived | None:
        channel = arrival.channel
        try:
            variables = await read_variables(self._channels, channel.id)
        except NotFound:
            return None  # hung up meanwhile: CallGone follows
        except LinkDown:
            self._mirror.remove(channel.id)  # the next reconcile finds it anew
            return None
        except AriError as error:
            log.warning("call %s comes without its variables: %s", channel.id, error)
            variables = {MUSIC: "1"}  # for all we know
        entry = variables.pop(DIALLED, "") or channel.dialplan.exten
        line = arrival.line
        if line is not None:
            # Not there is empty: a write of "" that is under way must not meet a later reason.
            line.variables.update({RESULT: ""} | variables)
            line.conversation_id = line.conversation_id or variables.get(CONVERSATION)
        name, number = channel.caller.name, channel.caller.number
        bot_app = variables.get(BOT_APP) or self._came_from(channel)
        return CallArrived(
            channel.id,
            variables,
            number,
            name,
            entry,
            arrival.args,
            self._now(),
            bot_app,
            arrival.found,
        )

    def _came_from(self, channel: Channel) -> str | None:
        """The application that the dialplan had sent it to: of a call that was moved from there
        to us, Asterisk goes on telling that one (seen on 22.10)."""
        told = channel.dialplan
        first = told.app_data.partition(",")[0]
        return first if told.app_name == "Stasis" and first != self._app and first else None
