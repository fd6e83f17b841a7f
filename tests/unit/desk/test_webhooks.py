"""Signatures that any standard-webhooks library verifies, addresses that are refused, pauses."""

import pytest

from app.desk.webhooks import allowed, new_secret, signature
from app.domain.webhooks import NAMES, PAUSES, TOLD, pause_after


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, libraries' shared test vector
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(new_secret(), "m", 1, b"") != signature(new_secret(), "m", 1, b"")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "0.0.0.0"],
)
def test_addresses_inside_the_network_are_refused_unless_the_setting_says_otherwise(
    address: str,
) -> None:
    assert not allowed(address, private=False)
    assert allowed(address, private=True)
    assert allowed("93.184.216.34", private=False)


def test_every_event_has_one_name_and_every_failure_a_pause_but_the_last() -> None:
    assert len(NAMES) == sum(map(len, TOLD.values()))
    pauses = [pause_after(n) for n in range(1, len(PAUSES) + 2)]
    assert pauses == [*PAUSES, None]
