"""Asterisk in a container: renders the same templates from the environment, then becomes Asterisk.

`python3 -m app.embedded.asterisk_container` starts it; with `health` as its argument it says by
its exit status whether Asterisk answers. Needs no more of Ringdesk than the Dockerfile copies.
"""

import base64
import os
import secrets
import sys
import urllib.request
from pathlib import Path

from app.config import Address, Settings, load
from app.embedded.asterisk_config import AsteriskConfig, Installation, write_config
from app.embedded.asterisk_logs import keep_in_bounds
from app.embedded.server import EmbeddedError

ANYWHERE = "0.0.0.0"
ARI_PORT, AMI_PORT = 8088, 5038
HEALTH_SECONDS = 3


def container_config(settings: Settings, installation: Installation) -> AsteriskConfig:
    """ARI and AMI listen on the containers' own network, with the passwords of the service.

    Raises EmbeddedError when RINGDESK_ARI_PASSWORD or RINGDESK_AMI_PASSWORD is not set.
    """
    if not (settings.ari_password and settings.ami_password):
        raise EmbeddedError("set RINGDESK_ARI_PASSWORD and RINGDESK_AMI_PASSWORD")
    return AsteriskConfig(
        installation=installation,
        home=settings.state_dir / "asterisk",
        log=settings.state_dir / "log",
        http=Address(ANYWHERE, ARI_PORT),
        ari_user=settings.ari_user,
        ari_password=settings.ari_password,
        ami=Address(ANYWHERE, AMI_PORT),
        ami_user=settings.ami_user,
        ami_password=settings.ami_password,
        ami_permit="0.0.0.0/0.0.0.0",
        sip=settings.sip_bind,
        rtp_ports=settings.rtp_ports,
        sip_tls=settings.sip_tls_bind,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
        trunk=settings.trunk,
        demo_password=secrets.token_hex(16) if settings.demo else None,
        caller_id=settings.caller_id,
        external_address=settings.external_address,
        local_nets=settings.local_nets,
        language=settings.language,
        away_seconds=settings.away_seconds,
        message_shortest=settings.message_shortest,
    )


def healthy(settings: Settings) -> bool:
    """Whether Asterisk answers ARI in this container."""
    login = f"{settings.ari_user}:{settings.ari_password}".encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{ARI_PORT}/ari/asterisk/info?only=status",
        headers={"Authorization": "Basic " + base64.b64encode(login).decode()},
    )
    try:
        with urllib.request.urlopen(request, timeout=HEALTH_SECONDS) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def main() -> None:
    """Become Asterisk, or answer `health`; exits with 1 and one line when that cannot be."""
    settings = load(dotenv=Path(os.devnull))
    if sys.argv[1:] == ["health"]:
        keep_in_bounds(container_config(settings, Installation.debian()))  # nobody else here can
        sys.exit(0 if healthy(settings) else 1)
    os.umask(0o077)
    try:
        config = container_config(settings, Installation.debian())
        write_config(config)
    except EmbeddedError as error:
        sys.exit(f"asterisk: {error}")
    program = str(config.installation.program)
    os.execv(program, [program, "-C", str(config.main_file), "-f"])


if __name__ == "__main__":
    main()
