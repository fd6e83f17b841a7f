"""What is there from the first start on: an administrator, the demo's people, its bot's API key."""

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from app.api.access import Scope
from app.api.passwords import hash_password
from app.config import Settings
from app.desk.first_people import FirstPeople
from app.embedded import DemoBot, Endpoints
from app.records import Records

log = logging.getLogger("ringdesk.service")

DEMO_PASSWORD_FILE = "demo-password"
DEMO_BOT_KEY_FILE = "demo-bot-key"
Say = Callable[[str], None]


async def first_people(records: Records, settings: Settings, say: Say) -> None:
    """Make those who are missing, and say their passwords."""
    people = FirstPeople(records, hash_password)
    password = settings.admin_password or secrets.token_urlsafe(12)
    if await people.administrator(settings.admin_email, password):
        told = "as set" if settings.admin_password else password
        say(f"Administrator: {settings.admin_email}  password: {told}")
        if not settings.admin_password:
            _keep(settings.state_dir / "admin-password", password)
    if settings.demo:
        password = settings.demo_password or _kept(settings.state_dir / DEMO_PASSWORD_FILE)
        await people.demo(password)
        told = "as set" if settings.demo_password else password
        say(f"Demo agents: ana, ben, chi, sam @example.com  password: {told}")


async def demo_bot(endpoints: Endpoints, records: Records, settings: Settings) -> DemoBot | None:
    """The bot of extension 100, with an API key that is kept like the demo's password."""
    if not settings.demo or not settings.demo_bot:
        return None
    if not DemoBot.installed():
        log.warning("extension 100 goes to people: its bot needs asyncari (pip install .[demo])")
        return None
    file = settings.state_dir / DEMO_BOT_KEY_FILE
    kept = file.read_text().strip() if file.exists() else None
    key = await FirstPeople(records, hash_password).bots_key(kept, tuple(Scope))
    _keep(file, key)
    return DemoBot(settings, endpoints, key)


def _kept(path: Path) -> str:
    """The password in this file; a random one is made and kept where there is none."""
    if not path.exists():
        _keep(path, secrets.token_urlsafe(9))
    return path.read_text().strip()


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
