"""A private Asterisk: unpacked by `asterisk/get-asterisk.sh`, configured from settings.

Its answer to `GET /ari/asterisk/info` is the sign that it is ready. It is started through the
unpacked loader, so `core restart now` on its console cannot work: stop and start it instead.
"""

import logging
import socket
import threading
from functools import partial
from pathlib import Path

import aiohttp

from app.config import Address, Settings
from app.embedded.asterisk_config import DIALPLAN, HOUSE, AsteriskConfig, Installation, write_config
from app.embedded.asterisk_logs import keep_in_bounds
from app.embedded.server import Ports, Secrets, Server

NAME = "asterisk"
LOOPBACK = "127.0.0.1"
log = logging.getLogger(__name__)


def install_folder(settings: Settings) -> Path:
    """Where Asterisk is unpacked: `RINGDESK_ASTERISK_DIR`, or a folder that all states share."""
    chosen = settings.environment.get("RINGDESK_ASTERISK_DIR")
    return Path(chosen).expanduser().absolute() if chosen else HOUSE / "var" / "asterisk-22"


def dialplan_folder(settings: Settings) -> Path:
    """The admins' dialplan: `RINGDESK_DIALPLAN_DIR`, or the one that comes with Ringdesk."""
    chosen = settings.environment.get("RINGDESK_DIALPLAN_DIR")
    return Path(chosen).expanduser().absolute() if chosen else DIALPLAN


def asterisk_config(settings: Settings, ports: Ports, secrets: Secrets) -> AsteriskConfig:
    """The private Asterisk of this state folder. Raises EmbeddedError when it is not unpacked."""
    extra = settings.environment.get("RINGDESK_ASTERISK_MODULES", "")
    return AsteriskConfig(
        installation=Installation.unpacked(install_folder(settings)),
        home=settings.state_dir / NAME,
        log=settings.state_dir / "log" / NAME,
        http=Address(LOOPBACK, ports.pick("ari")),
        ari_user=settings.ari_user,
        ari_password=settings.ari_password or secrets.get("ari"),
        ami=Address(LOOPBACK, ports.pick("ami")),
        ami_user=settings.ami_user,
        ami_password=settings.ami_password or secrets.get("ami"),
        sip=sip_address(settings, ports),
        rtp_ports=settings.rtp_ports,
        sip_tls=_kept(settings.sip_tls_bind, ports, "sip-tls") if settings.sip_tls_bind else None,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
        trunk=settings.trunk,
        demo_password=secrets.get("demo") if settings.demo else None,
        caller_id=settings.caller_id,
        external_address=settings.external_address,
        local_nets=settings.local_nets,
        language=settings.language,
        away_seconds=settings.away_seconds,
        message_shortest=settings.message_shortest,
        dialplan=dialplan_folder(settings),
        extra_modules=tuple(name.strip() for name in extra.split(",") if name.strip()),
    )


def sip_address(settings: Settings, ports: Ports) -> Address:
    """Where SIP is listened to; a port 0 in the settings is one picked free and kept."""
    return _kept(settings.sip_bind, ports, "sip")


def _kept(bind: Address, ports: Ports, name: str) -> Address:
    return bind if bind.port else Address(bind.host, ports.pick(name))


def asterisk_server(settings: Settings, ports: Ports, secrets: Secrets) -> Server:
    """The private Asterisk for the supervisor. Raises EmbeddedError when it is not unpacked."""
    config = asterisk_config(settings, ports, secrets)
    url = f"http://{config.http}/ari/asterisk/info?only=status"
    auth = aiohttp.encode_basic_auth(config.ari_user, config.ari_password)

    def prepare() -> None:
        write_config(config)
        if not own_name_resolves():
            log.warning(
                "this machine's name %r does not resolve, which blocks Asterisk for seconds per "
                "call: add a line '127.0.1.1 %s' to /etc/hosts",
                *(socket.gethostname(),) * 2,
            )

    async def ready() -> bool:
        return await answers(url, auth)

    return Server(
        name=NAME,
        argv=(str(config.installation.program), "-C", str(config.main_file), "-f"),
        ready=ready,
        identify=str(config.main_file),
        before_start=prepare,
        care=partial(keep_in_bounds, config),
        listens={
            "the setting RINGDESK_SIP_BIND": config.sip,
            **({"the setting RINGDESK_SIP_TLS_BIND": config.sip_tls} if config.sip_tls else {}),
            f"ari, {ports.kept_in}": config.http,
            f"ami, {ports.kept_in}": config.ami,
        },
        cwd=config.home.parent,
    )


async def answers(url: str, authorization: str) -> bool:
    """Whether an Asterisk answers ARI there with 200."""
    timeout = aiohttp.ClientTimeout(total=2)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers={"Authorization": authorization}) as reply,
        ):
            return reply.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def own_name_resolves(within: float = 1.0) -> bool:
    """Whether this machine's name has an address, found in less than `within` seconds.

    PJSIP looks it up for each call; a look-up that waits for a name server blocks every call.
    """
    found = threading.Event()

    def look_up() -> None:
        try:
            socket.getaddrinfo(socket.gethostname(), None)
        except OSError:
            return
        found.set()

    threading.Thread(target=look_up, daemon=True).start()
    return found.wait(within)
