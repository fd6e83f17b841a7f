"""Every cell of (kind of leg) x (moment) x (event): what is heard, where the call is, what is seen.

`pytest -k persistent-sip/talking/service-killed` plays one; without it a whole batch is played
at its first cell, and the others look up what came of theirs.
"""

import pytest

from tests.telephony.cells.batches import play
from tests.telephony.cells.cell import ALL, Cell
from tests.telephony.cells.conftest import Outcomes
from tests.telephony.cells.expectations import REASONS, THEN
from tests.telephony.cells.stacks import CellStack


def test_every_cell_runs_or_is_listed_with_its_reason() -> None:
    assert set(THEN) | set(REASONS) == set(ALL)
    assert not set(THEN) & set(REASONS)
    assert all(REASONS.values())


@pytest.mark.slow
@pytest.mark.parametrize("cell", THEN, ids=str)
async def test_cell(request: pytest.FixtureRequest, outcomes: Outcomes, cell: Cell) -> None:
    batch = (cell.leg, cell.event)
    if batch not in outcomes:
        name = "relayed_stack" if cell.event == "ari-black-holed" else "cell_stack"
        stack: CellStack = request.getfixturevalue(name)
        outcomes[batch] = await play(stack, _chosen(request, batch))
    for part in (cell, None):
        error = outcomes[batch][part]
        if error is not None:
            raise error


def _chosen(request: pytest.FixtureRequest, batch: tuple[str, str]) -> list[Cell]:
    """The cells of a batch that this run of the tests has chosen."""
    params = (getattr(item, "callspec", None) for item in request.session.items)
    cells = (call.params.get("cell") for call in params if call is not None)
    return [c for c in cells if isinstance(c, Cell) and (c.leg, c.event) == batch]
