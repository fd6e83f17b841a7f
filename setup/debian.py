"""Debian packages that only the tests need, installed where we may."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from steps import Blocked, Step, run_quietly

NEEDED: dict[str, Callable[[], object]] = {  # package: how to see that it is there
    "sip-tester": lambda: shutil.which("sipp"),
    "chromium": lambda: shutil.which("chromium"),
    "dovecot-imapd": lambda: Path("/usr/sbin/dovecot").exists(),
    "postgresql": lambda: (
        shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    ),
}


def install_what_tests_need(step: Step) -> None:
    missing = [package for package, present in NEEDED.items() if not present()]
    if not missing:
        return
    names = " ".join(missing)
    how = f"as root, apt-get install {names}"
    root = _root()
    if root is None or not shutil.which("apt-get"):
        raise Blocked(f"the tests need Debian packages that are missing: {how}")
    step.say(f"installing {names}")
    failed = f"Debian packages for the tests could not be installed ({how})"
    run_quietly(step, [*root, "apt-get", "-q", "update"], failed)
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=120", "--no-install-recommends"]
    noninteractive = ["env", "DEBIAN_FRONTEND=noninteractive"]
    run_quietly(step, [*root, *noninteractive, "apt-get", *options, "install", *missing], failed)
    step.say("ready")


def _root() -> list[str] | None:
    """What to put before a command that needs root; None when we cannot become root."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if allowed.returncode == 0 else None
