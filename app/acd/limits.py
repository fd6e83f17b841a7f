"""How big anything may be that enters the live queue; beyond it ValueError, before Redis is asked.

Redis holds everything in memory and a script runs alone: one caller's 100 kB of variables must
not slow down everybody.
"""

from collections.abc import Iterable, Mapping

from app.domain.routing import PRIORITIES, USUAL_LEVEL

ID_LENGTH = 200
"""Characters of any id; at least one, and no control characters (they separate ids in Redis)."""
REQUIRED_SKILLS = 50
"""Skills one conversation may require."""
AGENT_SKILLS = 500
"""Skills one agent may have."""
TEXT_LENGTH = 1_000
"""Characters of a name, reason, entry or disposition."""
NOTES_LENGTH = 20_000
"""Characters of an agent's notes."""
JSON_BYTES = 65_536
"""Bytes of flow, parameters or faults as JSON."""
LEVELS = range(1, 6)
"""Proficiency in a skill."""
CAPS = range(0, 11)
"""Chats or emails at a time."""
DIAL_LIMITS = range(0, 1_000_000)
"""Calls outside that an agent may make in a day; 0: any number."""
INSTANTS = range(0, 2**53)
"""Milliseconds that Lua's numbers (doubles) hold exactly."""


def checked_id(value: str, what: str) -> str:
    """The id itself. Raises ValueError."""
    if not 1 <= len(value) <= ID_LENGTH:
        raise ValueError(f"{what}: 1 to {ID_LENGTH} characters")
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError(f"{what}: no control characters")
    return value


def checked_skills(skills: Iterable[str], most: int) -> str:
    """Skill ids sorted, each once, joined as Redis keeps them. Raises ValueError."""
    each = sorted(set(skills))
    if len(each) > most:
        raise ValueError(f"skills: at most {most}")
    return "\n".join(checked_id(skill, "skill") for skill in each)


def checked_levels(levels: Mapping[str, int], skills: Iterable[str]) -> str | None:
    """Proficiencies that are not the usual one, as the scripts read them. Raises ValueError."""
    told = {s: levels[s] for s in sorted(set(skills)) if levels.get(s, USUAL_LEVEL) != USUAL_LEVEL}
    return "\n".join(f"{s}\t{checked_number(n, LEVELS, s)}" for s, n in told.items()) or None


def checked_text(value: str | None, what: str, most: int = TEXT_LENGTH) -> str | None:
    """The text itself. Raises ValueError."""
    if value is not None and len(value) > most:
        raise ValueError(f"{what}: at most {most} characters")
    return value


def checked_json(value: bytes, what: str) -> bytes:
    """The JSON itself. Raises ValueError."""
    if len(value) > JSON_BYTES:
        raise ValueError(f"{what}: at most {JSON_BYTES} bytes as JSON")
    return value


def checked_number(value: int, within: range, what: str) -> int:
    """The number itself. Raises ValueError."""
    if value not in within:
        raise ValueError(f"{what}: {within.start} to {within.stop - 1}")
    return value


def checked_priority(value: int) -> int:
    """The priority itself. Raises ValueError."""
    return checked_number(value, PRIORITIES, "priority")
