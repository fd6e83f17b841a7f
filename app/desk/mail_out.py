"""Email on its way out: written by an agent, stored with its message, sent until somebody has it.

A mail's bytes are on the disk before its row is; its row is committed in one step with its message
(`MessagePath`), and only then the agent is answered. From there on the table is the outbox: a due
mail is claimed by moving its next try ahead, so that of several processes one sends it, and a
kill -9 in the middle costs a pause and no mail. The server that took it and could not say so gets
it again, under the same Message-ID.
"""

import asyncio
import logging
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.desk.attachments import Attachments
from app.desk.chats import Chats, Writer
from app.desk.errors import Invalid, Unavailable, WrongState
from app.desk.mail_replies import Reply, answered, reply_to
from app.domain.conversation import Channel, Conversation
from app.domain.mail import (
    MAIL_LIMIT,
    Direction,
    Email,
    Mailbox,
    MailServer,
    MailState,
    Person,
)
from app.domain.mail_sending import SendingRules, Settled, recipients, settle
from app.domain.message import Author, Message, NewMessage
from app.messaging import FileStore, MailChanged, Overloaded, ReplyTokens
from app.messaging.imap import try_out as try_imap
from app.messaging.mail_writing import (
    BadMail,
    File,
    Letter,
    Quoted,
    chain,
    plain_text,
    wire_address,
    write,
)
from app.messaging.smtp import Delivery, deliver
from app.messaging.smtp import try_out as try_smtp
from app.records import Draft, Records

log = logging.getLogger("ringdesk.mail")

LOOK_SECONDS = 1.0
AT_ONCE = 8
"""Mails under way in this process."""
EACH = 3
"""Of one mailbox: a server that does not answer holds up its own mail alone."""
TRY_OUT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What an agent writes."""

    client_id: str
    subject: str
    text: str
    to: tuple[Person, ...]
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    files: tuple[str, ...] = ()
    """Ids of attachments that the agent sent up."""
    quote: bool = True
    """The mail that is answered goes along."""
    signature: bool = True


class MailOut:
    """The outbox."""

    def __init__(
        self,
        chats: Chats,
        records: Records,
        attachments: Attachments,
        store: FileStore,
        server: MailServer | None,
        rules: SendingRules,
        seconds: float,
        now: Callable[[], int],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._chats = chats
        self._records = records
        self._attachments = attachments
        self._store = store
        self._server = server
        """For mailboxes that have none of their own."""
        self._rules = rules
        self._seconds = seconds
        """The longest that one try may take."""
        self._now = now
        self._tls = tls
        self._wake = asyncio.Event()
        self._under_way: dict[str, str] = {}
        """Emails to their mailboxes."""

    # -- writing

    async def reply(self, conversation: Conversation) -> Reply:
        """How an answer in this conversation begins."""
        mailbox = await self._mailbox(conversation)
        emails = await self._records.emails.of(conversation.id)
        return reply_to(mailbox, emails)

    async def send(self, writer: Writer, conversation_id: str, given: Outgoing) -> Message:
        """Stored, and on its way, when it returns; the same `client_id` is the same mail. Raises
        NotFound, NotYours, WrongState, Invalid, Unavailable."""
        known = await self._records.messages.find(
            conversation_id, writer.author, writer.id, given.client_id
        )
        if known is not None:
            return known
        conversation = await self._chats.check(writer, conversation_id)
        if conversation.channel is not Channel.EMAIL:
            raise WrongState("this conversation is no email")
        mailbox = await self._mailbox(conversation)
        if mailbox is None or (mailbox.smtp or self._server) is None:
            raise WrongState("the mailbox of this conversation cannot send mail")
        files = await self._attachments.choose(given.files, f"agent:{writer.id}", conversation_id)
        last = answered(await self._records.emails.of(conversation_id))
        letter = await self._letter(mailbox, conversation_id, given, last)
        email = await self._stored(mailbox, letter, given, writer)
        email = replace(email, attachments=files)
        message = await self._chats.write(
            writer, conversation_id, given.client_id, given.text, files, mail=email
        )
        self._wake.set()
        return message

    async def _letter(
        self, mailbox: Mailbox, conversation_id: str, given: Outgoing, last: Email | None
    ) -> Letter:
        tokens = ReplyTokens(await self._chats.secret())
        host = mailbox.address.rpartition("@")[2]
        quoted = None
        if given.quote and last is not None:
            quoted = Quoted(last.sender, last.date or last.at, last.text)
        return Letter(
            message_id=f"{secrets.token_hex(16)}@{host}",
            at=self._now(),
            sender=Person(mailbox.address, mailbox.name),
            to=given.to,
            cc=given.cc,
            subject=given.subject.strip(),
            text=given.text,
            reply_to=tokens.address(mailbox.address, conversation_id),
            in_reply_to=last.message_id if last else None,
            refs=chain(last.refs, last.message_id) if last else (),
            quoted=quoted,
            signature=mailbox.signature if given.signature else "",
            files=await self._files(given.files),
        )

    async def _files(self, ids: Sequence[str]) -> tuple[File, ...]:
        found = []
        for one in dict.fromkeys(ids):
            kept = await self._attachments.find(one)
            data = await self._attachments.read(one)
            if kept is None or data is None:
                raise Invalid("attachments", "there is no such file any more")
            found.append(File(kept.name, kept.type, data))
        return tuple(found)

    async def _stored(
        self, mailbox: Mailbox, letter: Letter, given: Outgoing, writer: Writer
    ) -> Email:
        try:
            for one in given.bcc:
                wire_address(one, "bcc")
            raw = await asyncio.to_thread(write, letter)
        except BadMail as bad:
            raise Invalid(bad.field, bad.detail) from None
        if len(raw) > MAIL_LIMIT:
            limit = MAIL_LIMIT // (1024 * 1024)
            raise Invalid("attachments", f"the mail would have more than {limit} MB")
        new_id = secrets.token_hex(10)
        try:
            kept = await self._store.put(new_id, _whole(raw), MAIL_LIMIT)
        except OSError as error:
            log.error("a mail cannot be stored: %s", error)
            raise Unavailable("mails cannot be stored now; try again later") from None
        email = Email(
            id=new_id,
            direction=Direction.OUT,
            mailbox_id=mailbox.id,
            state=MailState.QUEUED,
            at=letter.at,
            same=letter.message_id,
            message_id=letter.message_id,
            in_reply_to=letter.in_reply_to,
            refs=letter.refs,
            sender=letter.sender,
            to=given.to,
            cc=given.cc,
            bcc=given.bcc,
            subject=letter.subject,
            text=plain_text(letter),
            raw=kept.path,
            date=letter.at,
            author_id=writer.id,
            next_at=letter.at,
        )
        return replace(email, left=recipients(email))

    async def _mailbox(self, conversation: Conversation) -> Mailbox | None:
        """The one that the conversation came to."""
        entry = conversation.entry
        return await self._records.mailboxes.of_address(entry) if entry else None

    async def keep_draft(
        self, writer: Writer, conversation_id: str, draft: dict[str, Any] | None
    ) -> None:
        """What is written so far, for whoever has the conversation next; None: nothing. Raises
        NotFound, NotYours, WrongState, Unavailable."""
        await self._chats.check(writer, conversation_id)
        if draft is None:
            await self._records.drafts.remove(conversation_id)
        else:
            await self._records.drafts.put(Draft(conversation_id, writer.id, draft, self._now()))

    # -- sending

    async def run(self) -> None:
        """Send for ever what is due."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                try:
                    await self.look(tasks.create_task)
                except (SQLAlchemyError, OSError) as error:
                    log.warning("the outbox cannot be read (%s)", type(error).__name__)
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def look(self, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        """Start a try of what is due, as far as there is room."""
        for email in await self._records.emails.due(self._now()):
            under_way = list(self._under_way.values())
            full = len(under_way) >= AT_ONCE
            if full or email.id in self._under_way or under_way.count(email.mailbox_id) >= EACH:
                continue
            self._under_way[email.id] = email.mailbox_id
            start(self._try(email))

    async def _try(self, email: Email) -> None:
        try:
            await self._send(email)
        except (SQLAlchemyError, RedisError, OSError, Overloaded) as error:
            log.warning("mail %s is tried again (%s)", email.id, type(error).__name__)
        finally:
            self._under_way.pop(email.id, None)
            self._wake.set()

    async def _send(self, email: Email) -> None:
        until = self._now() + round(self._seconds * 1000) + 5_000
        if not await self._records.emails.claim(email.id, email.next_at or 0, until):
            return  # another process has it, or it is done
        email = replace(email, attempts=email.attempts + 1)
        told = await self._delivered(email)
        settled = settle(email, told.taken, told.refused, told.later, self._now(), self._rules)
        log.info("mail %s, try %d: %s %s", email.id, email.attempts, settled.state, settled.error)
        await self._settle(email, settled)

    async def _delivered(self, email: Email) -> Delivery:
        mailbox = await self._records.mailboxes.get(email.mailbox_id)
        server = (mailbox.smtp if mailbox else None) or self._server
        if server is None:
            return Delivery(later=dict.fromkeys(email.left, "the mailbox has no SMTP server"))
        try:
            raw = await asyncio.to_thread(self._store.path(email.raw or "").read_bytes)
        except (FileNotFoundError, IsADirectoryError):
            return Delivery(refused=dict.fromkeys(email.left, "the mail's file is gone"))
        wire = {wire_address(Person(one)).addr_spec: one for one in email.left}
        told = await deliver(
            server, email.sender.address, list(wire), raw, self._seconds, self._tls
        )
        return Delivery(
            tuple(wire[to] for to in told.taken),
            {wire[to]: words for to, words in told.refused.items()},
            {wire[to]: words for to, words in told.later.items()},
        )

    async def _settle(self, email: Email, settled: Settled) -> None:
        """Who was refused is said in the conversation first: a repeat says it once."""
        if settled.news:
            text = "Not delivered. " + "; ".join(settled.news)
            await self._say(email, f"mail-{email.id}-{email.attempts}", text)
        await self._records.emails.change(
            email.id,
            only_in=MailState.QUEUED,
            state=settled.state,
            attempts=email.attempts,
            left=settled.left,
            notes=settled.notes,
            next_at=settled.next_at,
            error=settled.error,
            sent_at=settled.sent_at,
        )
        await self._tell(email)

    # -- what comes back

    async def bounced(self, message_ids: Sequence[str], detail: str) -> bool:
        """A mail of ours came back (RFC 3464): it is said on it and in its conversation. Whether
        there was such a mail."""
        known = await self._records.emails.known_as(message_ids, None)
        ours = [one for one in known if one.direction is Direction.OUT]
        for email in ours:
            names = ", ".join(one.address for one in email.to)
            await self._say(email, f"bounce-{email.id}", f"The mail to {names} came back: {detail}")
            await self._records.emails.change(email.id, state=MailState.BOUNCED, error=detail)
            await self._tell(email)
        return bool(ours)

    async def try_out(self, mailbox: Mailbox) -> tuple[str, str]:
        """Whether its SMTP and its IMAP server let us in: what is wrong, or an empty text. Nothing
        is sent, fetched or marked."""
        server = mailbox.smtp or self._server
        async with asyncio.TaskGroup() as tasks:
            way_out = tasks.create_task(_tried(try_smtp, server, self._tls))
            way_in = tasks.create_task(_tried(try_imap, mailbox.imap, self._tls))
        told = way_out.result() if server is not None else "the mailbox has no SMTP server"
        return told, way_in.result()

    async def _say(self, email: Email, client_id: str, text: str) -> None:
        if email.conversation_id is None:
            return
        new = NewMessage(
            email.conversation_id, Author.SYSTEM, "", client_id, text[:4_000], self._now()
        )
        await self._chats.path.submit(new)

    async def _tell(self, email: Email) -> None:
        """A hint for open pages; who misses it reads the table."""
        if email.conversation_id is None:
            return
        try:
            await self._chats.notes.tell([MailChanged(email.conversation_id)])
        except (RedisError, OSError) as error:
            log.debug("nobody is told of a mail (%s)", type(error).__name__)


async def _tried(
    ask: Callable[[MailServer, float, ssl.SSLContext | None], Awaitable[str]],
    server: MailServer | None,
    tls: ssl.SSLContext | None,
) -> str:
    return "" if server is None else await ask(server, TRY_OUT_SECONDS, tls)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
