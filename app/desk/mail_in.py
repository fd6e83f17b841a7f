"""Email on its way in: stored first, then put into its conversation.

    receive  the bytes are on the disk and the mail is a row (state `received`): from then on
             whoever brought it may forget it. The same mail again is the same row.
    file     it is read, finds its conversation, which begins, goes on or is opened again, and is
             stored as its message in one step with its state `filed`

One process at a time files, in the order of arrival: a reply never overtakes what it answers. Who
dies in between files the same mail again, and every step of it is the same the second time.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Arrival, Distributor, EpochLost, QueueRequest
from app.desk.attachments import Attachments, as_sent
from app.desk.chats import Chats
from app.desk.dispatch import Dispatch
from app.desk.errors import Invalid, Unavailable, WrongState, refusals
from app.domain.conversation import Channel, Conversation, Customer
from app.domain.mail import (
    MAIL_LIMIT,
    TEXT_SHOWN,
    Auto,
    Direction,
    Email,
    Mailbox,
    MailState,
    needs,
)
from app.domain.mail_threading import ALIKE, ALIKE_MS, OPEN, Does, answered, does
from app.domain.message import Attachment, Author, NewMessage
from app.domain.service_settings import Value
from app.messaging import FileStore, Overloaded
from app.messaging.mail import File, ReadMail, read, same
from app.messaging.reply_tokens import ReplyTokens
from app.records import Records

log = logging.getLogger("ringdesk.mail")

LOOK_SECONDS = 1.0
"""How late a mail that another process took is seen at the most."""
PAUSE_SECONDS = 2.0
TRIES = 5
"""Of a mail that cannot be filed for a reason of its own; then it is set aside, with a note."""
REOPEN = "email_reopen_hours"
"""The service-wide setting."""
AWAY = (RedisError, EpochLost, SQLAlchemyError, OSError, Unavailable, Overloaded)

Bounced = Callable[[tuple[str, ...], str], Awaitable[object]]


class MailIn:
    """The use cases of what comes in."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        records: Records,
        chats: Chats,
        attachments: Attachments,
        store: FileStore,
        setting: Callable[[str], Value],
        hold: Callable[[], Awaitable[bool]],
        language: str,
        bounced: Bounced | None = None,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._records = records
        self._chats = chats
        self._attachments = attachments
        self._store = store
        self._setting = setting
        self._hold = hold
        """Whether this is the process that files."""
        self._language = language
        self._bounced = bounced
        self._tokens: ReplyTokens | None = None
        self._news = asyncio.Event()
        self._failed: dict[str, int] = {}

    # -- from outside

    async def mailbox(self, address: str) -> Mailbox | None:
        """Whose mail this address gets: an enabled mailbox of ours, with or without a `+…`."""
        local, _, host = address.strip().rpartition("@")
        for each in dict.fromkeys((address.strip(), f"{local.partition('+')[0]}@{host}")):
            found = await self._records.mailboxes.of_address(each)
            if found is not None:
                return found if found.enabled else None
        return None

    async def receive(
        self, mailbox: Mailbox, raw: bytes, envelope: str = "", head: bytes = b"", note: str = ""
    ) -> Email:
        """Take a mail: it is stored when this returns. `envelope` is the address that it was
        delivered to, `head` goes before it. Raises what the disk and the database raise."""
        key, message_id = await asyncio.to_thread(same, raw)
        new_id = f"e{secrets.token_hex(10)}"
        written = await self._store.put(new_id, _whole(head + raw), MAIL_LIMIT + len(head) + 65_536)
        email = Email(
            new_id,
            Direction.IN,
            mailbox.id,
            MailState.RECEIVED,
            self._distributor.now(),
            same=key[:500],
            message_id=message_id,
            envelope_to=envelope,
            raw=written.path,
            notes=(note,) if note else (),
        )
        kept = await self._records.emails.add(email)
        if kept.id != new_id:
            log.info("a mail that was here before came to %s again", mailbox.address)
            await self._store.remove(written.path)
        self._news.set()
        return kept

    # -- into conversations

    async def run(self) -> None:
        """File for ever."""
        while True:
            try:
                more = await self._hold() and await self._file_some()
            except AWAY as error:
                log.warning("mails wait (%s)", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if not more:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), LOOK_SECONDS)
                self._news.clear()

    async def _file_some(self) -> bool:
        waiting = await self._records.emails.in_state(MailState.RECEIVED, Direction.IN)
        for email in waiting:
            if not await self._hold():
                return False
            try:
                await self.file(email)
            except AWAY:
                raise
            except Exception:  # whatever one mail does, the others are filed
                log.exception("a mail cannot be filed")
                await self._give_up(email)
        return bool(waiting)

    async def _give_up(self, email: Email) -> None:
        self._failed[email.id] = self._failed.get(email.id, 0) + 1
        if self._failed[email.id] >= TRIES:
            del self._failed[email.id]
            await self._aside(email, "It could not be put into a conversation; the log says why.")

    async def file(self, email: Email) -> None:
        """Put one into its conversation, or aside."""
        mailbox = await self._records.mailboxes.get(email.mailbox_id)
        if mailbox is None:
            return await self._aside(email, "Its mailbox is gone.")
        try:
            raw = await asyncio.to_thread(self._store.path(email.raw or "").read_bytes)
        except FileNotFoundError:
            return await self._aside(email, "Its file is gone.")
        mail = await asyncio.to_thread(read, raw)
        email = _with(email, mail)
        why = await self._loops(email)
        if why is not None:
            return await self._aside(replace(email, auto=Auto.LOOP), why)
        found = await self._belongs(email, mail)
        reopen_ms = round(float(self._setting(REOPEN)) * 3_600_000)
        what = does(email.auto, found, self._distributor.now(), reopen_ms)
        if email.auto is Auto.BOUNCE and not mail.delayed and self._bounced is not None:
            await self._bounced(mail.bounce_of, mail.bounce_detail or mail.subject)
        if what is Does.ASIDE:
            return await self._aside(email, _WHY.get(email.auto, "It answers nothing of ours."))
        conversation_id = await self._conversation(email, mailbox, found, what)
        return await self._store_message(email, mail, mailbox, conversation_id)

    async def begin(self, email: Email) -> str:
        """Make a conversation of a mail that was set aside, whatever it was taken for; again, it is
        the same one. Raises WrongState, and what the disk and the database raise."""
        mailbox = await self._records.mailboxes.get(email.mailbox_id)
        if mailbox is None:
            raise WrongState("its mailbox is gone: nobody could answer it")
        try:
            raw = await asyncio.to_thread(self._store.path(email.raw or "").read_bytes)
        except (FileNotFoundError, IsADirectoryError):
            raise WrongState("its file is gone") from None
        mail = await asyncio.to_thread(read, raw)
        email = _with(email, mail)
        new_id = await self._conversation(email, mailbox, None, Does.BEGINS)
        await self._store_message(email, mail, mailbox, new_id)
        return new_id

    async def _loops(self, email: Email) -> str | None:
        """Why a mail goes in circles; None: it does not."""
        if email.auto is Auto.LOOP:
            return "It is a mail of ours that came back, or went round too often."
        ids = [email.message_id] if email.message_id else []
        ours = await self._records.emails.known_as(ids, None)
        if any(one.direction is Direction.OUT for one in ours):
            return "It is a mail of ours that came back."
        since = email.at - ALIKE_MS
        alike = await self._records.emails.came_from(email.sender.address, since, email.subject)
        if email.sender.address and alike >= ALIKE:
            return f"{ALIKE} mails like it came from this sender within an hour: taken for a loop."
        return None

    async def _belongs(self, email: Email, mail: ReadMail) -> Conversation | None:
        """The conversation that it continues."""
        if email.conversation_id is not None:
            return await self._known(email.conversation_id)  # begun before a crash
        emails = self._records.emails
        if mail.bounce_of:
            about = await emails.known_as(mail.bounce_of, None)
            ids = [one.conversation_id for one in about if one.direction is Direction.OUT]
        else:
            told = [one for one in (email.in_reply_to, *email.refs) if one]
            ids = [answered(email, await emails.known_as(told, None))]
        tokens = await self._reply_tokens()
        people = (*mail.to, *mail.cc, *mail.delivered_to)
        addresses = (email.envelope_to, *(person.address for person in people))
        ids += [tokens.conversation(address) for address in addresses if "+" in address]
        for one in ids:
            found = await self._known(one) if one else None
            if found is not None and found.channel is Channel.EMAIL:
                return found
        return None

    async def _conversation(
        self, email: Email, mailbox: Mailbox, found: Conversation | None, what: Does
    ) -> str:
        """The conversation, in the state in which the mail finds or brings it."""
        if found is not None and what in {Does.GOES_ON, Does.JOINS, Does.REOPENS}:
            await self._records.emails.place(email.id, found.id)
            if what is Does.REOPENS:
                last = found.segments[-1].agent_id if found.segments else None
                with refusals():
                    result = await self._distributor.reopen(found, last)
                await self._dispatch.act(result)
            return found.id
        follows = found.id if found is not None else None
        begun = await self._records.emails.place(email.id, f"m{email.id[1:]}")
        await self._begin(email, mailbox, begun, follows)
        return begun

    async def _begin(
        self, email: Email, mailbox: Mailbox, new_id: str, follows: str | None
    ) -> None:
        with refusals():
            known = await self._distributor.conversation(new_id)
            if known is not None and known.state in OPEN:
                return
            skills, priority = needs(mailbox, email.sender.address, email.subject)
            arrival = Arrival(
                id=new_id,
                channel=Channel.EMAIL,
                customer=Customer(
                    name=email.sender.name or None, email=email.sender.address or None
                ),
                created_at=self._distributor.now(),
                entry=mailbox.address,
                language=self._language,
                parameters={"follows": follows} if follows else {},
            )
            request = QueueRequest(new_id, skills, priority, arrival=arrival)
            result = await self._distributor.enqueue(request)
        await self._dispatch.act(result)

    async def _store_message(
        self, email: Email, mail: ReadMail, mailbox: Mailbox, conversation_id: str
    ) -> None:
        kept: list[Attachment] = []
        inline: dict[str, str] = {}
        notes = list(email.notes)
        for file in mail.files:
            try:
                one = await self._keep(file, mailbox, conversation_id)
            except Invalid as error:
                notes.append(f"{file.name}: {error.detail}")
                continue
            kept.append(one)
            if file.content_id:
                inline[file.content_id] = one.id
        filed = replace(
            email,
            state=MailState.FILED,
            conversation_id=conversation_id,
            attachments=tuple(kept),
            inline=inline,
            notes=tuple(notes),
        )
        shown = email.text or " ".join(notes) or email.subject or "(no text)"
        new = NewMessage(
            conversation_id,
            Author.CUSTOMER,
            "",
            email.id,
            shown if len(shown) <= TEXT_SHOWN else f"{shown[:TEXT_SHOWN]}…",
            self._distributor.now(),
            tuple(kept),
            filed,
        )
        await self._chats.path.submit(new)
        self._failed.pop(email.id, None)

    async def _keep(self, file: File, mailbox: Mailbox, conversation_id: str) -> Attachment:
        return as_sent(
            await self._attachments.keep_any(
                f"mailbox:{mailbox.id}", file.name, file.data, conversation_id=conversation_id
            )
        )

    async def _aside(self, email: Email, why: str) -> None:
        log.info("a mail is set aside: %s", why)
        await self._records.emails.change(
            email.id,
            MailState.RECEIVED,
            state=MailState.ASIDE,
            auto=email.auto,
            sender=email.sender,
            subject=email.subject,
            text=email.text[:TEXT_SHOWN],
            notes=(*email.notes, why),
        )

    async def _known(self, conversation_id: str) -> Conversation | None:
        with refusals():
            live = await self._distributor.conversation(conversation_id)
        if live is not None:
            return live
        kept = await self._records.archive.find(conversation_id)
        return kept.conversation if kept else None

    async def _reply_tokens(self) -> ReplyTokens:
        if self._tokens is None:
            self._tokens = ReplyTokens(await self._chats.secret())
        return self._tokens


_WHY = {
    Auto.BOUNCE: "It came back from a mail that is not ours, or not known any more.",
    Auto.REPLIED: "It is an automatic answer to nothing of ours.",
}


def _with(email: Email, mail: ReadMail) -> Email:
    """With what was read in it; what was said when it came stays."""
    return replace(
        email,
        in_reply_to=mail.in_reply_to,
        refs=mail.refs,
        sender=mail.sender,
        reply_to=mail.reply_to,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        date=mail.date,
        auto=mail.auto,
        notes=tuple(dict.fromkeys((*email.notes, *mail.notes))),
        bounce_of=mail.bounce_of,
    )


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
