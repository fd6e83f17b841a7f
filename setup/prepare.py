"""Prepares a checkout: `setup/prepare.py run|test|check|audit|image`. Standard library only.

Steps that do not need each other run side by side; each is skipped while what it was made from
is unchanged. What stands in the way is one line that says what to do, and exit status 1.
"""

import errno
import fcntl
import getpass
import os
import signal
import socket
import sys
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parent))

import debian
import environment
import frontend
from steps import Blocked, Step, Steps, run_script

TOP = Path(__file__).resolve().parent.parent
PURPOSES = ("run", "test", "check", "audit", "image")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in PURPOSES:
        print(f"usage: prepare.py {'|'.join(PURPOSES)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        require_usable_folder()
        os.chdir(TOP)
        if arguments[0] == "run":
            require_free_port()
        with only_one_at_a_time():
            Steps(steps_for(arguments[0])).run()
    except Blocked as reason:
        print(f"ringdesk: {reason}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"ringdesk: {error.filename} belongs to somebody else, perhaps from an earlier run "
            f"with sudo: as root, chown -R {getpass.getuser()} {TOP}",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(f"ringdesk: {error.filename or TOP}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def steps_for(purpose: str) -> list[Step]:
    if purpose == "audit":
        python = Step("python", environment.runtime)
        return [python, Step("pip-audit", environment.auditor, after=("python",))]
    steps = [
        Step("python", environment.runtime),
        Step("bytecode", environment.bytecode),
        Step("browser packages", frontend.packages, after=node_comes_from_python()),
        Step("browser pages", frontend.build, after=("python", "browser packages")),
    ]
    if purpose in {"test", "check"} or (purpose == "run" and setting("RINGDESK_ARI_URL") is None):
        steps.append(Step("asterisk", unpack_asterisk))
    if purpose in {"test", "check"}:
        steps.append(Step("python tools", environment.tools, after=("python",)))
    if purpose == "test":
        steps.append(Step("debian", debian.install_what_tests_need))
    return steps


def node_comes_from_python() -> tuple[str, ...]:
    return () if environment.system_node() else ("python",)


def unpack_asterisk(step: Step) -> None:
    target = setting("RINGDESK_ASTERISK_DIR") or str(TOP / "var" / "asterisk-22")
    run_script(step, ["asterisk/get-asterisk.sh", target], "Asterisk could not be unpacked")


def setting(name: str) -> str | None:
    """A setting from the environment or `.env`, before anything that reads them is installed."""
    if os.environ.get(name):
        return os.environ[name]
    try:
        lines = (TOP / ".env").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.removeprefix("export ").partition("=")
        if key.strip() == name and value.strip():
            return value.strip().strip("\"'")
    return None


def require_usable_folder() -> None:
    if any(character.isspace() for character in str(TOP)):
        raise Blocked(
            f"the path of this checkout has a blank ({str(TOP)!r}), which Asterisk's and "
            "Python's scripts cannot cope with: move it to a path without"
        )
    if not os.access(TOP, os.W_OK):
        raise Blocked(f"you may not write to {TOP}: clone the project into a folder of your own")


def require_free_port() -> None:
    """Said before anything is downloaded; a bad value is left to the service to explain."""
    host, _, port = (setting("RINGDESK_HTTP") or "127.0.0.1:8080").rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Blocked(
                    f"{host}:{port} is taken, perhaps by a Ringdesk that runs already: "
                    "stop that, or set RINGDESK_HTTP to another address"
                ) from None
        except ValueError:
            pass


def only_one_at_a_time() -> IO[str]:
    """Two that start in one checkout at once: the second waits, and then finds all done."""
    (TOP / "var" / "setup").mkdir(parents=True, exist_ok=True)
    lock = (TOP / "var" / "setup" / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
