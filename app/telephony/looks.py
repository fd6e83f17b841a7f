"""Everything that compares wants with Asterisk, and what is looked at when."""

from collections.abc import Awaitable, Callable

from app.telephony.agent_legs import Dialling
from app.telephony.ami import AmiLink
from app.telephony.announcements import Announcements
from app.telephony.ari import AriLink
from app.telephony.bot_watch import BotWatch
from app.telephony.breadcrumbs import Breadcrumbs
from app.telephony.calls_out import CallsOut
from app.telephony.console import Console
from app.telephony.customer_calls import CustomerCalls
from app.telephony.endpoints import WEB_PREFIX
from app.telephony.facts import CallGone, Fact
from app.telephony.hold_music import HoldMusic
from app.telephony.keeper import Keeper
from app.telephony.media_watch import MediaWatch
from app.telephony.meetings import Meetings
from app.telephony.mirror import Line, Mirror
from app.telephony.moves import Moves
from app.telephony.mutes import Mutes
from app.telephony.notice import Notice
from app.telephony.per_call_legs import Legs
from app.telephony.prompts import Prompts
from app.telephony.settings import TelephonySettings
from app.telephony.sounds import Sounds
from app.telephony.supervision import VOICE, Supervisions
from app.telephony.talk_recorder import TalkRecorder
from app.telephony.waiting_room import WaitingRoom
from app.telephony.wants import CallWant, LegWant, Place, WatchWant
from app.telephony.whisper import Whisper


class Looks:
    """Calls, legs and what accompanies them. Nothing is looked at while `ready()` is false."""

    def __init__(
        self,
        settings: TelephonySettings,
        ari: AriLink,
        mirror: Mirror,
        *,
        ready: Callable[[], bool],
        tell: Callable[[Fact], None],
        fetch: Callable[[str, str], Awaitable[None]],
        new_id: Callable[[], str],
        now: Callable[[], int],
        ami: AmiLink | None = None,
    ) -> None:
        self._mirror = mirror
        self._recorder = TalkRecorder(mirror, ari.channels, ami, self._want_of, now)
        self._at_recordings = Keeper(self._recorder.look, ready)
        moves = Moves(ari.bridges, mirror)
        sounds = Sounds(ari.channels, ari.playbacks, mirror)
        room = WaitingRoom(ari.bridges, mirror, new_id)
        mutes = Mutes(ari.channels, self._is_muted)
        music = self._music = HoldMusic(mirror, ari.channels, now)
        meetings = Meetings(ari.bridges, mirror, new_id, self._is_met, self.at_meeting)
        out = CallsOut(settings.app, mirror, ari.channels, ari.applications, self._call_gone)
        self.bots = BotWatch(
            settings.app, mirror, ari.channels, ari.applications, ari.bridges, ari.playbacks,
            Console(settings.console), ready=ready, tell=tell, fetch=fetch, now=now,
        )  # fmt: skip
        self.calls = CustomerCalls(
            mirror, ari.channels, moves, sounds, room, mutes, music, meetings, self._release,
            out.call, self.bots, end_recording=self._recorder.release,
            notice=Notice(settings.sounds_dir, settings.language),
        )  # fmt: skip
        self._tell = tell
        self._now = now
        self.legs = Legs(
            mirror,
            ari.channels,
            ari.bridges,
            moves,
            sounds,
            mutes,
            Dialling(
                settings.app,
                settings.caller_id,
                settings.dial_seconds,
                settings.language,
                settings.leg_max_seconds,
                Whisper(settings.sounds_dir, settings.language, settings.whisper),
            ),
            waiting=room,
            meetings=meetings,
            talk_wanted=self.calls.joining,
            tell=tell,
            new_id=new_id,
            now=now,
        )
        self._announcements = Announcements(
            mirror,
            ari.channels,
            sounds,
            self.calls.wants.get,
            Prompts(settings.sounds_dir, settings.language),
            ari.sounds.languages,
            tell=tell,
            now=now,
            first_seconds=settings.announce_first_seconds,
            every_seconds=settings.announce_every_seconds,
        )
        self._breadcrumbs = Breadcrumbs(mirror, ari.channels, self.calls.wants.get)
        self._mirror = mirror
        self._watch = MediaWatch(
            mirror, ari.channels, tell, now, silent_seconds=settings.silent_leg_seconds
        )
        self._at_calls = Keeper(self._look_at_call, ready)
        self._at_legs = Keeper(self.legs.look, ready)
        self._at_announcements = Keeper(self._announcements.look, ready)
        self._at_music = Keeper(music.look, ready)
        self._at_sounds = Keeper(sounds.look, ready)
        self._at_breadcrumbs = Keeper(self._breadcrumbs.look, ready)
        self._at_media = Keeper(self._watch.look, ready)
        self._at_meetings = Keeper(meetings.look, ready)
        self._watches = Supervisions(settings.app, mirror, ari.channels, moves, meetings, new_id)
        self._at_watches = Keeper(self._watches.look, ready)

    def _want_of(self, channel_id: str) -> CallWant | None:
        return self.calls.wants.get(channel_id)

    def _is_muted(self, agent_id: str) -> bool:
        return self.legs.muted(agent_id)

    def _release(self, agent_id: str) -> None:
        self.legs.release(agent_id)

    def _is_met(self, conversation_id: str) -> bool:
        return (
            self.legs.meets(conversation_id)
            or self.calls.meets(conversation_id)
            or self._watches.speaks(conversation_id)
        )

    def want_leg(self, want: LegWant) -> None:
        """Note what is wanted of a leg, and look at it."""
        before = self.legs.wants.get(want.agent_id)
        self.legs.want(want)
        self.at_leg(want.agent_id)
        if before is not None and before.room not in {None, want.room}:
            self.at_meeting(before.room or "")

    def want_call(self, want: CallWant) -> None:
        """Note what is wanted of a call, and look at it."""
        before = self.calls.wants.get(want.channel_id)
        self.calls.want(want)
        self.bots.want(want)
        self.at_call(want.channel_id)
        if before is not None and before.place is Place.CONFERRING:
            self.at_meeting(before.conversation_id)

    def want_watch(self, want: WatchWant) -> None:
        """Note what a supervisor is to hear, and look at it."""
        if self._watches.want(want):
            self.at_watch(want.agent_id)
            self.at_meeting(VOICE + want.agent_id)

    def at_watch(self, agent_id: str) -> None:
        """Look at what a supervisor hears, and by whom they are heard."""
        self._at_watches.touch(agent_id)

    def at_meeting(self, conversation_id: str) -> None:
        """A conversation's own bridge was made or left, or somebody is wanted there no longer."""
        self._at_meetings.touch(conversation_id)

    def at_arrival(self, channel_id: str) -> None:
        """A call came, and the desk is being told of it."""
        self.calls.came(channel_id)
        self._at_music.touch(channel_id)

    def at_found(self, line: Line) -> None:
        """A call of an earlier process was found, where it stands."""
        self._music.found(line)

    def at_sound(self, channel_id: str) -> None:
        """What was stopped goes on: the call's own look may wait for its end at this moment."""
        self._at_sounds.touch(channel_id)

    def at_call(self, channel_id: str) -> None:
        """Look at a call; what may wait is looked at once the call is where it should be."""
        if self.calls.settled(channel_id):
            self._accompany(channel_id)
        else:
            self._at_calls.touch(channel_id)

    async def _look_at_call(self, channel_id: str) -> float | None:
        later = await self.calls.look(channel_id)
        if self.calls.settled(channel_id):
            self._accompany(channel_id)
        return later

    def _accompany(self, channel_id: str) -> None:
        """Announcements and breadcrumbs of a call that is where it should be."""
        want = self.calls.wants.get(channel_id)
        if want is None:
            return
        if want.position is not None or want.notice is not None or self._announcements.owes(want):
            self._at_announcements.touch(channel_id)
        if not self._recorder.settled(channel_id):
            self._at_recordings.touch(channel_id)
        if self._breadcrumbs.missing(channel_id):
            self._at_breadcrumbs.touch(channel_id)

    def announce(self, channel_id: str, recording: str) -> None:
        """Play a recording to a waiting caller, once."""
        self._announcements.ask(channel_id, recording)
        self._at_announcements.touch(channel_id)

    def at_leg(self, agent_id: str) -> None:
        """Look at a leg, and at the calls that are wanted on it."""
        self._at_legs.touch(agent_id)
        self._at_watches.touch_all(self._watches.on_leg(agent_id))
        if self._watch.is_new(agent_id):
            self._at_media.touch(agent_id)
        for channel_id in self.calls.wanting(agent_id):
            self.at_call(channel_id)
            if self._music.note_left(channel_id):
                self._at_music.touch(channel_id)

    def at_all(self) -> None:
        """Look at everything: the link came up."""
        for channel_id in tuple(self.calls.wants):
            self.at_call(channel_id)
        self.legs.dismiss_strangers()
        self._at_legs.touch_all(self.legs.wants)
        self._at_media.touch_all(line.agent_id for line in self._mirror.legs() if line.agent_id)
        self._at_meetings.touch_all(self._mirror.meetings)
        self._at_watches.touch_all(self._watches.known())

    def at_contact(self, endpoint: str, reachable: bool) -> None:
        """A SIP endpoint came into reach or went out of it."""
        if reachable:
            self._watch.unreachable.discard(endpoint)
        else:
            self._watch.unreachable.add(endpoint)
            self._at_media.touch_all(self._watch.agents_on(endpoint))

    def doubt_contacts(self) -> None:
        """Nobody tells of contacts any more: what was out of reach may be back."""
        self._watch.unreachable.clear()

    async def lose_leg(self, agent_id: str, endpoint: str | None, *, other: bool) -> None:
        """End the agent's leg as lost, if it is on this endpoint, or (`other`) on another one of
        a browser. Raises AriError."""
        leg = self._mirror.leg(agent_id)
        if leg is None or leg.lost or not leg.endpoint.startswith(WEB_PREFIX):
            return
        if (leg.endpoint != endpoint) == other:
            await self._watch.lose(leg)

    def call_ended(self, channel_id: str) -> None:
        """A call is no more."""
        self.calls.forget(channel_id)
        self._announcements.forget(channel_id)

    def _call_gone(self, line: Line) -> None:
        """A customer could not be called."""
        self.call_ended(line.id)
        self._tell(CallGone(line.id, 0, True, self._now()))

    def forget_wants(self) -> None:
        """Nothing is wanted until it is declared again."""
        self.calls.forget_all()
        self.bots.forget_all()
        self.legs.forget_all()
        self._watches.wants.clear()

    async def close(self) -> None:
        """End all looks."""
        for keeper in (
            self._at_calls,
            self._at_legs,
            self._at_announcements,
            self._at_music,
            self._at_sounds,
            self._at_breadcrumbs,
            self._at_media,
            self._at_meetings,
            self._at_watches,
            self._at_recordings,
        ):
            await keeper.close()
