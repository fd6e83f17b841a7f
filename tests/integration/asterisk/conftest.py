"""A running Asterisk with a trunk and the demo, and a carrier with phones at the trunk's end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.asterisk.desk import DeskPhones
from tests.integration.asterisk.stack import Stack, running_asterisk


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running_asterisk(tmp_path, DEMO="1", CALLER_ID="+441632960000") as running:
        yield running


@pytest.fixture
async def phones(stack: Stack) -> AsyncIterator[DeskPhones]:
    async with DeskPhones(str(stack.trunk), stack.sip) as network:
        yield network
