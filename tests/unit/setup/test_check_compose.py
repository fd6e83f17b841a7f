"""The compose file keeps our rules, and the check of it sees when not."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check", TOP / "setup" / "check_compose.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def compose(check: ModuleType) -> dict[str, Any]:
    read: dict[str, Any] = check.load(TOP / "docker-compose.yml")
    return read


def test_ours_has_no_faults(check: ModuleType, compose: dict[str, Any]) -> None:
    assert list(check.faults(compose, TOP)) == []


def test_a_volume_a_service_and_a_key_that_are_not_there_are_seen(
    check: ModuleType, compose: dict[str, Any]
) -> None:
    compose["services"]["redis"]["volumes"] = ["elsewhere:/data"]
    compose["services"]["app"]["depends_on"]["mongo"] = {}
    compose["services"]["app"]["comand"] = "x"

    assert set(check.faults(compose, TOP)) >= {
        "redis: volume 'elsewhere' is not there",
        "app: depends on 'mongo'",
        "app: unknown key 'comand'",
    }


def test_another_base_root_no_health_and_a_missing_file_are_seen(
    check: ModuleType, tmp_path: Path
) -> None:
    text = "FROM alpine:3\nCOPY a \\\n  b /c\nRUN true\n"

    assert list(check.dockerfile_faults(text, tmp_path)) == [
        "FROM alpine:3, not debian:forky-slim",
        "copies 'a', not there",
        "copies 'b', not there",
        "it runs as root",
        "it has no health check",
    ]
