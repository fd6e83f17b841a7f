"""What an agent hears on a standing leg before it rings: whose call it is.

The skills that are asked for, where the admins recorded their names (`skills/<name>.wav` in the
folder of a language under their own sounds, small letters, `-` for what is neither letter nor
digit), what the AI captured in digits, where they recorded what it is (`parameters/<name>.wav`),
and the customer's number, digit by digit. It is one playback with the ring tone after it, and ends
as that does: at accept, before the customer comes.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from app.telephony.wants import LegWant

MOST_DIGITS = 15
"""ITU-T E.164: no number is longer."""
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Whisper:
    """Finds the sounds; none unless it is switched `on` (RINGDESK_WHISPER)."""

    folder: Path | None = None
    language: str = "en"
    on: bool = False

    def media(self, want: LegWant) -> tuple[str, ...]:
        """What ARI plays before the ring tone."""
        if not self.on:
            return ()
        said = [self._recorded("skills", skill) for skill in want.caller_skills]
        for name, value in want.caller_facts:
            recorded, digits = self._recorded("parameters", name), _digits(value)
            said += [recorded, digits] if recorded and digits else []
        return tuple(filter(None, [*said, _digits(want.caller_number or "")]))

    def _recorded(self, kind: str, name: str) -> str | None:
        file = _OTHER.sub("-", name.casefold()).strip("-")
        if self.folder is None or not file or not self.language.isalnum():
            return None
        sound = self.folder / self.language / kind / file
        return f"sound:{sound}" if sound.with_suffix(".wav").is_file() else None


def _digits(text: str) -> str | None:
    digits = "".join(c for c in text if c in "0123456789")[-MOST_DIGITS:]
    return f"digits:{digits}" if digits else None


NONE = Whisper()
"""Nothing is said."""
