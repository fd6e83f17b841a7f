"""Who may get what, and why not."""

from dataclasses import replace

import pytest

from app.domain.agent import Agent, Leg, Load, Status
from app.domain.conversation import Channel, Conversation, Customer, State
from app.domain.leg import LegState
from app.domain.routing import Reason, Rules, explain, obstacles, rank

NOW = 1_000_000
RULES = Rules()

ana = Agent(
    id="ana",
    name="Ana",
    skills=frozenset({"billing"}),
    status=Status.AVAILABLE,
    leg=Leg(state=LegState.CONNECTED),
    inbox_until=NOW + 1,
)
call = Conversation(
    id="c1",
    state=State.QUEUED,
    channel=Channel.VOICE,
    customer=Customer(),
    created_at=0,
    skills=("billing",),
)
chat = replace(call, id="c2", channel=Channel.CHAT)


def test_an_agent_with_the_skill_and_a_connected_leg_is_eligible() -> None:
    assert obstacles(ana, call, NOW, RULES) == ()


@pytest.mark.parametrize(
    ("agent", "conversation", "reason"),
    [
        (replace(ana, status=Status.BUSY), call, Reason.STATUS),
        (replace(ana, status_pending=Status.BUSY), call, Reason.STATUS),
        (replace(ana, skills=frozenset()), call, Reason.SKILLS),
        (replace(ana, leg=Leg()), call, Reason.LEG),
        (replace(ana, wrap_ups=1), call, Reason.WRAP_UP),
        (replace(ana, load=Load(voice=1)), call, Reason.ON_CALL),
        (replace(ana, load=Load(voice=1)), chat, Reason.ON_CALL),
        (replace(ana, load=Load(chat=5)), chat, Reason.CAP),
        (replace(ana, inbox_until=NOW), chat, Reason.INBOX_CLOSED),
        (replace(ana, offer="c9"), call, Reason.OFFER),
        (ana, replace(call, excluded={"ana": NOW + 1}), Reason.EXCLUDED),
        (ana, replace(call, routed_to="ben"), Reason.OTHER_AGENT),
    ],
)
def test_each_obstacle_is_named(agent: Agent, conversation: Conversation, reason: Reason) -> None:
    assert obstacles(agent, conversation, NOW, RULES) == (reason,)


def test_chat_needs_no_leg_and_may_come_during_a_call_where_a_setting_says_so() -> None:
    talking = replace(ana, leg=Leg(), load=Load(voice=1))
    assert obstacles(talking, chat, NOW, Rules(messages_during_call=True)) == ()


def test_work_routed_to_one_agent_asks_for_no_skills() -> None:
    assert (
        obstacles(replace(ana, skills=frozenset()), replace(call, routed_to="ana"), NOW, RULES)
        == ()
    )


def test_a_step_of_priority_counts_as_one_head_start_of_waiting() -> None:
    assert rank(NOW, 1, RULES) == rank(NOW - RULES.head_start_ms, 0, RULES)


def test_explain_names_everybody() -> None:
    verdicts = explain([ana, replace(ana, id="ben", skills=frozenset())], call, NOW, RULES)
    assert [(v.agent_id, v.eligible) for v in verdicts] == [("ana", True), ("ben", False)]
