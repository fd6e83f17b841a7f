"""The telephone side of Ringdesk: facts up, wants down. Nothing of Asterisk goes past here."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from app.telephony.ami_side import AmiSide
from app.telephony.ari import AriLink
from app.telephony.ari_errors import AriError, LinkDown
from app.telephony.ari_events import AnyEvent, Channel
from app.telephony.ari_socket import AriAddress
from app.telephony.arrivals import Arrival, Arrivals
from app.telephony.endpoints import Endpoints, SipEndpoint
from app.telephony.facts import (
    AsteriskRestarted,
    CallGone,
    Fact,
    LinkChanged,
    LinkStatus,
    lane_of,
)
from app.telephony.fetching import Fetching
from app.telephony.guessing import Guessing
from app.telephony.lanes import Lanes
from app.telephony.looks import Looks
from app.telephony.mirror import Line, Mirror
from app.telephony.reconcile import Reconcile
from app.telephony.settings import TelephonySettings
from app.telephony.sip_socket import SipSocket, sip_socket
from app.telephony.spool import Spool
from app.telephony.translate import Translator
from app.telephony.wants import CallOut, CallWant, LegWant, WatchWant

log = logging.getLogger("ringdesk.telephony")


class Telephony:
    """Everything between the desk and one Asterisk; `run` owns all of its tasks.

    `on_fact` is awaited for the facts of one call or agent one after the other, and for others
    side by side; `hold_lease` tells whether this process may hold the link to Asterisk now.
    """

    def __init__(
        self,
        settings: TelephonySettings,
        on_fact: Callable[[Fact], Awaitable[None]],
        hold_lease: Callable[[], Awaitable[bool]],
    ) -> None:
        self._settings = settings
        self._on_fact = on_fact
        self._running: asyncio.Task[None] | None = None
        self._ready = False
        self._ari_up = False
        self._forgetting = False
        self._started_at = ""
        self._count = 0
        self._lanes: Lanes[Fact | Arrival] = Lanes(self._deliver)
        self._mirror = Mirror()
        self._translator = Translator(self._mirror, self, now_ms)
        self.ari = self._make_ari(settings, hold_lease)
        self._endpoints = Endpoints(
            self.ari.asterisk, settings.media_address, settings.encrypt_media
        )
        self._guessing = Guessing(
            self.ari.asterisk, spared=lambda: {*settings.spared, *self._ami.phones_addresses()},
            tell=self.tell, now=now_ms,
        )  # fmt: skip
        self._ami = AmiSide(
            settings, self.ari.endpoints, users=self._endpoints.users, count=self._guessing.take,
            watchers=lambda: self._looks, ready=lambda: self._ready, tell=self.tell, now=now_ms,
        )  # fmt: skip
        self.desk_phones = self._ami.desk_phones
        self.hours = self._ami.hours
        self._arrivals = Arrivals(settings.app, self.ari.channels, self._mirror, now_ms)
        self.spool = Spool(self.ari.recordings, self.ari.channels, self._ami.link, self._mirror)
        self._reconcile = Reconcile(
            settings.app, self._mirror, self._translator, self, self.ari.channels,
            self.ari.bridges, self.ari.playbacks, self.ari.applications,
        )  # fmt: skip
        self._fetching = Fetching(
            settings.app, self._mirror, self.ari.channels, self._ami.link, self._not_there
        )
        self._looks = Looks(
            settings, self.ari, self._mirror, ready=lambda: self._ready, tell=self.tell,
            fetch=self.fetch_call, new_id=self._new_id, now=now_ms, ami=self._ami.link,
        )  # fmt: skip
        self.announce = self._looks.announce

    def _make_ari(
        self, settings: TelephonySettings, hold_lease: Callable[[], Awaitable[bool]]
    ) -> AriLink:
        address = AriAddress(
            settings.ari_url, settings.ari_user, settings.ari_password, settings.app
        )
        return AriLink(
            address,
            hold_lease=hold_lease,
            on_up=self._ari_came_up,
            on_down=self._ari_went_down,
            on_event=self._translator.take,
        )

    # What the desk calls

    async def run(self) -> None:
        """Serve until `close`, or until cancelled."""
        self._running = asyncio.current_task()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.ari.run())
                tasks.create_task(self._ami.ask_for_contacts())
                tasks.create_task(self._looks.bots.run())
                tasks.create_task(self._guessing.run())
                if self._ami.link is not None:
                    tasks.create_task(self._ami.link.run())
        finally:
            self._ready = False
            await self._looks.close()
            await self._lanes.close()
            self._ami.stop_fading()
            self._running = None

    async def close(self) -> None:
        """End `run`; calls and legs stay as they are, for the next start to find."""
        running = self._running
        if running is not None and running is not asyncio.current_task():
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait((running,))

    async def want_call(self, want: CallWant) -> None:
        """Declare where a customer's call should be. Does no I/O; may be repeated at will."""
        self._looks.want_call(want)

    async def call_out(self, out: CallOut) -> None:
        """Have a customer called, once, while their call is wanted (Place.CALLING). No I/O."""
        self._looks.calls.call_out(out)

    async def app_of(self, channel_id: str | None) -> str | None:
        """The application of a bot that has this channel; None when nobody can tell."""
        return await self._looks.bots.app_of(channel_id)

    async def is_gone(self, channel_id: str) -> bool:
        """Whether Asterisk has no such channel (any more); false when nobody can tell."""
        return await self._looks.bots.is_gone(channel_id)

    async def want_leg(self, want: LegWant) -> None:
        """Declare how an agent's leg should be. Does no I/O; may be repeated at will."""
        self._looks.want_leg(want)

    async def want_watch(self, want: WatchWant) -> None:
        """Declare what a supervisor hears. Does no I/O; may be repeated at will."""
        self._looks.want_watch(want)

    async def send_digits(self, channel_id: str, digits: str) -> bool:
        """Send DTMF to a customer's call, once; false if they are in no talk. Raises AriError."""
        line = self._mirror.lines.get(channel_id)
        if line is None or line.ending or self._translator.talks_with(line) is None:
            return False
        await self.ari.channels.sendDTMF(channel_id, digits)
        return True

    async def push_endpoint(self, endpoint: SipEndpoint) -> None:
        """Make a SIP user known to Asterisk, now if the link is up, and after each restart of it.

        Raises AriError when Asterisk refuses a field.
        """
        self._endpoints.declare(endpoint)
        if self.ari.connected:
            with contextlib.suppress(LinkDown):  # pushed when it is back
                await self._endpoints.push(endpoint)

    async def drop_endpoint(self, user: str) -> None:
        """Take a SIP user away. Raises AriError."""
        await self._endpoints.drop(user)

    async def drop_strays(self) -> None:
        """Take away the SIP users of browser tabs that nobody declared. Raises AriError."""
        found = await self.ari.endpoints.listByTech("PJSIP")
        await self._endpoints.drop_strays([str(each.get("resource", "")) for each in found])

    async def lose_leg(self, agent_id: str, endpoint: str) -> None:
        """The browser's phone on this endpoint said goodbye: its leg is lost, now and not once
        the silence tells. Raises AriError."""
        await self._looks.lose_leg(agent_id, endpoint, other=False)

    async def lose_other_legs(self, agent_id: str, endpoint: str) -> None:
        """The agent's phone is on this endpoint now: their leg in another tab is lost.

        Raises AriError.
        """
        await self._looks.lose_leg(agent_id, endpoint, other=True)

    def has_leg(self, agent_id: str, endpoint: str) -> bool:
        """Whether a leg stands on this endpoint."""
        leg = self._mirror.leg(agent_id)
        return leg is not None and leg.endpoint == endpoint

    def sip_socket(self) -> AbstractAsyncContextManager[SipSocket]:
        """A connection to Asterisk's SIP over WebSocket (RFC 7118). Entering it raises SipDown."""
        return sip_socket(self._settings.ari_url)

    async def reachable(self, endpoint: str) -> bool:
        """Whether a phone is registered there and answers, as AMI last told."""
        return self._ami.reachable(endpoint)

    async def fetch_call(self, channel_id: str, conversation_id: str) -> None:
        """Take a channel into our application; CallArrived follows, or CallGone if it is gone.

        While the link is down nothing happens: the next Reconciled tells that it is not here.
        """
        await self._fetching.call(channel_id, conversation_id)

    async def reconcile(self) -> None:
        """Forget everything and tell it anew from what Asterisk has: after Redis lost its data.

        Takes the link down for a moment; calls, legs and talks go on meanwhile.
        """
        self._ready = False  # no want is acted on until everything was told
        self._forgetting = True
        self.ari.drop("everything is to be told anew")

    def status(self) -> LinkStatus:
        """Which links are up; `ari` only once Asterisk was compared with what we believe."""
        return LinkStatus(ari=self._ready, ami=self._ami.up)

    # What events lead to (translate.Listener)

    def tell(self, fact: Fact) -> None:
        """Hand a fact up, behind earlier ones of the same call or agent."""
        self._lanes.put(lane_of(fact), fact)

    def seen(self, event: AnyEvent) -> None:
        """It may be about a call that a bot has."""
        self._looks.bots.take(event)

    def arrived(self, channel: Channel, args: list[str], found: bool = False) -> None:
        """A customer's call is in our application."""
        self._fetching.arrived(channel.id)
        line = self._mirror.lines.get(channel.id)
        self._lanes.put(channel.id, Arrival(channel, tuple(args), line, found))
        if not found:
            self._looks.at_arrival(channel.id)
        elif line is not None:
            self._looks.at_found(line)

    def leg_ended(self, line: Line) -> None:
        """A leg is no more."""
        self._looks.legs.ended(line)

    def call_ended(self, channel_id: str) -> None:
        """A call is no more."""
        self._looks.call_ended(channel_id)

    def touch_call(self, channel_id: str) -> None:
        """Look at a call again."""
        self._looks.at_call(channel_id)

    def touch_leg(self, agent_id: str) -> None:
        """Look at a leg again, and at the calls that are wanted on it."""
        self._looks.at_leg(agent_id)

    def touch_watch(self, agent_id: str) -> None:
        """Look at what a supervisor hears."""
        self._looks.at_watch(agent_id)

    def touch_meeting(self, conversation_id: str) -> None:
        """Look whether a conversation's own bridge is still of use."""
        self._looks.at_meeting(conversation_id)

    def plays_on(self, channel_id: str) -> None:
        """What was stopped on a channel goes on with its next piece."""
        self._looks.at_sound(channel_id)

    # The links

    async def _ari_came_up(self) -> None:
        await self._lanes.idle()  # what was told before comes before
        if self._forgetting:
            self._forgetting = False
            self._mirror.forget()
            self._looks.forget_wants()
        self._ari_up = True
        await self._on_fact(LinkChanged("ari", True, now_ms()))
        await self._push_after_restart()
        await self._reconcile.run(now_ms())
        await self._lanes.idle()
        await self._on_fact(self._reconcile.summary(now_ms()))
        self._ready = True
        self._looks.at_all()

    async def _push_after_restart(self) -> None:
        started_at = (await self.ari.asterisk.getInfo()).status.startup_time
        if started_at == self._started_at:
            return
        self._guessing.again()
        try:
            await self._endpoints.push_all()
        except LinkDown:
            raise
        except AriError as error:
            log.error("an agent's SIP endpoint was refused: %s", error)
        if self._started_at:  # settled first, or the calls that went with it count as hung up
            await self._on_fact(AsteriskRestarted(now_ms()))
        self._started_at = started_at

    async def _ari_went_down(self, reason: str) -> None:
        self._ready = False
        self._fetching.forget()
        if self._ari_up:
            self._ari_up = False
            self.tell(LinkChanged("ari", False, now_ms()))

    async def _deliver(self, item: Fact | Arrival) -> None:
        if not isinstance(item, Arrival):
            await self._on_fact(item)
            return
        try:
            fact = await self._arrivals.taken(item)
            if fact is not None:
                await self._on_fact(fact)
        finally:
            if item.line is not None:
                item.line.unsettled = False
                self._looks.at_call(item.line.id)

    def _not_there(self, channel_id: str) -> None:
        self.tell(CallGone(channel_id, 0, True, now_ms()))

    def _new_id(self) -> str:
        self._count += 1  # never used before, also by an earlier process
        return f"{now_ms():x}{self._count % 4096:03x}"


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
