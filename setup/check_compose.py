"""`setup/check_compose.py docker-compose.yml`: faults in the compose file and its Dockerfiles.

Docker's own `config` judges the syntax where Docker Compose is installed; what follows here needs
no Docker: our own rules, and that nothing names what is not there.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

BASE = "debian:forky-slim"
SERVICES = {"app", "asterisk", "redis", "postgres"}
KNOWN_KEYS = {
    *("build", "cap_add", "cap_drop", "command", "depends_on", "environment", "healthcheck"),
    *("logging", "networks", "ports", "read_only", "restart", "security_opt", "shm_size"),
    *("stop_grace_period", "tmpfs", "ulimits", "volumes"),
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: check_compose.py FILE", file=sys.stderr)
        return 2
    file = Path(arguments[0])
    found = [*faults(load(file), file.parent), *docker_says(file)]
    for fault in found:
        print(f"{file}: {fault}", file=sys.stderr)
    if not found:
        print(f"{file}: no faults")
    return 1 if found else 0


def load(file: Path) -> dict[str, Any]:
    """The compose file as data."""
    read: dict[str, Any] = yaml.safe_load(file.read_text())
    return read


def faults(compose: dict[str, Any], folder: Path) -> Iterator[str]:
    services: dict[str, dict[str, Any]] = compose.get("services", {})
    if set(services) != SERVICES:
        yield f"the services are {sorted(services)}, not {sorted(SERVICES)}"
    volumes = set(compose.get("volumes", {}))
    for name, service in services.items():
        for fault in _service_faults(service, set(services), volumes, folder):
            yield f"{name}: {fault}"


def _service_faults(
    service: dict[str, Any], services: set[str], volumes: set[str], folder: Path
) -> Iterator[str]:
    yield from (f"unknown key {key!r}" for key in sorted(set(service) - KNOWN_KEYS))
    if not service.get("read_only"):
        yield "the root file system is not read-only"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "it may gain privileges"
    yield from (f"depends on {n!r}" for n in service.get("depends_on", {}) if n not in services)
    for volume in service.get("volumes", []):
        source = str(volume).split(":")[0]
        known = (folder / source).exists() if source.startswith(".") else source in volumes
        if not known:
            yield f"volume {source!r} is not there"
    for key, value in service.get("environment", {}).items():
        if "PASSWORD" in key and "RINGDESK_COMPOSE" in str(value) and ":?" not in str(value):
            yield f"{key} has no message for when it is not set"
    yield from _build_faults(service.get("build"), folder, "healthcheck" in service)


def _build_faults(build: str | dict[str, str] | None, folder: Path, checked: bool) -> Iterator[str]:
    if build is None:
        yield "it is not built here"
        return
    described = {"context": build} if isinstance(build, str) else build
    context = folder / described["context"]
    dockerfile = context / described.get("dockerfile", "Dockerfile")
    if not dockerfile.exists():
        yield f"{dockerfile} is not there"
        return
    for fault in dockerfile_faults(dockerfile.read_text(), context, checked):
        yield f"{dockerfile}: {fault}"


def dockerfile_faults(text: str, context: Path, checked: bool = False) -> Iterator[str]:
    """Our rules for an image: its base, its user, its health, and that what it copies exists."""
    lines = text.replace("\\\n", " ").splitlines()
    instructions = [line.split(None, 1) for line in lines if re.match(r"[A-Z]+\s", line)]
    for word, rest in instructions:
        if word == "FROM" and rest.split()[0] != BASE:
            yield f"FROM {rest.split()[0]}, not {BASE}"
        if word in {"COPY", "ADD"} and "--from=" not in rest:
            sources = [part for part in rest.split()[:-1] if not part.startswith("--")]
            yield from (f"copies {s!r}, not there" for s in sources if not (context / s).exists())
    users = [rest.strip() for word, rest in instructions if word == "USER"]
    if not users or users[-1] in {"root", "0"}:
        yield "it runs as root"
    if not checked and not any(word == "HEALTHCHECK" for word, _ in instructions):
        yield "it has no health check"


def docker_says(file: Path) -> Iterator[str]:
    """What `docker compose config` finds, with stand-ins for the passwords."""
    text = file.read_text()
    stand_ins = {name: "x" for name in re.findall(r"\$\{(\w+):\?", text)}
    for command in (["docker", "compose"], ["docker-compose"]):
        if not shutil.which(command[0]):
            continue
        version = subprocess.run([*command, "version"], capture_output=True, check=False)
        if version.returncode:
            continue
        answer = subprocess.run(
            [*command, "-f", str(file), "config", "--quiet"],
            capture_output=True,
            text=True,
            check=False,
            env={**stand_ins, "PATH": f"{Path(shutil.which(command[0]) or '').parent}"},
        )
        yield from answer.stderr.strip().splitlines() if answer.returncode else ()
        return
    print(f"{file}: Docker Compose is not installed; checked by our own rules alone")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
