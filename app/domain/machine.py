"""The shape that all state machines here share: a table, and one function that obeys it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)

Table = Mapping[S, Mapping[M, S]]


class IllegalMove(Exception):
    """A move that the table does not allow; nothing was changed."""

    def __init__(self, state: str, move: str) -> None:
        super().__init__(f"cannot {move.replace('_', ' ')} while {state.replace('_', ' ')}")
        self.state = state
        self.move = move


def after(table: Table[S, M], state: S, move: M) -> S:
    """The state that `move` leads to. Raises IllegalMove."""
    try:
        return table[state][move]
    except KeyError:
        raise IllegalMove(state, move) from None
