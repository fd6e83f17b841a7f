"""What a bot is to a conversation that it had, has, or may get back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BotSide:
    """The AI's part in a call: which bot it came from, and whether the caller is with it."""

    app: str | None = None
    """The Stasis application that the caller came from, and may be handed back to; None: none."""
    has_caller: bool = False
    """The caller is in that application, or on the way there or from there to us."""
    handed_back: int = 0
    """How often people handed the caller back."""
    until: int | None = None
    """Handed back: by then (ms) the bot takes the caller, or they are queued again."""
    notes: str = ""
    """What the agent wrote for the bot."""
    stays: bool = False
    """The bot keeps the caller until an agent accepts."""
