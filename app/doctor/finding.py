"""What the doctor found of one part."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a part is; what is `doubtful` may well be meant so."""

    WELL = "well"
    DOUBTFUL = "look at"
    ILL = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, how it is, and in words what was found and what to do."""

    part: str
    health: Health
    words: str

    def __str__(self) -> str:
        mark = "" if self.health is Health.WELL else f"{self.health}: "
        return f"{self.part:9} {mark}{self.words}"


def well(part: str, words: str) -> Finding:
    """Nothing to do."""
    return Finding(part, Health.WELL, words)


def doubtful(part: str, words: str) -> Finding:
    """Somebody should know."""
    return Finding(part, Health.DOUBTFUL, words)


def ill(part: str, words: str) -> Finding:
    """It does not work, or will not for long."""
    return Finding(part, Health.ILL, words)
