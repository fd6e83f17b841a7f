"""Bad hand-over data loses nobody: what cannot be used is dropped and stands as a fault."""

from collections.abc import Mapping

import pytest

from app.desk.handover import MAX_AGE_MS, MAX_PARAMETERS, MAX_SKILLS, Handover, read
from tests.unit.desk.people import directory

NOW = 1_700_000_000_000


def told(variables: Mapping[str, str]) -> Handover:
    return read(variables, directory(), NOW)


def codes(handover: Handover) -> list[str]:
    return [fault.code for fault in handover.faults]


def test_good_variables_are_all_used() -> None:
    found = told(
        {
            "RINGDESK_SKILLS": "Billing, spanish",
            "RINGDESK_PRIORITY": "10",
            "RINGDESK_AGENT": "ana@example.com",
            "RINGDESK_PARAMETERS": '{"order": "48213"}',
            "RINGDESK_QUEUED_AT": str(NOW - 60_000),
            "RINGDESK_LANGUAGE": "es",
        }
    )
    assert found.skills == ("s-billing", "s-spanish")
    assert (found.priority, found.routed_to, found.language) == (10, "p-ana", "es")
    assert found.parameters == {"order": "48213"}
    assert found.queued_at == NOW - 60_000
    assert codes(found) == []


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"RINGDESK_SKILLS": "Alchemy"}, "unknown-skill"),
        ({"RINGDESK_SKILLS": "x" * 100_000}, "unknown-skill"),
        ({"RINGDESK_AGENT": "nobody@example.com"}, "unknown-agent"),
        ({"RINGDESK_AGENT": "a\r\nAction: Originate"}, "unknown-agent"),
        ({"RINGDESK_PRIORITY": "11"}, "bad-priority"),
        ({"RINGDESK_PRIORITY": "-1"}, "bad-priority"),
        ({"RINGDESK_PRIORITY": "high"}, "bad-priority"),
        ({"RINGDESK_PARAMETERS": "{not json"}, "bad-parameters"),
        ({"RINGDESK_PARAMETERS": "[1, 2]"}, "bad-parameters"),
        ({"RINGDESK_PARAMETERS": "[" * 60_000}, "bad-parameters"),
        ({"RINGDESK_PARAMETERS": '{"a": "' + "x" * MAX_PARAMETERS + '"}'}, "bad-parameters"),
        ({"RINGDESK_LANGUAGE": "e\x00s"}, "bad-language"),
        ({"RINGDESK_CONVERSATION": "c" * 201}, "bad-conversation"),
    ],
)
def test_what_cannot_be_used_is_dropped_and_named(variables: Mapping[str, str], code: str) -> None:
    assert codes(told(variables)) == [code]


def test_a_fault_quotes_the_value_short_and_printable() -> None:
    (fault,) = told({"RINGDESK_SKILLS": "a\r\nb" + "x" * 1000}).faults
    assert fault.detail.startswith("“a??b") and len(fault.detail) < 70


def test_the_limits_hold_at_their_edge() -> None:
    names = ",".join(["Billing"] * MAX_SKILLS)
    assert codes(told({"RINGDESK_SKILLS": names})) == []
    assert codes(told({"RINGDESK_SKILLS": names + ",Billing"})) == ["too-many-skills"]
    fits = '{"a": "' + "x" * (MAX_PARAMETERS - 9) + '"}'
    assert codes(told({"RINGDESK_PARAMETERS": fits})) == []


@pytest.mark.parametrize("age", ["", "soon", "-5", str(NOW + 1), str(NOW - MAX_AGE_MS - 1)])
def test_an_age_that_cannot_be_is_not_believed(age: str) -> None:
    assert told({"RINGDESK_QUEUED_AT": age}).queued_at is None


@pytest.mark.parametrize(
    ("longest", "key", "used", "faults"),
    [
        ("90", "#", (90_000, "#"), []),
        ("0", "", (0, None), []),
        ("86400", "0", (86_400_000, "0"), []),
        ("86401", "9", (None, "9"), ["bad-max-wait"]),
        ("-1", "12", (None, None), ["bad-max-wait", "bad-exit-key"]),
        ("soon", "A", (None, None), ["bad-max-wait", "bad-exit-key"]),
    ],
)
def test_how_a_caller_leaves_the_queue(
    longest: str, key: str, used: tuple[int | None, str | None], faults: list[str]
) -> None:
    found = told({"RINGDESK_MAX_WAIT": longest, "RINGDESK_EXIT_KEY": key})
    assert (found.max_wait_ms, found.exit_key) == used
    assert codes(found) == faults
