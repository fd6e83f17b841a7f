"""Ports and secrets are chosen once per state folder."""

import socket
import stat
from pathlib import Path

import pytest

from app.config import Address
from app.embedded.server import EmbeddedError, Ports, Secrets, is_free
from tests.support.ports import free_port


def test_a_port_is_picked_once_and_kept(tmp_path: Path) -> None:
    picked = Ports(tmp_path / "ports.json").pick("redis")

    again = Ports(tmp_path / "ports.json")

    assert again.pick("redis") == picked
    assert again.pick("ari") != picked


def test_a_port_is_never_one_that_outgoing_connections_get(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    low, high = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()

    picked = [ports.pick(str(n)) for n in range(20)]

    assert len(set(picked)) == 20
    assert not [port for port in picked if int(low) <= port <= int(high)]


def test_secrets_are_random_kept_and_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "run" / "secrets.json"
    made = Secrets(file)
    ari, ami = made.get("ari"), made.get("ami")

    assert ari != ami
    assert len(ari) == 32
    assert Secrets(file).get("ari") == ari
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["secrets.json"]  # no draft stays


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text('{"redis": 2')

    with pytest.raises(EmbeddedError, match=r"ports\.json is not JSON"):
        Ports(tmp_path / "ports.json")


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_in_use_is_seen_on_tcp_and_on_udp(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as holder:
        held = Address("127.0.0.1", free_port())
        holder.bind((held.host, held.port))
        if kind is socket.SOCK_STREAM:
            holder.listen()

        assert not is_free(held)

    assert is_free(held)
