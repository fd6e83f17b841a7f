"""What administrators do with calendars and routing rules: keep them, and try them first."""

from collections.abc import Callable

from app.desk.errors import InUse, Invalid, Use
from app.desk.routing import Routing
from app.desk.routing_runner import RoutingRunner
from app.domain.calendar import Calendar, Opening, opening
from app.domain.routing_rules import RoutingRule
from app.domain.rule_preview import Past, would_match
from app.records import InUse as AskedByRules
from app.records import Records

MAX_CALENDARS = 100
MAX_RULES = 200
"""Each is looked at on every event of every conversation."""
PREVIEW_MS = 24 * 3600 * 1000
PREVIEW_MOST = 5_000
"""The newest conversations of the day that a preview looks at."""


class Administration:
    """SQL first, then in force at once in this process, and within seconds in the others."""

    def __init__(
        self, routing: Routing, runner: RoutingRunner, records: Records, now: Callable[[], int]
    ) -> None:
        self._routing = routing
        self._runner = runner
        self._records = records
        self._now = now
        self.most_calendars = MAX_CALENDARS
        self.most_rules = MAX_RULES

    def opening(self, calendar: Calendar) -> Opening:
        """Whether it is open now, and until when."""
        return opening(calendar, self._now())

    async def calendars(self) -> list[Calendar]:
        """Every calendar."""
        return await self._records.calendars.all()

    async def put_calendar(self, calendar: Calendar) -> Calendar:
        """Add one (without an id) or replace one. Raises Invalid, NotFound, Duplicate."""
        calendars = self._records.calendars
        if not calendar.id and len(await calendars.all()) >= self.most_calendars:
            raise Invalid("name", f"there are {self.most_calendars} already, the most there can be")
        saved = await (calendars.change(calendar) if calendar.id else calendars.add(calendar))
        await self._in_force()
        return saved

    async def remove_calendar(self, id: str) -> None:
        """Remove one that no rule asks. Raises NotFound, InUse."""
        try:
            await self._records.routing_rules.need(id)
        except AskedByRules as error:
            uses = [Use("routing_rule", "", name) for name in error.users]
            raise InUse(f"it is asked by {', '.join(error.users)}", uses) from None
        await self._records.calendars.remove(id)
        await self._in_force()

    async def rules(self) -> list[RoutingRule]:
        """Every rule, in order."""
        return await self._records.routing_rules.all()

    async def put_rule(self, rule: RoutingRule, place: int | None) -> RoutingRule:
        """Add one (without an id), last, or replace one; a place moves it.

        Raises Invalid, NotFound, Duplicate.
        """
        rules = self._records.routing_rules
        if not rule.id and len(await rules.all()) >= self.most_rules:
            raise Invalid("name", f"there are {self.most_rules} already, the most there can be")
        await self._check(rule)
        saved = await (rules.change(rule, place) if rule.id else rules.add(rule, place))
        await self._in_force()
        return saved

    async def remove_rule(self, id: str) -> None:
        """Remove one. Raises NotFound."""
        await self._records.routing_rules.remove(id)
        await self._in_force()

    async def preview(self, rule: RoutingRule) -> tuple[int, list[Past]]:
        """How many conversations of the last day were looked at, and those that would have
        matched, newest first. Raises Invalid."""
        await self._check(rule)
        calendars = {c.id: c for c in await self._records.calendars.all()}
        calendar = calendars.get(rule.conditions.calendar or "")
        since = self._now() - PREVIEW_MS
        pasts = await self._records.rule_preview.since(since, PREVIEW_MOST)
        now = self._now()
        return len(pasts), [p for p in pasts if would_match(rule, p, calendar, now)]

    async def _check(self, rule: RoutingRule) -> None:
        wanted = rule.conditions.calendar
        if wanted and wanted not in {c.id for c in await self._records.calendars.all()}:
            raise Invalid("when.calendar", "there is no such calendar")

    async def _in_force(self) -> None:
        await self._routing.refresh()
        self._runner.look_soon()
