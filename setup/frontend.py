"""The browser's pages: npm's packages, the types made from the API, the build."""

import json
import os
import subprocess
from pathlib import Path

from environment import VENV, system_node
from steps import Blocked, Step, fingerprint, run_quietly, unchanged

WEB = Path("app/web")
OPENAPI = Path("var/openapi.json")
GENERATED = WEB / "src" / "generated"
MADE = {"node_modules", "dist", "generated"}


def packages(step: Step) -> None:
    """`npm ci`, when the lock file has changed."""
    stamp = WEB / "node_modules" / ".ringdesk"
    made_from = fingerprint([WEB / "package.json", WEB / "package-lock.json"])
    if unchanged(stamp, made_from):
        return
    step.say("downloading npm's packages")
    run_quietly(
        step,
        ["npm", "ci", "--prefix", str(WEB), "--no-audit", "--no-fund", "--loglevel=error"],
        "npm's packages could not be installed, is there a network?",
        **_path(),
    )
    stamp.write_text(made_from)
    step.say("ready")


def build(step: Step) -> None:
    """The pages, when a source of theirs or the API that their types come from has changed."""
    stamp = WEB / "dist" / ".ringdesk"
    made_from = fingerprint(_sources())
    if unchanged(stamp, made_from) and GENERATED.exists():
        return
    step.say("building")
    _write_openapi()
    for script in ("generate", "build"):
        run_quietly(
            step,
            ["npm", "run", script, "--prefix", str(WEB)],
            f"the pages could not be built (npm run {script})",
            RINGDESK_OPENAPI=str(OPENAPI.absolute()),
            **_path(),
        )
    stamp.write_text(made_from)
    step.say("ready")


def _sources() -> list[Path]:
    found = [file for folder in ("app/api", "app/domain") for file in Path(folder).rglob("*.py")]
    for folder, inner, files in os.walk(WEB):
        inner[:] = [name for name in inner if name not in MADE]
        found += [Path(folder) / name for name in files]
    return found


def _write_openapi() -> None:
    answer = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "app", "openapi"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        json.loads(answer.stdout)
    except ValueError:
        why = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Blocked(f"the API's description could not be written: {why}") from None
    OPENAPI.parent.mkdir(parents=True, exist_ok=True)
    OPENAPI.write_text(answer.stdout)


def _path() -> dict[str, str]:
    """npm and node from the environment where the machine has none that is new enough."""
    if system_node():
        return {}
    return {"PATH": f"{(VENV / 'bin').absolute()}{os.pathsep}{os.environ.get('PATH', '')}"}
