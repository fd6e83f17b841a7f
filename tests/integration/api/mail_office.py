"""An office with a mailbox, its listeners, and what becomes of the mails."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.domain.conversation import Conversation, State
from app.domain.mail import Direction, Email, Mailbox, MailState
from app.domain.message import Message
from tests.integration.api.office import Caller, Office
from tests.support.letters import SUPPORT
from tests.support.polling import eventually

PATIENCE = 30.0


class Post(Office):
    """An office with a mailbox and listeners."""

    smtp: int
    lmtp: int
    billing: str
    spanish: str

    async def mailbox(self, **changes: object) -> Mailbox:
        """Support's; `changes` to it."""
        plain = Mailbox("m1", "Support", SUPPORT, skills=(self.billing,))
        made = replace(plain, **changes)  # type: ignore[arg-type]
        await self.records.mailboxes.add(made)
        return made

    async def mails(self, state: MailState, count: int) -> list[Email]:
        """So many mails in this state."""

        async def probe() -> list[Email] | None:
            found = await self.records.emails.in_state(state, Direction.IN, 1000)
            return found if len(found) >= count else None

        return await eventually(probe, within=PATIENCE)

    async def talk(self, email: Email) -> Conversation:
        """The conversation of a mail."""
        return await self.desk.conversation(email.conversation_id or "")

    async def said(self, conversation_id: str | None) -> list[Message]:
        """Its messages."""
        return await self.records.messages.after(conversation_id or "", 0)

    async def in_state(self, conversation_id: str | None, state: State) -> Conversation:
        """The conversation, once it is so."""

        async def probe() -> Conversation | None:
            found = await self.desk.conversation(conversation_id or "")
            return found if found.state is state else None

        return await eventually(probe, within=PATIENCE)


Opens = Callable[[], Awaitable[Post]]


async def ana_of(post: Post) -> Caller:
    """Ana, available."""
    ana = await post.person("ana")
    await ana.ask("PUT", "me/status", {"status": "available"})
    return ana


async def done(ana: Caller, post: Post, conversation_id: str | None) -> None:
    """Ana takes it, ends it and closes the wrap-up."""
    async with ana.watch():
        await post.until(ana, lambda me: me["offer"] == conversation_id, within=PATIENCE)
        await ana.ask("POST", f"conversations/{conversation_id}/accept", {})
    await ana.ask("POST", f"conversations/{conversation_id}/end", {})
    await ana.ask("POST", f"conversations/{conversation_id}/wrap-up", {})
    await post.in_state(conversation_id, State.CLOSED)
