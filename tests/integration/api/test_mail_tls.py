"""How mail servers are spoken to: TLS, STARTTLS and neither, with an authority of one's own."""

import ssl
from pathlib import Path

import pytest

from app.domain.mail import Mailbox, MailState
from tests.integration.api.mail_office import Post
from tests.support.dovecot import PASSWORD, USER, Dovecot, dovecot_server
from tests.support.letters import SUPPORT, letter
from tests.support.mail_server import PASSWORD as SMTP_PASSWORD
from tests.support.mail_server import USER as SMTP_USER
from tests.support.mail_server import MailServer
from tests.support.picture import Json

FOLDER = Path(__file__).parents[2] / "support" / "tls"
CERTIFICATE, KEY = FOLDER / "mail.pem", FOLDER / "mail-key.pem"
"""Signed by `ca.pem`, for the name localhost; its key was thrown away."""


def of_a_server() -> ssl.SSLContext:
    """What the test's SMTP server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    return context


def account(security: str, port: int, host: str = "localhost", **more: str) -> Json:
    """A server as an administrator sets it."""
    return {"host": host, "port": port, "security": security, **more}


async def tried(post: Post, imap: Json, smtp: Json) -> tuple[str | None, str | None]:
    """What a mailbox with these servers finds: of IMAP, of SMTP."""
    ada = await post.person("ada")
    for old in (await ada.ask("GET", "mailboxes"))["items"]:
        await ada.ask("DELETE", f"mailboxes/{old['id']}", status=204)
    given = {"name": "Support", "address": SUPPORT, "imap": imap, "smtp": smtp}
    made = await ada.ask("POST", "mailboxes", given, status=201)
    found = await ada.ask("POST", f"mailboxes/{made['id']}/try")
    return found["imap"], found["smtp"]


def at(dovecot: Dovecot, security: str, **more: str) -> Json:
    """The account at Dovecot."""
    port = dovecot.tls_port if security == "tls" else dovecot.port
    return account(security, port, **{"user": USER, "password": PASSWORD, **more})


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
async def test_mail_goes_both_ways_and_strange_certificates_are_refused(
    post: Post, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = security != "none"
    server = MailServer(of_a_server() if secret else None, auth=True, implicit=security == "tls")
    with dovecot_server((CERTIFICATE, KEY)) as dovecot:
        async with server:
            given = {"user": SMTP_USER, "password": SMTP_PASSWORD}
            smtp = account(security, server.port, **given)
            # given an authority of one's own that nobody has told the service of
            if secret:
                for one in await tried(post, at(dovecot, security), smtp):
                    assert one is not None and "certificate verify failed" in one
            # when it is told (as OpenSSL is: SSL_CERT_FILE), both servers let us in
            monkeypatch.setenv("SSL_CERT_FILE", str(FOLDER / "ca.pem"))
            assert await tried(post, at(dovecot, security), smtp) == (None, None)
            # but not under a name that the certificate is not for
            if secret:
                elsewhere = at(dovecot, security, host="127.0.0.1")
                for one in await tried(post, elsewhere, {**smtp, "host": "127.0.0.1"}):
                    assert one is not None and "certificate is not valid for" in one
            # and mail is fetched that way
            await tried(post, at(dovecot, security), smtp)
            dovecot.deliver(bytes(letter("1@x", "over TLS")))
            assert (await post.mails(MailState.FILED, 1))[0].text.strip() == "over TLS"


async def test_what_is_wrong_with_a_server_is_said_in_words(post: Post) -> None:
    with dovecot_server() as dovecot:
        async with MailServer(auth=True) as server:
            wrong = account("none", server.port, user=SMTP_USER, password="wrong")
            said = await tried(post, at(dovecot, "none", password="wrong"), wrong)
            assert said[0] is not None and "Authentication failed" in said[0]
            assert said[1] is not None and said[1].startswith("535")
            # a folder that is not there, TLS that is not offered, and a port where nobody is
            said = await tried(post, at(dovecot, "none", folder="Nowhere"), wrong)
            assert said[0] is not None and "Nowhere" in said[0] and "b'" not in said[0]
            plain = account("starttls", server.port)
            said = await tried(post, at(dovecot, "starttls"), plain)
            assert said[0] is not None and "STARTTLS" in said[0].upper()
            assert said[1] is not None and "STARTTLS" in said[1].upper()
            nobody = account("none", server.port)
            server.close()
            _, told = await tried(post, at(dovecot, "none"), nobody)
            assert told is not None and "localhost" in told


async def test_a_mailbox_without_servers_says_so(post: Post) -> None:
    await post.records.mailboxes.add(Mailbox("m9", "Plain", "plain@ringdesk.example"))
    ada = await post.person("ada")
    found = await ada.ask("POST", "mailboxes/m9/try")
    assert found == {"imap": None, "smtp": "the mailbox has no SMTP server"}
