"""Service-wide settings that administrators change while the service runs. Pure.

Where a key was never set, its default holds: the environment's where there is a variable for it.
A new setting is a row of SPECS and, where the distributor needs it, a field of `routing.Rules`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.agent import Role
from app.domain.routing import Rules

Value = float | bool | str
PICKERS: Final = ("everybody", "supervisors", "nobody")


@dataclass(frozen=True, slots=True)
class Spec:
    """One setting: what it is without being set, and what it may be set to."""

    key: str
    default: Value
    minimum: float = 0
    maximum: float = 0
    """Of numbers; both ends are allowed."""
    choices: tuple[str, ...] = ()
    """Of texts."""

    def checked(self, value: object) -> Value:
        """The value, as it is stored. Raises ValueError, which says what may be set."""
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise ValueError("must be true or false")
            return value
        if self.choices:
            if not isinstance(value, str) or value not in self.choices:
                raise ValueError(f"must be one of {', '.join(self.choices)}")
            return value
        return self._number(value)

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            value = math.nan  # which is between no two numbers
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"must be a number from {self.minimum:g} to {self.maximum:g}")
        return float(value)


SPECS: Final[tuple[Spec, ...]] = (
    Spec("offer_seconds", 20.0, 1, 300),
    Spec("rejoin_seconds", 10.0, 0, 300),
    Spec("wrap_up_seconds", 0.0, 0, 3600),
    Spec("idle_leg_seconds", 600.0, 0, 86400),
    Spec("max_wait_seconds", 0.0, 0, 86400),
    Spec("exit_key", "", choices=("", *"0123456789*#")),
    Spec("callback_retry_seconds", 900.0, 1, 86400),
    Spec("callback_tries", 3.0, 1, 10),
    Spec("transfer_seconds", 30.0, 5, 300),
    Spec("exclude_seconds", 30.0, 0, 600),
    Spec("head_start_seconds", 60.0, 0, 3600),
    Spec("inbox_grace_seconds", 30.0, 5, 600),
    Spec("inbox_closed_seconds", 120.0, 5, 3600),
    Spec("messages_during_call", False),
    Spec("weigh_proficiency", False),
    Spec("pick_chat", "everybody", choices=PICKERS),
    Spec("pick_email", "everybody", choices=PICKERS),
    Spec("service_level_seconds", 20.0, 1, 86400),
    Spec("service_level_percent", 80.0, 1, 100),
    Spec("short_abandon_seconds", 5.0, 0, 300),
    Spec("attachment_megabytes", 10.0, 1, 100),
    # a silent customer is warned (0: never), and the chat ended so long after the warning
    Spec("chat_warn_seconds", 300.0, 0, 86400),
    Spec("chat_end_seconds", 120.0, 1, 86400),
    # within five minutes; 0: any number
    Spec("chats_per_address", 300.0, 0, 100_000),
    # who writes again so soon after the end goes on in the same conversation
    Spec("chat_return_minutes", 60.0, 0, 10080),
    Spec("email_reopen_hours", 168.0, 0, 8760),
    # days; 0 keeps for ever
    Spec("keep_conversations_days", 0.0, 0, 36500),
    Spec("keep_transcripts_days", 0.0, 0, 36500),
    Spec("keep_recordings_days", 0.0, 0, 36500),
)
BY_KEY: Final[Mapping[str, Spec]] = {spec.key: spec for spec in SPECS}


def complete(given: Mapping[str, Value]) -> dict[str, Value]:
    """Every setting: as given, else its default."""
    return {spec.key: given.get(spec.key, spec.default) for spec in SPECS}


def rules(values: Mapping[str, Value]) -> Rules:
    """The distributor's rules under these settings, which are complete."""

    def ms(key: str) -> int:
        return round(float(values[key]) * 1000)

    return Rules(
        offer_ms=ms("offer_seconds"),
        rejoin_ms=ms("rejoin_seconds"),
        wrap_up_ms=ms("wrap_up_seconds"),
        idle_leg_ms=ms("idle_leg_seconds"),
        max_wait_ms=ms("max_wait_seconds"),
        exit_key=str(values["exit_key"]),
        callback_retry_ms=ms("callback_retry_seconds"),
        callback_tries=round(float(values["callback_tries"])),
        transfer_ms=ms("transfer_seconds"),
        exclude_ms=ms("exclude_seconds"),
        head_start_ms=ms("head_start_seconds"),
        inbox_grace_ms=ms("inbox_grace_seconds"),
        inbox_closed_ms=ms("inbox_closed_seconds"),
        messages_during_call=bool(values["messages_during_call"]),
        weigh_proficiency=bool(values["weigh_proficiency"]),
    )


def may_pick(who: object, role: Role) -> bool:
    """Whether the setting (one of PICKERS) lets this role take waiting work from the list."""
    return who == "everybody" or (who == "supervisors" and role is not Role.AGENT)
