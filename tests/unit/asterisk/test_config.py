"""Asterisk's configuration files: what the settings put into them."""

import dataclasses
from pathlib import Path

import pytest

from app.config import Address, Trunk
from app.embedded.asterisk_config import AsteriskConfig, Installation, render, write_config
from app.embedded.server import EmbeddedError

TRUNK = Trunk("sip:192.0.2.1:5070", None, None, False, (), ("ulaw", "alaw"))


@pytest.fixture
def config(tmp_path: Path) -> AsteriskConfig:
    installation = Installation(Path("/opt/asterisk"), Path("/opt/modules"), Path("/opt/data"))
    return AsteriskConfig(
        installation=installation,
        home=tmp_path / "asterisk",
        log=tmp_path / "log",
        http=Address("127.0.0.1", 8088),
        ari_user="ringdesk",
        ari_password="ari-secret",
        ami=Address("127.0.0.1", 5038),
        ami_user="ringdesk",
        ami_password="ami-secret",
        sip=Address("127.0.0.1", 5060),
        rtp_ports=(10000, 10999),
    )


def _pjsip(config: AsteriskConfig, **changes: object) -> str:
    return render(dataclasses.replace(config, **changes))["pjsip.conf"]  # type: ignore[arg-type]


def test_no_placeholder_is_left(config: AsteriskConfig) -> None:
    full = dataclasses.replace(
        config,
        trunk=dataclasses.replace(TRUNK, user="u", password="p", register=True),
        demo_password="d",
        external_address="192.0.2.7",
    )
    for name, text in render(full).items():
        if name != "extensions.conf":
            assert "$" not in text, name


def test_a_trunk_is_known_by_its_own_address_unless_told_otherwise(config: AsteriskConfig) -> None:
    assert "match = 192.0.2.1\n" in _pjsip(config, trunk=TRUNK)
    elsewhere = dataclasses.replace(TRUNK, match=("198.51.100.0/24", "198.51.100.9"))
    assert "match = 198.51.100.0/24,198.51.100.9\n" in _pjsip(config, trunk=elsewhere)


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("sip:192.0.2.1", "192.0.2.1"),
        ("sip:ringdesk@192.0.2.1:5070;transport=tcp", "192.0.2.1"),
        ("sips:trunk.example:5061", "trunk.example"),
        ("sip:[2001:db8::1]:5070", "[2001:db8::1]"),
    ],
)
def test_the_host_of_a_trunk_is_read_from_its_uri(
    config: AsteriskConfig, uri: str, host: str
) -> None:
    assert f"match = {host}\n" in _pjsip(config, trunk=dataclasses.replace(TRUNK, uri=uri))


def test_tcp_is_listened_to_only_for_a_trunk_over_tcp(config: AsteriskConfig) -> None:
    over_tcp = dataclasses.replace(TRUNK, uri="sip:192.0.2.1;transport=tcp")
    assert "[transport-tcp]" in _pjsip(config, trunk=over_tcp)
    assert r"contact = sip:192.0.2.1\;transport=tcp" in _pjsip(config, trunk=over_tcp)
    assert "[transport-tcp]" not in _pjsip(config, trunk=TRUNK)


@pytest.mark.parametrize("uri", ["sips:192.0.2.1", "sip:192.0.2.1;transport=TLS"])
def test_a_trunk_over_tls_is_spoken_to_with_encrypted_sound_alone(
    config: AsteriskConfig, uri: str
) -> None:
    text = _pjsip(config, trunk=dataclasses.replace(TRUNK, uri=uri))
    assert "transport = transport-tls\nmedia_encryption = sdes\n" in text
    assert "verify_server = yes" in text
    assert "[transport-tls]" not in _pjsip(config, trunk=TRUNK)


def test_registration_needs_a_user(config: AsteriskConfig) -> None:
    with pytest.raises(EmbeddedError, match="RINGDESK_TRUNK_USER"):
        _pjsip(config, trunk=dataclasses.replace(TRUNK, register=True))


def test_media_is_tied_to_the_address_that_sip_listens_on(config: AsteriskConfig) -> None:
    assert "media_address = 127.0.0.1" in _pjsip(config, trunk=TRUNK)
    everywhere = Address("0.0.0.0", 5060)
    assert "media_address" not in _pjsip(config, trunk=TRUNK, sip=everywhere)


def test_the_demo_calls_from_loopback_even_when_sip_listens_everywhere(
    config: AsteriskConfig,
) -> None:
    text = _pjsip(config, demo_password="d", sip=Address("0.0.0.0", 5099))
    assert "permit = 127.0.0.1/32" in text
    assert "contact = sip:127.0.0.1:5099" in text
    assert "demo-" not in _pjsip(config)


@pytest.mark.parametrize("password", ["a\nb", "a\rb", "a\x00b"])
def test_a_setting_cannot_break_out_of_its_line(config: AsteriskConfig, password: str) -> None:
    with pytest.raises(EmbeddedError, match="ari_password"):
        render(dataclasses.replace(config, ari_password=password))


def test_a_semicolon_does_not_begin_a_comment(config: AsteriskConfig) -> None:
    text = render(dataclasses.replace(config, ari_password="a;b"))["ari.conf"]
    assert r"password = a\;b" in text


def test_a_folder_too_deep_for_a_socket_is_one_clear_line(config: AsteriskConfig) -> None:
    deep = dataclasses.replace(config, home=config.home / ("x" * 100))
    with pytest.raises(EmbeddedError, match="shorter state folder"):
        write_config(deep)


def test_the_dialplan_is_linked_so_that_a_reload_reads_the_admins_own(
    config: AsteriskConfig,
) -> None:
    write_config(config)
    write_config(config)
    assert (config.etc / "dialplan").resolve() == config.dialplan.resolve()
