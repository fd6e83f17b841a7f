"""Mails while the service is killed and while nobody takes them: none is lost, none comes twice."""

import asyncio
import secrets
import smtplib
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.conftest import running
from tests.support.dovecot import PASSWORD, USER, dovecot_server
from tests.support.letters import letter
from tests.support.mail_wire import PATIENCE, bring, new_customer, stored, taken
from tests.support.mailing import email, mail_desk, sending
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

CUSTOMERS = 8
EACH = 6
FETCHED = 20
HOUR = 3.6
"""Seconds: the outbox's clock runs a thousand times faster here than by default."""
PAUSES = "0.06,0.3,0.9,1.8,3.6"
GIVE_UP_HOURS = "0.048"


@pytest.fixture(scope="module")
def mail_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service that these stories may kill; 48 hours of trying are 173 s."""
    quick = {"MAIL_RETRY_SECONDS": PAUSES, "MAIL_GIVE_UP_HOURS": GIVE_UP_HOURS}
    yield from running(tmp_path_factory, "mail", **quick)


async def killed_and_back(stack: Stack) -> None:
    """SIGKILL in the middle of whatever it does, and a start."""
    await asyncio.to_thread(lambda: (stack.kill9("service"), stack.restart()))


async def until_taken(stack: Stack, mail: bytes, to: str) -> None:
    """As a mail server does: again, until it is acknowledged."""

    async def acknowledged() -> bool:
        with suppress(OSError, smtplib.SMTPException):
            await bring(stack, mail, to)
            return True
        return False

    await eventually(acknowledged, within=PATIENCE, every=0.2)


async def test_kills_while_mails_are_stored_lose_and_double_none(mail_stack: Stack) -> None:
    with dovecot_server() as dovecot:
        # given mails that wait at an IMAP server, and customers' servers that bring more by SMTP
        fetched = [
            letter(f"f{n}{secrets.token_hex(6)}@x", f"fetched {n}", subject=f"fetched {n}")
            for n in range(FETCHED)
        ]
        await asyncio.to_thread(dovecot.deliver, *(bytes(one) for one in fetched))
        account = {"host": "127.0.0.1", "port": dovecot.port, "security": "none"}
        account |= {"user": USER, "password": PASSWORD}
        async with mail_desk(mail_stack, imap=account) as desk:
            acknowledged = 0

            async def write(customer: str) -> None:
                nonlocal acknowledged
                ids = [f"{n}{customer}" for n in range(EACH)]
                for n in range(EACH):
                    mail = letter(ids[n], f"mail {n}", replies=tuple(ids[:n]), address=customer)
                    await until_taken(mail_stack, bytes(mail), desk.address)
                    acknowledged += 1

            writers = [asyncio.create_task(write(new_customer())) for _ in range(CUSTOMERS)]
            # when the service is killed twice while it stores them
            await eventually(lambda: acknowledged >= CUSTOMERS, within=PATIENCE)
            await killed_and_back(mail_stack)
            await eventually(lambda: acknowledged >= 3 * CUSTOMERS, within=PATIENCE)
            await killed_and_back(mail_stack)
            await asyncio.gather(*writers)

            # then each is in its conversation, once
            def all_filed() -> bool:
                rows = stored(
                    mail_stack,
                    "SELECT COUNT(*) FROM emails WHERE mailbox_id = ? AND state = 'filed'",
                    desk.mailbox["id"],
                )
                return rows == [(CUSTOMERS * EACH + FETCHED,)]

            await eventually(all_filed, within=PATIENCE, every=0.2)
            said: dict[object, list[object]] = {}
            query = (
                "SELECT e.conversation_id, m.text FROM emails e LEFT JOIN messages m"
                " ON m.conversation_id = e.conversation_id AND m.client_id = e.id"
                " WHERE e.mailbox_id = ? AND e.direction = 'in' ORDER BY m.seq"
            )
            for talk, text in stored(mail_stack, query, desk.mailbox["id"]):
                said.setdefault(talk, []).append(text)
            threads = [texts for texts in said.values() if len(texts) > 1]
            assert threads == [[f"mail {n}" for n in range(EACH)]] * CUSTOMERS
            alone = sorted(str(texts[0]) for texts in said.values() if len(texts) == 1)
            assert alone == sorted(f"fetched {n}" for n in range(FETCHED))
            # and the IMAP server shows all as seen

            async def marked() -> bool:
                return await asyncio.to_thread(dovecot.seen) == FETCHED

            await eventually(marked, within=PATIENCE, every=0.2)


async def test_an_hour_of_refusals_delays_and_loses_nothing(mail_stack: Stack) -> None:
    customer = new_customer()
    ana = Agent(mail_stack, "ana")
    await ana.sign_in()
    await ana.picture.open()
    async with mail_desk(mail_stack, priority=10) as desk:
        first = letter(f"1{customer}", "hello", address=customer)
        await bring(mail_stack, first, desk.address)
        await ana.put("me/preferences", {"email_cap": 1})
        await ana.become("available")
        talk = await taken(ana, customer)
        # given a mail server that is down, and five answers of Ana's
        desk.server.close()
        began = time.monotonic()
        for n in range(5):
            await ana.post(f"conversations/{talk}/emails", email(f"answer {n}", customer))
        for n in range(5):
            delayed = await sending(ana, talk, "delayed", 1 + n)
            assert delayed["sending"]["detail"]

        def tries() -> int:
            query = "SELECT MIN(attempts) FROM emails WHERE mailbox_id = ? AND direction = 'out'"
            return int(str(stored(mail_stack, query, desk.mailbox["id"])[0][0]))

        await eventually(lambda: tries() >= 3, within=PATIENCE, every=0.2)
        # when the service ends and starts again meanwhile, and the server is there, full and busy
        await asyncio.to_thread(mail_stack.stop)
        await asyncio.to_thread(mail_stack.restart)
        await desk.server.open()
        desk.server.data = "452 4.3.1 no room"
        before = tries()
        await eventually(lambda: tries() >= before + 2, within=PATIENCE, every=0.2)
        await eventually(lambda: time.monotonic() - began > HOUR, within=PATIENCE)
        last = await sending(ana, talk, "delayed", 5)
        assert last["sending"]["detail"] == "452 4.3.1 no room"
        assert desk.server.arrived == []
        # then all of it arrives once when the server takes mail again, and nobody is told of a loss
        desk.server.data = ""
        for n in range(5):
            await sending(ana, talk, "sent", 1 + n)
        texts = sorted(one.text.partition("\n")[0] for one in desk.server.arrived)
        assert texts == [f"answer {n}" for n in range(5)]
        assert len({one.mail["Message-ID"] for one in desk.server.arrived}) == 5
        messages = (await ana.get(f"conversations/{talk}/messages", after="0"))["items"]
        assert [one["author"] for one in messages] == ["customer"] + ["agent"] * 5
    await ana.close()
