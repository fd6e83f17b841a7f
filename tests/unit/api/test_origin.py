"""Origins and addresses in one form each."""

import pytest

from app.api.sessions import _network, origin_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Desk.example", "https://desk.example:443/inbox"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_same_origin(one: str, other: str) -> None:
    assert origin_of(one) == origin_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://desk.example", "http://desk.example"),
        ("https://desk.example", "https://desk.example:8443"),
        ("https://desk.example", "https://desk.example.evil"),
        ("https://desk.example", "null"),
        ("https://desk.example", "https://desk.example:port"),
        ("https://desk.example", ""),
    ],
)
def test_another_origin(one: str, other: str) -> None:
    assert origin_of(one) != origin_of(other)


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert _network("2001:db8::1") == _network("2001:db8::ffff")
    assert _network("2001:db8:0:1::1") != _network("2001:db8::1")
    assert _network("192.0.2.1") != _network("192.0.2.2")
    assert _network("unknown") == "unknown"
