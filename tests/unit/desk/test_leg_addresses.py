"""Where a leg is dialled, and what is said when that is not known."""

from dataclasses import replace

import pytest

from app.desk.errors import Invalid
from app.desk.leg_addresses import DEMO_NUMBER, LegAddresses, Outside
from app.domain.dialling import Action, Caller, DialRule
from app.domain.leg import Audio
from app.telephony import LegAddress
from tests.unit.desk.dial_rules import EVERYTHING, dial_rules
from tests.unit.desk.people import person

with_trunk = LegAddresses(trunk=True, demo=True, rules=dial_rules())


def test_a_number_goes_through_the_trunk_without_its_punctuation() -> None:
    ana = person("ana", number="+1 (555) 01.00-9")
    assert with_trunk.find(ana, Audio.NUMBER) == LegAddress(number="+155501009")


def test_a_desk_phone_is_its_sip_user() -> None:
    assert with_trunk.find(person("ana"), Audio.SIP) == LegAddress(endpoint="sip-ana")


def test_the_demos_number_is_the_demos_phone_and_so_is_every_number_without_a_trunk() -> None:
    ana = person("ana", number=DEMO_NUMBER)
    phone = LegAddress(endpoint=f"{DEMO_NUMBER}@demo-phone")
    assert with_trunk.find(ana, Audio.NUMBER) == phone
    other = replace(ana, phone_number="112")
    assert LegAddresses(trunk=False, demo=True, rules=dial_rules()).find(
        other, Audio.NUMBER
    ) == LegAddress(endpoint="112@demo-phone")


def test_outside_the_demo_the_demos_number_is_a_number_like_any() -> None:
    ana = person("ana", number=DEMO_NUMBER)
    assert LegAddresses(trunk=True, demo=False, rules=dial_rules()).find(
        ana, Audio.NUMBER
    ) == LegAddress(number=DEMO_NUMBER)


@pytest.mark.parametrize(
    "number", [None, "", "x", "1", "5" * 33, "555@evil", "1&PJSIP/2", "1/2\n3"]
)
def test_what_cannot_be_dialled_is_refused(number: str | None) -> None:
    with pytest.raises(Invalid):
        with_trunk.find(person("ana", number=number), Audio.NUMBER)


def test_without_a_trunk_a_number_says_what_is_missing() -> None:
    with pytest.raises(Invalid, match="RINGDESK_TRUNK"):
        LegAddresses(trunk=False, demo=False, rules=dial_rules()).find(person("ana"), Audio.NUMBER)


@pytest.mark.parametrize("text", ["", "+44 x", "1&2", "${X}", "1@trunk", "1" * 33])
def test_a_customer_is_sent_on_to_numbers_only(text: str) -> None:
    with pytest.raises(Invalid):
        LegAddresses(trunk=True, demo=False, rules=dial_rules()).outside(text)


def test_a_number_outside_is_dialled_without_blanks_and_needs_a_trunk() -> None:
    assert LegAddresses(trunk=True, demo=False, rules=dial_rules()).outside(
        "+44 (20) 79-46"
    ) == Outside("+44207946", counts=True)
    with pytest.raises(Invalid):
        LegAddresses(trunk=False, demo=True, rules=dial_rules()).outside("+44207946")


NO_PREMIUM = DialRule("+449", Action.DENY, reason="premium-rate number")
ruled = LegAddresses(trunk=True, demo=True, rules=dial_rules(NO_PREMIUM, EVERYTHING))


def test_a_rule_keeps_a_number_from_being_dialled_and_says_why() -> None:
    for text in ("+449098790123", "00449098790123", "0044 90 98790123"):
        with pytest.raises(Invalid, match="premium-rate number"):
            ruled.find(person("ana", number=text), Audio.NUMBER)
        with pytest.raises(Invalid, match="premium-rate number"):
            ruled.outside(text)


def test_a_rule_made_meanwhile_does_not_cut_a_leg_that_stands() -> None:
    ana = person("ana", number="+449098790123")
    assert ruled.get(ana, Audio.NUMBER) is None
    assert ruled.get(ana, Audio.NUMBER, standing=True) == LegAddress(number="+449098790123")


def test_an_emergency_number_is_never_refused_does_not_count_and_is_nobodys_phone() -> None:
    nothing = LegAddresses(True, False, dial_rules(DialRule("", Action.DENY)))
    for caller in (Caller.AGENTS, Caller.BOTS):
        assert nothing.outside("1 1 2", caller) == Outside("112", counts=False)
    with pytest.raises(Invalid, match="emergency"):
        nothing.own("112")


def test_bots_have_rules_of_their_own() -> None:
    only_agents = DialRule("+44", Action.ALLOW, Caller.AGENTS)
    some = LegAddresses(True, False, dial_rules(only_agents))
    assert some.outside("+44207946").number == "+44207946"
    with pytest.raises(Invalid, match="no dial rule"):
        some.outside("+44207946", Caller.BOTS, field="number")
