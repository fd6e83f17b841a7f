"""Text as the words that a search finds it by: the same for SQLite and PostgreSQL. Pure.

Case, accents, width and composition do not count, and whatever is no letter or digit parts words.
So nothing that a customer, a bot or somebody at the search field writes can be taken for an
operator of either database's query language.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.records.columns import storable

LONGEST_WORD = 64
"""What is longer is cut, in texts and in searches alike."""
MOST_CHARACTERS = 200_000
"""Of one text: PostgreSQL takes no more than 1 MiB of words in a row."""
SHORTEST_ENDING = 3
"""Digits of a telephone number by whose end it is found."""
_DEPTH = 20

# Chinese characters and Japanese syllables stand without blanks: each is a word.
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")


def folded(text: str) -> str:
    """Without case, accents, width."""
    plain = unicodedata.normalize("NFKD", storable(text)).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in plain if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """The words in the order of the text, repeated ones as often as they are there."""
    found = (folded(text[:MOST_CHARACTERS])) if not text.isascii() else text.lower()
    return [word[:LONGEST_WORD] for word in _WORD.findall(found[:MOST_CHARACTERS])]


def asked_for(q: str) -> list[str]:
    """The beginnings of words that a search has to find, each once; none twice over."""
    words = sorted(set(words_of(q)), key=lambda word: (-len(word), word))
    kept: list[str] = []
    for word in words:
        if not any(longer.startswith(word) for longer in kept):
            kept.append(word)
    return kept


def endings(number: str | None) -> list[str]:
    """A telephone number's last digits, in every length: it is found by any part of it."""
    digits = "".join(c for c in number or "" if c.isascii() and c.isdigit())[-LONGEST_WORD:]
    return [digits[start:] for start in range(len(digits) - SHORTEST_ENDING + 1)]


def about(
    customer: Iterable[str | None],
    number: str | None,
    told: Iterable[str | None],
    parameters: Mapping[str, Any] | None,
) -> list[str]:
    """The words of a conversation itself: its customer, notes and reason, what was captured."""
    texts = [*customer, number, *told, *leaves(parameters or {})]
    return words_of("\n".join(text for text in texts if text)) + endings(number)


def leaves(value: Any, depth: int = 0) -> Iterator[str]:
    """Names and values of captured parameters, however deep."""
    if depth > _DEPTH or value is None or isinstance(value, bool):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from leaves(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, depth + 1)
    else:
        yield str(value)


def marks(text: str, beginnings: Iterable[str]) -> list[tuple[int, int]]:
    """Where words of the text begin as asked: from and to, in characters of the text."""
    asked = tuple(beginnings)
    return [
        found.span()
        for found in _WORD.finditer(text)
        if any(word.startswith(asked) for word in words_of(found.group()))
    ]
