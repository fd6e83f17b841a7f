"""The commands of the README, as a person types them."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import PASSWORD, Stack


def type_in(
    stack: Stack, *words: str, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=stack.folder,
        env={**stack.environment(), **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def idle(tmp_path: Path) -> Stack:
    """Settings and a state folder, with no service running."""
    return Stack(tmp_path)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def test_a_person_is_added_with_skills_and_listed(idle: Stack) -> None:
    eva = ["eva@example.com", "--name", "Eva Lind", "--skill", "Billing", "--number", "0301234567"]
    added = type_in(idle, "user", "add", *eva, typed="correct horse\n")
    assert added.returncode == 0, added.stderr

    listed = type_in(idle, "user", "list").stdout
    assert "eva@example.com" in listed and "Eva Lind" in listed and "Billing" in listed

    again = type_in(idle, "user", "add", *eva, typed="correct horse\n")
    assert again.returncode == 2
    assert "already" in again.stderr and "Traceback" not in again.stderr


def test_a_short_password_and_an_unknown_address_are_refused_in_one_line(idle: Stack) -> None:
    short = type_in(idle, "user", "add", "a@example.com", "--name", "A", typed="1234567\n")
    assert (short.returncode, short.stderr.count("\n")) == (2, 1)
    assert "8 characters" in short.stderr

    nobody = type_in(idle, "user", "password", "b@example.com", typed="long enough\n")
    assert nobody.returncode == 2
    assert "nobody with the address b@example.com" in nobody.stderr


def test_a_bad_setting_is_one_line_that_says_what_to_write(tmp_path: Path) -> None:
    done = type_in(Stack(tmp_path, HTTP="here"), "run")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "RINGDESK_HTTP" in done.stderr and "host:port" in done.stderr


def test_the_doctor_says_what_answers(running: Stack) -> None:
    well = type_in(running, "doctor", RINGDESK_TRUNK="")
    assert well.returncode == 0, well.stdout + well.stderr
    parts = ("service", "redis", "database", "ari", "ami")
    assert all(f"{part:9} answers" in well.stdout for part in parts)

    running.stop()
    ill = type_in(running, "doctor")
    assert ill.returncode == 1 and "make run" in ill.stdout


def test_a_password_changed_on_the_command_line_counts_at_once(running: Stack) -> None:
    done = type_in(running, "user", "password", "ana@example.com", typed="another one\n")
    assert done.returncode == 0
    assert signs_in(running, "another one") and not signs_in(running, PASSWORD)


def signs_in(stack: Stack, password: str) -> bool:
    body = json.dumps({"email": "ana@example.com", "password": password}).encode()
    headers = {"Content-Type": "application/json", "Origin": stack.url}
    request = urllib.request.Request(f"{stack.url}/api/v1/session", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.status < 300)
    except urllib.error.HTTPError as refused:
        assert refused.code == 401
        return False


def test_the_openapi_document_needs_no_service(idle: Stack) -> None:
    document = json.loads(type_in(idle, "openapi").stdout)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/conversations/{id}/accept" in document["paths"]


def test_help_names_every_command(idle: Stack) -> None:
    said = type_in(idle, "--help").stdout
    for command in ("run", "demo", "user", "check-dialplan", "doctor", "openapi", "bench"):
        assert command in said
