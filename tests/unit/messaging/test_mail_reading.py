"""Whatever comes is read, or says clearly why not."""

import pytest

from app.domain.mail import Auto, Person
from app.messaging.mail import read
from app.messaging.mail.reading import same
from tests.unit.messaging.mail_shapes import BOUNCE, DELAY, Nasty, mail, whole
from tests.unit.messaging.nasty_mails import NASTY


@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: nasty.name)
def test_a_nasty_mail_becomes_readable_or_a_clear_note(nasty: Nasty) -> None:
    # when it is read
    found = read(nasty.raw)
    # then what it says is there, or a note
    assert nasty.text in found.text
    assert nasty.subject in found.subject
    assert nasty.note in " ".join(found.notes) + " "
    assert found.auto is nasty.auto
    if nasty.files:
        assert tuple(file.name for file in found.files) == nasty.files
    assert found.text or found.files or found.notes
    # and nothing in it breaks a line of a page, runs, or is longer than what is kept
    told = (found.subject, found.sender.name, *(file.name for file in found.files))
    assert not any(sign < " " for text in told for sign in text)
    assert "script" not in (found.html or "").lower()
    assert "onclick" not in (found.html or "").lower()
    assert len(found.text) <= 1_000_000


def test_there_are_fifty_of_them_and_no_two_are_alike() -> None:
    assert len({nasty.name for nasty in NASTY}) == len(NASTY) >= 50
    assert len({nasty.raw for nasty in NASTY}) == len(NASTY)


def test_everything_of_an_ordinary_mail_is_read() -> None:
    raw = (
        b"From: =?utf-8?q?D=C3=B3ra_D=C3=ADaz=2C_Sales?= <Dora@Example.com>\n"
        b'To: "Support, Billing" <support@example.com>, other@example.com\n'
        b"Cc: =?iso-8859-2?q?=A3ukasz?= <l@example.pl>\n"
        b"Reply-To: desk@example.com\n"
        b"Date: Sun, 22 Nov 2026 20:00:00 +0100\n"
        b"Message-ID: <3@example.com>\nIn-Reply-To: <2@example.com>\n"
        b"References: <1@example.com>\n <2@example.com>\n"
        b"Subject: Re: =?utf-8?b?R3LDtsOfZQ==?=\n\nHello\n"
    )
    found = read(raw)
    assert found.sender == Person("Dora@Example.com", "Dóra Díaz, Sales")
    assert found.to == (
        Person("support@example.com", "Support, Billing"),
        Person("other@example.com"),
    )
    assert found.cc == (Person("l@example.pl", "Łukasz"),)
    assert found.reply_to == (Person("desk@example.com"),)
    assert found.date == 1_795_374_000_000
    assert (found.message_id, found.in_reply_to) == ("3@example.com", "2@example.com")
    assert found.refs == ("1@example.com", "2@example.com")
    assert (found.subject, found.text, found.notes) == ("Re: Größe", "Hello", ())


def test_a_bounce_says_of_what_and_why_and_a_delay_is_none() -> None:
    bounce, delay = read(whole(BOUNCE)), read(whole(DELAY))
    assert bounce.bounce_of == ("ours@ringdesk",)
    assert bounce.bounce_detail == "dora@example.com: 5.1.1 550 no such user"
    assert (bounce.delayed, delay.delayed) == (False, True)


def test_html_keeps_its_looks_and_loses_what_runs_or_fetches() -> None:
    html = (
        '<div style="color:red;background-image:url(http://x/y);position:fixed">a</div>'
        '<img src="cid:i@x" onerror="x()"><img src="https://x/p.png">'
        '<a href="javascript:x()">b</a><a href="https://shop.example">c</a>'
        "<iframe src=https://x></iframe><form action=x><input></form><svg onload=x()>"
    )
    found = read(mail(html, "Content-Type: text/html\n"))
    assert found.html is not None
    for gone in ("onerror", "javascript", "iframe", "form", "svg", "url(", "position"):
        assert gone not in found.html
    for kept in ('style="color:red"', 'src="cid:i@x"', 'src="https://x/p.png"', "noopener"):
        assert kept in found.html.replace("color: red", "color:red").replace(";", "")
    assert "c (https://shop.example)" in found.text


def test_the_same_mail_is_the_same_by_its_id_or_else_by_every_byte() -> None:
    assert same(mail("a")) == same(mail("another text")) == ("id:m@x", "m@x")
    nameless = b"From: a@b.c\n\nhello\n"
    assert same(nameless)[0] == same(nameless.replace(b"\n", b"\r\n"))[0]
    assert same(nameless)[0] != same(nameless + b"!")[0]
    assert same(nameless)[1] is None
    assert same(b"")[0].startswith("sha256:")


def test_a_picture_is_found_by_the_id_that_the_html_names() -> None:
    found = read(next(nasty.raw for nasty in NASTY if nasty.name == "a picture within HTML"))
    assert [(file.content_id, file.type) for file in found.files] == [("i@x", "image/png")]
    assert 'src="cid:i@x"' in (found.html or "")
    assert found.auto is Auto.NO
