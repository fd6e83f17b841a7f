"""Asterisk's logs are kept within bounds, for it never does so by itself.

One that is longer than `LIMIT` becomes `messages.log.1`, and of those the newest `KEPT` stay. What
grows between two looks comes on top.
"""

import contextlib
import subprocess
from pathlib import Path

from app.embedded.asterisk_config import AsteriskConfig

LIMIT = 10_000_000
KEPT = 3
CONSOLE_SECONDS = 3
"""A console that has not answered by then is told again at the next look."""


def keep_in_bounds(config: AsteriskConfig, limit: int = LIMIT) -> None:
    """Put aside each log that is too long. Blocks for a moment; harmless while Asterisk is away."""
    for log in config.log.glob("*.log"):
        if log.stat().st_size > limit:
            _put_aside(log)
    if any(not first.with_suffix("").exists() for first in config.log.glob("*.log.1")):
        _begin_anew(config)


def _put_aside(log: Path) -> None:
    numbered = [log.with_name(f"{log.name}.{n}") for n in range(1, KEPT + 1)]
    for older, newer in zip(reversed(numbered), reversed([log, *numbered[:-1]]), strict=True):
        if newer.exists():
            newer.replace(older)


def _begin_anew(config: AsteriskConfig) -> None:
    """Asterisk writes on into the file that it has, whatever that is called now, until told."""
    console = [str(config.installation.program), "-C", str(config.main_file)]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            [*console, "-rx", "logger reload"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=CONSOLE_SECONDS,
            check=False,
        )
