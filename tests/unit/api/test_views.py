"""From the house's values to the API's shapes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import Struct

from app import config
from app.api import admin_views, frames, views
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


def test_a_phone_is_told_of_tls_by_the_certificate_s_name_where_it_is_listened_to() -> None:
    pem = {"RINGDESK_TLS_CERT": __file__, "RINGDESK_TLS_KEY": __file__}
    public = {"RINGDESK_PUBLIC_URL": "https://desk.example"}
    tls = {"RINGDESK_SIP_TLS_BIND": "0.0.0.0:5061", **pem, **public}
    ana = replace(person("ana"), sip_user="u1", sip_password="p1")
    plain, secret = (
        admin_views.phone(ana, config.load(settings, Path("/dev/null")), True)
        for settings in (public, tls)
    )
    assert (plain.server, plain.uri) == ("127.0.0.1:5060", "sip:u1:p1@127.0.0.1:5060")
    assert secret.server == "desk.example:5061"
    assert secret.uri == "sip:u1:p1@desk.example:5061;transport=tls"
