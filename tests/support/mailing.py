"""A mailbox of the house, and conversations of email that begin at it."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.acd import Arrival, Distributor, QueueRequest, ServerClock, connect
from app.domain.conversation import Channel, Customer
from app.domain.mail import Direction, Email, MailState, Person
from app.domain.message import Author, NewMessage
from app.domain.routing import Rules
from app.records import Records
from app.records.database import Database, make_engine
from tests.support.mail_server import MailServer
from tests.support.people import Agent
from tests.support.people import Person as Somebody
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.stack import Stack

CUSTOMER = "maria@example.org"


@dataclass
class MailDesk:
    """A mailbox whose mail goes out by a server of the test's."""

    stack: Stack
    admin: Somebody
    server: MailServer
    mailbox: Json

    @property
    def address(self) -> str:
        """The mailbox's."""
        return str(self.mailbox["address"])

    async def conversation(self, **customer: str) -> str:
        """An email of a customer's waits for Billing, whoever it came in by; its id."""
        begun = {"name": "Maria López", "email": CUSTOMER, **customer}
        new_id = f"e{secrets.token_hex(10)}"
        found = (await self.admin.get("skills"))["items"]
        billing = next(str(skill["id"]) for skill in found if skill["name"] == "Billing")
        redis = connect(self.stack.endpoints["redis"]["url"])
        try:
            clock = ServerClock(redis)
            await clock.measure()
            distributor = Distributor(redis, Rules(), clock.now)
            await distributor.load()
            arrival = Arrival(
                id=new_id,
                channel=Channel.EMAIL,
                customer=Customer(name=begun["name"], email=begun["email"]),
                created_at=clock.now(),
                entry=self.address,
            )
            await distributor.enqueue(QueueRequest(new_id, (billing,), arrival=arrival))
        finally:
            await redis.aclose()
        return new_id

    async def came_in(self, talk: str, **more: Any) -> Email:
        """An email of the customer's in this conversation, as it is stored once it was read."""
        now = round(time.time() * 1000)
        sender = Person(CUSTOMER, more.pop("name", "Maria López"))
        new_id = secrets.token_hex(10)
        mail = Email(
            id=new_id,
            direction=Direction.IN,
            mailbox_id=str(self.mailbox["id"]),
            state=MailState.FILED,
            at=now,
            same=new_id,
            message_id=f"{new_id}@example.org",
            sender=sender,
            to=(Person(self.address),),
            **{"subject": "Invoice", "text": "Where is my order?", **more},
        )
        new = NewMessage(talk, Author.CUSTOMER, "", new_id, mail.text, now, mail.attachments, mail)
        records = Records(
            Database(make_engine(f"sqlite+aiosqlite:///{self.stack.folder}/ringdesk.db"))
        )
        try:
            await records.messages.commit([new], [], [])
        finally:
            await records.close()
        return mail


@asynccontextmanager
async def mail_desk(stack: Stack, **more: Any) -> AsyncIterator[MailDesk]:
    """A mailbox with a server behind it; both are gone afterwards."""
    admin = Somebody(stack, "admin")
    await admin.sign_in()
    async with MailServer() as server:
        given = mailbox(server.port, **more)
        desk = MailDesk(stack, admin, server, await admin.post("mailboxes", given))
        try:
            yield desk
        finally:
            await admin.delete(f"mailboxes/{desk.mailbox['id']}")
            await admin.close()


def mailbox(port: int, **more: Any) -> Json:
    """What an administrator sets."""
    name = f"support{secrets.token_hex(4)}"
    return {
        "name": f"Support {name}",
        "address": f"{name}@ringdesk.example",
        "smtp": {"host": "127.0.0.1", "port": port, "security": "none"},
        "skills": ["Billing"],
        "signature": "Ana\nSupport",
        **more,
    }


async def accepted(agent: Agent, talk: str) -> None:
    """The agent is offered this email, and takes it."""

    async def mine() -> bool:
        shown = (await agent.get("inbox"))["conversations"]
        offers = [c["offer"] for c in shown if c["id"] == talk and c["offer"]]
        return bool(offers and offers[0]["agent"]["id"] == agent.id)

    await eventually(mine, within=30, every=0.05)
    await agent.accept(talk)


def email(text: str = "Good day", to: str = CUSTOMER, **more: Any) -> Json:
    """What an agent sends."""
    return {
        "client_id": secrets.token_hex(8),
        "to": [{"address": to}],
        "subject": "Re: invoice",
        "text": text,
        **more,
    }


async def sending(person: Somebody, talk: str, state: str, number: int = 0) -> Json:
    """Wait until a mail of the conversation is so far."""

    async def reached() -> Json | None:
        items = (await person.get(f"conversations/{talk}/emails"))["items"]
        found = items[number] if len(items) > number else None
        return found if found and found["sending"]["state"] == state else None

    return await eventually(reached, within=30, every=0.1)
