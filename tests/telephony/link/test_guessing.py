"""Who guesses SIP passwords is turned away for a while; nobody else is, and calls go on."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from app.telephony import AddressShutOut, SipEndpoint
from app.telephony.guessing import WRONG
from tests.integration.asterisk.raw_sip import ask, sign_in
from tests.integration.asterisk.stack import Stack
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk, serving

GUESSER, OTHER = "127.0.0.2", "127.0.0.3"
USER, PASSWORD = "u-ana-1", "right"
WELCOME, FORBIDDEN = "SIP/2.0 200 OK", "SIP/2.0 403 Forbidden"


@pytest.fixture
def sockets() -> Iterator[dict[str, socket.socket]]:
    with contextlib.ExitStack() as opened:
        made = {}
        for host in (GUESSER, OTHER, "127.0.0.1"):
            one = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            one.bind((host, 0))
            one.settimeout(3)
            made[host] = one
        yield made


async def test_an_address_that_guesses_is_shut_out_for_a_while_and_others_are_not(
    stack: Stack, sockets: dict[str, socket.socket]
) -> None:
    async with serving(stack) as desk:
        # given one that guesses
        await desk.telephony.push_endpoint(SipEndpoint(USER, PASSWORD))
        await _guess(stack, sockets[GUESSER])

        # then it is told, and shut out, even with the right password
        told = await desk.told(AddressShutOut)
        assert (told.address, told.wrong) == (GUESSER, WRONG)
        await eventually(
            lambda: ask(stack, sockets[GUESSER], "INVITE", "x", "200")[:21] == FORBIDDEN
        )
        assert sign_in(stack.sip, sockets[GUESSER], USER, PASSWORD, 100) == FORBIDDEN

        # and a phone elsewhere is not
        assert sign_in(stack.sip, sockets[OTHER], USER, PASSWORD, 101) == WELCOME

    # and a service that starts anew begins anew, for it cannot know until when
    async with serving(stack):
        await eventually(
            lambda: sign_in(stack.sip, sockets[GUESSER], USER, PASSWORD, 102) == WELCOME, every=0.1
        )


async def test_neither_the_trunk_nor_the_address_of_a_registered_phone_is_shut_out(
    stack: Stack, desk: NotingDesk, sockets: dict[str, socket.socket]
) -> None:
    # given a phone that is registered at the address of one that guesses
    await desk.telephony.push_endpoint(SipEndpoint(USER, PASSWORD))
    assert sign_in(stack.sip, sockets[OTHER], USER, PASSWORD, 100) == WELCOME
    await eventually(lambda: OTHER in desk.telephony._ami.phones_addresses())

    # when somebody guesses there, and at the trunk's
    for host in (OTHER, "127.0.0.1"):
        await _guess(stack, sockets[host])

    # then nobody is shut out: a third one is, which was last
    await _guess(stack, sockets[GUESSER])
    await desk.told(AddressShutOut)
    assert [fact.address for fact in desk.all(AddressShutOut)] == [GUESSER]


async def _guess(stack: Stack, sock: socket.socket) -> None:
    for n in range(WRONG):
        await asyncio.to_thread(sign_in, stack.sip, sock, USER, f"wrong{n}", n)
