"""Calendars and routing rules in force, asked in memory: nothing on the call path waits for SQL."""

from app.desk.directory import Directory
from app.domain.calendar import Calendar, Opening, opening
from app.domain.conversation import Conversation
from app.domain.routing_rules import Choice, Effect, Now, RoutingRule
from app.records import Records

UNKNOWN_MS = 30 * 24 * 3600 * 1000
"""For how long a callback is held back at a time, where nobody knows when the house opens."""


DAY_MS = 24 * 3600 * 1000
CHANGES = 60
"""Openings and closings that the dialplan knows ahead: a month of office hours."""


class Routing:
    """What administrators set; read again by `refresh`."""

    def __init__(self, records: Records, directory: Directory) -> None:
        self._records = records
        self._directory = directory
        self._openings: dict[str, tuple[int, Opening]] = {}
        self.calendars: tuple[Calendar, ...] = ()
        self.rules: tuple[RoutingRule, ...] = ()

    async def refresh(self) -> bool:
        """Read both from SQL; whether anything is new."""
        calendars = tuple(await self._records.calendars.all())
        rules = tuple(await self._records.routing_rules.all())
        if (calendars, rules) == (self.calendars, self.rules):
            return False
        self.calendars, self.rules = calendars, rules
        self._openings.clear()
        return True

    def opening(self, calendar: Calendar, at: int) -> Opening:
        """Open or closed at an instant (ms); remembered until it changes."""
        asked, known = self._openings.get(calendar.id, (0, None))
        if known is None or at < asked or (known.until is not None and at >= known.until):
            known = opening(calendar, at)
            self._openings[calendar.id] = (at, known)
        return known

    def now(self, at: int) -> Now:
        """Which calendars are closed at an instant."""
        closed = (c.id for c in self.calendars if not self.opening(c, at).open)
        return Now(at, frozenset(closed))

    def closed(self, of: Conversation, at: int) -> Opening | None:
        """Why a conversation's house is closed; None: it is open."""
        return self.closed_for(of.skills, of.entry, at)

    def closed_for(self, skills: tuple[str, ...], entry: str | None, at: int) -> Opening | None:
        """That of the calendars of skills and entry which opens last; None: all are open (also
        where there is no calendar)."""
        found = [self.opening(c, at) for c in self.calendars if c.applies(skills, entry)]
        shut = [each for each in found if not each.open]
        return max(shut, key=lambda each: (each.until is None, each.until or 0), default=None)

    def not_before(self, skills: tuple[str, ...], entry: str | None, at: int) -> int | None:
        """When a callback may begin (ms); None: now. Where no opening is known it is far, and
        comes as soon as it is known."""
        closed = self.closed_for(skills, entry, at)
        return None if closed is None else closed.until or at + UNKNOWN_MS

    def for_dialplan(self, at: int) -> dict[str, str]:
        """How each calendar is at the begin of this day (UTC), and when that changes (seconds):
        what the dialplan needs to answer by itself for weeks. Takes a while: for a thread."""
        told, start = {}, at - at % DAY_MS
        for calendar in self.calendars:
            name = "".join(c for c in calendar.name if c.isascii() and (c.isalnum() or c in "_-"))
            now = opening(calendar, start)
            told[f"{name}/0"] = "open" if now.open else "closed"
            number = ahead = 0
            while now.until is not None and ahead < CHANGES:
                number += 1
                told[f"{name}/{number}"] = str(now.until // 1000)
                ahead += now.until > at  # those of the day that are past tell nothing any more
                now = opening(calendar, now.until)
        return told

    def words(self, of: Conversation, effect: Effect) -> str:
        """What a rule did to a conversation, for its timeline."""
        told = []
        if effect.queue:
            told.append("moved it from the bot to people")
        if effect.skills is not None:
            told.append(self._skills(of.skills, effect.skills))
        if effect.priority is not None:
            told.append(f"priority {effect.priority}")
        if effect.release:
            told.append("released it from its agent")
        if effect.announce:
            told.append(f"announced {effect.announce}")
        offers = {Choice.CALLBACK: "a callback", Choice.MESSAGE: "leaving a message"}
        told += [f"offered {offers[choice]}" for choice in effect.offer]
        return "; ".join(told)[:1000]

    def _skills(self, before: tuple[str, ...], after: tuple[str, ...]) -> str:
        gone, new = set(before) - set(after), set(after) - set(before)
        if gone and not new:
            return f"no longer needs {self._named(gone)}"
        return f"now needs {self._named(after)}" if after else "anybody may take it"

    def _named(self, skills: set[str] | tuple[str, ...]) -> str:
        return ", ".join(sorted(self._directory.skill_name(skill) for skill in skills))
