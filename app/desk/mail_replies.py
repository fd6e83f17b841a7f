"""How the answer to a mail begins: to whom, about what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.mail import Direction, Email, Mailbox, Person
from app.messaging.mail_writing import reply_subject


@dataclass(frozen=True, slots=True)
class Reply:
    """How the next mail of a conversation begins."""

    mailbox: Mailbox | None
    """None: it is gone, and nothing can be sent."""
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    """Everybody else who was written to, for who wants to answer all."""
    subject: str


def answered(emails: Sequence[Email]) -> Email | None:
    """What an answer answers: the newest that came in; else our own newest."""
    came = [one for one in emails if one.direction is Direction.IN]
    return (came or list(emails) or [None])[-1]  # type: ignore[list-item]


def reply_to(mailbox: Mailbox | None, emails: Sequence[Email]) -> Reply:
    """How an answer to these emails begins."""
    last = answered(emails)
    if last is None:
        return Reply(mailbox, (), (), "")
    subject = reply_subject(last.subject)
    if last.direction is Direction.OUT:
        return Reply(mailbox, last.to, last.cc, subject)
    to = tuple(one for one in last.reply_to if one.address) or (last.sender,)
    skip = {one.address.casefold() for one in to}
    if mailbox is not None:
        skip.add(mailbox.address.casefold())
    others = {one.address.casefold(): one for one in (*last.to, *last.cc)}
    ours = _ours(mailbox)
    cc = tuple(one for key, one in others.items() if key not in skip and not ours(key))
    return Reply(mailbox, to, cc, subject)


def _ours(mailbox: Mailbox | None) -> Callable[[str], bool]:
    """Whether an address is the mailbox's, with a token in it perhaps."""
    local, _, host = (mailbox.address.casefold() if mailbox else "").rpartition("@")
    return lambda key: key.startswith(f"{local}+") and key.endswith(f"@{host}")
