"""What routing rules did to a conversation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleApplied:
    """A routing rule that was applied to a conversation: once, at this instant (ms)."""

    id: str
    rule: str
    """Its name then."""
    at: int
    did: str
    """In words."""
