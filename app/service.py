"""The only place where objects are built and wired, and taken down again."""

import asyncio
import errno
import gc
import logging
import os
import secrets
import signal
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from aiohttp import web
from redis.exceptions import RedisError

from app.acd import Distributor, Lease, ServerClock, SettingsCopy, StreamReader, connect
from app.api import make_app
from app.api.access import Scope
from app.api.passwords import hash_password
from app.config import Address, Refusal, Settings
from app.desk import deadlines, positions
from app.desk.archiving import Archiving
from app.desk.availability import Availability
from app.desk.bots import Bots
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
from app.desk.first_people import FirstPeople
from app.desk.health import Health
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
from app.embedded import DemoBot, Embedded, Endpoints, is_free
from app.messaging import Notes
from app.records import Recordings, Records
from app.telephony import (
    Fact,
    Telephony,
    TelephonySettings,
    entries_of,
)

log = logging.getLogger("ringdesk.service")

LEASE_MS = 2_000
"""How long another process waits for the link to Asterisk after this one died."""
CLOCK_SECONDS = 60.0
"""Between two measurements of the Redis server's clock."""
WEBHOOKS_MS = 15_000
"""How long another process waits with webhooks after this one died: longer than one try."""
REBUILD_MS = 30_000
"""The longest that one process may take to rebuild before another may try."""
CANCEL_AGAIN_SECONDS = 0.2
PATIENCE_SECONDS = 10.0
"""Until somebody who waits for the start is told what is missing."""
DEMO_PASSWORD_FILE = "demo-password"
DEMO_BOT_KEY_FILE = "demo-bot-key"
Say = Callable[[str], None]


class Service:
    """One running Ringdesk: builds the parts, runs them, takes them down."""

    def __init__(self, settings: Settings, say: Say = print) -> None:
        self._settings = settings
        self._say = say
        self._stack = AsyncExitStack()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM, which stop the embedded servers too."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, self._stop.set)
        if not is_free(self._settings.http):
            raise _taken(self._settings.http, OSError(errno.EADDRINUSE, ""))
        embedded = await Embedded.start(self._settings, self._say)
        try:
            async with self._stack:
                await self._serve(embedded)
        finally:
            await (embedded.stop() if self._stop.is_set() else embedded.release())

    async def _serve(self, embedded: Embedded) -> None:
        records = await Records.open(self._settings.database_url)
        self._stack.push_async_callback(records.close)
        await self._first_people(records)
        bot = await self._demo_bot(embedded.endpoints, records)
        desk = await self._build(embedded.endpoints, records)
        runner = await self._listen(desk, records)
        async with asyncio.TaskGroup() as tasks:
            owned = [tasks.create_task(embedded.watch(), name="embedded")]
            owned += [tasks.create_task(run(), name=name) for name, run in self._loops.items()]
            await self._until_ready(desk, bot)
            await self._stop.wait()
            self._say("Ringdesk is stopping")
            await runner.cleanup()
            await _end(owned)

    async def _build(self, endpoints: Endpoints, records: Records) -> Desk:
        redis = connect(endpoints.redis_url)
        self._stack.push_async_callback(redis.aclose)
        clock = ServerClock(redis)
        await clock.measure()
        distributor = Distributor(redis, Rules(), clock.now)
        await distributor.load()
        service_settings = ServiceSettings(
            records.settings, SettingsCopy(redis), distributor, self._settings
        )
        await service_settings.sweep()
        owner = f"{os.uname().nodename}:{os.getpid()}"
        lease = Lease(redis, "telephony", owner, LEASE_MS)
        directory, feed = Directory(records), Feed()
        telephony = Telephony(self._telephony(endpoints), self._on_fact, lease.hold)
        picture = VoicePicture()
        dial_rules = DialRules(records, self._settings.numbering, self._for_desk_phones(telephony))
        has_trunk = self._settings.trunk is not None
        web_phones = WebPhones(telephony)
        addresses = LegAddresses(has_trunk, self._settings.demo, dial_rules, web_phones.endpoint)
        waits = WaitTimes(picture, distributor.now)
        routing = Routing(records, directory)
        notices = Notices(routing, addresses, distributor.now)
        effects = Effects(telephony, directory, addresses, picture, waits, notices)
        dispatch = Dispatch(distributor, StreamReader(redis), effects, feed)
        per_call = PerCallLegs(distributor, dispatch, directory, picture, telephony, addresses)
        availability = Availability(
            distributor, dispatch, directory, records, telephony, addresses, per_call
        )
        inboxes = Inboxes(distributor, dispatch)
        calls = Calls(
            distributor,
            dispatch,
            directory,
            picture,
            _archived_in(records),
            per_call,
            web_phones,
            waits,
            notices,
            self._settings.language,
        )
        runner = RoutingRunner(distributor, dispatch, feed, routing, telephony, effects)
        reconcile = Reconcile(distributor, dispatch, per_call)
        self._facts = Facts(calls, reconcile)
        alone = Lease(redis, "rebuild", owner, REBUILD_MS)
        rebuild = Rebuild(
            distributor,
            dispatch,
            availability,
            directory,
            records,
            self._facts,
            reconcile,
            telephony,
            alone,
            picture,
            inboxes,
        )
        await rebuild.start()
        await inboxes.start()
        await routing.refresh()
        await dispatch.show_everything()
        self._stack.push_async_callback(lease.release)
        self._stack.push_async_callback(telephony.close)
        messages = Messages(
            distributor,
            dispatch,
            directory,
            telephony,
            records,
            Recordings(self._settings.recordings),
            addresses,
            self._settings.message_shortest,
            routing.not_before,
        )
        keeping = Keeping(
            service_settings.get,
            records.retention,
            Recordings(self._settings.recordings),
            records.talks,
            distributor.now,
        )
        archiving = Archiving(distributor, StreamReader(redis), records)
        chats = Chats(distributor, dispatch, directory, records, Notes(redis))
        self._loops = {
            "message path": chats.path.run,
            "message notes": chats.notes.run,
            "clock": lambda: _keep_time(clock),
            "dispatch": dispatch.run,
            "archive": archiving.run,
            "webhooks": WebhookSender(
                records.webhooks,
                Lease(redis, "webhooks", owner, WEBHOOKS_MS).hold,
                distributor.now,
                self._settings.webhook_private,
            ).run,
            "deadlines": lambda: deadlines.run(distributor, dispatch, runner),
            "messages": messages.run,
            "talks": Talks(telephony, records, Recordings(self._settings.recordings)).run,
            "positions": lambda: positions.run(distributor, effects, picture),
            "routing": runner.run,
            "calendars": runner.watch,
            "rebuild": rebuild.run,
            "people": availability.keep_people,
            "inboxes": inboxes.keep,
            "web phones": web_phones.run,
            "retention": keeping.run,
            "settings": service_settings.run,
            "telephony": telephony.run,
        }
        return Desk(
            directory=directory,
            availability=availability,
            inboxes=inboxes,
            moves=Moves(distributor, dispatch, directory, service_settings),
            on_a_call=Consulting(
                distributor, dispatch, directory, telephony, addresses, self._settings.dial_limit
            ),
            dial_rules=dial_rules,
            waits=waits,
            chats=chats,
            supervising=Supervising(distributor, dispatch, directory),
            bots=Bots(distributor, dispatch, directory, telephony),
            web_phones=web_phones,
            distributor=distributor,
            dispatch=dispatch,
            feed=feed,
            records=records,
            settings=service_settings,
            skill_removal=SkillRemoval(directory, availability, distributor, records.skills),
            routing=Administration(routing, runner, records, distributor.now),
            health=Health(distributor, records, telephony).check,
        )

    def _telephony(self, endpoints: Endpoints) -> TelephonySettings:
        host = self._settings.sip_bind.host
        return TelephonySettings(
            ari_url=endpoints.ari_url,
            ari_user=endpoints.ari_user,
            ari_password=endpoints.ari_password,
            ami_host=endpoints.ami_host,
            ami_port=endpoints.ami_port,
            ami_user=endpoints.ami_user,
            ami_password=endpoints.ami_password,
            console=self._console(),
            caller_id=self._settings.caller_id,
            language=self._settings.language,
            sounds_dir=self._settings.sounds_dir,
            leg_max_seconds=self._settings.leg_max_seconds,
            silent_leg_seconds=self._settings.silent_leg_seconds,
            media_address=None if host in {"0.0.0.0", "::"} else host,
        )

    def _console(self) -> Path | None:
        """That of the private Asterisk, or one that is in reach by a setting."""
        if self._settings.asterisk_console is not None or self._settings.ari_url is not None:
            return self._settings.asterisk_console
        return self._settings.state_dir / "asterisk" / "run" / "asterisk.ctl"

    def _for_desk_phones(
        self, telephony: Telephony
    ) -> Callable[[tuple[DialRule, ...]], Awaitable[None]]:
        async def tell(rules: tuple[DialRule, ...]) -> None:
            settings = self._settings
            entries = entries_of(rules, settings.numbering, settings.dial_limit)
            await telephony.desk_phones.say(entries)

        return tell

    async def _on_fact(self, fact: Fact) -> None:
        await self._facts.take(fact)

    async def _first_people(self, records: Records) -> None:
        people = FirstPeople(records, hash_password)
        password = self._settings.admin_password or secrets.token_urlsafe(12)
        if await people.administrator(self._settings.admin_email, password):
            told = "as set" if self._settings.admin_password else password
            self._say(f"Administrator: {self._settings.admin_email}  password: {told}")
            if not self._settings.admin_password:
                _keep(self._settings.state_dir / "admin-password", password)
        if self._settings.demo:
            password = self._settings.demo_password or _kept(
                self._settings.state_dir / DEMO_PASSWORD_FILE
            )
            await people.demo(password)
            told = "as set" if self._settings.demo_password else password
            self._say(f"Demo agents: ana, ben, chi, sam @example.com  password: {told}")

    async def _demo_bot(self, endpoints: Endpoints, records: Records) -> DemoBot | None:
        """The bot of extension 100, with an API key that is kept like the demo's password."""
        if not self._settings.demo or not self._settings.demo_bot:
            return None
        if not DemoBot.installed():
            log.warning(
                "extension 100 goes to people: its bot needs asyncari (pip install .[demo])"
            )
            return None
        file = self._settings.state_dir / DEMO_BOT_KEY_FILE
        kept = file.read_text().strip() if file.exists() else None
        key = await FirstPeople(records, hash_password).bots_key(kept, tuple(Scope))
        _keep(file, key)
        bot = DemoBot(self._settings, endpoints, key)
        running = asyncio.create_task(bot.run(), name="demo bot")  # starts beside all that follows

        async def end() -> None:
            await _end([running])
            if self._stop.is_set():
                await bot.stop()

        self._stack.push_async_callback(end)
        return bot

    async def _listen(self, desk: Desk, records: Records) -> web.AppRunner:
        runner = web.AppRunner(make_app(desk, records, self._settings), access_log=None)
        await runner.setup()
        http = self._settings.http
        try:
            site = web.TCPSite(runner, http.host, http.port, ssl_context=_tls(self._settings))
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise _taken(http, error) from None
        return runner

    async def _until_ready(self, desk: Desk, bot: DemoBot | None) -> None:
        told = asyncio.get_running_loop().time()
        while down := [name for name, up in (await desk.health()).items() if not up]:
            if asyncio.get_running_loop().time() - told > PATIENCE_SECONDS:
                told = asyncio.get_running_loop().time()
                self._say(f"still waiting for: {', '.join(down)} (see the log above)")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.05)
                return
        if bot is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(bot.up.wait(), PATIENCE_SECONDS)
        # What stands now stays: a full collection would look at all of it again and again, and
        # hold up every call for a tenth of a second (https://docs.python.org/3/library/gc.html).
        gc.collect()
        gc.freeze()
        self._say(f"Ringdesk is ready: {self._settings.public_url}")


def _archived_in(records: Records) -> Callable[[str], Awaitable[Conversation | None]]:
    async def find(conversation_id: str) -> Conversation | None:
        kept = await records.archive.find(conversation_id)
        return kept.conversation if kept else None

    return find


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """HTTPS where a certificate is set. Raises Refusal."""
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (ssl.SSLError, OSError) as error:
        raise Refusal(f"RINGDESK_TLS_CERT and RINGDESK_TLS_KEY do not fit: {error}") from None
    return context


def _taken(address: Address, error: OSError) -> Refusal:
    why = os.strerror(error.errno) if error.errno else str(error)
    return Refusal(f"{address} cannot be used ({why}): set RINGDESK_HTTP to another address")


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel until they are done: on Python 3.11 `wait_for` can swallow a cancellation."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)


async def _keep_time(clock: ServerClock) -> None:
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        try:
            await clock.measure()
        except (RedisError, OSError) as error:
            log.debug("the clock waits for Redis (%s)", type(error).__name__)


def _kept(path: Path) -> str:
    """The password in this file; a random one is made and kept where there is none."""
    if not path.exists():
        _keep(path, secrets.token_urlsafe(9))
    return path.read_text().strip()


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
