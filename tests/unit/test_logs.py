"""Lines of the log: ids that belong together, and nobody's own words."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from app.logs import EVENTS, Json, Text, about, set_up

MARK = "marked-9f3c"


def line(formatter: logging.Formatter, words: str = "a call waits", raised: bool = False) -> str:
    error = sys.exc_info() if raised else None
    return formatter.format(
        logging.LogRecord("ringdesk.x", logging.WARNING, __file__, 1, words, None, error)
    )


def of_a_refused_row() -> str:
    """What a traceback of it becomes."""
    try:
        try:
            raise ValueError(f"row contains {MARK}")
        except ValueError as cause:
            raise KeyError(MARK) from cause
    except KeyError:
        return line(Text(), raised=True)


def test_a_line_of_json_has_the_ids_that_it_is_about() -> None:
    with about(request="r1"), about(conversation="c1", call=None):
        told = json.loads(line(Json()))
    assert (told["request"], told["conversation"], told["level"]) == ("r1", "c1", "warning")
    assert "call" not in told and told["at"].endswith("+00:00")
    assert "request" not in json.loads(line(Json()))


def test_a_line_of_text_has_them_behind_its_words() -> None:
    with about(call="1.5"):
        assert line(Text()).endswith("WARNING ringdesk.x a call waits [call=1.5]")
    assert line(Text()).endswith("a call waits")


def test_of_an_exception_the_place_and_the_kind_are_told_and_its_words_kept_back() -> None:
    told = of_a_refused_row()
    assert MARK not in told.replace(of_a_refused_row.__code__.co_filename, "")
    assert "Traceback" in told and "in of_a_refused_row" in told
    assert told.index("builtins.ValueError (its") < told.index("builtins.KeyError (its")


def test_words_of_exceptions_about_programs_are_told() -> None:
    try:
        raise AttributeError("'NoneType' has no attribute 'id'")
    except AttributeError:
        assert "has no attribute 'id'" in json.loads(line(Json(), raised=True))["error"]


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger as it was, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield root
    root.handlers[:], root.level = handlers, level
    logging.getLogger(EVENTS).setLevel(logging.NOTSET)


@pytest.mark.parametrize(("as_json", "told"), [(True, True), (False, False)])
def test_events_are_told_to_programs_and_not_to_people(
    root: logging.Logger, as_json: bool, told: bool
) -> None:
    set_up(verbose=False, as_json=as_json)
    assert logging.getLogger(EVENTS).isEnabledFor(logging.INFO) is told
