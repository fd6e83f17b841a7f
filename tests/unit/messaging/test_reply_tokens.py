"""Signed reply addresses."""

from app.messaging.reply_tokens import LOCAL_PART, ReplyTokens


def test_a_reply_address_leads_back_to_its_conversation_alone() -> None:
    tokens = ReplyTokens(b"k" * 32)
    address = tokens.address("support@example.com", "e0123456789abcdef0123")
    assert address.startswith("support+e0123456789abcdef0123.")
    assert tokens.conversation(address) == "e0123456789abcdef0123"
    assert tokens.conversation(address.upper()) == "e0123456789abcdef0123"
    other = tokens.address("support@example.com", "e0123456789abcdef0124")
    assert tokens.conversation(other.replace("0124.", "0123.")) is None
    assert tokens.conversation("support@example.com") is None
    assert tokens.conversation("x" * 400 + "@y") is None
    assert ReplyTokens(b"j" * 32).conversation(address) is None


def test_an_id_that_does_not_fit_an_address_is_left_out() -> None:
    tokens = ReplyTokens(b"k" * 32)
    assert tokens.address("support@example.com", "ünsafe@id") == "support@example.com"
    long = "s" * 40 + "@example.com"
    assert tokens.address(long, "e" * 21) == long
    fitting = "s" * (LOCAL_PART - 21 - 18) + "@example.com"
    assert len(tokens.address(fitting, "e" * 21).partition("@")[0]) == LOCAL_PART
