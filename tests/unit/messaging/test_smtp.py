"""One mail to a real SMTP server, which takes it, refuses it, or is not there."""

import asyncio
import ssl
from pathlib import Path

import pytest

from app.domain.mail import MailServer as Server
from app.domain.mail import Security
from app.messaging.smtp import Delivery, deliver, try_out
from tests.support.mail_server import PASSWORD, USER, MailServer

TLS = Path(__file__).parents[2] / "support" / "tls"
MAIL = b"Subject: hi\r\n\r\n.\r\nFrom the start\r\n"
A, B, C = "a@example.org", "b@example.org", "c@example.org"
SENDER = "support@example.com"


def at(mail: MailServer, **more: object) -> Server:
    return Server("127.0.0.1", mail.port, **{"security": Security.NONE, **more})  # type: ignore[arg-type]


async def test_a_mail_arrives_byte_for_byte() -> None:
    async with MailServer() as mail:
        assert await deliver(at(mail), SENDER, [A, B], MAIL, 20) == Delivery(taken=(A, B))
    (arrived,) = mail.arrived
    assert (arrived.sender, arrived.to, arrived.raw) == (SENDER, [A, B], MAIL)


async def test_each_recipient_has_an_answer_of_their_own() -> None:
    async with MailServer() as mail:
        mail.recipients = {A: "550 5.1.1 nobody here", B: "451 4.7.1 greylisted"}
        told = await deliver(at(mail), SENDER, [A, B, C], MAIL, 20)
        assert told.taken == (C,)
        assert told.refused == {A: "550 5.1.1 nobody here"}
        assert told.later == {B: "451 4.7.1 greylisted"}
        # when nobody is left whom the server takes
        told = await deliver(at(mail), SENDER, [A, B], MAIL, 20)
        assert (told.taken, set(told.refused), set(told.later)) == ((), {A}, {B})
    assert [one.to for one in mail.arrived] == [[C]]


@pytest.mark.parametrize(("answer", "for_good"), [("552 too big", True), ("452 full", False)])
async def test_what_is_said_of_the_mail_itself_is_for_all(answer: str, for_good: bool) -> None:
    async with MailServer() as mail:
        mail.data = answer
        told = await deliver(at(mail), SENDER, [A, B], MAIL, 20)
    expected = {A: answer, B: answer}
    assert told == (Delivery(refused=expected) if for_good else Delivery(later=expected))


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    async with MailServer() as mail:
        server = at(mail)
    told = await deliver(server, SENDER, [A], MAIL, 20)
    assert set(told.later) == {A}
    assert "127.0.0.1" in told.later[A]
    assert await try_out(server, 20) != ""


async def test_a_server_that_says_nothing_costs_the_time_limit_and_no_more() -> None:
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    server = Server("127.0.0.1", silent.sockets[0].getsockname()[1], Security.NONE)
    told = await deliver(server, SENDER, [A], MAIL, 0.3)
    assert set(told.later) == {A}
    silent.close()


async def test_it_signs_in_and_a_wrong_password_is_not_the_mails_fault() -> None:
    async with MailServer(auth=True) as mail:
        good = at(mail, user=USER, password=PASSWORD)
        assert await try_out(good, 20) == ""
        assert (await deliver(good, SENDER, [A], MAIL, 20)).taken == (A,)
        bad = at(mail, user=USER, password="wrong")
        assert "535" in await try_out(bad, 20)
        assert "535" in (await deliver(bad, SENDER, [A], MAIL, 20)).later[A]


async def test_starttls_is_insisted_on_and_certificates_are_looked_at() -> None:
    listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    listening.load_cert_chain(TLS / "cert.pem", TLS / "key.pem")
    trusting = ssl.create_default_context(cafile=str(TLS / "cert.pem"))
    trusting.check_hostname = False
    async with MailServer(tls=listening) as mail:
        server = at(mail, security=Security.STARTTLS)
        assert (await deliver(server, SENDER, [A], MAIL, 20, trusting)).taken == (A,)
        # a certificate that nobody we trust has signed
        assert set((await deliver(server, SENDER, [A], MAIL, 20)).later) == {A}
    async with MailServer() as mail:  # without TLS nothing is said
        told = await deliver(at(mail, security=Security.STARTTLS), SENDER, [A], MAIL, 20)
        assert set(told.later) == {A}
    assert mail.arrived == []
