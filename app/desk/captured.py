"""What the AI captured of a customer, as far as a phone can show or say it."""

from app.domain.conversation import Conversation

MOST = 3
"""Facts that are told; the card has all of them."""
LONGEST = 40
"""Characters of a value; a longer one is for reading."""


def captured(conversation: Conversation | None) -> tuple[tuple[str, str], ...]:
    """Names and values of the first few that are words or numbers."""
    if conversation is None:
        return ()
    plain = (
        (name, str(value).strip())
        for name, value in conversation.parameters.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    )
    return tuple((n, v) for n, v in plain if 0 < len(v) <= LONGEST and len(n) <= LONGEST)[:MOST]


def shown(customer: str | None, conversation: Conversation) -> str | None:
    """The customer and these facts, for a phone's display."""
    facts = [f"{name} {value}" for name, value in captured(conversation)]
    return ", ".join(filter(None, [customer, *facts])) or None
