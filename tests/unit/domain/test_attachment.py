"""Names and kinds of files."""

import pytest

from app.domain.attachment import (
    NAME_LENGTH,
    SHOWN,
    TYPES,
    UNKNOWN,
    clean_name,
    ending_of,
    may_be_sent,
    media_type,
    served_as,
)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\bill.PDF", "bill.PDF"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("bill\u202egpj.exe", "billgpj.exe"),
        ("  ..  ", "file"),
        ("", "file"),
        ("Grüße 日本.png", "Grüße 日本.png"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
    ],
)
def test_a_name_is_one_line_without_a_path(told: str, kept: str) -> None:
    assert clean_name(told) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert len(clean_name("x" * NAME_LENGTH)) == NAME_LENGTH
    long = clean_name("x" * 500 + ".pdf")
    assert len(long) == NAME_LENGTH and long.endswith("x.pdf")


def test_the_ending_decides_what_is_taken() -> None:
    assert may_be_sent("a.PDF", TYPES) and not may_be_sent("a.pdf.exe", TYPES)
    assert not may_be_sent("pdf", TYPES) and not may_be_sent(".pdf", TYPES)
    assert (ending_of("a.tar.gz"), ending_of("a."), ending_of("a.ﬁx")) == ("gz", "", "")


def test_nothing_that_a_browser_runs_is_served_as_what_it_is() -> None:
    for name in ("a.html", "a.svg", "a.xml", "a.js", "a.pdf", "a.txt"):
        assert served_as(media_type(name)) == UNKNOWN
    assert {served_as(media_type(f"a.{one}")) for one in TYPES} == {*SHOWN, UNKNOWN}
