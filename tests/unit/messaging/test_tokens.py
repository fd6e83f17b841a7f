"""Nobody makes a token without the key, or for another purpose."""

import pytest

from app.messaging import Tokens

KEY = bytes(range(32))


def test_a_token_says_whose_it_is() -> None:
    tokens = Tokens(KEY, "chat visitor")
    assert tokens.check(tokens.make("abc123")) == "abc123"


@pytest.mark.parametrize("other", [Tokens(bytes(32), "chat visitor"), Tokens(KEY, "reply address")])
def test_another_key_or_purpose_is_refused(other: Tokens) -> None:
    assert Tokens(KEY, "chat visitor").check(other.make("abc123")) is None


def test_a_changed_token_is_refused() -> None:
    tokens = Tokens(KEY, "chat visitor")
    good = tokens.make("abc123")
    changed = [
        good.replace("abc", "abd"),
        good[:-1],
        good + "x",
        "",
        ".",
        "..",
        "v2" + good[2:],
        "é" * 5,
    ]
    assert [tokens.check(each) for each in changed] == [None] * len(changed)
