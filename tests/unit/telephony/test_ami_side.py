"""Who says which phones are in reach, while the AMI link comes and goes."""

import asyncio
from collections.abc import Callable

import pytest

from app.telephony import ami_side
from app.telephony.ami_side import AmiSide
from app.telephony.ari_resources import Endpoints
from app.telephony.facts import ContactChanged, Fact
from app.telephony.settings import TelephonySettings
from tests.support.polling import eventually


class SlowEndpoints(Endpoints):
    """ARI's list of endpoints, answered when the story says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: asyncio.Future[list[dict[str, object]]] = asyncio.Future()

    async def listByTech(self, tech: str) -> list[dict[str, object]]:  # noqa: N802 - ARI's name
        self.asked += 1
        return await self.answer


class Ami:
    """AMI's side of the link, told by the story."""

    def __init__(self, side: AmiSide) -> None:
        assert side.link is not None
        self._link = side.link
        self.during_the_list: Callable[[], None] = lambda: None
        self.contacts: list[dict[str, str]] = []
        self._link.action = self._act  # type: ignore[method-assign]

    async def _act(self, name: str, **fields: str) -> list[dict[str, str]]:
        if name == "PJSIPShowContacts":
            self.during_the_list()
            return self.contacts
        return [{"response": "Success"}]

    async def comes_up(self) -> None:
        await self._link._on_up()

    def tells(self, uri: str, status: str) -> None:
        kind = {"event": "ContactStatus", "endpointname": "u1", "uri": uri}
        self._link._on_event({**kind, "contactstatus": status})


class Watchers:
    """Nobody."""

    def at_contact(self, endpoint: str, reachable: bool) -> None:
        return

    def doubt_contacts(self) -> None:
        return


def side_with(endpoints: Endpoints, facts: list[Fact]) -> AmiSide:
    settings = TelephonySettings(
        ari_url="http://127.0.0.1:1/ari", ari_user="", ari_password="", ami_host="127.0.0.1"
    )
    return AmiSide(
        settings, endpoints, users=lambda: ["u1"], watchers=Watchers, ready=lambda: True,
        tell=facts.append, count=lambda alert: None, now=lambda: 0,
    )  # fmt: skip


def listed(uri: str, status: str) -> dict[str, str]:
    return {"event": "ContactList", "endpoint": "u1", "uri": uri, "status": status}


async def test_ari_s_answer_that_comes_when_ami_is_back_makes_nobody_reachable_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ami_side, "CONTACT_SECONDS", 0.0)
    monkeypatch.setattr(ami_side, "FADE_SECONDS", 0.0)
    facts: list[Fact] = []
    endpoints = SlowEndpoints()
    side = side_with(endpoints, facts)
    ami = Ami(side)

    # given ARI is asked while AMI is away, and AMI comes back before the answer
    asking = asyncio.create_task(side.ask_for_contacts())
    await eventually(lambda: endpoints.asked == 1)
    ami.contacts = [listed("sip:a", "Reachable")]
    await ami.comes_up()
    endpoints.answer.set_result([{"resource": "u1", "state": "online"}])
    await asyncio.sleep(0)

    # when the phone loses its power, and AMI says so
    ami.tells("sip:a", "Unreachable")

    # then it is out of reach
    await eventually(lambda: ContactChanged("u1", False, 0) in facts)
    assert not side.reachable("u1")
    asking.cancel()


async def test_a_contact_lost_while_the_list_is_made_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ami_side, "FADE_SECONDS", 0.0)
    facts: list[Fact] = []
    side = side_with(SlowEndpoints(), facts)
    ami = Ami(side)

    # given the list's line was written before the loss, and its end comes after it
    ami.contacts = [listed("sip:a", "Reachable")]
    ami.during_the_list = lambda: ami.tells("sip:a", "Unreachable")
    await ami.comes_up()

    await eventually(lambda: ContactChanged("u1", False, 0) in facts)
    assert not side.reachable("u1")
