"""Years of a mail's life in a moment: the clock is an argument."""

from dataclasses import replace

from app.domain.mail import Direction, Email, MailState, Person
from app.domain.mail_sending import SendingRules, recipients, settle

RULES = SendingRules(pauses=(60, 300, 900), give_up=7200)
A, B, C = "a@x.org", "b@x.org", "c@x.org"
MAIL = Email(
    id="1",
    direction=Direction.OUT,
    mailbox_id="m",
    state=MailState.QUEUED,
    at=0,
    same="1@x",
    to=(Person(A),),
    cc=(Person(B),),
    bcc=(Person(C), Person(A)),
    left=(A, B, C),
    attempts=1,
    next_at=0,
)


def test_everybody_is_a_recipient_once() -> None:
    assert recipients(MAIL) == (A, B, C)


def test_taken_by_all_is_sent() -> None:
    settled = settle(MAIL, (A, B, C), {}, {}, 1_000, RULES)
    assert (settled.state, settled.left, settled.news) == (MailState.SENT, (), ())
    assert settled.sent_at == 1_000


def test_who_took_it_never_gets_it_again() -> None:
    settled = settle(MAIL, (A,), {}, {B: "451 busy", C: "451 busy"}, 1_000, RULES)
    assert (settled.state, settled.left) == (MailState.QUEUED, (B, C))
    assert (settled.error, settled.next_at) == ("451 busy", 61_000)
    again = replace(MAIL, left=settled.left, attempts=2)
    settled = settle(again, (), {B: "550 no"}, {C: "451 busy"}, 61_000, RULES)
    assert (settled.left, settled.news, settled.next_at) == ((C,), (f"{B}: 550 no",), 361_000)
    last = replace(again, left=settled.left, notes=settled.notes, attempts=3)
    settled = settle(last, (), {C: "550 no"}, {}, 400_000, RULES)
    # then A has it, and the others are named
    assert settled.state is MailState.SENT
    assert settled.notes == (f"{B}: 550 no", f"{C}: 550 no")


def test_refused_by_all_has_failed() -> None:
    settled = settle(MAIL, (), dict.fromkeys((A, B, C), "550 no"), {}, 1, RULES)
    assert (settled.state, settled.error) == (MailState.FAILED, f"{A}: 550 no")
    assert settled.next_at is None


def test_an_hour_of_refusals_delays_and_the_time_limit_ends_it() -> None:
    mail, now, tries = MAIL, 0, 0
    while mail.state is MailState.QUEUED:
        mail = replace(mail, attempts=tries + 1)
        settled = settle(mail, (), {}, dict.fromkeys(mail.left, "421 closed"), now, RULES)
        if now < 7_200_000:
            assert (settled.state, settled.left) == (MailState.QUEUED, (A, B, C))
        mail = replace(mail, state=settled.state, left=settled.left, notes=settled.notes)
        now, tries = settled.next_at or now, tries + 1
    assert mail.state is MailState.FAILED
    assert mail.notes == tuple(f"{to}: 421 closed" for to in (A, B, C))
    assert now >= 7_200_000
    assert tries == 11  # after 0, 1 and 6 minutes, then every 15, and once when it is over


def test_the_last_pause_goes_on() -> None:
    assert [RULES.pause_after(n) for n in (0, 1, 2, 3, 4, 400)] == [60, 60, 300, 900, 900, 900]
