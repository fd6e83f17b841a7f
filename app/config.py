"""Settings from the environment (and `.env`); each one is documented where it stands.

Names, meanings and defaults are promised to other programs (README, "Settings").
A bad value raises `BadSetting`, whose text names the variable and says what to write.
"""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from app.domain.attachment import TYPES
from app.domain.dialling import Numbering
from app.domain.mail import MailServer
from app.domain.mail_urls import hours_to_try, smtp_server

T = TypeVar("T")


class Refusal(Exception):
    """A command cannot do what was asked; the message is for the person at the shell."""


class BadSetting(ValueError):
    """A setting that cannot be used; the message is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a TCP or UDP port; port 0 means: pick a free one and keep it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Trunk:
    """The SIP trunk that numbers are dialled through and customers come in from."""

    uri: str
    user: str | None
    password: str | None
    register: bool
    match: tuple[str, ...]
    """Addresses whose calls are customers; the trunk's own host when empty."""
    codecs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside, read once at the start."""

    http: Address
    public_url: str
    database_url: str
    redis_url: str | None
    ari_url: str | None
    ari_user: str
    ari_password: str | None
    ami: Address | None
    ami_user: str
    ami_password: str | None
    sip_bind: Address
    rtp_ports: tuple[int, int]
    trunk: Trunk | None
    caller_id: str | None
    numbering: Numbering
    dial_limit: int
    """Calls outside that an agent may cause in a day; 0: any number."""
    external_address: str | None
    local_nets: tuple[str, ...]
    ice_servers: tuple[str, ...]
    tls_cert: Path | None
    tls_key: Path | None
    language: str
    sounds_dir: Path
    whisper: bool
    """A standing leg says whose call it is before it rings."""
    webhook_private: bool
    """Webhooks may go to addresses that are not public."""
    asterisk_console: Path | None
    """Console socket of an Asterisk that is not ours; it alone tells that a bot has died."""
    state_dir: Path
    admin_email: str
    admin_password: str | None
    demo: bool
    demo_password: str | None
    demo_bot: bool  # whether the demo's bot answers extension 100
    offer_seconds: float
    rejoin_seconds: float
    wrap_up_seconds: float
    idle_leg_seconds: float
    """How long a standing leg over a number outlasts its agent's being Available; 0: for ever."""
    leg_max_seconds: float
    """The longest call that the carrier allows: older legs are renewed when idle; 0: no limit."""
    silent_leg_seconds: float
    """How long nothing may come from an agent's phone until its leg is ended; 0: for ever."""
    max_wait_seconds: float
    exit_key: str | None
    callback_retry_seconds: float
    away_seconds: int
    message_shortest: int
    attachment_types: tuple[str, ...]
    """Endings of the names of files that may be sent, in small letters."""
    attachment_scan: tuple[str, ...]
    """The scanner's command; the file's path is its last word. Empty: nothing is scanned."""
    smtp: MailServer | None
    """The server that mail goes out by where its mailbox has none of its own."""
    mail_pauses: tuple[float, ...]
    """Seconds between the tries of a mail that nobody takes; the last one goes on."""
    mail_give_up_hours: float
    smtp_seconds: float
    """The longest that one try of sending a mail may take."""
    smtp_listen: Address | None = None  # where mail is taken
    lmtp_listen: Address | None = None
    log_json: bool = False
    sip_tls_bind: Address | None = None  # where SIP is listened to over TLS, with tls_cert
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def local_url(self) -> str:
        """How programs on this machine reach the service; a certificate may name another host."""
        return f"{'https' if self.tls_cert else 'http'}://{self.http}"

    @property
    def recordings(self) -> Path:
        """Where recordings are kept."""
        return self.state_dir / "recordings"

    @property
    def attachments(self) -> Path:
        """Where files of written conversations are kept."""
        return self.state_dir / "attachments"

    @property
    def mails(self) -> Path:
        """Where mails are kept as they went over the wire."""
        return self.state_dir / "mails"

    @property
    def embedded_redis(self) -> bool:
        """Whether a private Redis is started and watched by this service."""
        return self.redis_url is None

    @property
    def embedded_asterisk(self) -> bool:
        """Whether a private Asterisk is started and watched by this service."""
        return self.ari_url is None


def load(environment: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read the settings; the environment wins over `.env`. Raises BadSetting."""
    file = {k: v for k, v in dotenv_values(dotenv or Path(".env")).items() if v is not None}
    return _Reader({**file, **(os.environ if environment is None else environment)}).settings()


class _Reader:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {k: v.strip() for k, v in values.items() if k.startswith("RINGDESK_")}

    def settings(self) -> Settings:
        state = Path(self._text("STATE_DIR", "var")).expanduser().absolute()
        http = self._read("HTTP", "127.0.0.1:8080", _address)
        ami_host = self._optional("AMI_HOST")
        return Settings(
            http=http,
            public_url=self._text("PUBLIC_URL", f"{self._scheme()}://{http}").rstrip("/"),
            database_url=self._text("DATABASE_URL", f"sqlite+aiosqlite:///{state}/ringdesk.db"),
            redis_url=self._optional("REDIS_URL"),
            ari_url=self._read("ARI_URL", "", _http_url) or None,
            ari_user=self._text("ARI_USER", "ringdesk"),
            ari_password=self._optional("ARI_PASSWORD"),
            ami=Address(ami_host, self._read("AMI_PORT", "5038", _port)) if ami_host else None,
            ami_user=self._text("AMI_USER", "ringdesk"),
            ami_password=self._optional("AMI_PASSWORD"),
            sip_bind=self._read("SIP_BIND", "127.0.0.1:5060", _address),
            rtp_ports=self._read("RTP_PORTS", "10000-10999", _port_range),
            trunk=self._trunk(),
            caller_id=self._optional("CALLER_ID"),
            numbering=Numbering(
                country=self._read("COUNTRY", "", _calling_code) or None,
                national=self._read("NATIONAL_PREFIX", "0", _prefix),
                international=self._read("INTERNATIONAL_PREFIX", "00", _prefix),
                emergency=self._read("EMERGENCY_NUMBERS", "112,911,999", _emergency),
            ),
            dial_limit=self._read("DIAL_LIMIT", "100", _count),
            external_address=self._optional("EXTERNAL_ADDRESS"),
            local_nets=self._read("LOCAL_NETS", "", _words),
            ice_servers=self._read("ICE_SERVERS", "", _words),
            tls_cert=self._file("TLS_CERT"),
            tls_key=self._file("TLS_KEY"),
            language=self._text("LANGUAGE", "en"),
            whisper=self._read("WHISPER", "0", _switch),
            webhook_private=self._read("WEBHOOK_PRIVATE", "0", _switch),
            asterisk_console=self._read("ASTERISK_CONSOLE", "", lambda x: Path(x) if x else None),
            sounds_dir=Path(self._text("SOUNDS_DIR", str(state / "sounds")))
            .expanduser()
            .absolute(),
            state_dir=state,
            admin_email=self._text("ADMIN_EMAIL", "admin@example.com"),
            admin_password=self._optional("ADMIN_PASSWORD"),
            demo=self._read("DEMO", "0", _switch),
            demo_password=self._optional("DEMO_PASSWORD"),
            demo_bot=self._read("DEMO_BOT", self._text("DEMO", "0"), _switch),
            offer_seconds=self._read("OFFER_SECONDS", "20", _seconds_above_zero),
            rejoin_seconds=self._read("REJOIN_SECONDS", "10", _seconds),
            wrap_up_seconds=self._read("WRAP_UP_SECONDS", "0", _seconds),
            idle_leg_seconds=self._read("IDLE_LEG_SECONDS", "600", _seconds),
            leg_max_seconds=self._read("LEG_MAX_SECONDS", "0", _seconds),
            silent_leg_seconds=self._read("SILENT_LEG_SECONDS", "1800", _seconds),
            max_wait_seconds=self._read("MAX_WAIT_SECONDS", "0", _seconds),
            exit_key=self._read("EXIT_KEY", "", _key) or None,
            callback_retry_seconds=self._read("CALLBACK_RETRY_SECONDS", "900", _seconds_above_zero),
            away_seconds=self._read("AWAY_SECONDS", "30", _whole_seconds),
            message_shortest=self._read("MESSAGE_SHORTEST_SECONDS", "2", _whole_seconds),
            attachment_types=self._read("ATTACHMENT_TYPES", ",".join(TYPES), _endings),
            attachment_scan=self._read("ATTACHMENT_SCAN", "", _command),
            smtp=self._read("SMTP_URL", "", smtp_server),
            mail_pauses=self._read("MAIL_RETRY_SECONDS", "60,300,900,1800,3600", _pauses),
            mail_give_up_hours=self._read("MAIL_GIVE_UP_HOURS", "48", hours_to_try),
            smtp_seconds=self._read("SMTP_SECONDS", "60", _seconds_above_zero),
            smtp_listen=self._read("SMTP_LISTEN", "", _maybe),
            lmtp_listen=self._read("LMTP_LISTEN", "", _maybe),
            log_json=self._read("LOG_JSON", "0", _switch),
            sip_tls_bind=self._read("SIP_TLS_BIND", "", _maybe),
            environment=self._values,
        )

    def _trunk(self) -> Trunk | None:
        uri = self._optional("TRUNK")
        if uri is None:
            return None
        if not uri.startswith(("sip:", "sips:")):
            raise BadSetting(f"RINGDESK_TRUNK={uri!r}: write a SIP URI such as sip:192.0.2.1:5060")
        return Trunk(
            uri=uri,
            user=self._optional("TRUNK_USER"),
            password=self._optional("TRUNK_PASSWORD"),
            register=self._read("TRUNK_REGISTER", "0", _switch),
            match=self._read("TRUNK_MATCH", "", _words),
            codecs=self._read("TRUNK_CODECS", "ulaw,alaw", _words),
        )

    def _optional(self, name: str) -> str | None:
        return self._values.get(f"RINGDESK_{name}") or None

    def _text(self, name: str, default: str) -> str:
        return self._optional(name) or default

    def _scheme(self) -> str:
        cert, key = self._optional("TLS_CERT"), self._optional("TLS_KEY")
        if (cert is None) != (key is None):
            raise BadSetting("RINGDESK_TLS_CERT and RINGDESK_TLS_KEY go together: set both")
        if cert is None and self._optional("SIP_TLS_BIND"):
            raise BadSetting("RINGDESK_SIP_TLS_BIND needs RINGDESK_TLS_CERT and RINGDESK_TLS_KEY")
        return "https" if cert else "http"

    def _file(self, name: str) -> Path | None:
        value = self._optional(name)
        if value is None:
            return None
        path = Path(value).expanduser().absolute()
        if not path.is_file():
            raise BadSetting(f"RINGDESK_{name}={value!r}: there is no such file")
        return path

    def _read(self, name: str, default: str, convert: Callable[[str], T]) -> T:
        value = self._text(name, default)
        try:
            return convert(value)
        except ValueError as error:
            raise BadSetting(f"RINGDESK_{name}={value!r}: {error}") from None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError("write a port from 0 to 65535")
    return int(text)


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host:
        raise ValueError("write host:port, such as 127.0.0.1:8080")
    return Address(host, _port(port))


def _maybe(text: str) -> Address | None:
    return _address(text) if text else None


def _port_range(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    first, last = _port(low), _port(high)
    if last - first < 3:
        raise ValueError("write a range of at least four ports, such as 10000-10999")
    return first, last


def _http_url(text: str) -> str:
    if text and (urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).netloc):
        raise ValueError("write an address such as http://127.0.0.1:8088/ari")
    return text.rstrip("/")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _endings(text: str) -> tuple[str, ...]:
    found = tuple(word.lower().lstrip(".") for word in _words(text))
    if not all(word.isascii() and word.isalnum() and len(word) <= 10 for word in found):
        raise ValueError("write endings with commas between, such as png,pdf,txt")
    return found


def _command(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"write a command as in a shell ({error})") from None


def _switch(text: str) -> bool:
    if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
        raise ValueError("write 1 or 0")
    return text.lower() in {"1", "true", "yes"}


def _key(text: str) -> str:
    if len(text) > 1 or text not in "0123456789*#":
        raise ValueError("write one key of a telephone: 0 to 9, * or #")
    return text


def _whole_seconds(text: str) -> int:
    value = _seconds(text)
    if value != int(value):
        raise ValueError("write whole seconds from 0 to 86400")
    return int(value)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 86400:
        raise ValueError("write seconds from 0 to 86400")
    return value


def _seconds_above_zero(text: str) -> float:
    value = _seconds(text)
    if value == 0:
        raise ValueError("write seconds above 0")
    return value


def _pauses(text: str) -> tuple[float, ...]:
    found = tuple(_seconds_above_zero(word) for word in _words(text))
    if not found:
        raise ValueError("write seconds with commas between, such as 60,300,900")
    return found


def _calling_code(text: str) -> str:
    code = text.removeprefix("+")
    if code and not (code.isascii() and code.isdigit() and len(code) <= 3 and code[0] != "0"):
        raise ValueError("write a calling code such as 49")
    return code


def _prefix(text: str) -> str:
    if text.lower() == "none":
        return ""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError("write the digits, such as 0, or none")
    return text


def _emergency(text: str) -> frozenset[str]:
    numbers = frozenset(_words(text))
    if not numbers or not all(n.isascii() and n.isdigit() and 2 <= len(n) <= 6 for n in numbers):
        raise ValueError("write numbers of 2 to 6 digits with commas between, such as 112,911")
    return numbers


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValueError("write a number from 0 to 999999")
    return int(text)
