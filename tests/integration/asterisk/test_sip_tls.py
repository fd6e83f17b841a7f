"""SIP over TLS with SRTP: desk phones that register so, and a trunk that is reached so."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.config import Address
from app.telephony.endpoints import Endpoints, SipEndpoint
from tests.integration.asterisk.desk import DeskPhones
from tests.integration.asterisk.link import asterisk
from tests.integration.asterisk.stack import Stack, carrier_port, running_asterisk
from tests.support.phones import Line
from tests.support.polling import eventually
from tests.support.ports import free_port

FOLDER = Path(__file__).parents[2] / "support" / "tls"
CERT, KEY = str(FOLDER / "cert.pem"), str(FOLDER / "key.pem")
USER, PASSWORD = "k7q2m9", "pass-k7q2m9"
PHONE_HZ, OUTSIDE_HZ = 450, 700
OUTSIDE = "+441632960222"


class TlsPhones(DeskPhones):
    """Phones that speak TLS alone, verify Asterisk's certificate, and do without no encryption."""

    transport = "tls"
    account = ("mediaenc=srtp",)

    def __init__(self, listen: str, asterisk: str, folder: Path) -> None:
        super().__init__(listen, asterisk)
        both = folder / "phones.pem"
        both.write_text(Path(CERT).read_text() + Path(KEY).read_text())
        self.config = f"sip_cafile {CERT}\nsip_certificate {both}\nsip_verify_server yes\n"


@pytest.fixture
async def over_tls(tmp_path: Path) -> AsyncIterator[tuple[Stack, str]]:
    """An Asterisk with one setting more, and where it listens over TLS."""
    bind = f"127.0.0.1:{free_port()}"
    async with running_asterisk(
        tmp_path, SIP_TLS_BIND=bind, TLS_CERT=CERT, TLS_KEY=KEY, DEMO="1"
    ) as stack:
        await Endpoints(asterisk(stack.ari), "127.0.0.1", True).push(SipEndpoint(USER, PASSWORD))
        yield stack, bind


async def test_a_phone_over_tls_calls_and_is_called_with_encrypted_sound(
    over_tls: tuple[Stack, str], tmp_path: Path
) -> None:
    stack, bind = over_tls
    async with TlsPhones(str(stack.trunk), bind, tmp_path) as phones:
        # given a phone that insists on encryption
        phone = await phones.desk_phone(USER, PASSWORD, PHONE_HZ)
        await eventually(lambda: _reachable(stack))

        # when it is called, then signalling and sound are encrypted
        await _ring_phone(stack)
        await _echoes_in_secret(stack, await phone.answered())

        # and when it calls, too
        await _echoes_in_secret(stack, await phones.dial_from_desk(USER, PASSWORD, "300", PHONE_HZ))


async def test_where_tls_is_listened_to_a_phone_over_udp_works_as_ever(
    over_tls: tuple[Stack, str],
) -> None:
    stack, _ = over_tls
    async with DeskPhones(str(stack.trunk), stack.sip) as phones:
        phone = await phones.desk_phone(USER, PASSWORD, PHONE_HZ)
        await eventually(lambda: _reachable(stack))
        await _ring_phone(stack)
        line = await phone.answered()
        await eventually(lambda: line.hears(PHONE_HZ))
        await line.hang_up()


async def test_a_trunk_over_tls_is_verified_and_carries_encrypted_calls_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a carrier over TLS, of an authority that SSL_CERT_FILE names
    monkeypatch.setenv("SSL_CERT_FILE", CERT)
    carrier = Address("127.0.0.1", carrier_port())
    trunk = f"sip:127.0.0.1:{carrier.port + 1};transport=tls"  # baresip's own port for TLS
    bind = f"127.0.0.1:{free_port()}"
    async with (
        running_asterisk(
            tmp_path, TRUNK=trunk, SIP_TLS_BIND=bind, TLS_CERT=CERT, TLS_KEY=KEY
        ) as stack,
        TlsPhones(str(carrier), bind, tmp_path) as phones,
    ):
        # when a number is dialled, then all of it is encrypted
        outside = await phones.number(OUTSIDE, OUTSIDE_HZ)
        await _ring(stack, f"{OUTSIDE}@trunk")
        await _echoes_in_secret(stack, await outside.answered(), OUTSIDE_HZ)

        # and when a customer calls in, too
        customer = await phones.call("300", OUTSIDE_HZ, OUTSIDE)
        await _echoes_in_secret(stack, customer, OUTSIDE_HZ)


async def test_a_trunk_with_a_certificate_of_nobody_s_is_not_spoken_to(tmp_path: Path) -> None:
    carrier = Address("127.0.0.1", carrier_port())
    trunk = f"sip:127.0.0.1:{carrier.port + 1};transport=tls"
    async with (
        running_asterisk(tmp_path, TRUNK=trunk) as stack,
        TlsPhones(str(carrier), stack.sip, tmp_path) as phones,
    ):
        outside = await phones.number(OUTSIDE, OUTSIDE_HZ)
        await _ring(stack, f"{OUTSIDE}@trunk")
        await eventually(lambda: [x for x in stack.log() if "certificate" in x.lower()])
        assert outside.rings == 0


async def _ring_phone(stack: Stack) -> None:
    await _ring(stack, USER)


async def _ring(stack: Stack, endpoint: str) -> None:
    query = f"endpoint=PJSIP/{quote(endpoint)}&context=demo&extension=300"
    assert (await stack.ari.ask("POST", f"channels?{query}"))[0] == 200


async def _echoes_in_secret(stack: Stack, line: Line, hz: int = PHONE_HZ) -> None:
    """Both ways, over SRTP and TLS as Asterisk has it; then hung up."""
    await eventually(lambda: line.hears(hz))
    (channel,) = [c["id"] for c in await stack.ari.get("channels")]
    told = [
        await stack.ari.variable(channel, f"CHANNEL({what})")
        for what in ("pjsip,secure", "rtp,secure")
    ]
    assert told == ["1", "1"]
    await line.hang_up()
    await eventually(lambda: _nobody(stack))


async def _nobody(stack: Stack) -> bool:
    return bool(await stack.ari.get("channels") == [])


async def _reachable(stack: Stack) -> bool:
    return bool((await stack.ari.get(f"endpoints/PJSIP/{USER}"))["state"] == "online")
