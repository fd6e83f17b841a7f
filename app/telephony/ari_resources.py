"""ARI's resources, one class each; methods and arguments are the nicknames in Asterisk's Swagger.

Each method says nothing but its request. All raise AriError. Requests that wait for a channel's
own thread go through `call` (HTTP), all others through `command` (WebSocket).
"""
# ruff: noqa: N802, N803 - ari-py's vocabulary is Swagger's, and that is camel case

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar
from urllib.parse import quote

import msgspec

from app.telephony.ari_errors import ServerFault
from app.telephony.ari_events import (
    UNWANTED,
    Application,
    AsteriskInfo,
    Bridge,
    Channel,
    ConfigTuple,
    Playback,
    RtpStatistics,
    Sound,
    StoredRecording,
    Variable,
    encode,
)

T = TypeVar("T")


class Requests(Protocol):
    """What carries requests to Asterisk; both raise AriError."""

    async def command(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        """In order, over the WebSocket."""

    async def call(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        """Beside everything else, over HTTP."""


class Resource:
    """Base of the resources."""

    def __init__(self, requests: Requests) -> None:
        self._command = requests.command
        self._call = requests.call


class Channels(Resource):
    """`/channels`"""

    async def list(self) -> list[Channel]:
        """Every channel of this Asterisk."""
        return _read(await self._call("GET", "channels"), list[Channel])

    async def get(self, channelId: str) -> Channel:
        """One channel."""
        return _read(await self._command("GET", f"channels/{_id(channelId)}"), Channel)

    async def originate(
        self,
        channelId: str,
        endpoint: str,
        *,
        app: str,
        appArgs: str,
        callerId: str | None,
        timeout: int,
        variables: Mapping[str, str],
    ) -> Channel:
        """Call somebody, into our application once they answered; `timeout` in seconds."""
        uri = _uri(
            f"channels/{_id(channelId)}",
            endpoint=endpoint,
            app=app,
            appArgs=appArgs,
            callerId=callerId,
            timeout=str(timeout),
        )
        return _read(await self._call("POST", uri, encode({"variables": variables})), Channel)

    async def create(
        self, channelId: str, endpoint: str, *, app: str, appArgs: str, variables: Mapping[str, str]
    ) -> Channel:
        """A channel that is in our application from the first, and calls nobody before `dial`."""
        uri = _uri(
            "channels/create", channelId=channelId, endpoint=endpoint, app=app, appArgs=appArgs
        )
        return _read(await self._call("POST", uri, encode({"variables": variables})), Channel)

    async def dial(self, channelId: str, timeout: int) -> None:
        """Call whom a created channel is for; `timeout` in seconds."""
        await self._call("POST", _uri(f"channels/{_id(channelId)}/dial", timeout=str(timeout)))

    async def originateLocal(
        self,
        channelId: str,
        number: str,
        through: str,
        context: str,
        *,
        timeout: int,
        variables: Mapping[str, str],
    ) -> Channel:
        """Call a number through the dialplan context `through`; who answers enters `context`,
        `s`, 1. `/n` keeps Asterisk from replacing the channel that we know."""
        uri = _uri(
            f"channels/{_id(channelId)}",
            endpoint=f"Local/{number}@{through}/n",
            context=context,
            extension="s",
            priority="1",
            timeout=str(timeout),
        )
        return _read(await self._call("POST", uri, encode({"variables": variables})), Channel)

    async def hangup(self, channelId: str, reason: str = "normal") -> None:
        """End a channel."""
        await self._command("DELETE", _uri(f"channels/{_id(channelId)}", reason=reason))

    async def answer(self, channelId: str) -> None:
        """Answer an incoming call."""
        await self._call("POST", f"channels/{_id(channelId)}/answer")

    async def move(self, channelId: str, app: str, appArgs: str) -> None:
        """Move a channel to another application; 204 does not mean that anybody serves it."""
        await self._call("POST", _uri(f"channels/{_id(channelId)}/move", app=app, appArgs=appArgs))

    async def startMoh(self, channelId: str) -> None:
        """Music for one channel: until something plays on it, also in another application."""
        await self._command("POST", f"channels/{_id(channelId)}/moh")

    async def stopMoh(self, channelId: str) -> None:
        """End it; in a bridge it would sound over everybody."""
        await self._command("DELETE", f"channels/{_id(channelId)}/moh")

    async def continueInDialplan(
        self, channelId: str, context: str | None = None, extension: str | None = None
    ) -> None:
        """Let a channel go on in the dialplan, there or after the line that brought it here.

        Conflict when it is not in an application.
        """
        path = f"channels/{_id(channelId)}/continue"
        priority = "1" if context else None
        await self._call(
            "POST", _uri(path, context=context, extension=extension, priority=priority)
        )

    async def snoop(
        self, channelId: str, snoopId: str, *, spy: str, whisper: str, app: str, appArgs: str
    ) -> None:
        """Make a channel that hears another (`spy`) or is heard on it (`whisper`): none, in (what
        its phone says), out (what its phone hears), both. NotFound when it is gone."""
        path = f"channels/{_id(channelId)}/snoop/{_id(snoopId)}"
        await self._call("POST", _uri(path, spy=spy, whisper=whisper, app=app, appArgs=appArgs))

    async def mute(self, channelId: str) -> None:
        """Keep what this channel says out of its bridge; it goes on hearing."""
        await self._command("POST", f"channels/{_id(channelId)}/mute?direction=in")

    async def unmute(self, channelId: str) -> None:
        """Lift a mute, both directions. In order with `mute`: over the WebSocket, too."""
        await self._command("DELETE", f"channels/{_id(channelId)}/mute?direction=both")

    async def sendDTMF(self, channelId: str, dtmf: str) -> None:
        """Send digits to a channel, 100 ms each with 100 ms between; answers at once."""
        await self._command("POST", _uri(f"channels/{_id(channelId)}/dtmf", dtmf=dtmf))

    async def play(self, channelId: str, playbackId: str, media: Iterable[str], lang: str) -> None:
        """Play sounds or a tone, one after the other."""
        path = f"channels/{_id(channelId)}/play/{_id(playbackId)}"
        await self._command("POST", _uri(path, media=",".join(media), lang=lang))

    async def getChannelVar(self, channelId: str, variable: str) -> str:
        """A variable or a dialplan function's value; NotFound when it is not set."""
        uri = _uri(f"channels/{_id(channelId)}/variable", variable=variable)
        return _read(await self._command("GET", uri), Variable).value

    async def setChannelVars(self, channelId: str, variables: Mapping[str, str]) -> None:
        """Set variables, which then come with each of the channel's events and in lists."""
        values = {name: {"value": v, "report_events": True} for name, v in variables.items()}
        uri = f"channels/{_id(channelId)}/variables"
        await self._call("POST", uri, encode({"variables": values}))

    async def setChannelVar(self, channelId: str, variable: str, value: str) -> None:
        """Set a variable, or by a dialplan function what that stands for."""
        uri = f"channels/{_id(channelId)}/variable"
        await self._call("POST", uri, encode({"variable": variable, "value": value}))

    async def rtpstatistics(self, channelId: str) -> RtpStatistics:
        """RTP packets so far."""
        uri = f"channels/{_id(channelId)}/rtp_statistics"
        return _read(await self._command("GET", uri), RtpStatistics)


class Bridges(Resource):
    """`/bridges`"""

    async def list(self) -> list[Bridge]:
        """Every bridge of this Asterisk."""
        return _read(await self._call("GET", "bridges"), list[Bridge])

    async def create(self, bridgeId: str, type: str, name: str) -> None:
        """Make a bridge; `type` is a list such as `mixing,dtmf_events`."""
        await self._command("POST", _uri(f"bridges/{_id(bridgeId)}", type=type, name=name))

    async def destroy(self, bridgeId: str) -> None:
        """Take a bridge away; channels in it stay alive."""
        await self._command("DELETE", f"bridges/{_id(bridgeId)}")

    async def addChannel(self, bridgeId: str, channel: str) -> None:
        """Put a channel into a bridge, out of any other; waits for the channel's playbacks.

        Connected-line updates are inhibited: they would be SIP requests to both sides.
        """
        path = f"bridges/{_id(bridgeId)}/addChannel"
        await self._call("POST", _uri(path, channel=channel, inhibitConnectedLineUpdates="true"))

    async def removeChannel(self, bridgeId: str, channel: str) -> None:
        """Take a channel out of a bridge."""
        await self._call("POST", _uri(f"bridges/{_id(bridgeId)}/removeChannel", channel=channel))

    async def startMoh(self, bridgeId: str) -> None:
        """Music for a holding bridge, which is silent without."""
        await self._command("POST", f"bridges/{_id(bridgeId)}/moh")


class Sounds(Resource):
    """`/sounds`"""

    async def languages(self) -> dict[str, set[str]]:
        """The names of the sounds that Asterisk has, by language."""
        found: dict[str, set[str]] = {}
        for sound in _read(await self._call("GET", "sounds"), list[Sound]):
            for each in sound.formats:
                found.setdefault(each.language, set()).add(sound.id)
        return found


class Playbacks(Resource):
    """`/playbacks`"""

    async def get(self, playbackId: str) -> Playback:
        """One playback; NotFound once it is over."""
        return _read(await self._command("GET", f"playbacks/{_id(playbackId)}"), Playback)

    async def stop(self, playbackId: str) -> None:
        """End a playback; NotFound when it is over already."""
        await self._command("DELETE", f"playbacks/{_id(playbackId)}")


class Recordings(Resource):
    """`/recordings`"""

    async def listStored(self) -> list[StoredRecording]:
        """Every recording in Asterisk's spool."""
        return _read(await self._call("GET", "recordings/stored"), list[StoredRecording])

    async def getStoredFile(self, recordingName: str) -> bytes:
        """A recording's file; NotFound when there is none."""
        return await self._call("GET", f"recordings/stored/{_id(recordingName)}/file")

    async def deleteStored(self, recordingName: str) -> None:
        """Take a recording away; NotFound when there is none."""
        await self._call("DELETE", f"recordings/stored/{_id(recordingName)}")


class Endpoints(Resource):
    """`/endpoints`"""

    async def listByTech(self, tech: str) -> list[dict[str, object]]:
        """Every endpoint of a channel driver."""
        return _read(await self._call("GET", f"endpoints/{_id(tech)}"), list[dict[str, object]])

    async def get(self, tech: str, resource: str) -> dict[str, object]:
        """One endpoint."""
        uri = f"endpoints/{_id(tech)}/{_id(resource)}"
        return _read(await self._command("GET", uri), dict[str, object])


class Applications(Resource):
    """`/applications`"""

    async def get(self, applicationName: str) -> Application:
        """What an application watches."""
        return _read(await self._call("GET", f"applications/{_id(applicationName)}"), Application)

    async def list(self) -> list[Application]:
        """Every application, also those whose program is gone while they hold a channel."""
        return _read(await self._call("GET", "applications"), list[Application])

    async def subscribeChannel(self, applicationName: str, channelId: str) -> None:
        """Be told of a channel that is not in the application; 422 when there is none."""
        path = f"applications/{_id(applicationName)}/subscription"
        await self._call("POST", _uri(path, eventSource=f"channel:{channelId}"))

    async def filter(self, applicationName: str, disallowed: Iterable[str] = UNWANTED) -> None:
        """Keep event types away from us."""
        body = encode({"disallowed": [{"type": name} for name in disallowed]})
        await self._call("PUT", f"applications/{_id(applicationName)}/eventFilter", body)


class Asterisk(Resource):
    """`/asterisk`"""

    async def getInfo(self) -> AsteriskInfo:
        """When this Asterisk started."""
        return _read(await self._call("GET", "asterisk/info?only=status"), AsteriskInfo)

    async def getObject(self, configClass: str, objectType: str, id: str) -> dict[str, str]:
        """A configuration object's fields."""
        uri = f"asterisk/config/dynamic/{configClass}/{objectType}/{_id(id)}"
        pairs = _read(await self._call("GET", uri), list[ConfigTuple])
        return {pair.attribute: pair.value for pair in pairs}

    async def updateObject(
        self, configClass: str, objectType: str, id: str, fields: Mapping[str, str]
    ) -> None:
        """Make or change a configuration object; BadRequest when a field is wrong."""
        pairs = [{"attribute": name, "value": value} for name, value in fields.items()]
        uri = f"asterisk/config/dynamic/{configClass}/{objectType}/{_id(id)}"
        await self._call("PUT", uri, encode({"fields": pairs}))

    async def deleteObject(self, configClass: str, objectType: str, id: str) -> None:
        """Take a configuration object away."""
        uri = f"asterisk/config/dynamic/{configClass}/{objectType}/{_id(id)}"
        await self._call("DELETE", uri)


def _id(text: str) -> str:
    return quote(text, safe="")


def _uri(path: str, **query: str | None) -> str:
    pairs = [f"{name}={quote(value, safe='')}" for name, value in query.items() if value]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ServerFault(f"an answer that is not as promised: {error}") from None
