"""What goes over the wire, read again by the standard library's parser."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.mail import Person
from app.messaging.mail_writing import (
    REFERENCES_KEPT,
    SUBJECT_LENGTH,
    BadMail,
    File,
    Letter,
    Quoted,
    chain,
    reply_subject,
    write,
)

AT = 1_700_000_000_000
US = Person("support@example.com", "Support")
MARIA = Person("maria@example.org", "María López")


def letter(**changes: Any) -> Letter:
    whole: dict[str, Any] = {
        "message_id": "one@example.com",
        "at": AT,
        "sender": US,
        "to": (MARIA,),
        "subject": "Re: invoice",
        "text": "Good day",
    }
    return Letter(**{**whole, **changes})


def read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_an_answer_carries_its_thread_and_both_bodies() -> None:
    raw = write(
        letter(
            reply_to="support+abc.xyz@example.com",
            in_reply_to="q@example.org",
            refs=("first@example.org", "a" * 180 + "@example.org", "q@example.org"),
            cc=(Person("boss@bücher.example"),),
            signature="Ana\nSupport",
            quoted=Quoted(MARIA, AT, "Where is\r\nmy <b>order</b>?"),
        )
    )
    mail = read(raw)
    assert mail["Message-ID"] == "<one@example.com>"
    assert mail["In-Reply-To"] == "<q@example.org>"
    assert mail["References"].split() == [
        "<first@example.org>", "<" + "a" * 180 + "@example.org>", "<q@example.org>",
    ]  # fmt: skip
    assert mail["To"].addresses[0].display_name == "María López"
    assert mail["Cc"].addresses[0].addr_spec == "boss@xn--bcher-kva.example"
    assert mail["Reply-To"].addresses[0].addr_spec == "support+abc.xyz@example.com"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] is None
    text = body(mail, "plain")
    assert text.startswith("Good day\n\n-- \nAna\nSupport\n\nOn 2023-11-14 22:13 UTC, María López")
    assert "> Where is\n> my <b>order</b>?" in text
    assert "my &lt;b&gt;order&lt;/b&gt;?" in body(mail, "html")
    assert all(len(line) < 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_files_keep_their_names_and_bytes() -> None:
    data = bytes(range(256)) * 10
    files = (
        File('Übung "ö".pdf', "application/pdf", data),
        File("evil.eml", "message/rfc822", b"From: x\r\n\r\nhi"),
        File("list", "not a type\r\nX-Evil: 1", b"\x00"),
    )
    found = list(read(write(letter(files=files))).iter_attachments())
    assert [(f.get_filename(), f.get_content_type()) for f in found] == [
        ('Übung "ö".pdf', "application/pdf"),
        ("evil.eml", "application/octet-stream"),
        ("list", "application/octet-stream"),
    ]
    assert found[0].get_content() == data


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("subject", {"subject": "hi\r\nBcc: all@example.com"}),
        ("subject", {"subject": "hi\nBcc: all@example.com"}),
        ("subject", {"subject": "hi\x85Bcc: all@example.com"}),
        ("subject", {"subject": "x" * (SUBJECT_LENGTH + 1)}),
        ("to", {"to": (Person("a@b.c\r\nBcc: all@example.com"),)}),
        ("to", {"to": (Person("a@b.c", "A\r\nBcc: all@example.com"),)}),
        ("to", {"to": (Person("a@b.c>, <all@example.com"),)}),
        ("to", {"to": (Person("nobody"),)}),
        ("to", {"to": ()}),
        ("cc", {"cc": (Person("a b@c.d\x00"),)}),
        ("from", {"sender": Person("a@b.c", "A\nBcc: x@y.z")}),
        ("attachments", {"files": (File("a\r\nb", "text/plain", b""),)}),
        ("message_id", {"message_id": "a@b>\r\nBcc: <x@y"}),
        ("message_id", {"refs": ("a@b\r\nBcc:x@y",)}),
    ],
)
def test_nothing_begins_a_header_that_is_not_ours(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadMail) as refused:
        write(letter(**changes))
    assert refused.value.field == field


@given(
    subject=st.text(max_size=60),
    name=st.text(max_size=30),
    address=st.text(max_size=30),
    file=st.text(max_size=30),
)
def test_whatever_is_given_the_headers_are_ours(
    subject: str, name: str, address: str, file: str
) -> None:
    given_letter = letter(
        subject=subject, to=(Person(f"{address}@example.com", name),), files=(File(file, "", b"1"),)
    )
    try:
        raw = write(given_letter)
    except BadMail:
        return
    mail = message_from_bytes(raw, policy=default)
    ours = [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "X-Ringdesk",
        "MIME-Version",
        "Content-Type",
    ]
    assert mail.keys() == ours
    assert len(mail["To"].addresses) == 1


def test_text_of_any_kind_comes_out_as_it_went_in() -> None:
    text = ".\n..two dots\nFrom the start\n" + "ü" * 2_000 + "\n\ttab \n👨‍👩‍👧"
    assert body(read(write(letter(text=text))), "plain") == text + "\n"


def test_machines_are_told_that_no_answer_is_wanted() -> None:
    assert read(write(letter(auto=True)))["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Invoice", "Re: Invoice"),
        ("RE: AW: Re[2]: Invoice", "Re: Invoice"),
        ("", "Re: "),
        ("a\r\nBcc: b", "Re: a  Bcc: b"),
        ("Resend", "Re: Resend"),
    ],
)
def test_re_stands_there_once(subject: str, answer: str) -> None:
    assert reply_subject(subject) == answer


def test_references_grow_and_stay_bounded() -> None:
    assert chain(("a@x", "b@x"), "c@x") == ("a@x", "b@x", "c@x")
    assert chain(("a@x", "broken", "a@x", "é@x"), None) == ("a@x",)
    long = chain([f"{n}@x" for n in range(50)], "last@x")
    assert len(long) == REFERENCES_KEPT
    assert (long[0], long[-1]) == ("0@x", "last@x")
