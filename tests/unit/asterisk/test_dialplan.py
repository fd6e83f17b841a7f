"""The dialplan as Asterisk shows it, read and followed; nothing here runs Asterisk."""

import pytest

from app.embedded.dialplan import Dialplan, matches, parse

SHOWN = """\
[ Context '__func_periodic_hook_context__' created by 'func_periodic_hook' ]
  'hook' (CID match '') =>  1. Set(EncodedChannel=${HOOK_CHANNEL})        [func_periodic_hook]

[ Context 'queue' created by 'pbx_config' ]
  's' =>            1. GotoIf($["${A[1]}" = "]"]?answer)          [queue.conf:7]
                    2. Set(A=${STRFTIME(,,%s%3q)})                [queue.conf:8]
     [answer]       3. Answer()                                   [queue.conf:9]
  '_[0-9a-zA-Z+*#]!' => 1. Answer()                                   [demo.conf:25]
     [stay]         2. Wait(3600)                                 [demo.conf:27]

[ Context 'entry' created by 'pbx_config' ]
  Include =>        'queue'                                       [pbx_config]

-= 3 extensions (5 priorities) in 3 contexts. =-
"""


@pytest.fixture
def plan() -> Dialplan:
    return parse(SHOWN)


def test_every_priority_is_read_with_its_label_and_source(plan: Dialplan) -> None:
    steps = [(s.context, s.extension, s.number, s.label, s.app, s.source) for s in plan.steps()]
    assert steps == [
        ("queue", "s", 1, None, "GotoIf", "queue.conf:7"),
        ("queue", "s", 2, None, "Set", "queue.conf:8"),
        ("queue", "s", 3, "answer", "Answer", "queue.conf:9"),
        ("queue", "_[0-9a-zA-Z+*#]!", 1, None, "Answer", "demo.conf:25"),
        ("queue", "_[0-9a-zA-Z+*#]!", 2, "stay", "Wait", "demo.conf:27"),
    ]


def test_brackets_in_arguments_stay_arguments(plan: Dialplan) -> None:
    first = next(plan.steps())
    assert first.data == '$["${A[1]}" = "]"]?answer'


def test_contexts_of_modules_are_none_of_the_admins(plan: Dialplan) -> None:
    assert set(plan.contexts) == {"queue", "entry"}


def test_an_extension_is_found_by_name_by_pattern_and_through_an_include(plan: Dialplan) -> None:
    assert [step.number for step in plan.find("queue", "s")] == [1, 2, 3]
    assert plan.find("queue", "*72")[0].source == "demo.conf:25"
    assert plan.find("entry", "s") == plan.find("queue", "s")
    assert plan.find("entry", "!") == []
    assert plan.find("gone", "s") == []


def test_contexts_that_include_each_other_end(plan: Dialplan) -> None:
    plan.contexts["queue"].includes.append("entry")
    assert plan.find("entry", "!") == []


@pytest.mark.parametrize(
    ("pattern", "number", "fits"),
    [
        ("_XXXX!", "1234", True),
        ("_XXXX!", "12345", True),
        ("_XXXX!", "123", False),
        ("_+X.", "+44", True),
        ("_+X.", "+4", False),
        ("_NXXZ", "2001", True),
        ("_NXXZ", "1001", False),
        ("_NXXZ", "2000", False),
        ("_[1-37]x", "71", True),
        ("_[1-37]x", "41", False),
        ("_555-12", "55512", True),
        ("100", "100", False),  # no pattern
    ],
)
def test_patterns_are_asterisk_s(pattern: str, number: str, fits: bool) -> None:
    assert matches(pattern, number) == fits
