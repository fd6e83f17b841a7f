"""Mails as a customer's program writes them, and the way to our listener."""

from email.message import EmailMessage
from email.utils import formataddr
from typing import Any

import aiosmtplib

SUPPORT = "support@ringdesk.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def letter(
    id: str,
    text: str,
    *,
    subject: str = "Größe der Rechnung 😊",
    name: str = "Dóra Díaz",
    address: str = "dora@kunde.example",
    to: str = SUPPORT,
    replies: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
    headers: dict[str, str] | None = None,
    html: str | None = None,
) -> EmailMessage:
    """One mail; `replies` are the Message-IDs of the thread, newest last."""
    mail = EmailMessage()
    mail["From"] = formataddr((name, address))
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{id}>"
    if replies:
        mail["In-Reply-To"] = f"<{replies[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in replies)
    for key, value in (headers or {}).items():
        mail[key] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for file in files:
        mail.add_attachment(PNG, maintype="image", subtype="png", filename=file)
    return mail


async def send(
    port: int, mail: EmailMessage | bytes, to: str = SUPPORT, sender: str = "dora@kunde.example"
) -> Any:
    """Bring it to a listener. Raises what aiosmtplib does when it is refused."""
    raw = mail if isinstance(mail, bytes) else bytes(mail)
    return await aiosmtplib.send(
        raw, sender=sender, recipients=[to], hostname="127.0.0.1", port=port,
        start_tls=False, timeout=30,
    )  # fmt: skip
