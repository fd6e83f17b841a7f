"""Reads what a dialplan or bot left on a channel, in one request.

ARI answers 404 for a whole list if one variable of it is not set, so one EVAL() asks for all,
with a random mark between the values: whatever stands in a variable cannot pose as another.
"""

import asyncio
import secrets
from collections.abc import Sequence

from app.telephony.announcements import NOTICED, TOLD, TOLD_WAIT
from app.telephony.ari_errors import AriError, LinkDown, NotFound
from app.telephony.ari_resources import Channels
from app.telephony.hold_music import MUSIC
from app.telephony.wants import BOT_APP, HANDED_BACK

RESULT = "RINGDESK_RESULT"
"""Set on a call that goes back to the dialplan: why."""
NAMES = (
    "RINGDESK_SKILLS",
    "RINGDESK_PRIORITY",
    "RINGDESK_AGENT",
    "RINGDESK_CONVERSATION",
    "RINGDESK_LANGUAGE",
    "RINGDESK_PARAMETERS",
    "RINGDESK_QUEUED_AT",
    "RINGDESK_OWNER",
    "RINGDESK_ATTEMPT",
    "RINGDESK_MAX_WAIT",
    "RINGDESK_EXIT_KEY",
    RESULT,
    BOT_APP,
    HANDED_BACK,
    MUSIC,
    TOLD,
    TOLD_WAIT,
    NOTICED,
)
DIALLED = "CALLERID(dnid)"
"""The number that was dialled, wherever the dialplan went since."""


async def read_variables(channels: Channels, channel_id: str) -> dict[str, str]:
    """The variables that are set, and the dialled number. Raises AriError if the call is gone."""
    names = (*NAMES, DIALLED)
    try:
        values = await _read_all(channels, channel_id, names)
    except (NotFound, LinkDown):
        raise
    except AriError:
        values = await _read_each(channels, channel_id, names)
    return {name: value for name, value in zip(names, values, strict=True) if value}


async def _read_all(channels: Channels, channel_id: str, names: Sequence[str]) -> list[str]:
    mark = f"|{secrets.token_hex(8)}|"
    joined = mark.join(f"${{{name}}}" for name in names)
    text = await channels.getChannelVar(channel_id, f"EVAL({joined})")
    values = text.split(mark)
    if len(values) != len(names):
        raise AriError("the variables could not be told apart")
    return values


async def _read_each(channels: Channels, channel_id: str, names: Sequence[str]) -> list[str]:
    """One by one, for a channel with bytes in a variable that are not UTF-8."""

    async def read(name: str) -> str:
        try:
            return await channels.getChannelVar(channel_id, name)
        except LinkDown:
            raise
        except AriError:
            return ""

    return list(await asyncio.gather(*(read(name) for name in names)))
