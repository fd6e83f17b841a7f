"""The two stacks of the table, and the outcomes of the batches that were played."""

from collections.abc import Iterator

import pytest

from tests.conftest import kept
from tests.telephony.cells.batches import Outcome
from tests.telephony.cells.stacks import CellStack, RelayedStack

Outcomes = dict[tuple[str, str], Outcome]


@pytest.fixture(scope="session")
def cell_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CellStack]:
    """The service with servers of its own."""
    yield from kept(CellStack(tmp_path_factory.mktemp("cells")))


@pytest.fixture(scope="session")
def relayed_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayedStack]:
    """The service behind a relay to ARI."""
    yield from kept(RelayedStack(tmp_path_factory.mktemp("relayed")))


@pytest.fixture(scope="session")
def outcomes() -> Outcomes:
    """What came of each batch, by leg and event."""
    return {}
