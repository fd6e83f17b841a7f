import pytest

from tests.unit.telephony.asterisk_double import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
