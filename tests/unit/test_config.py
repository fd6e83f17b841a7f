"""Settings: defaults that make `make run` work, and errors that say what to write."""

import re
from pathlib import Path

import pytest

from app import config
from app.config import Address, BadSetting, Settings
from app.embedded.asterisk_config import DIALPLAN


def load(file: Path = Path("/dev/null"), /, **values: str) -> Settings:
    return config.load({f"RINGDESK_{k}": v for k, v in values.items()}, file)


def test_without_any_setting_everything_is_private_and_on_loopback() -> None:
    settings = load()
    assert settings.http == Address("127.0.0.1", 8080)
    assert settings.sip_bind.host == "127.0.0.1"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.embedded_redis and settings.embedded_asterisk
    assert settings.trunk is None and not settings.demo


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("RINGDESK_LANGUAGE=es\nRINGDESK_CALLER_ID=100\n")
    settings = load(file, LANGUAGE="fr")
    assert (settings.language, settings.caller_id) == ("fr", "100")


def test_a_trunk_is_read_with_its_codecs() -> None:
    trunk = load(TRUNK="sip:192.0.2.1:5070", TRUNK_CODECS="g722, ulaw").trunk
    assert trunk and trunk.codecs == ("g722", "ulaw") and not trunk.register


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HTTP", "8080", "host:port"),
        ("HTTP", "127.0.0.1:70000", "65535"),
        ("RTP_PORTS", "10000-10001", "four ports"),
        ("TRUNK", "carrier.example", "SIP URI"),
        ("ARI_URL", "127.0.0.1:8088", "http://"),
        ("DEMO", "maybe", "1 or 0"),
        ("OFFER_SECONDS", "0", "above 0"),
        ("OFFER_SECONDS", "soon", "0 to 86400"),
        ("REJOIN_SECONDS", "-1", "0 to 86400"),
        ("TLS_CERT", "/nowhere.pem", "go together"),
        ("SIP_TLS_BIND", "0.0.0.0:5061", "needs RINGDESK_TLS_CERT"),
    ],
)
def test_a_bad_value_names_the_setting_and_what_to_write(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting, match=f"RINGDESK_{name}.*{says}"):
        load(**{name: value})


def test_a_certificate_makes_the_address_https(tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    assert load(TLS_CERT=str(file), TLS_KEY=str(file)).public_url == "https://127.0.0.1:8080"
    with pytest.raises(BadSetting, match="no such file"):
        load(TLS_CERT=str(file), TLS_KEY="/nowhere.pem")


def test_the_emergency_numbers_are_those_that_the_shipped_dialplan_lets_through() -> None:
    dialplan = (DIALPLAN / "emergency.conf").read_text()
    context = dialplan.partition("[emergency]")[2].partition("[")[0]
    through = set(re.findall(r"^exten => (\d+),1,Gosub\(emergency-call", context, re.MULTILINE))
    assert through == load().numbering.emergency
