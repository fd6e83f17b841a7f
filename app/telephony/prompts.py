"""What waiting callers are told, in their language, from the admins' own recordings or Asterisk's.

    callers' language → its base (pt-BR: pt) → RINGDESK_LANGUAGE → en

The first of these that has every part of the sentence is used. In the admins' folder a language is
a folder of its own, with any of these files (wav, ulaw, alaw, g722, sln, gsm); what is not there
comes from Asterisk's own sounds of that language:

    queue-youarenext  queue-thereare  queue-callswaiting  queue-thankyou
    queue-holdtime  queue-less-than  queue-minute  queue-minutes  digits/1, digits/2 …
    vm-press  key/9 (the exit key)  vm-for  vm-message
    notice-nobody  notice-closed  notice-offer  notice-callback (press 1)  notice-message (press 2)
"""

import re
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

ENDINGS = (".wav", ".ulaw", ".alaw", ".g722", ".sln", ".gsm")
NOTICES = {
    "notice-nobody": ("vm-nobodyavail",),
    "notice-closed": ("vm-nobodyavail",),
    "notice-offer": (),
    "notice-callback": ("vm-press", "key/1", "vm-tocallback"),
    "notice-message": ("vm-press", "key/2", "vm-for", "vm-message"),
}
"""What a caller is told whom nobody can serve, and what they may choose: Asterisk's words."""
KEYS = {"*": "star", "#": "pound"}
"""Files of the keys that are no number (ast_say_character_str in Asterisk's say.c)."""
LANGUAGE = re.compile(r"[A-Za-z0-9_-]{1,35}", re.ASCII)
"""It becomes part of a path."""
ENGLISH = "en"


class Prompts:
    """Chooses files; looks at the admins' folder anew each time, so that a change is heard."""

    def __init__(self, folder: Path | None, language: str) -> None:
        self._folder = folder
        self._language = language
        self._core: Mapping[str, Set[str]] = {}

    def learn(self, core: Mapping[str, Set[str]]) -> None:
        """What Asterisk has itself: names of sounds by language."""
        self._core = core

    def sentence(
        self, language: str, place: int, wait: int | None, exit_key: str | None = None
    ) -> tuple[tuple[str, ...], str]:
        """The media that tell a place, a wait in minutes (0: less than one) and the key that leads
        out of the queue (as the dialplan comes: to leaving a message); and the language.

        Where no language has all of the parts, the wait is left out, then the key.
        """
        parts, thanks = _place(place), "queue-thankyou"
        waits = _wait(wait) if wait is not None else []
        way_out = ["vm-press", f"key/{exit_key}", "vm-for", "vm-message"] if exit_key else []
        tries: tuple[list[str], ...] = ([*waits, *way_out], way_out, [])
        for words in ([*parts, *more, thanks] for more in tries):
            for chosen in self._languages(language):
                media = [self._medium(chosen, word) for word in words]
                if None not in media:
                    return tuple(filter(None, media)), chosen
        return tuple(_core_medium(word) for word in (*parts, thanks)), ENGLISH

    def notice(
        self, language: str, reason: str, choices: Iterable[str]
    ) -> tuple[tuple[str, ...], str]:
        """The media that tell why nobody comes and what may be chosen; and the language."""
        parts = [f"notice-{each}" for each in (reason, *choices)]
        for chosen in self._languages(language):
            media = [self._notice_part(chosen, part) for part in parts]
            if None not in media:
                return tuple(each for part in media for each in part or ()), chosen
        spoken = (word for part in parts for word in NOTICES[part])
        return tuple(_core_medium(word) for word in spoken), ENGLISH

    def recording(self, language: str, name: str) -> tuple[str, str] | None:
        """One recording by its name, in the first language that has it; None: none has."""
        for chosen in self._languages(language):
            medium = self._medium(chosen, name)
            if medium is not None:
                return medium, chosen
        return None

    def _notice_part(self, language: str, part: str) -> list[str] | None:
        """The admins' own recording of a part, else Asterisk's words for it."""
        own = self._own(language, part)
        if own is not None:
            return [f"sound:{own}"]
        media = [self._medium(language, word) for word in NOTICES[part]]
        return None if None in media else [each for each in media if each is not None]

    def _languages(self, language: str) -> Iterable[str]:
        base = re.split("[-_]", language)[0]
        every = (language, language.replace("-", "_"), base, self._language, ENGLISH)
        return dict.fromkeys(each for each in every if LANGUAGE.fullmatch(each))

    def _medium(self, language: str, word: str) -> str | None:
        """One part in one language; None where it is missing. A number is `digits/N`."""
        own = self._own(language, word)
        if own is not None:
            return f"sound:{own}"
        core = self._core.get(language, frozenset())
        kind, _, said = word.partition("/")
        if kind not in {"digits", "key"}:
            return _core_medium(word) if word in core else None
        file = f"digits/{KEYS.get(said, said)}"
        if file in core and said != "1":  # which has a gender in many languages
            return f"sound:{file}"  # ends at once when it is stopped (see Sounds)
        return _core_medium(word) if "digits/1" in core else None

    def _own(self, language: str, word: str) -> Path | None:
        if self._folder is None:
            return None
        stem = self._folder / language / word
        there = any(stem.with_name(stem.name + ending).is_file() for ending in ENDINGS)
        return stem if there else None


def _place(place: int) -> list[str]:
    if place <= 1:
        return ["queue-youarenext"]
    return ["queue-thereare", f"digits/{place}", "queue-callswaiting"]


def _wait(minutes: int) -> list[str]:
    if minutes == 0:
        return ["queue-holdtime", "queue-less-than", "digits/1", "queue-minute"]
    unit = "queue-minute" if minutes == 1 else "queue-minutes"
    return ["queue-holdtime", f"digits/{minutes}", unit]


def _core_medium(word: str) -> str:
    """Asterisk says numbers and keys in each language by its own rules."""
    name, _, said = word.partition("/")
    return {"digits": f"number:{said}", "key": f"characters:{said}"}.get(name, f"sound:{word}")
