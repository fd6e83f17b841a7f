"""Who is not known by name or address gets one and the same answer, whatever they try.

One Asterisk serves all of these: nothing that they do gets in.
"""

import re
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from baresip.errors import RegistrationError

from tests.integration.asterisk.pushed import push_user
from tests.integration.asterisk.raw_sip import ask
from tests.integration.asterisk.stack import Stack, running_asterisk
from tests.support.phones import PhoneNetwork

STRANGER, TRUNK = "127.0.0.2", "127.0.0.1"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with running_asterisk(tmp_path_factory.mktemp("shared"), DEMO="1") as running:
        yield running


@pytest.fixture
def sockets() -> Iterator[dict[str, socket.socket]]:
    opened = {host: socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for host in (STRANGER, TRUNK)}
    for host, one in opened.items():
        one.bind((host, 0))
        one.settimeout(3)
    yield opened
    for one in opened.values():
        one.close()


def _without_what_differs(answer: str) -> str:
    """The answer without the parts that are the asker's own words or random."""
    kept = re.sub(r"^(Via|From|To|Call-ID):.*?\r\n", "", answer, flags=re.MULTILINE)
    return re.sub(r'(nonce|opaque)="[^"]*"', "", kept)


async def test_a_stranger_learns_nothing(stack: Stack, sockets: dict[str, socket.socket]) -> None:
    await push_user(stack.ari, "k7q2m9", "pass-k7q2m9")
    stranger = sockets[STRANGER]

    answers = {
        user: _without_what_differs(ask(stack, stranger, "INVITE", user, "200"))
        for user in ("nobody", "trunk", "k7q2m9", "demo-loop")
    }

    assert answers["nobody"].startswith("SIP/2.0 401")
    assert set(answers.values()) == {answers["nobody"]}
    assert await stack.ari.get("channels") == []


async def test_a_stranger_cannot_register(stack: Stack, sockets: dict[str, socket.socket]) -> None:
    await push_user(stack.ari, "k7q2m9", "pass-k7q2m9")

    known = ask(stack, sockets[STRANGER], "REGISTER", "k7q2m9", "k7q2m9")
    unknown = ask(stack, sockets[STRANGER], "REGISTER", "nobody", "nobody")

    assert known.startswith("SIP/2.0 401")
    assert _without_what_differs(unknown) == _without_what_differs(known)


@pytest.mark.parametrize("user", ["demo-caller-in", "demo-phone-in"])
async def test_the_demo_s_users_are_no_way_in(
    stack: Stack, sockets: dict[str, socket.socket], user: str
) -> None:
    from_here = ask(stack, sockets[TRUNK], "INVITE", user, "200")
    from_elsewhere = ask(stack, sockets[STRANGER], "INVITE", user, "200")

    assert from_here.startswith("SIP/2.0 401")
    assert from_elsewhere.split()[1] in {"401", "403"}
    assert await stack.ari.get("channels") == []


@pytest.mark.parametrize("number", ["+441632960222", "4416329602", "112", "112&200", "s", ""])
async def test_a_customer_cannot_call_out(
    stack: Stack, sockets: dict[str, socket.socket], number: str
) -> None:
    answer = ask(stack, sockets[TRUNK], "INVITE", "+441632960111", number or "%20")

    assert answer.startswith("SIP/2.0 404")


async def test_a_wrong_password_is_refused(stack: Stack) -> None:
    await push_user(stack.ari, "k7q2m9", "pass-k7q2m9")

    async with PhoneNetwork(str(stack.trunk), stack.sip) as phones:
        with pytest.raises(RegistrationError):
            await phones.desk_phone("k7q2m9", "wrong", 450)
