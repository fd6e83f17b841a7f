"""Asterisk's messages as typed values: only the fields that we read.

Source: Asterisk's own Swagger (`rest-api/events.json`, `channels.json` …). Event types that are
not here are nothing to us; most of them are filtered out on the other side (`UNWANTED`).
"""

from typing import Any

import msgspec

UNWANTED = (
    "ChannelVarset",
    "ChannelDialplan",
    "ChannelConnectedLine",
    "ChannelCallerId",
    "ChannelTalkingStarted",
    "ChannelTalkingFinished",
)
"""Never sent to us. A list of wanted types would drop the replies to our requests."""


class CallerID(msgspec.Struct, frozen=True, gc=False):
    """Name and number as the network gave them: not to be trusted."""

    name: str = ""
    number: str = ""


class DialplanCEP(msgspec.Struct, frozen=True, gc=False):
    """Where a channel is in the dialplan."""

    context: str = ""
    exten: str = ""
    app_name: str = ""
    app_data: str = ""


class Channel(msgspec.Struct, frozen=True):
    """One party of a call."""

    id: str
    name: str = ""
    state: str = ""
    caller: CallerID = CallerID()
    dialplan: DialplanCEP = DialplanCEP()
    language: str = ""
    creationtime: str = ""
    channelvars: dict[str, str] = {}


class Bridge(msgspec.Struct, frozen=True):
    """A meeting place of channels."""

    id: str
    name: str = ""
    bridge_type: str = ""
    channels: list[str] = []


class Playback(msgspec.Struct, frozen=True, gc=False):
    """A sound or tone that is played to a channel or bridge."""

    id: str
    target_uri: str = ""
    state: str = ""


class Application(msgspec.Struct, frozen=True):
    """What a Stasis application watches."""

    name: str
    channel_ids: list[str] = []
    bridge_ids: list[str] = []


class LiveRecording(msgspec.Struct, frozen=True, gc=False):
    """A recording under way."""

    target_uri: str = ""


class StoredRecording(msgspec.Struct, frozen=True, gc=False):
    """A file in Asterisk's spool."""

    name: str
    format: str = ""


class RtpStatistics(msgspec.Struct, frozen=True, gc=False):
    """RTP packets of a channel so far."""

    txcount: int = 0
    rxcount: int = 0


class StatusInfo(msgspec.Struct, frozen=True, gc=False):
    """When Asterisk started; another time means that it was restarted."""

    startup_time: str = ""


class AsteriskInfo(msgspec.Struct, frozen=True, gc=False):
    """What Asterisk says of itself."""

    status: StatusInfo = StatusInfo()


class SoundFormat(msgspec.Struct, frozen=True, gc=False):
    """One recording of a sound."""

    language: str = ""


class Sound(msgspec.Struct, frozen=True, gc=False):
    """A sound that Asterisk can play."""

    id: str
    formats: tuple[SoundFormat, ...] = ()


class ConfigTuple(msgspec.Struct, frozen=True, gc=False):
    """One field of a configuration object."""

    attribute: str = ""
    value: str = ""


class Variable(msgspec.Struct, frozen=True, gc=False):
    """The value of a channel variable or dialplan function."""

    value: str = ""


class Event(msgspec.Struct, frozen=True, tag_field="type"):
    """Base of all messages; the JSON field `type` is the class's name."""


class RESTResponse(Event, frozen=True, tag=True):
    """The answer to a request that was sent over the WebSocket."""

    request_id: str
    status_code: int
    message_body: str = ""


class ApplicationReplaced(Event, frozen=True, tag=True):
    """Another connection took our application: this one gets no more events."""


class ChannelUserevent(Event, frozen=True, tag=True):
    """An event that somebody asked Asterisk to send to our application."""

    eventname: str


class ApplicationMoveFailed(Event, frozen=True, tag=True):
    """A channel was to move to an application that nobody serves."""

    channel: Channel
    destination: str = ""


class StasisStart(Event, frozen=True, tag=True):
    """A channel entered our application."""

    channel: Channel
    args: list[str] = []


class StasisEnd(Event, frozen=True, tag=True):
    """A channel left our application."""

    channel: Channel


class ChannelStateChange(Event, frozen=True, tag=True):
    """A channel rings, is up …"""

    channel: Channel


class Dial(Event, frozen=True, tag=True):
    """How far a phone that we call is: RINGING, PROGRESS, ANSWER …; empty at first."""

    peer: Channel
    dialstatus: str = ""


class ChannelHold(Event, frozen=True, tag=True):
    """A phone put us on hold by its own button (re-INVITE `sendonly` or `inactive`)."""

    channel: Channel


class ChannelUnhold(Event, frozen=True, tag=True):
    """And took us back."""

    channel: Channel


class ChannelHangupRequest(Event, frozen=True, tag=True):
    """Somebody wants the channel to end; `soft` is set when it was this side."""

    channel: Channel
    cause: int | None = None
    soft: bool | None = None


class ChannelDestroyed(Event, frozen=True, tag=True):
    """A channel is no more; the cause is Q.850's."""

    channel: Channel
    cause: int = 0


class ChannelEnteredBridge(Event, frozen=True, tag=True):
    """A channel came into a bridge."""

    bridge: Bridge
    channel: Channel


class ChannelLeftBridge(Event, frozen=True, tag=True):
    """A channel left a bridge."""

    bridge: Bridge
    channel: Channel


class RecordingStarted(Event, frozen=True, tag=True):
    """A channel or bridge is being recorded."""

    recording: LiveRecording


class BridgeDestroyed(Event, frozen=True, tag=True):
    """A bridge is no more."""

    bridge: Bridge


class ChannelDtmfReceived(Event, frozen=True, tag=True):
    """A key was pressed, and let go of: it comes with the end of the digit."""

    channel: Channel
    digit: str = ""
    duration_ms: int = 0


class PlaybackStarted(Event, frozen=True, tag=True):
    """A playback can be heard."""

    playback: Playback


class PlaybackFinished(Event, frozen=True, tag=True):
    """A playback ended, was stopped or failed."""

    playback: Playback


AnyEvent = (
    RESTResponse
    | ApplicationReplaced
    | ChannelUserevent
    | ApplicationMoveFailed
    | StasisStart
    | StasisEnd
    | ChannelStateChange
    | Dial
    | ChannelHold
    | ChannelUnhold
    | ChannelHangupRequest
    | ChannelDestroyed
    | ChannelEnteredBridge
    | ChannelLeftBridge
    | RecordingStarted
    | BridgeDestroyed
    | ChannelDtmfReceived
    | PlaybackStarted
    | PlaybackFinished
)

_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def decode(message: bytes | str) -> AnyEvent | None:
    """A message as a value; None when it is nothing to us or not as Swagger promises."""
    try:
        return _decoder.decode(message)
    except (msgspec.DecodeError, UnicodeError):
        return None


encode: Any = msgspec.json.Encoder().encode
