"""From the house's values to the API's shapes."""

import json
from typing import Any

from msgspec import Struct

from app.api import frames, views
from app.api.visibility import Detail
from app.domain.agent import Agent, Status
from tests.unit.api.people import closed, offered
from tests.unit.desk.people import BILLING, directory, person


def told_as(shape: Struct) -> Any:
    """What a caller reads."""
    return json.loads(bytes(frames.encoded(shape)))


def test_ids_become_names_and_instants_rfc_3339() -> None:
    found = told_as(views.conversation(offered("p-ana"), directory(), Detail.SUPERVISOR))
    assert found["offer"]["agent"] == {"id": "p-ana", "name": "Ana"}
    assert found["queued_at"] == "1970-01-01T00:00:02Z"
    assert found["offer"]["expires_at"] == "1970-01-01T00:00:23Z"
    assert found["agent"] is None


def test_somebody_who_is_gone_is_told_by_id() -> None:
    found = views.conversation(closed("p-gone"), directory(), Detail.AGENT)
    assert found.segments[0].agent.name == "p-gone"
    told = told_as(found.segments[0])
    assert {"from", "to", "wrap_up", "notes", "disposition", "ended_by"} <= told.keys()
    assert "from_" not in told


def test_who_else_could_have_got_it_is_supervisors_business() -> None:
    agents = views.conversation(offered("p-ana"), directory(), Detail.AGENT)
    bosses = views.conversation(offered("p-ana"), directory(), Detail.SUPERVISOR)
    assert agents.why is not None
    assert bosses.why is not None
    assert agents.why.eligible == []
    assert [one.name for one in bosses.why.eligible] == ["ben"]


def test_me_is_an_agent_with_preferences() -> None:
    ana = Agent("p-ana", "Ana", skills=frozenset({"s-billing"}), status=Status.BUSY)
    me = views.me(ana, person("ana", BILLING), directory())
    agent = views.agent(ana, directory())
    assert [s.name for s in me.skills] == ["Billing"]
    assert me.email == "ana@example.com"
    assert all(getattr(me, name) == getattr(agent, name) for name in agent.__struct_fields__)
    assert "password" not in json.dumps(told_as(me))
