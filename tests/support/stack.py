"""The real service as a process of its own: state folder, ports, Redis and Asterisk of its own.

Synchronous on purpose, so that one stack can serve a whole session of tests, each with a loop of
its own. Processes are ended by the ids in the state folder, and by nothing else.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.ports import free_port, media_ports

ROOT = Path(__file__).parents[2]
PASSWORD = "only-for-tests-7Hq"
READY = "Ringdesk is ready:"
TAKEN = "is taken by another program"
SERVERS = ("redis", "asterisk")


class Stack:
    """A running copy of the service. `settings` are RINGDESK_* names without the prefix."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self._pick_ports()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.output = folder / "service.log"

    @property
    def url(self) -> str:
        """Where the pages and the API are."""
        return f"http://{self.http}"

    @property
    def endpoints(self) -> dict[str, Any]:
        """`run/endpoints.json`: where Redis, ARI and AMI are, with their passwords."""
        told: dict[str, Any] = json.loads((self.folder / "run" / "endpoints.json").read_text())
        return told

    def start(self) -> float:
        """Start the service and wait for its ready line; the seconds it took.

        A port that somebody else's media took since it was picked is picked anew.
        """
        for _ in range(3):
            try:
                return self._start()
            except AssertionError as failure:
                if TAKEN not in str(failure):
                    raise
                self._pick_ports()
        raise AssertionError("no port stays free")

    def stop(self) -> None:
        """End the service as a person would, and whatever it left behind."""
        pids = {name: self.pid(name) for name in SERVERS}
        if self._process is not None and not self._dead():
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for pid in pids.values():
            self._end_leftover(pid)

    def restart(self) -> float:
        """Start again what was killed; the seconds until it was ready."""
        return self.start()

    def kill9(self, name: str = "service") -> float:
        """SIGKILL the service, `redis` or `asterisk`; the instant of it."""
        pid = self.pid(name)
        assert pid is not None, f"{name} does not run"
        os.kill(pid, signal.SIGKILL)
        killed_at = time.monotonic()
        if name == "service" and self._process is not None:
            self._process.wait(10)
        return killed_at

    def drain(self, within: float) -> int:
        """SIGTERM of the service; its exit code. Raises TimeoutExpired."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(within)

    def pid(self, name: str) -> int | None:
        """The process id that the state folder tells; None when there is none, or it is gone."""
        try:
            pid = int((self.folder / "run" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if _command(pid) else None

    def said(self) -> str:
        """All that the service wrote, over its restarts."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def tail(self, lines: int = 40) -> str:
        """The last lines that the service wrote."""
        return "\n".join(self.said().splitlines()[-lines:])

    def asterisk_says(self, lines: int = 25) -> str:
        """The last notices, warnings and errors of Asterisk."""
        log = self.folder / "log" / "asterisk" / "messages.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def forget(self) -> None:
        """Remove the state folder of a stopped stack."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _pick_ports(self) -> None:
        self.http = f"127.0.0.1:{free_port()}"
        self.sip = f"127.0.0.1:{free_port()}"
        self.trunk = f"127.0.0.1:{free_port()}"
        self.smtp = f"127.0.0.1:{free_port()}"
        self._rtp = media_ports(500)

    def _start(self, within: float = 60.0) -> float:
        began = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        already = self._readies()
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self._wait(lambda: self._readies() > already or self._dead(), within, "it is not ready")
        if self._readies() == already:
            raise AssertionError(f"the service ended: {self.tail()}")
        return time.monotonic() - began

    def environment(self) -> dict[str, str]:
        """What the service and the commands beside it are run with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("RINGDESK_")}
        shared = {k: os.environ[k] for k in ("RINGDESK_ASTERISK_DIR",) if k in os.environ}
        values = {
            "HTTP": self.http,
            "STATE_DIR": str(self.folder),
            "SIP_BIND": self.sip,
            "RTP_PORTS": self._rtp,
            "TRUNK": f"sip:{self.trunk}",
            "SMTP_LISTEN": self.smtp,
            "DEMO": "1",
            "DEMO_PASSWORD": PASSWORD,
            "DEMO_BOT": "0",  # stories bring bots of their own
            "WEBHOOK_PRIVATE": "1",
            "MAIL_RETRY_SECONDS": "0.5",
            "ADMIN_EMAIL": "admin@example.com",
            "ADMIN_PASSWORD": PASSWORD,
            **self._settings,
        }
        ours = {f"RINGDESK_{name}": value for name, value in values.items()}
        return {**kept, **shared, **ours, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def _readies(self) -> int:
        """How often the ready line was printed so far."""
        return self.said().count(READY)

    def _dead(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _end_leftover(self, pid: int | None) -> None:
        """A server that outlived its service, which it must only when that was killed."""
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            while str(self.folder) in _command(pid):
                os.kill(pid, signal.SIGKILL)
                time.sleep(0.02)

    def _wait(self, done: Callable[[], bool], within: float, otherwise: str) -> None:
        end = time.monotonic() + within
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"{otherwise} after {within} s: {self.tail()}")
            time.sleep(0.02)


def _command(pid: int) -> str:
    """A process's arguments; empty when it is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
