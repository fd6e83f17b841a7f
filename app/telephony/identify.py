"""Whose a channel or a bridge is, by its id, its name and where it is in the dialplan."""

from datetime import datetime

from app.telephony.ari_events import Channel
from app.telephony.mirror import (
    CALLBACK_PREFIX,
    LEG_PREFIX,
    MEETING_PREFIX,
    SNOOP_PREFIX,
    WAITING_NAME,
    Snoop,
    Tap,
)

SNOOP = "snoop"


def leg_agent(channel: Channel, args: list[str] | None = None) -> str | None:
    """The agent whose leg a channel is; None for everybody else's channel."""
    if args is None:
        args = channel.dialplan.app_data.split(",")[1:]
    if len(args) == 2 and args[0] == "leg" and channel.id.startswith(LEG_PREFIX):
        return args[1]
    if channel.id.startswith(LEG_PREFIX) and channel.dialplan.app_name == "AppDial2":
        return channel.id.removeprefix(LEG_PREFIX).rpartition("-")[0] or None  # still dialling
    return None


def snoop_args(snoop: Snoop) -> str:
    """What stands on such a channel, for `snoop_of` of the next process."""
    tap = snoop.tap
    return ",".join((SNOOP, snoop.agent_id, tap.spy, tap.whisper, tap.channel_id))


def snoop_of(channel: Channel, args: list[str] | None = None) -> Snoop | None:
    """Whose ear or mouth a channel is, and on which; None for every other channel."""
    if not channel.id.startswith(SNOOP_PREFIX):
        return None
    if args is None:
        args = channel.dialplan.app_data.split(",")[1:]
    if len(args) < 5 or args[0] != SNOOP:
        return None
    return Snoop(args[1], Tap(args[2], args[3], ",".join(args[4:])))


def is_of_ours(channel_id: str) -> bool:
    """Whether we made this channel, to an agent or as a supervisor's ear: no customer's."""
    return channel_id.startswith((LEG_PREFIX, SNOOP_PREFIX))


def is_called(channel: Channel) -> bool:
    """Whether this is a channel on which we call a customer."""
    return channel.id.startswith(CALLBACK_PREFIX)


def endpoint_of(channel: Channel) -> str:
    """The PJSIP endpoint of a channel (`PJSIP/<endpoint>-<number>`)."""
    return channel.name.partition("/")[2].rpartition("-")[0]


def instant(text: str) -> int:
    """Milliseconds since the epoch of `2026-11-22T15:53:42.123+0000`; 0 for what is none."""
    try:
        return round(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() * 1000)
    except ValueError:
        return 0


def room_agent(bridge_name: str) -> str | None:
    """The agent whose own bridge has this name."""
    return bridge_name.removeprefix(LEG_PREFIX) if bridge_name.startswith(LEG_PREFIX) else None


def room_conversation(bridge_name: str) -> str | None:
    """The conversation whose own bridge has this name."""
    found = bridge_name.startswith(MEETING_PREFIX)
    return bridge_name.removeprefix(MEETING_PREFIX) if found else None


def is_waiting_room(bridge_name: str) -> bool:
    """Whether this is the name of the holding bridge."""
    return bridge_name == WAITING_NAME
