"""What is stored when a caller sends what no database takes."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.records.columns import fold, storable, to_json

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.text(st.characters()))
def test_stored_text_can_always_be_encoded_and_has_no_nul(text: str) -> None:
    stored = storable(text)
    stored.encode()
    assert "\x00" not in stored
    assert len(stored) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_VALUES)
def test_json_is_valid_whatever_the_value(value: Any) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(to_json(value), parse_constant=refuse)
    to_json(value).encode("ascii")


def test_finite_values_come_back_as_they_were() -> None:
    value = {"a": [1, 2.5, None, True, "ä"], "b": {"c": ""}}
    assert json.loads(to_json(value)) == value
