"""The limit of open files is raised as far as the system lets it be, and never lowered."""

import resource
from collections.abc import Iterator

import pytest

from app.open_files import WANTED, raise_limit

FILES = resource.RLIMIT_NOFILE


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The other tests' limit."""
    before = resource.getrlimit(FILES)
    yield
    resource.setrlimit(FILES, before)


def test_a_shells_limit_is_raised() -> None:
    _, hard = resource.getrlimit(FILES)
    resource.setrlimit(FILES, (1024, hard))
    assert raise_limit() == min(WANTED, hard)
    assert resource.getrlimit(FILES) == (min(WANTED, hard), hard)


def test_what_is_enough_stays() -> None:
    raised = raise_limit()
    assert raise_limit() == raised
