"""Asterisk's console, where it is in reach: the one place that tells which programs serve ARI.

ARI itself lists an application as long as it holds a channel, also when its program is gone.
"""

import asyncio
from pathlib import Path

SECONDS = 2.0
LIMIT = 1_000_000
SESSIONS = "ari show websocket sessions"


class Console:
    """Asks over the console's Unix socket, as `asterisk -rx` does."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    async def sessions(self) -> dict[str, frozenset[str]] | None:
        """The connections that serve each application; None when nobody can tell."""
        if self._path is None:
            return None
        try:
            async with asyncio.timeout(SECONDS):
                return parsed(await self._ask(SESSIONS))
        except (OSError, TimeoutError, ValueError):
            return None

    async def _ask(self, command: str) -> str:
        reader, writer = await asyncio.open_unix_connection(str(self._path), limit=LIMIT)
        try:
            await reader.readline()  # who answers
            writer.write(f"cli quit after {command}\0".encode())
            await writer.drain()
            return (await reader.read(LIMIT)).decode("utf-8", "replace")
        finally:
            writer.close()


def parsed(text: str) -> dict[str, frozenset[str]] | None:
    """The table of `ari show websocket sessions` (res_ari, Asterisk 22.5): connection id, type,
    address, state and applications. None for what is no such table."""
    lines = text.replace("\0", "").splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("Connection ID")), None)
    if start is None:
        return None
    found: dict[str, set[str]] = {}
    for line in lines[start + 2 :]:
        words = line.split(None, 4)
        if len(words) == 5 and words[3] == "Up":
            for app in words[4].split(","):
                found.setdefault(app.strip(), set()).add(words[0])
    return {app: frozenset(ids) for app, ids in found.items()}
