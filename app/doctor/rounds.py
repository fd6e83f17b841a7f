"""One round: every part, side by side, a line each."""

import asyncio
import json
from collections.abc import Callable

import aiohttp

from app.config import Settings
from app.doctor import machine, servers
from app.doctor.finding import Finding, Health, ill, well
from app.doctor.trunk import trunk
from app.domain.mail import MailServer
from app.embedded import Endpoints
from app.records import Records
from app.records.database import Database, make_engine

Say = Callable[[str], None]


async def diagnose(settings: Settings, say: Say) -> int:
    """Look at every part and say how it is; 1 when something is wrong."""
    timeout = aiohttp.ClientTimeout(total=servers.SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        groups = await asyncio.gather(
            _service(http, settings), _parts(http, settings), _mail(settings), _of_trunk(settings),
            asyncio.to_thread(machine.of_machine, settings),
        )  # fmt: skip
    found = [finding for group in groups for finding in group]
    for finding in found:
        say(str(finding))
    return 1 if any(finding.health is Health.ILL for finding in found) else 0


async def _service(http: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    url = settings.local_url
    try:
        async with http.get(f"{url}/readyz", ssl=False) as answer:
            parts: dict[str, bool] = json.loads(await answer.text())["parts"]
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
        return [ill("service", f"does not answer at {url}: start it with `make run`")]
    down = [name for name, up in parts.items() if not up]
    if down:
        return [ill("service", f"answers at {url}, without {', '.join(down)}")]
    return [well("service", f"answers at {url}, with all of its parts")]


async def _parts(http: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    try:
        at = Endpoints.read(settings)
    except (OSError, ValueError, KeyError):
        return [ill("servers", "nobody knows yet where they are: start Ringdesk once")]
    groups = await asyncio.gather(
        servers.redis(at), servers.database(settings), servers.ari(http, settings, at),
        servers.ami(at),
    )  # fmt: skip
    return [finding for group in groups for finding in group]


async def _mail(settings: Settings) -> list[Finding]:
    known: list[tuple[str, MailServer | None, MailServer | None]] = []
    if not servers.has_file(settings):
        return await servers.mail(settings, known)
    try:
        records = Records(Database(make_engine(settings.database_url, connections=1)))
        try:
            known = [
                (m.address, m.smtp, m.imap) for m in await records.mailboxes.all() if m.enabled
            ]
        finally:
            await records.close()
    except Exception:  # asyncpg raises kinds of its own when it cannot connect; a doctor goes on
        known = []  # the database's own line tells
    return await servers.mail(settings, known)


async def _of_trunk(settings: Settings) -> list[Finding]:
    return [await trunk(settings)]
