"""The only place where the parts of the running service are built and wired.

Each class is one side of the house: the live queue in Redis, the telephone side, and what the desk
does with both. Nothing runs before `House.open`; `House.loops` are the owner's to run.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack

from redis.exceptions import RedisError

from app.acd import Distributor, Lease, ServerClock, SettingsCopy, StreamReader, connect
from app.config import Settings
from app.desk import deadlines, positions
from app.desk.archiving import Archiving
from app.desk.arrivals import Arrivals
from app.desk.attachments import Attachments
from app.desk.availability import Availability
from app.desk.bots import Bots, let_bots_take
from app.desk.callbacks import Callbacks
from app.desk.calls import Calls
from app.desk.chats import Chats
from app.desk.consulting import Consulting
from app.desk.desk import Desk
from app.desk.dial_rules import DialRules
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.effects import Effects
from app.desk.facts import Facts
from app.desk.feed import Feed
from app.desk.guesses import Guesses
from app.desk.health import Health
from app.desk.idle_chats import IdleChats
from app.desk.inboxes import Inboxes
from app.desk.leg_addresses import LegAddresses
from app.desk.messages import Messages
from app.desk.moves import Moves
from app.desk.notices import Notices
from app.desk.per_call_legs import PerCallLegs
from app.desk.rebuild import Rebuild
from app.desk.reconcile import Reconcile
from app.desk.retention import Keeping
from app.desk.routing import Routing
from app.desk.routing_administration import Administration
from app.desk.routing_runner import RoutingRunner
from app.desk.service_settings import ServiceSettings
from app.desk.skill_removal import SkillRemoval
from app.desk.supervising import Supervising
from app.desk.talks import Talks
from app.desk.voice_picture import VoicePicture
from app.desk.wait_times import WaitTimes
from app.desk.web_phones import WebPhones
from app.desk.webhooks import WebhookSender
from app.domain.conversation import Conversation
from app.domain.dialling import DialRule
from app.domain.routing import Rules
from app.embedded import Endpoints
from app.messaging import FileStore, Notes
from app.records import Recordings, Records
from app.service.mail import MailSide, mail_out
from app.service.telephony_settings import telephony_settings
from app.telephony import Fact, Telephony, entries_of

log = logging.getLogger("ringdesk.service")

LEASE_MS = 2_000
"""How long another process waits for the link to Asterisk after this one died."""
CLOCK_SECONDS = 60.0
"""Between two measurements of the Redis server's clock."""
WEBHOOKS_MS = 15_000
"""How long another process waits with webhooks after this one died: longer than one try."""
MAIL_MS = 5_000
"""How long another process waits with what comes by mail after this one died."""
REBUILD_MS = 30_000
"""The longest that one process may take to rebuild before another may try."""
Loop = Callable[[], Coroutine[None, None, None]]


class _Queue:
    """The live queue in Redis, and what comes of its events."""

    def __init__(self, settings: Settings, redis_url: str, records: Records) -> None:
        self.redis = connect(redis_url)
        self.clock = ServerClock(self.redis)
        self.distributor = Distributor(self.redis, Rules(), self.clock.now)
        self.settings = ServiceSettings(
            records.settings, SettingsCopy(self.redis), self.distributor, settings
        )
        self.feed = Feed()
        self._owner = f"{os.uname().nodename}:{os.getpid()}"

    async def open(self) -> None:
        """Reach Redis, and bring its settings up to date."""
        await self.clock.measure()
        await self.distributor.load()
        await self.settings.sweep()

    def lease(self, name: str, ms: int) -> Lease:
        """What only one process may do at a time."""
        return Lease(self.redis, name, self._owner, ms)

    def events(self) -> StreamReader:
        """A reader of its own of the stream."""
        return StreamReader(self.redis)


class _Voice:
    """The telephone side, and what the desk knows and asks of it."""

    def __init__(
        self,
        settings: Settings,
        endpoints: Endpoints,
        queue: _Queue,
        records: Records,
        on_fact: Callable[[Fact], Awaitable[None]],
    ) -> None:
        self.lease = queue.lease("telephony", LEASE_MS)
        self.telephony = Telephony(
            telephony_settings(settings, endpoints), on_fact, self.lease.hold
        )
        self.recordings = Recordings(settings.recordings)
        self.directory = Directory(records)
        self.picture = VoicePicture()
        self.dial_rules = DialRules(
            records, settings.numbering, _for_desk_phones(settings, self.telephony)
        )
        self.web_phones = WebPhones(self.telephony)
        self.addresses = LegAddresses(
            settings.trunk is not None, settings.demo, self.dial_rules, self.web_phones.endpoint
        )
        now = queue.distributor.now
        self.waits = WaitTimes(self.picture, now)
        self.routing = Routing(records, self.directory)
        self.notices = Notices(self.routing, self.addresses, now)
        self.effects = Effects(
            self.telephony, self.directory, self.addresses, self.picture, self.waits, self.notices
        )


class House:
    """All parts of one process. `desk` is what the API speaks to."""

    def __init__(self, settings: Settings, endpoints: Endpoints, records: Records) -> None:
        self._settings = settings
        self._records = records
        self._queue = queue = _Queue(settings, endpoints.redis_url, records)
        self._voice = voice = _Voice(settings, endpoints, queue, records, self.take)
        distributor, directory, telephony = queue.distributor, voice.directory, voice.telephony
        self._dispatch = dispatch = Dispatch(distributor, queue.events(), voice.effects, queue.feed)
        self._per_call = per_call = PerCallLegs(
            distributor, dispatch, directory, voice.picture, telephony, voice.addresses
        )
        self._availability = Availability(
            distributor, dispatch, directory, records, telephony, voice.addresses, per_call
        )
        self._inboxes = Inboxes(distributor, dispatch)
        self._attachments = Attachments(
            FileStore(settings.attachments, settings.attachment_scan),
            records,
            settings.attachment_types,
            queue.settings.get,
            distributor.now,
        )
        self._chats = Chats(
            distributor,
            dispatch,
            directory,
            records,
            Notes(queue.redis),
            self._attachments,
            voice.notices.away,
            queue.settings.get,
        )
        self._runner = RoutingRunner(
            distributor,
            dispatch,
            queue.feed,
            voice.routing,
            telephony,
            voice.effects,
            self._chats.hours_changed,
        )
        self._mail_out = mail_out(
            settings, self._chats, records, self._attachments, distributor.now
        )
        self._mail = self._mail_side()
        reconcile = Reconcile(distributor, dispatch, per_call)
        self._facts = Facts(self._calls(), reconcile, Guesses(records))
        self._rebuild = self._make_rebuild(reconcile)
        self.desk = self._desk()
        self.loops = self._loops()

    async def open(self, stack: AsyncExitStack) -> None:
        """Reach Redis and make the live picture whole; `stack` closes what was opened."""
        stack.push_async_callback(self._queue.redis.aclose)
        await self._queue.open()
        await self._rebuild.start()
        await self._inboxes.start()
        await let_bots_take(self._queue.distributor)
        await self._voice.routing.refresh()
        await self._dispatch.show_everything()
        await self._chats.notes.begin()
        await self._mail.open(stack)
        stack.push_async_callback(self._voice.lease.release)
        stack.push_async_callback(self._voice.telephony.close)

    def _loops(self) -> Mapping[str, Loop]:
        """What runs for as long as the process does, by name."""
        queue, voice, dispatch = self._queue, self._voice, self._dispatch
        distributor, telephony = queue.distributor, voice.telephony
        return {
            "message path": self._chats.path.run,
            "message notes": self._chats.notes.run,
            "idle chats": IdleChats(
                distributor, dispatch, self._records, self._chats, queue.settings.get
            ).run,
            "attachments": self._attachments.run,
            "mail out": self._mail_out.run,
            **self._mail.loops,
            "clock": lambda: _keep_time(queue.clock),
            "dispatch": dispatch.run,
            "archive": Archiving(distributor, queue.events(), self._records).run,
            "webhooks": self._webhooks().run,
            "deadlines": lambda: deadlines.run(distributor, dispatch, self._runner),
            "messages": self._messages().run,
            "talks": Talks(telephony, distributor, self._records, voice.recordings).run,
            "positions": lambda: positions.run(distributor, voice.effects, voice.picture),
            "routing": self._runner.run,
            "calendars": self._runner.watch,
            "rebuild": self._rebuild.run,
            "people": self._availability.keep_people,
            "inboxes": self._inboxes.keep,
            "web phones": voice.web_phones.run,
            "retention": self._keeping().run,
            "settings": queue.settings.run,
            "telephony": telephony.run,
        }

    async def take(self, fact: Fact) -> None:
        """What Asterisk told."""
        await self._facts.take(fact)

    def _calls(self) -> Calls:
        voice, distributor, dispatch = self._voice, self._queue.distributor, self._dispatch
        callbacks = Callbacks(distributor, dispatch, voice.picture, voice.notices)
        arrivals = Arrivals(
            distributor,
            dispatch,
            voice.directory,
            voice.picture,
            _archived_in(self._records),
            callbacks,
            voice.waits,
            self._settings.language,
        )
        return Calls(
            distributor,
            dispatch,
            voice.directory,
            voice.picture,
            arrivals,
            callbacks,
            self._per_call,
            voice.web_phones,
            voice.waits,
        )

    def _mail_side(self) -> MailSide:
        queue = self._queue
        return MailSide(
            self._settings,
            queue.distributor,
            self._dispatch,
            self._records,
            self._chats,
            self._attachments,
            queue.settings.get,
            queue.lease("mail", MAIL_MS).hold,
            self._mail_out.bounced,
        )

    def _make_rebuild(self, reconcile: Reconcile) -> Rebuild:
        return Rebuild(
            self._queue.distributor,
            self._dispatch,
            self._availability,
            self._voice.directory,
            self._records,
            self._facts,
            reconcile,
            self._voice.telephony,
            self._queue.lease("rebuild", REBUILD_MS),
            self._voice.picture,
            self._inboxes,
        )

    def _messages(self) -> Messages:
        voice = self._voice
        return Messages(
            self._queue.distributor,
            self._dispatch,
            voice.directory,
            voice.telephony,
            self._records,
            voice.recordings,
            voice.addresses,
            self._settings.message_shortest,
            voice.routing.not_before,
        )

    def _keeping(self) -> Keeping:
        return Keeping(
            self._queue.settings.get,
            self._records.retention,
            self._voice.recordings,
            self._records.talks,
            self._queue.distributor.now,
            FileStore(self._settings.mails).remove,
            by_skill=self._voice.directory.kept_recordings,
        )

    def _webhooks(self) -> WebhookSender:
        return WebhookSender(
            self._records.webhooks,
            self._queue.lease("webhooks", WEBHOOKS_MS).hold,
            self._queue.distributor.now,
            self._settings.webhook_private,
        )

    def _desk(self) -> Desk:
        queue, voice, dispatch, records = self._queue, self._voice, self._dispatch, self._records
        distributor, directory, telephony = queue.distributor, voice.directory, voice.telephony
        limit = self._settings.dial_limit
        return Desk(
            directory=directory,
            availability=self._availability,
            inboxes=self._inboxes,
            moves=Moves(distributor, dispatch, directory, queue.settings),
            on_a_call=Consulting(
                distributor, dispatch, directory, telephony, voice.addresses, limit
            ),
            dial_rules=voice.dial_rules,
            waits=voice.waits,
            chats=self._chats,
            mail_out=self._mail_out,
            mail_aside=self._mail.aside,
            supervising=Supervising(distributor, dispatch, directory),
            bots=Bots(distributor, dispatch, directory, telephony),
            web_phones=voice.web_phones,
            distributor=distributor,
            dispatch=dispatch,
            feed=queue.feed,
            records=records,
            settings=queue.settings,
            skill_removal=SkillRemoval(self._availability, distributor, records),
            routing=Administration(voice.routing, self._runner, records, distributor.now),
            health=Health(distributor, records, telephony).check,
        )


def _for_desk_phones(
    settings: Settings, telephony: Telephony
) -> Callable[[tuple[DialRule, ...]], Awaitable[None]]:
    async def tell(rules: tuple[DialRule, ...]) -> None:
        entries = entries_of(rules, settings.numbering, settings.dial_limit)
        await telephony.desk_phones.say(entries)

    return tell


def _archived_in(records: Records) -> Callable[[str], Awaitable[Conversation | None]]:
    async def find(conversation_id: str) -> Conversation | None:
        kept = await records.archive.find(conversation_id)
        return kept.conversation if kept else None

    return find


async def _keep_time(clock: ServerClock) -> None:
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        try:
            await clock.measure()
        except (RedisError, OSError) as error:
            log.debug("the clock waits for Redis (%s)", type(error).__name__)
