"""Fixtures for stories on the whole product: stacks to run them on, and a world around each."""

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, TypeVar

import pytest

from tests.support.stack import Stack
from tests.support.world import World

OFFER_SECONDS = 2
REJOIN_SECONDS = 2
S = TypeVar("S", bound=Stack)
_running: list[Stack] = []


def running(factory: pytest.TempPathFactory, name: str, **settings: str) -> Iterator[Stack]:
    """A stack with settings of its own, until the end of the fixture."""
    yield from kept(Stack(factory.mktemp(name), **settings))


def kept(stack: S) -> Iterator[S]:
    """Start it, stop it at the end, and show what it said should a story fail."""
    _running.append(stack)
    try:
        stack.start()
        yield stack
    finally:
        _running.remove(stack)
        stack.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The service as it comes, one for all stories that leave it as it was."""
    yield from running(tmp_path_factory, "stack")


@pytest.fixture(scope="session")
def hasty_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The same, where offers and lost phones are given up after 2 s."""
    hurry = {"OFFER_SECONDS": str(OFFER_SECONDS), "REJOIN_SECONDS": str(REJOIN_SECONDS)}
    yield from running(tmp_path_factory, "hasty", **hurry)


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack for one story alone, which may kill what it likes."""
    yield from running(tmp_path_factory, "own")


@pytest.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    """Phones and people around the common stack."""
    async with World(stack) as around:
        yield around
    assert "Traceback" not in stack.said()


@pytest.fixture
async def hasty_world(hasty_stack: Stack) -> AsyncIterator[World]:
    """Phones and people around the stack with short times."""
    async with World(hasty_stack) as around:
        yield around
    assert "Traceback" not in hasty_stack.said()


@pytest.fixture
async def own_world(own_stack: Stack) -> AsyncIterator[World]:
    """Phones and people around a stack for one story alone."""
    async with World(own_stack) as around:
        yield around
    assert "Traceback" not in own_stack.said()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed story shows what the service and Asterisk said."""
    report = yield
    if report.failed:
        for stack in _running:
            report.sections.append((f"service in {stack.folder}", stack.tail()))
            report.sections.append((f"Asterisk in {stack.folder}", stack.asterisk_says()))
    return report


class FailuresAtOnce:
    """Says of each failure what it is as it comes, and not only at the end of a long run."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One line for each failed test."""
        if report.failed:
            words = (report.longreprtext.strip() or "no words").splitlines()
            told = [line for line in words if line.startswith("E ")] or words
            self._terminal.write_line(f"\n{report.nodeid} ({report.when}) failed: {told[0]}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Failures are told by the process that prints; workers have no terminal."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        config.pluginmanager.register(FailuresAtOnce(terminal), "failures-at-once")
