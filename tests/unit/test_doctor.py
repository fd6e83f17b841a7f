"""The doctor on this machine's side: what is broken is said, and what to do."""

import asyncio
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import config
from app.config import Settings
from app.doctor import machine
from app.doctor.finding import Finding, Health
from app.doctor.trunk import trunk
from tests.support.ports import free_port

TLS = Path(__file__).parents[1] / "support" / "tls"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def settings(folder: Path, **values: str) -> Settings:
    given = {f"RINGDESK_{name}": value for name, value in values.items()}
    return config.load({"RINGDESK_STATE_DIR": str(folder), **given}, Path(os.devnull))


def with_tls(folder: Path, cert: str, key: str, public: str) -> Settings:
    files = {"TLS_CERT": str(TLS / cert), "TLS_KEY": str(TLS / key)}
    return settings(folder, PUBLIC_URL=public, **files)


@pytest.mark.parametrize(
    ("cert", "key", "public", "now", "health", "words"),
    [
        ("cert.pem", "key.pem", "https://127.0.0.1:8080", NOW, Health.WELL, "until 2126-10-29"),
        ("cert.pem", "key.pem", "https://127.0.0.1", NOW.replace(2126), Health.DOUBTFUL, "renew"),
        ("cert.pem", "mail-key.pem", "https://127.0.0.1", NOW, Health.ILL, "do not fit"),
        ("mail.pem", "mail-key.pem", "https://desk.example", NOW, Health.ILL, "desk.example"),
    ],
)
def test_a_certificate_that_does_not_fit_its_key_its_name_or_the_date(
    tmp_path: Path, cert: str, key: str, public: str, now: datetime, health: Health, words: str
) -> None:
    found = machine.certificate(with_tls(tmp_path, cert, key, public), now)
    assert (found.health, words in found.words) == (health, True), found


def test_without_one_only_a_page_for_others_needs_it(tmp_path: Path) -> None:
    assert machine.certificate(settings(tmp_path), NOW).health is Health.WELL
    behind = settings(tmp_path, PUBLIC_URL="https://desk.example")
    assert machine.certificate(behind, NOW).health is Health.WELL
    plain = settings(tmp_path, PUBLIC_URL="http://desk.example")
    assert "RINGDESK_TLS_CERT" in machine.certificate(plain, NOW).words


def test_secrets_that_others_may_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    secret = tmp_path / "run" / "secrets.json"
    secret.touch(mode=0o600)
    assert [found.health for found in machine.folder(tmp_path)] == [Health.WELL]
    secret.chmod(0o640)
    [found] = machine.folder(tmp_path)
    assert found.health is Health.ILL and f"{secret}: chmod go-rwx" in found.words
    [found] = machine.folder(tmp_path / "nowhere")
    assert found.health is Health.ILL and "RINGDESK_STATE_DIR" in found.words


@pytest.mark.parametrize(
    ("least", "spare", "health"),
    [(0, 0, Health.WELL), (0, 1 << 62, Health.DOUBTFUL), (1 << 62, 1 << 62, Health.ILL)],
)
def test_a_disk_that_gets_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, spare: int, health: Health
) -> None:
    monkeypatch.setattr(machine, "LEAST_BYTES", least)
    monkeypatch.setattr(machine, "SPARE_BYTES", spare)
    assert machine.disk(tmp_path / "not" / "yet").health is health


async def test_a_trunk_that_answers_is_silent_or_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.doctor.trunk.SECONDS", 0.5)

    async def found(uri: str) -> Finding:
        return await trunk(settings(tmp_path, TRUNK=uri))

    # given carriers over UDP: one that answers, one that does not, and none at all
    with _carrier(lambda told: b"SIP/2.0 200 OK\r\n\r\n") as port:
        assert "answers 200 OK" in (await found(f"sip:127.0.0.1:{port}")).words
    with _carrier(lambda told: b"") as port:
        silent = await found(f"sip:127.0.0.1:{port}")
    assert silent.health is Health.DOUBTFUL and "firewall" in silent.words
    gone = await found(f"sip:127.0.0.1:{free_port()};transport=tcp")
    assert gone.health is Health.ILL and "cannot be reached over tcp" in gone.words
    nobody = await found("sip:")
    assert nobody.health is Health.ILL


class _carrier:  # noqa: N801 - reads as a word
    """A UDP socket that answers each question so, or is silent."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer

    def __enter__(self) -> int:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self._socket, self._take)
        return int(self._socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _take(self) -> None:
        told, asker = self._socket.recvfrom(4096)
        if answer := self._answer(told):
            self._socket.sendto(answer, asker)
