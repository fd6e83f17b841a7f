"""A real Asterisk, SIP phones, and telephony between them with a desk that only notes facts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.phones import PhoneNetwork
from tests.telephony.link.desk import NotingDesk, serving


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running_asterisk(tmp_path, DEMO="1", CALLER_ID="+441632960000") as running:
        yield running


@pytest.fixture
async def phones(stack: Stack) -> AsyncIterator[PhoneNetwork]:
    async with PhoneNetwork(str(stack.trunk), stack.sip) as network:
        yield network


@pytest.fixture
async def desk(stack: Stack) -> AsyncIterator[NotingDesk]:
    async with serving(stack) as noting:
        yield noting
