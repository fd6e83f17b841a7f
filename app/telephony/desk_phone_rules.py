"""What agents' own phones may call, kept in Asterisk's database for the dialplan.

`dialplan/dial-rules.conf` reads it. It survives a restart of Asterisk, so that the rules hold while
Ringdesk is away, too. There are two copies, and a word that says which one holds: a call never sees
half of a change.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Mapping
from typing import Protocol

from app.domain.dialling import Action, Caller, DialRule, Numbering
from app.telephony.ami import AmiError
from app.telephony.ari_errors import AriError, LinkDown

log = logging.getLogger("ringdesk.dial_rules")

FAMILY = "ringdesk-dial"
HOURS = "ringdesk-hours"
"""Of calendars: dialplan/calendars.conf reads it."""
COPIES = ("a", "b")


class Actions(Protocol):
    """What carries AMI actions to Asterisk."""

    async def action(self, name: str, **fields: str) -> list[dict[str, str]]:
        """Send an action; its answers. Raises AriError."""


class DeskPhoneRules:
    """Writes the rules wherever Asterisk's are others.

    Over AMI: functions that write are refused over ARI (asterisk.conf, live_dangerously).
    """

    def __init__(self, ami: Actions | None, family: str = FAMILY, clear: bool = False) -> None:
        """`clear`: what is not said any more is taken away, and not only passed over."""
        self._ami = ami
        self._family = family
        self._clear = clear
        self._entries: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()

    async def say(self, entries: Mapping[str, str]) -> None:
        """What is to stand there (`entries_of`): written now, or when AMI is up again."""
        self._entries = entries
        await self.publish()

    async def publish(self) -> None:
        """Write what was said last, unless it stands there already."""
        try:
            async with self._turn:
                await self._publish()
        except LinkDown:
            log.debug("dial rules wait for AMI")
        except AriError as error:
            log.error("dial rules did not reach the dialplan, older ones hold: %s", error)

    async def _publish(self) -> None:
        entries = self._entries
        if entries is None or self._ami is None:
            return
        mark = _mark(entries)
        if await self._read("mark") == mark:
            return
        copy = COPIES[await self._read("current") == COPIES[0]]
        await self._write(self._family, "mark", "-")  # a write that is cut short is done again
        family = f"{self._family}-{copy}"
        if self._clear:
            with contextlib.suppress(AmiError):  # never written
                await self._action("DBDelTree", Family=family)
        for key, value in entries.items():
            await self._write(family, key, value)
        await self._write(self._family, "current", copy)
        await self._write(self._family, "mark", mark)

    async def _read(self, key: str) -> str:
        try:
            answers = await self._action("DBGet", Family=self._family, Key=key)
        except AmiError:
            return ""  # never written
        return next((answer["val"] for answer in answers if "val" in answer), "")

    async def _write(self, family: str, key: str, value: str) -> None:
        await self._action("DBPut", Family=family, Key=key, Val=value)

    async def _action(self, name: str, **fields: str) -> list[dict[str, str]]:
        if self._ami is None:
            raise LinkDown("there is no AMI")
        return await self._ami.action(name, **fields)


def entries_of(rules: tuple[DialRule, ...], numbering: Numbering, day_limit: int) -> dict[str, str]:
    """The rules for agents as the dialplan reads them; `day_limit` 0 is any number of calls."""
    mine = [rule for rule in rules if rule.caller is not Caller.BOTS]
    words = {Action.ALLOW: "a", Action.DENY: "d"}
    listed = {str(n): f"{words[rule.action]}:{rule.prefix}" for n, rule in enumerate(mine, 1)}
    return {
        **listed,
        "country": numbering.country or "",
        "national": numbering.national,
        "international": numbering.international,
        "limit": str(day_limit),
        "count": str(len(mine)),
    }


def _mark(entries: Mapping[str, str]) -> str:
    told = "\n".join(f"{key}={value}" for key, value in entries.items())
    return hashlib.blake2s(told.encode(), digest_size=10).hexdigest()
