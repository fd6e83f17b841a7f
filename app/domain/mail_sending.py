"""What a try to send a mail makes of it. Pure; instants in ms since the epoch.

queued → queued   somebody has still to take it, and there is time: it is tried again
       → sent     nobody is left, and somebody took it; who refused it stands in its notes
       → failed   nobody took it: all refused, or the time is over
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.mail import Email, MailState

NOTES = 60


@dataclass(frozen=True, slots=True)
class SendingRules:
    """How long a mail is tried. Seconds."""

    pauses: tuple[float, ...] = (60, 300, 900, 1800, 3600)
    """Between the tries; the last one goes on."""
    give_up: float = 48 * 3600
    """After so long whoever has not taken it does not get it (RFC 5321, 4.5.4.1: 4 to 5 days, but
    somebody waits for this answer)."""

    def pause_after(self, attempts: int) -> float:
        """Seconds until the next try, after so many."""
        return self.pauses[min(max(attempts, 1), len(self.pauses)) - 1]


@dataclass(frozen=True, slots=True)
class Settled:
    """A mail after a try."""

    state: MailState
    left: tuple[str, ...]
    """Who has not taken it yet."""
    notes: tuple[str, ...]
    """Who never will, in the server's words."""
    next_at: int | None
    error: str | None
    """Why it waits, or why nobody has it."""
    sent_at: int | None
    news: tuple[str, ...]
    """What the agent has to be told."""


def settle(
    email: Email,
    taken: Sequence[str],
    refused: Mapping[str, str],
    later: Mapping[str, str],
    now: int,
    rules: SendingRules,
) -> Settled:
    """After a try with its `left` recipients; `attempts` counts this one already."""
    over = now - email.at >= rules.give_up * 1000
    lost = {**refused, **later} if over else dict(refused)
    left = () if over else tuple(to for to in email.left if to in later)
    news = tuple(f"{to}: {words}" for to, words in lost.items())
    notes = (*email.notes, *news)[:NOTES]
    if left:
        words = later[left[0]]
        next_at = now + round(rules.pause_after(email.attempts) * 1000)
        return Settled(MailState.QUEUED, left, notes, next_at, words, None, news)
    before = len(recipients(email)) - len(email.left) - len(email.notes)
    if taken or before > 0:
        return Settled(MailState.SENT, (), notes, None, None, now, news)
    error = news[0] if news else email.error
    return Settled(MailState.FAILED, (), notes, None, error, None, news)


def recipients(email: Email) -> tuple[str, ...]:
    """Everybody who gets it, each once."""
    return tuple(dict.fromkeys(one.address for one in (*email.to, *email.cc, *email.bcc)))
