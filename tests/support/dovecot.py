"""A private Dovecot (Debian's dovecot-imapd) for one story, on a free port of loopback.

It runs as an ordinary user: under root as `nobody`, whose files it then needs.
"""

import grp
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from app.domain.mail import MailServer, Security
from tests.support.ports import free_tcp_port

PROGRAM = "/usr/sbin/dovecot"
USER, PASSWORD = "support", "only-for-tests-4Tz"
CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
ssl = {ssl}
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
listen = 127.0.0.1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
"""


@dataclass
class Dovecot:
    """A running server with one account."""

    folder: Path
    port: int
    tls_port: int
    """0: it speaks no TLS."""
    process: subprocess.Popen[bytes]

    @property
    def account(self) -> MailServer:
        """As a mailbox names it."""
        return MailServer("127.0.0.1", self.port, Security.NONE, USER, PASSWORD)

    def client(self) -> IMAPClient:
        """Another mail program, signed in and in the folder."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=20)
        client.login(USER, PASSWORD)
        client.select_folder("INBOX")
        return client

    def deliver(self, *mails: bytes) -> None:
        """Mail comes."""
        client = self.client()
        for mail in mails:
            client.append("INBOX", mail)
        client.logout()

    def seen(self) -> int:
        """How many mails are marked as seen."""
        client = self.client()
        found = len(client.search(["SEEN"]))
        client.logout()
        return found

    def log(self) -> str:
        """What it wrote."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""


@contextmanager
def dovecot_server(tls: tuple[Path, Path] | None = None) -> Iterator[Dovecot]:
    """Run one; `tls`: a certificate and its key. Raises AssertionError when it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="ringdesk-imap-", dir="/tmp"))  # sockets: short paths
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    port = free_tcp_port()
    names: dict[str, object] = {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name}
    tls_port = free_tcp_port() if tls else 0
    for name, source in zip(("cert.pem", "key.pem"), tls or (), strict=False):
        (folder / name).write_bytes(source.read_bytes())
        (folder / name).chmod(0o644)  # a key of the tests' own; Dovecot is somebody else
    names |= {"ssl": "yes" if tls else "no", "tls_port": tls_port}
    config = folder / "dovecot.conf"
    text = CONFIG.format(folder=folder, port=port, password=PASSWORD, **names)
    if tls is None:
        text = "".join(line for line in text.splitlines(True) if not line.startswith("ssl_"))
    config.write_text(text)
    root = os.geteuid() == 0
    if root:
        os.chown(folder, user.pw_uid, user.pw_gid)
        config.chmod(0o644)
    process = subprocess.Popen(
        [PROGRAM, "-F", "-c", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        user=user.pw_uid if root else None,
        group=user.pw_gid if root else None,
        extra_groups=[] if root else None,
    )
    server = Dovecot(folder, port, tls_port, process)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Dovecot, within: float = 30.0) -> None:
    end = time.monotonic() + within
    while True:
        try:
            server.client().logout()
            return
        except Exception as error:
            said = server.process.poll()
            if said is not None or time.monotonic() > end:
                errors = (
                    server.process.stderr.read()
                    if said is not None and server.process.stderr
                    else b""
                )
                raise AssertionError(f"Dovecot: {error}: {errors!r} {server.log()}") from None
            time.sleep(0.05)
