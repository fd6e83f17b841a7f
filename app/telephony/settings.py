"""What telephony must know of its surroundings."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TelephonySettings:
    """Where Asterisk is and how callers and agents are treated. Durations in seconds."""

    ari_url: str
    ari_user: str
    ari_password: str
    ami_host: str | None = None
    """None: no AMI link; contacts, security events and Redirect are missing then."""
    ami_port: int = 5038
    ami_user: str = ""
    ami_password: str = ""
    app: str = "ringdesk"
    console: Path | None = None
    """Asterisk's console socket, where it is in reach; None: a bot's death shows in nothing."""
    caller_id: str | None = None
    language: str = "en"
    sounds_dir: Path | None = None
    """Admins' own recordings, a folder for each language; Asterisk finds it at the same place."""
    whisper: bool = False
    """A standing leg says whose call it is before it rings."""
    dial_seconds: int = 10
    """How long an agent's phone may ring when the leg is dialled."""
    leg_max_seconds: float = 0.0
    """How long the carrier lets one call last, as far as known; 0: no limit."""
    silent_leg_seconds: float = 0.0
    """Silence alone that ends a leg; 0: it never does."""
    encrypt_media: bool = False
    """Agents' SIP phones may encrypt their sound (SRTP), as those that come over TLS do."""
    media_address: str | None = None
    """Address for the RTP of agents' SIP phones; None: whichever Asterisk chooses."""
    spared: tuple[str, ...] = ()
    """Addresses and networks that are never shut out, such as the trunk's."""
    announce_first_seconds: float = 5.0
    announce_every_seconds: float = 30.0
