"""Dial rules: one form for every spelling, the first rule that fits decides, 112 always goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dialling import (
    NO_RULE,
    Action,
    Caller,
    DialRule,
    NotANumber,
    Numbering,
    compared,
    decide,
    dialled,
)

PLAIN = Numbering()
GERMANY = Numbering(country="49")
AMERICA = Numbering(country="1", national="1", international="011")
SPAIN = Numbering(country="34", national="")
NUMBERS = st.from_regex(r"\A\+?[0-9*#]{2,32}\Z")
RULES = st.lists(
    st.builds(
        DialRule,
        prefix=st.from_regex(r"\A\+?[0-9*#]{0,4}\Z"),
        action=st.sampled_from(Action),
        caller=st.sampled_from(Caller),
        reason=st.text(max_size=5),
        id=st.text(max_size=3),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("numbering", "text", "form"),
    [
        (PLAIN, "+49 (30) 1234-567", "+49301234567"),
        (PLAIN, "0049 30 1234567", "+49301234567"),
        (PLAIN, "030 1234567", "0301234567"),
        (PLAIN, "4711", "4711"),
        (PLAIN, "*21*0900", "*21*0900"),
        (GERMANY, "030 1234567", "+49301234567"),
        (GERMANY, "0900.1234567", "+499001234567"),
        (GERMANY, "00 49 900 1", "+499001"),
        (GERMANY, "4711", "4711"),
        (GERMANY, "112", "112"),
        (AMERICA, "900 555 0100", "+19005550100"),
        (AMERICA, "1 900 555 0100", "+19005550100"),
        (AMERICA, "011 44 20 7946 0000", "+442079460000"),
        (AMERICA, "911", "911"),
        (AMERICA, "555 0100", "5550100"),
        (SPAIN, "803 123 456", "+34803123456"),
        (SPAIN, "0034803123456", "+34803123456"),
        (SPAIN, "061", "061"),
    ],
)
def test_every_spelling_of_a_number_is_compared_in_one_form(
    numbering: Numbering, text: str, form: str
) -> None:
    assert compared(dialled(text), numbering) == form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "+",
        "5" * 33,
        "sip:+4930@example.com",
        "ana@example.com",
        "tel:+4930",
        "+49 x30",
        "49+30",
        "1&PJSIP/2",
        "${X}",
        "\uff11\uff12\uff13",
        "1\n2",
        "1;phone-context=x",
    ],
)
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        dialled(text)


def test_the_first_rule_that_fits_decides() -> None:
    rules = [
        DialRule("+49900123", Action.ALLOW, id="one of them"),
        DialRule("+49900", Action.DENY, reason="premium", id="premium"),
        DialRule("+49", Action.ALLOW, id="national"),
    ]
    told = {n: decide(n, Caller.AGENTS, rules, GERMANY) for n in ("0900123", "0900124", "030123")}
    assert {n: (d.allowed, d.rule_id) for n, d in told.items()} == {
        "0900123": (True, "one of them"),
        "0900124": (False, "premium"),
        "030123": (True, "national"),
    }
    assert told["0900124"].reason == "premium"


def test_what_no_rule_speaks_of_is_denied() -> None:
    assert decide("+4930", Caller.BOTS, [], PLAIN).reason == NO_RULE
    agents = [DialRule("", Action.ALLOW, Caller.AGENTS)]
    assert decide("+4930", Caller.AGENTS, agents, PLAIN).allowed
    assert not decide("+4930", Caller.BOTS, agents, PLAIN).allowed


@given(
    RULES, st.sampled_from([Caller.AGENTS, Caller.BOTS]), st.sampled_from(sorted(PLAIN.emergency))
)
def test_no_rule_keeps_anybody_from_an_emergency_number(
    rules: list[DialRule], caller: Caller, number: str
) -> None:
    for numbering in (PLAIN, GERMANY, AMERICA, SPAIN):
        decision = decide(number, caller, rules, numbering)
        assert decision.allowed
        assert decision.emergency


@given(NUMBERS, RULES, st.sampled_from([Caller.AGENTS, Caller.BOTS]))
def test_a_decision_is_that_of_the_first_rule_of_the_caller_whose_prefix_fits(
    number: str, rules: list[DialRule], caller: Caller
) -> None:
    decision = decide(number, caller, rules, GERMANY)
    mine = [r for r in rules if r.caller in {caller, Caller.BOTH}]
    fits = [r for r in mine if decision.number[: len(r.prefix)] == r.prefix]
    if not decision.emergency:
        expected = fits[0].action is Action.ALLOW if fits else False
        assert decision.allowed is expected


@given(NUMBERS)
def test_the_compared_form_is_compared_with_itself(number: str) -> None:
    for numbering in (PLAIN, GERMANY, AMERICA):
        form = compared(number, numbering)
        if form.startswith("+"):
            assert compared(form, numbering) == form
