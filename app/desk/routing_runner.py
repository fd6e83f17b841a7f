"""Applies routing rules: on every event, on deadlines, and when a calendar opens or closes.

Any number of processes may run this. An application is one atomic step that is recorded on the
conversation, and a deadline is asked for again until somebody did what it asks: whoever dies in
between, each rule is applied, and once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, EpochLost, UnknownConversation, WrongState
from app.desk.dispatch import Dispatch
from app.desk.effects import Effects
from app.desk.feed import Change, Feed, SlowReader
from app.desk.routing import DAY_MS, UNKNOWN_MS, Routing
from app.domain.conversation import Channel, Conversation, State
from app.domain.events import EventType
from app.domain.routing_rules import LOOKED_AT, first, next_at
from app.telephony import Telephony

log = logging.getLogger("ringdesk.routing")

TICK_SECONDS = 1.0
"""How late a change of the hours, or of the rules by another process, is seen at the most."""
REREAD_TICKS = 5
SWEEP_TICKS = 20
TRIES = 5
"""Decisions on one conversation that changes meanwhile, before its next event is waited for."""
AWAY = (RedisError, EpochLost, OSError)


class RoutingRunner:
    """Looks at conversations with the rules in force; owns no task but `run` and `watch`."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        feed: Feed,
        routing: Routing,
        telephony: Telephony,
        effects: Effects,
        hours_changed: Callable[[], None],
    ) -> None:
        self._hours_changed = hours_changed
        self._effects = effects
        self._distributor = distributor
        self._dispatch = dispatch
        self._feed = feed
        self._routing = routing
        self._telephony = telephony
        self._scheduled: dict[str, int] = {}
        self._closed: frozenset[str] | None = None
        self._soon = asyncio.Event()
        self._told_day = -1
        self._had_some = False

    def look_soon(self) -> None:
        """The rules are others: every open conversation is looked at, at once."""
        self._soon.set()

    async def run(self) -> None:
        """Follow every change for ever."""
        while True:
            try:
                async with self._feed.subscribe() as changes:
                    await self.sweep()
                    async for change in changes:
                        if change.conversation is None:
                            continue
                        if change.event.type is EventType.RULE_APPLIED:
                            await self._fetch(change.conversation)
                            self._announce(change)
                        await self.look(change.conversation)
            except SlowReader:
                log.info("routing fell behind: everything is looked at anew")
            except AWAY as error:
                log.warning("routing waits for Redis (%s)", type(error).__name__)
                await asyncio.sleep(TICK_SECONDS)

    async def watch(self) -> None:
        """See for ever what the clock and other processes change."""
        ticks = 0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), TICK_SECONDS)
            ticks += 1
            try:
                news = ticks % REREAD_TICKS == 0 and await self._routing.refresh()
                closed = self._routing.now(self._distributor.now()).closed
                news = news or self._soon.is_set()
                self._soon.clear()
                await self._tell_dialplan(news)
                if news or closed != self._closed or ticks % SWEEP_TICKS == 0:
                    await self.sweep()
                    await self._effects.show_waiting()
                    self._hours_changed()
                self._closed = closed
            except (*AWAY, SQLAlchemyError) as error:
                log.warning("routing waits (%s)", type(error).__name__)
                await asyncio.sleep(TICK_SECONDS)

    async def _tell_dialplan(self, news: bool) -> None:
        """The hours as the dialplan reads them: anew each day, and when a calendar changes."""
        now = self._distributor.now()
        if news or now // DAY_MS != self._told_day:
            self._told_day = now // DAY_MS
            entries = await asyncio.to_thread(self._routing.for_dialplan, now)
            await self._telephony.hours.say(entries)

    async def sweep(self) -> None:
        """Look at every open conversation."""
        has_some = bool(self._routing.rules or self._routing.calendars)
        if not has_some and not self._had_some:
            return
        self._had_some = has_some
        picture = await self._distributor.picture()
        known = picture.conversations
        self._scheduled = {k: v for k, v in self._scheduled.items() if k in known}
        for conversation in known.values():
            await self.look(conversation)
            if conversation.rules:
                await self._fetch(conversation)
            await asyncio.sleep(0)  # calls go first

    async def due(self, touched: Iterable[Conversation]) -> None:
        """Look at those whose deadline fell due."""
        for conversation in touched:
            await self.look(conversation, fell_due=True)

    async def look(self, of: Conversation, fell_due: bool = False) -> None:
        """Apply what is to be applied now, and note when to look again."""
        if of.state not in LOOKED_AT:
            if fell_due:
                await self._schedule(of, None, fell_due)
            return
        if of.callback is not None and of.channel_id is None:
            await self._keep_hours(of)
        for _ in range(TRIES):
            now = self._routing.now(self._distributor.now())
            found = first(self._routing.rules, of, now)
            if found is None:
                await self._schedule(of, next_at(self._routing.rules, of, now), fell_due)
                return
            rule, effect = found
            try:
                words = self._routing.words(of, effect)
                result = await self._distributor.apply_rule(of, rule, effect, words)
                await self._dispatch.act(result)
                changed = result.conversations.get(of.id)
            except WrongState:
                changed = await self._distributor.conversation(of.id)
            except UnknownConversation:
                return
            if changed is None:
                return
            of = changed

    async def _keep_hours(self, of: Conversation) -> None:
        """A callback waits for the house to open, and no longer."""
        at = self._distributor.now()
        opens = self._routing.not_before(of.skills, of.entry, at)
        held = of.callback is not None and of.callback.outside_hours
        until = of.callback.not_before or 0 if of.callback else 0
        if opens is None:
            if held:
                await self._dispatch.act(await self._distributor.callback_hours(of.id, None))
        elif until < (opens if opens - at < UNKNOWN_MS else at + UNKNOWN_MS // 2):
            await self._dispatch.act(await self._distributor.callback_hours(of.id, opens))

    async def _schedule(self, of: Conversation, at: int | None, fell_due: bool) -> None:
        if not fell_due and self._scheduled.get(of.id) == at:
            return
        await self._distributor.schedule_rules(of.id, at)
        if at is None:
            self._scheduled.pop(of.id, None)
        else:
            self._scheduled[of.id] = at

    def _announce(self, change: Change) -> None:
        """Whoever has the link to Asterisk plays what a rule announces, once."""
        recording = change.event.data.get("announce")
        channel = change.conversation.channel_id if change.conversation else None
        if recording and channel and self._telephony.status().ari:
            self._telephony.announce(channel, str(recording))

    async def _fetch(self, of: Conversation) -> None:
        """A call that a rule moved to people comes out of the bot's application: whoever has the
        link to Asterisk takes it, again and again until it is here."""
        waits = of.state in {State.QUEUED, State.OFFERED, State.ACTIVE} and not of.dialling
        if of.bot is not None and of.bot.stays and of.bot.has_caller:
            return  # the bot was asked to keep them until an agent accepts
        if of.channel is Channel.VOICE and waits and of.channel_id and self._telephony.status().ari:
            await self._telephony.fetch_call(of.channel_id, of.id)
