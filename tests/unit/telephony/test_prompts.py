"""Which recordings a waiting caller hears: their language's, the admins' own before Asterisk's."""

from pathlib import Path

import pytest

from app.telephony.prompts import Prompts
from tests.unit.telephony.asterisk_double import CORE

ENGLISH = ("sound:queue-thereare", "number:3", "sound:queue-callswaiting")
THANKS = "sound:queue-thankyou"


def prompts(folder: Path | None = None, language: str = "en", **core: frozenset[str]) -> Prompts:
    made = Prompts(folder, language)
    made.learn({"en": CORE, **core})
    return made


def record(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (None, ()),
        (0, ("sound:queue-holdtime", "sound:queue-less-than", "number:1", "sound:queue-minute")),
        (1, ("sound:queue-holdtime", "number:1", "sound:queue-minute")),
        (10, ("sound:queue-holdtime", "number:10", "sound:queue-minutes")),
    ],
)
def test_a_place_and_a_wait(wait: int | None, said: tuple[str, ...]) -> None:
    assert prompts().sentence("en", 3, wait) == ((*ENGLISH, *said, THANKS), "en")


def test_a_number_or_key_of_which_there_is_a_file_is_that_file() -> None:
    core = CORE | {"digits/1", "digits/3", "digits/10", "digits/9", "digits/star"}
    told = prompts(eo=core)
    assert told.sentence("eo", 3, 10, "9")[0] == (
        *("sound:queue-thereare", "sound:digits/3", "sound:queue-callswaiting"),
        *("sound:queue-holdtime", "sound:digits/10", "sound:queue-minutes"),
        *("sound:vm-press", "sound:digits/9", "sound:vm-for", "sound:vm-message"),
        THANKS,
    )
    assert "sound:digits/star" in told.sentence("eo", 3, None, "*")[0]
    assert told.sentence("eo", 23, 1)[0][1] == "number:23"


def test_who_is_next() -> None:
    assert prompts().sentence("en", 1, None) == (("sound:queue-youarenext", THANKS), "en")


def test_a_language_of_asterisks_own() -> None:
    media, language = prompts(de=CORE).sentence("de-AT", 3, None)
    assert (media, language) == ((*ENGLISH, THANKS), "de")


def test_a_language_that_misses_a_part_falls_back_to_the_settings_then_to_english() -> None:
    german = frozenset(CORE - {"queue-callswaiting"})
    assert prompts(language="fr", de=german, fr=CORE).sentence("de", 3, None)[1] == "fr"
    assert prompts(language="fr", de=german).sentence("de", 3, None)[1] == "en"


def test_no_wait_is_told_where_no_language_can_say_it() -> None:
    without = frozenset(CORE - {"queue-holdtime"})
    told = Prompts(None, "en")
    told.learn({"en": without})
    assert told.sentence("en", 3, 5) == ((*ENGLISH, THANKS), "en")


def test_admins_recordings_come_first_and_the_rest_is_asterisks(tmp_path: Path) -> None:
    record(tmp_path, "en/queue-thankyou.wav")
    media, language = prompts(tmp_path).sentence("en", 3, None)
    assert (media, language) == ((*ENGLISH, f"sound:{tmp_path}/en/queue-thankyou"), "en")


def test_a_language_of_admins_recordings_alone_says_the_numbers_that_it_has(
    tmp_path: Path,
) -> None:
    names = ("queue-thereare.ulaw", "queue-callswaiting.wav", "queue-thankyou.gsm", "digits/3.wav")
    record(tmp_path, *(f"eo/{name}" for name in names))
    told = prompts(tmp_path)
    assert told.sentence("eo", 3, None)[0][1] == f"sound:{tmp_path}/eo/digits/3"
    assert told.sentence("eo", 4, None)[1] == "en"


@pytest.mark.parametrize("language", ["../../etc", "/etc", "de/..", "", "x" * 36, "d e"])
def test_a_language_is_no_way_to_other_folders(tmp_path: Path, language: str) -> None:
    record(tmp_path, "queue-youarenext.wav", "queue-thankyou.wav")
    media, _ = prompts(tmp_path / "sounds").sentence(language, 1, None)
    assert media == ("sound:queue-youarenext", THANKS)


def test_before_asterisk_was_asked_english_is_spoken() -> None:
    assert Prompts(None, "de").sentence("de", 1, 5) == (("sound:queue-youarenext", THANKS), "en")


def test_the_key_that_leads_out_is_told_last_and_rather_than_the_wait() -> None:
    way_out = ("sound:vm-press", "characters:9", "sound:vm-for", "sound:vm-message")
    media, _ = prompts().sentence("en", 1, 1, "9")
    assert media[-5:] == (*way_out, THANKS)
    without = Prompts(None, "en")
    without.learn({"en": frozenset(CORE - {"queue-holdtime"})})
    assert without.sentence("en", 1, 1, "9")[0] == ("sound:queue-youarenext", *way_out, THANKS)
