"""The figures of a contact centre, by the field's names. Pure.

- *offered*: waits for a person that began in the interval. A customer who is queued again (after a
  transfer, a requeue, a lost agent) waits anew and is offered anew; a wait that a rule or a
  supervisor moves to other skills goes on, and counts for the skills with which it ended.
  Everything of a wait belongs to the interval in which it began. Callbacks are counted apart:
  nobody is on the line while they wait.
- *answered*: an agent accepted, picked or took over. *Speed of answer*: from the beginning of the
  wait until then; the first wait of a call begins when the customer began to wait.
- *abandoned*: the customer left. Those below the short-abandon threshold are *short abandons*:
  counted apart, and left out of every rate.
- *service level*: answered within T / (answered + abandoned). *Service level, early abandons
  out*: answered within T / (answered + abandoned - abandoned within T).
- *abandon rate*: abandoned / (answered + abandoned).
- *handling time*: talk + hold + wrap-up of the agents' parts that are finished, wrap-up included,
  per part (AHT). A part belongs to the interval in which it began.
"""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the figures are measured against. Durations in ms."""

    service_level_ms: int = 20_000
    short_abandon_ms: int = 5_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and sums; two of them add up. Durations in ms."""

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    """Within the service level's threshold."""
    abandoned: int = 0
    abandoned_within: int = 0
    short_abandoned: int = 0
    left: int = 0
    """Handed back to the dialplan, or to the bot."""
    failed: int = 0
    waiting: int = 0
    callbacks: int = 0
    wait_ms: int = 0
    """Of those answered, together."""
    longest_wait_ms: int = 0
    """Of all that were offered; those still waiting count up to now."""
    parts: int = 0
    """Agents' parts that began."""
    transferred: int = 0
    """Parts that ended with a transfer."""
    finished: int = 0
    """Parts whose talk and wrap-up are over: what the times are of."""
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0

    def __add__(self, other: Self) -> "Figures":
        values = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in fields(self)
            if f.name != "longest_wait_ms"
        }
        longest = max(self.longest_wait_ms, other.longest_wait_ms)
        return Figures(**values, longest_wait_ms=longest)

    @property
    def service_level(self) -> float | None:
        """0 to 1; None where nobody was answered or left."""
        return _ratio(self.answered_within, self.answered + self.abandoned)

    @property
    def service_level_early_out(self) -> float | None:
        """0 to 1, those who left within the threshold counted out."""
        return _ratio(self.answered_within, self.answered + self.abandoned - self.abandoned_within)

    @property
    def abandon_rate(self) -> float | None:
        """0 to 1."""
        return _ratio(self.abandoned, self.answered + self.abandoned)

    @property
    def speed_of_answer_ms(self) -> float | None:
        """Average speed of answer (ASA)."""
        return _ratio(self.wait_ms, self.answered)

    @property
    def handling_ms(self) -> float | None:
        """Average handling time (AHT)."""
        return _ratio(self.talk_ms + self.hold_ms + self.wrap_up_ms, self.finished)


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """One agent's figures of one interval; two of them add up. Durations in ms."""

    offers: int = 0
    accepted: int = 0
    rejected: int = 0
    missed: int = 0
    parts: int = 0
    transferred: int = 0
    finished: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
    leg_ms: int = 0
    """With a connected leg."""
    signed_in_ms: int = 0
    """Available and busy together."""

    def __add__(self, other: Self) -> "AgentFigures":
        return AgentFigures(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )

    @property
    def handling_ms(self) -> float | None:
        """Average handling time (AHT)."""
        return _ratio(self.talk_ms + self.hold_ms + self.wrap_up_ms, self.finished)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
