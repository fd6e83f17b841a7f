"""The voice and the ears of an AI: RTP beside a caller, in a bridge of the bot's own.

ARI's externalMedia (chan_rtp): Asterisk sends what the caller says to our port, and plays to them
what we send to the port that the channel names.
"""

from types import TracebackType
from typing import Self

from tests.support.asterisk_view import Behind
from tests.support.bot import APP, Bot
from tests.support.polling import eventually
from tests.support.rtp import RtpEnd
from tests.support.world import Caller

PATIENCE = 20.0


class AiVoice:
    """Speaks a tone to the caller with whom it shares the bridge, and records what it hears."""

    def __init__(self, bot: Bot, behind: Behind, hz: int) -> None:
        self.hz = hz
        self.ears: RtpEnd
        self._bot = bot
        self._behind = behind
        self._media = ""
        self._bridge = ""

    async def __aenter__(self) -> Self:
        self.ears = await RtpEnd.open(self.hz)
        where = {"external_host": f"127.0.0.1:{self.ears.port}", "format": "ulaw"}
        made = await self._behind.ari("POST", "channels/externalMedia", app=APP, **where)
        self._media = made["id"]
        assert await self._bot.next_call() == self._media
        host = await self._bot.variable(self._media, "UNICASTRTP_LOCAL_ADDRESS")
        port = await self._bot.variable(self._media, "UNICASTRTP_LOCAL_PORT")
        self.ears.target = (host, int(port))
        self._bridge = (await self._behind.ari("POST", "bridges", type="mixing"))["id"]
        await self.takes(self._media)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._behind.ari("DELETE", f"channels/{self._media}")
        await self._behind.ari("DELETE", f"bridges/{self._bridge}")
        self.ears.close()

    async def takes(self, channel: str) -> None:
        """Into the bridge: from now on it speaks with this caller."""
        await self._behind.ari("POST", f"bridges/{self._bridge}/addChannel", channel=channel)

    async def has(self, channel: str) -> bool:
        """Whether this caller is in its bridge."""
        return channel in (await self._behind.ari("GET", f"bridges/{self._bridge}"))["channels"]

    async def speaks_with(self, caller: Caller) -> None:
        """Wait until the two hear each other, and nothing else."""
        await eventually(
            lambda: caller.line.hears(self.hz) and self.ears.hears(caller.hz), within=PATIENCE
        )
