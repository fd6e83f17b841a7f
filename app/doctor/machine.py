"""This machine's side: the state folder, its disk, certificates, the clock, its own name."""

import ctypes
import os
import shutil
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.config import Settings
from app.doctor.finding import Finding, doubtful, ill, well
from app.embedded.asterisk import own_name_resolves

SPARE_BYTES = 1_000_000_000
LEAST_BYTES = 100_000_000
RENEW_DAYS = 14
EXPIRED, NOT_YET = 10, 9
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID."""
TIME_ERROR = 5
"""What ntp_gettime(3) answers where nothing keeps the clock."""


def of_machine(settings: Settings) -> list[Finding]:
    """All of it; blocks for up to a second."""
    return [
        *folder(settings.state_dir),
        disk(settings.state_dir),
        certificate(settings, datetime.now(UTC)),
        clock(),
        name(),
    ]


def folder(state: Path) -> list[Finding]:
    """Whether it can be written, and others cannot read the secrets in it."""
    if not state.is_dir():
        return [
            ill(
                "state",
                f"there is no folder {state}: start Ringdesk once, or set RINGDESK_STATE_DIR",
            )
        ]
    if not os.access(state, os.W_OK | os.X_OK):
        return [ill("state", f"{state} cannot be written by this user: as root, chown -R it")]
    open_ones = [str(path) for path in _private(state) if _others_may(path)]
    if open_ones:
        return [ill("state", f"others may read {', '.join(open_ones)}: chmod go-rwx")]
    return [well("state", f"{state} is ours alone where it has to be")]


def _private(state: Path) -> Iterator[Path]:
    """What holds passwords, recordings or words."""
    names = ("run", "ringdesk.db", "admin-password", "recordings", "attachments", "mails")
    yield from (state / each for each in names if (state / each).exists())
    yield from (path for path in (state / "run").glob("*.json"))


def _others_may(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def disk(state: Path) -> Finding:
    """How much is free where the state folder is."""
    place = next(each for each in (state, *state.parents) if each.exists())
    free = shutil.disk_usage(place).free
    words = f"{free / 1e9:.1f} GB free for {state}"
    if free < LEAST_BYTES:
        return ill("disk", f"{words}: nothing can be recorded or kept soon; make room")
    if free < SPARE_BYTES:
        return doubtful("disk", f"{words}: make room, or keep recordings for a shorter time")
    return well("disk", words)


def certificate(settings: Settings, now: datetime) -> Finding:
    """Whether certificate and key fit, for how long, and for which name."""
    if settings.tls_cert is None or settings.tls_key is None:
        host = urlsplit(settings.public_url).hostname or ""
        if settings.public_url.startswith("https") or host in {"127.0.0.1", "localhost"}:
            return well("tls", "no certificate is set, and none is needed here")
        return doubtful(
            "tls",
            f"{settings.public_url} is not encrypted, and gives no microphone: set "
            "RINGDESK_TLS_CERT and RINGDESK_TLS_KEY, or an https RINGDESK_PUBLIC_URL",
        )
    try:
        until = _shaken(settings.tls_cert, settings.tls_key, urlsplit(settings.public_url).hostname)
    except ssl.SSLCertVerificationError as error:
        return ill("tls", f"{settings.tls_cert}: {error.verify_message}")
    except (ssl.SSLError, OSError) as error:
        return ill("tls", f"RINGDESK_TLS_CERT and RINGDESK_TLS_KEY do not fit: {error}")
    days = (until - now).days
    if days < RENEW_DAYS:
        return doubtful("tls", f"the certificate ends on {until:%Y-%m-%d}: renew it, and restart")
    return well("tls", f"the certificate is good until {until:%Y-%m-%d}")


def _shaken(cert: Path, key: Path, host: str | None) -> datetime:
    """A handshake with itself, in memory: its end. Raises ssl.SSLError, OSError."""
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(cert, key)
    theirs = ssl.create_default_context(cafile=str(cert))
    theirs.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # itself is believed, whoever signed it
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = ours.wrap_bio(up, down, server_side=True)
    client = theirs.wrap_bio(down, up, server_hostname=host)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    seconds = ssl.cert_time_to_seconds(str((client.getpeercert() or {})["notAfter"]))
    return datetime.fromtimestamp(seconds, UTC)


def clock() -> Finding:
    """Whether something keeps it; calendars, waits and certificates go by it."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    try:
        state = ctypes.CDLL(None).ntp_gettime(ctypes.create_string_buffer(256))
    except (OSError, AttributeError):
        return doubtful("clock", f"{now}; whether it is kept cannot be seen")
    if state == TIME_ERROR:
        return doubtful("clock", f"{now}; nothing keeps it: install chrony or systemd-timesyncd")
    return well("clock", f"{now}, kept by a time server")


def name() -> Finding:
    """Asterisk looks this machine's name up for each call."""
    if own_name_resolves():
        return well("name", "this machine's own name resolves")
    return ill(
        "name",
        "this machine's own name does not resolve, and each call waits for it: add "
        f"'127.0.1.1 {os.uname().nodename}' to /etc/hosts",
    )
