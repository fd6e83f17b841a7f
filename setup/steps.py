"""Steps of the preparation: side by side, with progress, one clear line when one is blocked."""

import hashlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

STILL_RUNNING_SECONDS = 5.0
LOGS = Path("var/setup")


class Blocked(Exception):
    """Something is in the way; the text is one line for the person at the shell."""


@dataclass
class Step:
    """A named piece of work, begun once the steps it comes after are done."""

    name: str
    work: Callable[["Step"], None]
    after: tuple[str, ...] = ()
    done: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    began: float | None = None

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.replace(' ', '-')}.log"

    def say(self, text: str) -> None:
        say(f"{self.name}: {text}")


class Steps:
    """All the steps of one run, each in a thread of its own."""

    def __init__(self, steps: list[Step]) -> None:
        self._steps = {step.name: step for step in steps}

    def run(self) -> None:
        """Return once all are done; raise the first failure, the others being stopped."""
        for step in self._steps.values():
            step.log.unlink(missing_ok=True)
            threading.Thread(target=self._carry_out, args=(step,), daemon=True).start()
        told = time.monotonic()
        try:
            while waiting := [s for s in self._steps.values() if not s.done.wait(0.02)]:
                self._raise_failure()
                if time.monotonic() - told > STILL_RUNNING_SECONDS:
                    told = time.monotonic()
                    busy = [f"{s.name} ({told - s.began:.0f} s)" for s in waiting if s.began]
                    say(f"still busy with {', '.join(busy)}")
            self._raise_failure()
        finally:
            for step in self._steps.values():
                step.stop.set()
            for step in self._steps.values():
                step.done.wait(5)

    def _carry_out(self, step: Step) -> None:
        try:
            for name in step.after:
                earlier = self._steps[name]
                earlier.done.wait()
                if earlier.failure:
                    return
            step.began = time.monotonic()
            step.work(step)
        except BaseException as failure:  # carried to the main thread, which raises it
            step.failure = failure
        finally:
            step.done.set()

    def _raise_failure(self) -> None:
        for step in self._steps.values():
            if step.failure:
                raise step.failure


def say(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:5.1f} s] {text}", flush=True)


BEGAN = time.monotonic()


def run_script(step: Step, command: list[str], failed: str, **environment: str) -> None:
    """Run a program whose output lines are progress; its last line on standard error says why
    when it fails."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, **environment},
            start_new_session=True,
        )
    except OSError as error:
        raise Blocked(f"{failed}: {error}") from error
    errors: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(process.stdout, step.say), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, errors.append), daemon=True),
    ]
    for reader in readers:
        reader.start()
    _wait(step, process)
    for reader in readers:
        reader.join(2)
    if process.returncode:
        raise Blocked(f"{failed}: {errors[-1] if errors else 'no reason given'}")


def run_quietly(step: Step, command: list[str], failed: str, **environment: str) -> None:
    """Run a program whose output goes to the step's log. Raises Blocked with `failed`, the line
    of the log that says most, and where the rest is."""
    step.log.parent.mkdir(parents=True, exist_ok=True)
    with step.log.open("ab") as log:
        start = log.tell()
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        except OSError as error:
            raise Blocked(f"{failed}: {error}") from error
        _wait(step, process)
    if process.returncode:
        text = step.log.read_bytes()[start:].decode(errors="replace")
        raise Blocked(f"{failed}: {_telling_line(text)} (all of it: {step.log})")


def unchanged(stamp: Path, fingerprint: str) -> bool:
    try:
        return stamp.read_text() == fingerprint
    except OSError:
        return False


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """A hash over names and contents."""
    total = hashlib.sha256("\0".join(words).encode())
    for file in sorted(files):
        total.update(f"\0{file}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _wait(step: Step, process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        if step.stop.wait(0.02):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise Blocked("stopped")


def _read(stream: Iterable[str], use: Callable[[str], None]) -> None:
    for line in stream:
        if line.strip():
            use(line.rstrip())


def _telling_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any(line.startswith("Traceback") for line in lines):
        return lines[-1]
    marks = ("no space left", "caused by", "npm error", "error", "failed")
    for mark in marks:
        for line in reversed(lines) if mark == "caused by" else lines:
            if mark in line.lower():
                return line
    return lines[-1] if lines else "no reason given"
