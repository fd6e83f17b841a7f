"""What was measured, where and when: printed, and written to `var/bench/<part>.json`."""

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Say = Callable[[str], None]
FOLDER = Path(__file__).parents[2] / "var" / "bench"


@dataclass(slots=True)
class Report:
    """One part's tables and figures."""

    part: str
    title: str
    tables: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """How it was measured, and what else to know."""
    figures: dict[str, Any] = field(default_factory=dict)

    def print(self, say: Say) -> None:
        """Show the tables, with the date and the machine."""
        here = machine()
        say(f"\n## {self.title}\n")
        for text in self.tables:
            say(text + "\n")
        for note in self.notes:
            say(f"- {note}")
        say(f"- {here['date']}, {here['cpu']}, {here['cores']} cores, load {here['load']}")

    def write(self, folder: Path) -> Path:
        """Keep the figures; the file is replaced."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.part}.json"
        told = {"part": self.part, "machine": machine(), "notes": self.notes, **self.figures}
        path.write_text(json.dumps(told, indent=1, allow_nan=False) + "\n")
        return path


def machine() -> dict[str, Any]:
    """Date (UTC), processor, cores, and how busy it is: the load of the last minute."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
