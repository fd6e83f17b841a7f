"""Service-wide settings in force: SQL first, then Redis, then every process within a second.

What a crash between the two left undone, and what a flushed Redis lost, a sweep repairs: it reads
Redis before SQL, so a newer version in Redis means that SQL was restored from a backup, and SQL
wins.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, SettingsCopy, Versioned
from app.config import Settings
from app.desk.errors import Invalid
from app.domain.service_settings import BY_KEY, SPECS, Spec, Value, complete, rules
from app.records import Setting, SettingsTable

log = logging.getLogger("ringdesk.settings")

LOOK_SECONDS = 1.0
"""Until another process sees a change."""
SWEEP_LOOKS = 15
"""Every how many looks SQL is compared."""


@dataclass(frozen=True, slots=True)
class Current:
    """One setting as it is in force."""

    spec: Spec
    default: Value
    value: Value
    version: int
    """0: never set."""


class ServiceSettings:
    """The settings in force; `run` keeps them so."""

    def __init__(
        self,
        records: SettingsTable,
        copy: SettingsCopy,
        distributor: Distributor,
        environment: Settings,
    ) -> None:
        self._records = records
        self._copy = copy
        self._distributor = distributor
        self._defaults = complete(
            {
                "offer_seconds": environment.offer_seconds,
                "rejoin_seconds": environment.rejoin_seconds,
                "wrap_up_seconds": environment.wrap_up_seconds,
                "idle_leg_seconds": environment.idle_leg_seconds,
                "max_wait_seconds": environment.max_wait_seconds,
                "exit_key": environment.exit_key or "",
                "callback_retry_seconds": environment.callback_retry_seconds,
            }
        )
        self._known: dict[str, Versioned] = {}
        self._turn = asyncio.Lock()

    def get(self, key: str) -> Value:
        """The value in force."""
        known = self._known.get(key)
        if known is None or known.value is None:
            return self._defaults[key]
        try:
            return BY_KEY[key].checked(known.value)
        except ValueError:  # stored by a version with other limits
            return self._defaults[key]

    def all(self) -> list[Current]:
        """Every setting, in the order of the table."""
        return [
            Current(spec, self._defaults[spec.key], self.get(spec.key), self._version(spec.key))
            for spec in SPECS
        ]

    async def change(self, changes: Mapping[str, object]) -> None:
        """Set some; None goes back to the default. All or none. Raises Invalid."""
        checked = {key: _checked(key, value) for key, value in changes.items()}
        async with self._turn:
            stored = await self._records.put_all(checked)
            new = _versioned(stored)
            self._apply({**self._known, **new})
            try:
                await self._copy.put(new)
            except (RedisError, OSError) as error:
                log.warning("settings reach Redis later (%s)", type(error).__name__)

    async def sweep(self) -> None:
        """Make Redis and this process say what SQL says."""
        async with self._turn:
            there = await self._copy.all()
            stored = _versioned(await self._records.all())
            await self._copy.put(stored, instead_of=there)
            self._apply(stored)

    async def run(self) -> None:
        """Follow other processes, and repair, for ever."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            try:
                await (self.sweep() if looks % SWEEP_LOOKS == 0 else self._look())
            except (RedisError, SQLAlchemyError, OSError) as error:
                log.debug("settings cannot be compared (%s)", type(error).__name__)

    async def _look(self) -> None:
        async with self._turn:
            there = await self._copy.all()
            newer = {k: v for k, v in there.items() if v.version > self._version(k)}
            if newer:
                self._apply({**self._known, **newer})

    def _version(self, key: str) -> int:
        known = self._known.get(key)
        return known.version if known else 0

    def _apply(self, known: Mapping[str, Versioned]) -> None:
        self._known = {key: value for key, value in known.items() if key in BY_KEY}
        self._distributor.rules = rules({spec.key: self.get(spec.key) for spec in SPECS})


def _checked(key: str, value: object) -> Value | None:
    spec = BY_KEY.get(key)
    if spec is None:
        raise Invalid(key, "there is no such setting")
    if value is None:
        return None
    try:
        return spec.checked(value)
    except ValueError as error:
        raise Invalid(key, str(error)) from None


def _versioned(stored: Mapping[str, Setting]) -> dict[str, Versioned]:
    return {key: Versioned(row.version, row.value) for key, row in stored.items() if key in BY_KEY}
