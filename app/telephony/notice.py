"""What a customer hears before they are recorded.

`recording-notice.wav` in the folder of their language under the admins' own sounds; else in the
house's language; else Asterisk's own words for it, which speak of a conference.
"""

from dataclasses import dataclass
from pathlib import Path

SOUND = "recording-notice"
STOCK = "sound:conf-now-recording"
HEARD = "RINGDESK_NOTICE"
"""Channel variable: the customer was told."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Finds the sound."""

    folder: Path | None
    language: str

    def media(self, language: str) -> str:
        """What ARI plays."""
        for each in (language, self.language):
            if self.folder is None or not each.isalnum():
                continue
            sound = self.folder / each / SOUND
            if sound.with_suffix(".wav").is_file():
                return f"sound:{sound}"
        return STOCK
