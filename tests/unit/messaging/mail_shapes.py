"""How mails are put together for tests, and what one of a strange shape must become.

`text` and `subject` stand in what is read, `files` are the names of what came along, `note` stands
in the notes, `auto` is what it is taken for.
"""

import base64
from dataclasses import dataclass

from app.domain.mail import Auto

HEAD = "From: Dora <dora@example.com>\nTo: support@example.com\nSubject: {}\nMessage-ID: <m@x>\n"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(40))).decode()


@dataclass(frozen=True)
class Nasty:
    """One shape."""

    name: str
    raw: bytes
    text: str = ""
    subject: str = ""
    files: tuple[str, ...] = ()
    note: str = ""
    auto: Auto = Auto.NO


def mail(body: str | bytes, headers: str = "", subject: str = "Order") -> bytes:
    """A mail of one part."""
    head = HEAD.format(subject) + headers + "\n"
    return head.encode() + (body if isinstance(body, bytes) else body.encode())


def parts(kind: str, *each: str, boundary: str = "b0", headers: str = "") -> str:
    """A multipart, as text that begins with its header."""
    told = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n{headers}\n'
    return told + "".join(f"--{boundary}\n{part}\n" for part in each) + f"--{boundary}--\n"


def whole(multipart: str, headers: str = "") -> bytes:
    """A mail of several parts."""
    return (HEAD.format("Order") + "MIME-Version: 1.0\n" + headers + multipart).encode()


def part(kind: str, body: str, headers: str = "") -> str:
    """A part."""
    return f"Content-Type: {kind}\n{headers}\n{body}"


def nested(depth: int) -> str:
    """Multiparts within each other."""
    inner = part("text/plain", "at the bottom")
    for level in range(depth):
        inner = parts("mixed", inner, boundary=f"n{level}")
    return inner


PLAIN, HTML = part("text/plain", "plain words"), part("text/html", "<p>html words</p>")
IMAGE = part("image/png; name=a.png", PNG, "Content-Transfer-Encoding: base64\nContent-ID: <i@x>\n")
BOUNCE = parts(
    "report; report-type=delivery-status",
    part("text/plain", "It could not be delivered."),
    part(
        "message/delivery-status",
        "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; dora@example.com\n"
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n",
    ),
    part("message/rfc822", "Message-ID: <ours@ringdesk>\nSubject: Re: Order\n\nHello"),
)
DELAY = BOUNCE.replace("Action: failed", "Action: delayed")
