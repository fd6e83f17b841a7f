"""Set-up steps: side by side, in order where they must, one clear line when blocked."""

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SETUP = Path(__file__).resolve().parents[3] / "setup"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """setup/steps.py, which runs outside of the package, in a scratch folder."""
    monkeypatch.syspath_prepend(str(SETUP))
    monkeypatch.chdir(tmp_path)
    yield importlib.import_module("steps")
    sys.modules.pop("steps")


def test_independent_steps_run_side_by_side_and_dependent_ones_in_order(steps: ModuleType) -> None:
    met, done = threading.Barrier(2), []

    def meet(step: Any) -> None:
        met.wait(5)
        done.append(step.name)

    def follow(step: Any) -> None:
        done.append(step.name)

    steps.Steps(
        [
            steps.Step("third", follow, after=("one", "two")),
            steps.Step("one", meet),
            steps.Step("two", meet),
        ]
    ).run()

    assert sorted(done[:2]) == ["one", "two"]
    assert done[2] == "third"


def test_the_first_failure_stops_the_others_and_says_why(steps: ModuleType) -> None:
    began: list[str] = []

    def fail(step: Any) -> None:
        steps.run_quietly(step, ["sh", "-c", "echo 'E: no space left'; exit 3"], "cannot unpack")

    def run_long(step: Any) -> None:
        steps.run_quietly(step, ["sleep", "60"], "interrupted")

    house = steps.Steps(
        [
            steps.Step("long", run_long),
            steps.Step("short", fail),
            steps.Step("later", lambda step: began.append(step.name), after=("short",)),
        ]
    )
    with pytest.raises(steps.Blocked, match=r"^cannot unpack: E: no space left \(all of it: "):
        house.run()

    assert began == []


def test_a_programs_lines_are_progress_and_its_last_error_is_the_reason(
    steps: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def talk(step: Any) -> None:
        script = "echo downloading; echo first >&2; echo no network >&2; exit 1"
        steps.run_script(step, ["sh", "-c", script], "no Asterisk")

    with pytest.raises(steps.Blocked, match=r"^no Asterisk: no network$"):
        steps.Steps([steps.Step("asterisk", talk)]).run()

    assert "asterisk: downloading" in capsys.readouterr().out


def test_a_fingerprint_follows_names_and_contents(steps: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    before = steps.fingerprint([file], "3.11")

    assert steps.fingerprint([file], "3.11") == before
    assert steps.fingerprint([file], "3.12") != before
    file.write_text("2")
    assert steps.fingerprint([file], "3.11") != before
