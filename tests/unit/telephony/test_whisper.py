"""What is said on a leg before it rings."""

from pathlib import Path

import pytest

from app.telephony.wants import LegWant
from app.telephony.whisper import Whisper


def want(number: str | None, *skills: str) -> LegWant:
    """An offer of a customer with this number."""
    return LegWant("ana", None, True, "v1", caller_number=number, caller_skills=skills)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """An admin recorded one skill's name."""
    file = tmp_path / "en" / "skills" / "fraud-assistance.wav"
    file.parent.mkdir(parents=True)
    file.touch()
    return tmp_path


def test_switched_off_nothing_is_said(recorded: Path) -> None:
    assert Whisper(recorded, "en").media(want("+4930123", "Fraud Assistance")) == ()


def test_the_skills_that_were_recorded_and_the_number(recorded: Path) -> None:
    said = Whisper(recorded, "en", on=True).media(want("+4930123", "Fraud: Assistance!", "Billing"))
    assert said == (f"sound:{recorded}/en/skills/fraud-assistance", "digits:4930123")


@pytest.mark.parametrize("number", [None, "", "anonymous", "٣٤"])
def test_who_shows_no_number_has_none(number: str | None) -> None:
    assert Whisper(None, "en", on=True).media(want(number, "Billing")) == ()


def test_a_number_has_an_end_and_nothing_else_comes_in() -> None:
    media = Whisper(None, "en", on=True).media(want("1" * 400 + ",sound:x"))
    assert media == ("digits:" + "1" * 15,)


@pytest.mark.parametrize("skill", ["../../../etc/passwd", "a,sound:b", "…", ""])
def test_a_skills_name_leads_to_no_other_file(tmp_path: Path, skill: str) -> None:
    assert Whisper(tmp_path, "en", on=True).media(want(None, skill)) == ()


def test_what_the_ai_captured_is_said_where_it_was_recorded_what_it_is(tmp_path: Path) -> None:
    # given an order number that has a recorded name, a colour without digits, and an amount without
    for name in ("order-number", "colour"):
        file = tmp_path / "en" / "parameters" / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    facts = (("order_number", "47-11"), ("colour", "red"), ("amount", "42"))

    # then the number is said after its name, before the customer's own
    offer = LegWant("ana", None, True, "v1", caller_number="+4930", caller_facts=facts)
    assert Whisper(tmp_path, "en", on=True).media(offer) == (
        f"sound:{tmp_path}/en/parameters/order-number",
        "digits:4711",
        "digits:4930",
    )
