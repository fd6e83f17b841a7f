"""What the telephone side is told of the settings."""

from pathlib import Path

from app.config import Settings
from app.embedded import Endpoints, trunk_host
from app.telephony import TelephonySettings


def telephony_settings(settings: Settings, endpoints: Endpoints) -> TelephonySettings:
    """Where Asterisk is, embedded or configured, and how calls are treated."""
    host = settings.sip_bind.host
    return TelephonySettings(
        ari_url=endpoints.ari_url,
        ari_user=endpoints.ari_user,
        ari_password=endpoints.ari_password,
        ami_host=endpoints.ami_host,
        ami_port=endpoints.ami_port,
        ami_user=endpoints.ami_user,
        ami_password=endpoints.ami_password,
        console=_console(settings),
        caller_id=settings.caller_id,
        language=settings.language,
        sounds_dir=settings.sounds_dir,
        whisper=settings.whisper,
        leg_max_seconds=settings.leg_max_seconds,
        silent_leg_seconds=settings.silent_leg_seconds,
        encrypt_media=settings.sip_tls_bind is not None,
        spared=_spared(settings),
        media_address=None if host in {"0.0.0.0", "::"} else host,
    )


def _spared(settings: Settings) -> tuple[str, ...]:
    trunk = settings.trunk
    return (trunk.match or (trunk_host(trunk.uri),)) if trunk else ()


def _console(settings: Settings) -> Path | None:
    """That of the private Asterisk, or one that is in reach by a setting."""
    if settings.asterisk_console is not None or settings.ari_url is not None:
        return settings.asterisk_console
    return settings.state_dir / "asterisk" / "run" / "asterisk.ctl"
