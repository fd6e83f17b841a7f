"""The desk's side of telephony in these stories: it notes facts and declares wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

from app.telephony import (
    CallArrived,
    CallWant,
    Fact,
    LegAddress,
    LegUp,
    LegWant,
    Place,
    Reconciled,
    Telephony,
    TelephonySettings,
)
from tests.integration.asterisk.stack import Stack
from tests.support.polling import eventually

F = TypeVar("F")


class NotingDesk:
    """Facts in their order, and shorthand for what stories ask of telephony."""

    def __init__(self, settings: TelephonySettings) -> None:
        self.facts: list[Fact] = []
        self.holds_lease = True
        self.telephony = Telephony(settings, self._note, self._lease)
        self._wants: dict[str, LegWant] = {}

    async def _note(self, fact: Fact) -> None:
        self.facts.append(fact)

    async def _lease(self) -> bool:
        return self.holds_lease

    def all(self, kind: type[F]) -> list[F]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def told(self, kind: type[F], times: int = 1, within: float = 15.0) -> F:
        """The latest fact of a kind, once there are so many of them."""
        await eventually(lambda: len(self.all(kind)) >= times, within=within)
        return self.all(kind)[-1]

    async def is_up(self, within: float = 10.0) -> None:
        await eventually(
            lambda: self.telephony.status().ari and self.telephony.status().ami, within=within
        )

    async def connect_leg(
        self, agent: str, number: str | None = None, endpoint: str | None = None
    ) -> LegUp:
        """Have an agent's phone called, and wait until the leg stands."""
        before = len(self.all(LegUp))
        await self.leg(agent, address=LegAddress(number, endpoint), up=True)
        return await self.told(LegUp, before + 1)

    async def leg(self, agent: str, **changes: object) -> None:
        """Change what is wanted of a leg."""
        want = self._wants.get(agent, LegWant(agent, None, up=False))
        self._wants[agent] = replace(want, **changes)  # type: ignore[arg-type]
        await self.telephony.want_leg(self._wants[agent])

    async def call(
        self, arrived: CallArrived, place: Place, agent: str | None = None, **more: object
    ) -> CallWant:
        """Declare where a call should be."""
        want = CallWant(f"c-{arrived.channel_id}", arrived.channel_id, place, agent)
        want = replace(want, **more)  # type: ignore[arg-type]
        await self.telephony.want_call(want)
        return want


def settings_for(stack: Stack, **changes: object) -> TelephonySettings:
    config = stack.config
    settings = TelephonySettings(
        ari_url=f"http://{config.http}/ari",
        ari_user=config.ari_user,
        ari_password=config.ari_password,
        ami_host=config.ami.host,
        ami_port=config.ami.port,
        ami_user=config.ami_user,
        ami_password=config.ami_password,
        announce_first_seconds=0.3,
        announce_every_seconds=30,
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def serving(
    stack: Stack, leased: bool = True, **changes: object
) -> AsyncIterator[NotingDesk]:
    """Telephony at work until the end of the block."""
    desk = NotingDesk(settings_for(stack, **changes))
    desk.holds_lease = leased
    running = asyncio.create_task(desk.telephony.run())
    try:
        if leased:
            await desk.is_up()
            await desk.told(Reconciled)
        yield desk
    finally:
        await desk.telephony.close()
        await asyncio.gather(running, return_exceptions=True)
