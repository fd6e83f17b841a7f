"""Dial rules on their way into Asterisk's database, by the service's own AMI link and writer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from app.domain.dialling import DialRule, Numbering
from app.telephony.ami import AmiAddress, AmiLink
from app.telephony.desk_phone_rules import HOURS, DeskPhoneRules, entries_of
from tests.integration.asterisk.stack import Stack


async def tell_rules(
    stack: Stack, rules: tuple[DialRule, ...], numbering: Numbering | None = None, limit: int = 0
) -> None:
    """Write them, as the service does when they changed."""
    async with link_to(stack) as link:
        await DeskPhoneRules(link).say(entries_of(rules, numbering or Numbering(), limit))


async def tell_hours(stack: Stack, entries: Mapping[str, str]) -> None:
    """Write the hours of calendars, as the service does when they changed."""
    async with link_to(stack) as link:
        await DeskPhoneRules(link, HOURS, clear=True).say(entries)


@contextlib.asynccontextmanager
async def link_to(stack: Stack) -> AsyncIterator[AmiLink]:
    """The service's own AMI link, up."""
    config = stack.config
    up = asyncio.Event()

    async def came_up() -> None:
        up.set()

    async def went_down(reason: str) -> None:
        up.clear()

    address = AmiAddress(config.ami.host, config.ami.port, config.ami_user, config.ami_password)
    link = AmiLink(address, on_up=came_up, on_down=went_down, on_event=lambda _: None)
    running = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(10):
            await up.wait()
        yield link
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
