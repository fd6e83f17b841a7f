"""`make audit` says what is known, and what it could not check, over stand-ins of its programs."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

SETUP = Path(__file__).resolve().parents[3] / "setup"
PINS = "aiohttp==3.14.5 \\\n    --hash=sha256:00\nmsgspec==0.22 \\\n    --hash=sha256:00\n"
FLAW = {"id": "PYSEC-1", "fix_versions": ["9.9"]}
KNOWN = {"dependencies": [{"name": "aiohttp", "version": "3.8.0", "vulns": [FLAW]}]}
CLEAN = [
    {"name": "aiohttp", "version": "3.14.5", "vulns": []},
    {"name": "msgspec", "version": "0.22", "vulns": []},
]
NPM_KNOWN = {
    "vulnerabilities": {
        "lodash": {
            "severity": "high",
            "range": "<4.17.19",
            "via": [{"title": "Prototype Pollution"}],
        }
    }
}
NPM_CLEAN: dict[str, object] = {"vulnerabilities": {}}
Programs = Callable[[object, object, object, object], None]


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """setup/audit.py in a scratch checkout with two Python packages and one of npm's."""
    monkeypatch.syspath_prepend(str(SETUP))
    monkeypatch.chdir(tmp_path)
    yield importlib.import_module("audit")
    for name in ("audit", "environment", "steps"):
        sys.modules.pop(name)


@pytest.fixture
def programs(audit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Programs:
    """What pip-audit and npm answer: first to what is known to have flaws, then to what is ours."""
    for name in audit.PINS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PINS)
    (tmp_path / audit.LOCK).parent.mkdir(parents=True)
    (tmp_path / audit.LOCK).write_text(json.dumps({"packages": {"": {}, "node_modules/a": {}}}))
    monkeypatch.setenv("PATH", f"{tmp_path / '.venv/bin'}:/usr/bin:/bin")

    def answer(*answers: object) -> None:
        stand_in(tmp_path / audit.PIP_AUDIT, "setup/uv.txt", *answers[:2])
        stand_in(tmp_path / ".venv/bin/npm", "--prefix app/web", *answers[2:])

    return answer


def stand_in(program: Path, marks_ours: str, *answers: object) -> None:
    """A program that answers to what is known, or to what is ours: that has these words."""
    known, ours = (text if isinstance(text, str) else json.dumps(text) for text in answers)
    program.parent.mkdir(parents=True, exist_ok=True)
    told = f"""#!/bin/sh
case "$*" in
*"{marks_ours}"*) cat <<"END"
{ours}
END
;;
*) cat <<"END"
{known}
END
;;
esac
"""
    program.write_text(told)
    program.chmod(0o755)


def test_all_checked_and_nothing_known_is_well(
    audit: ModuleType, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    programs(KNOWN, {"dependencies": CLEAN}, NPM_KNOWN, NPM_CLEAN)
    assert audit.main([]) == 0
    said = capsys.readouterr().out
    assert "Python: 2 packages checked, 0 flaws known" in said
    assert "npm: 1 packages checked, 0 flaws known" in said
    assert "NOT CHECKED" not in said
    assert "not looked at here: Asterisk" in said


def test_a_flaw_is_told_with_the_release_that_mends_it(
    audit: ModuleType, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    flawed = [{**CLEAN[0], "vulns": [FLAW]}, CLEAN[1]]
    programs(KNOWN, {"dependencies": flawed}, NPM_KNOWN, NPM_KNOWN)
    assert audit.main([]) == 1
    said = capsys.readouterr().out
    assert "FLAW aiohttp 3.14.5: PYSEC-1, mended in 9.9" in said
    assert "FLAW lodash <4.17.19: high, Prototype Pollution" in said


def test_what_was_skipped_or_passed_over_is_said_and_is_not_success(
    audit: ModuleType, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    skipped = [{"name": "aiohttp", "skip_reason": "not found at https://me:pw@mirror.example/x"}]
    programs(KNOWN, {"dependencies": skipped}, NPM_KNOWN, {"statusCode": 405, "body": ""})
    assert audit.main([]) == 2
    said = capsys.readouterr().out
    assert "NOT CHECKED aiohttp 3.14.5: not found at an address" in said
    assert "NOT CHECKED msgspec 0.22: not for this machine, or passed over" in said
    assert "NOT CHECKED all 1 packages: the registry answers 405 to this question" in said


@pytest.mark.parametrize("nothing", ["", {"dependencies": [{**CLEAN[0], "version": "3.8.0"}]}])
def test_a_source_that_knows_nothing_is_not_believed(
    audit: ModuleType, programs: Programs, capsys: pytest.CaptureFixture[str], nothing: object
) -> None:
    programs(nothing, {"dependencies": CLEAN}, NPM_CLEAN, NPM_CLEAN)
    assert audit.main([]) == 2
    said = capsys.readouterr().out
    assert "Python: 0 packages checked" in said
    assert "NOT CHECKED all 2 packages" in said
    assert "NOT CHECKED all 1 packages: the source knows nothing of flaws that are known" in said
