"""What a page may send to Asterisk, and the SIP user that it is given."""

import pytest

from app.api.access import Caller
from app.api.problems import Problem
from app.api.sip_account import account, ice_server
from app.api.sip_line import may_pass
from app.api.sip_shapes import IceServer
from app.domain.agent import Role

MINE = "web-1a2b"


def request(*headers: str, end: str = "\r\n") -> str:
    """A REGISTER with these headers."""
    return end.join(("REGISTER sip:ringdesk.invalid SIP/2.0", *headers, "", ""))


@pytest.mark.parametrize(
    "text",
    [
        request(f"From: <sip:{MINE}@ringdesk.invalid>;tag=1", f"To: <sip:{MINE}@ringdesk.invalid>"),
        request(f'f: "Ana <x>" <sip:{MINE}@ringdesk.invalid>;tag=1', "t: <sip:300@x>"),
        request("From: <sip:random@x.invalid>;tag=1", "To: <sip:asterisk@x>;tag=2"),  # in a dialog
        "SIP/2.0 200 OK\r\n\r\n",
        "\r\n\r\n",
    ],
)
def test_a_page_speaks_for_its_own_user(text: str) -> None:
    assert may_pass(text, MINE)


@pytest.mark.parametrize(
    "text",
    [
        request("From: <sip:web-other@ringdesk.invalid>;tag=1", "To: <sip:x@y>"),
        request(f'From: "<sip:{MINE}@x>" <sip:web-other@x>;tag=1', "To: <sip:x@y>"),
        request(f"From: <sip:{MINE}x@y>", "To: <sip:x@y>"),
        request(f"From: <sip:{MINE}@y>", "From: <sip:web-other@y>", "To: <sip:x@y>"),
        request(f"From: <sip:{MINE}@y>", "X: a\nFrom : <sip:web-other@y>", "To: <sip:x@y>"),
        request(f"From: <sip:{MINE}@y>", "f: <sip:web-other@y>", "To: <sip:x@y>"),
        request("To: <sip:x@y>"),
        request(f"From: <sip:{MINE}@y>"),
        "GET /ari/channels HTTP/1.1\r\n\r\n",
    ],
)
def test_and_for_nobody_else(text: str) -> None:
    assert not may_pass(text, MINE)


def test_the_same_tab_of_the_same_sign_in_has_the_same_user_and_nobody_else_has() -> None:
    ana = Caller("ana", Role.AGENT, "a-secret-token")
    first = account(ana, "tab-0000000000000001")
    assert account(ana, "tab-0000000000000001") == first
    others = {
        account(ana, "tab-0000000000000002"),
        account(Caller("ana", Role.AGENT, "another-token"), "tab-0000000000000001"),
    }
    users = {first.user, *(other.user for other in others)}
    assert len(users) == 3
    assert first.password not in {other.password for other in others}
    assert first.user.startswith("web-")
    assert "secret" not in first.user + first.password


def test_a_program_has_no_phone_in_a_browser() -> None:
    with pytest.raises(Problem):
        account(Caller("key", Role.BOT), "tab-0000000000000001")


def test_ice_servers_come_apart_as_browsers_want_them() -> None:
    assert ice_server("stun:stun.example:3478") == IceServer("stun:stun.example:3478", None, None)
    assert ice_server("turn:me:se:cret@turn.example:3478?transport=udp") == IceServer(
        "turn:turn.example:3478?transport=udp", "me", "se:cret"
    )
