"""Asterisk's configuration: the templates of `asterisk/templates`, filled from settings.

One renderer for the private Asterisk of a machine and for the container image. The dialplan is
linked, not copied: what an admin edits is what a reload reads.
"""

import fcntl
import resource
import secrets
import socket
import string
import struct
from dataclasses import dataclass
from pathlib import Path

from app.config import Address, Trunk
from app.embedded.server import EmbeddedError, write_private
from app.embedded.sip_tls import over, tls_lines

HOUSE = Path(__file__).resolve().parents[2]
TEMPLATES = HOUSE / "asterisk" / "templates"
MODULES = HOUSE / "asterisk" / "modules.list"
DIALPLAN = HOUSE / "dialplan"

EMPTY = (
    "acl.conf",
    "amd.conf",
    "ccss.conf",
    "cel.conf",
    "chan_websocket.conf",
    "cli.conf",
    "cli_aliases.conf",
    "cli_permissions.conf",
    "codecs.conf",
    "dsp.conf",
    "extconfig.conf",
    "features.conf",
    "pjproject.conf",
    "pjsip_notify.conf",
    "queuerules.conf",
    "queues.conf",
    "res_parking.conf",
    "udptl.conf",
    "websocket_client.conf",
)
"""Files that Asterisk warns about when they are missing, and has defaults for."""

SIOCGIFADDR = 0x8915
"""Linux's request for an interface's address; Python has no name for it."""

MAX_FILES = 65_536
"""Open files that Asterisk asks for; fewer where the system's hard limit is lower."""

SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path (unix(7)); the console's socket lies in the state folder."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where Asterisk's own files are."""

    program: Path
    modules: Path
    data: Path
    """Sounds, music and the documentation that Stasis cannot start without."""

    @classmethod
    def unpacked(cls, folder: Path) -> "Installation":
        """What `asterisk/get-asterisk.sh` made. Raises EmbeddedError when it is not there."""
        modules = next(folder.glob("usr/lib/*-linux-gnu/asterisk/modules"), None)
        if modules is None or not (folder / ".ringdesk-asterisk").exists():
            raise EmbeddedError(
                f"no Asterisk in {folder}: run `asterisk/get-asterisk.sh {folder}`, "
                "or set RINGDESK_ARI_URL to an Asterisk of your own"
            )
        return cls(folder / "asterisk", modules, folder / "usr/share/asterisk")

    @classmethod
    def debian(cls) -> "Installation":
        """Debian's package asterisk, installed as usual."""
        modules = next(Path("/usr/lib").glob("*-linux-gnu/asterisk/modules"), None)
        if modules is None:
            raise EmbeddedError("Debian's package asterisk is not installed")
        return cls(Path("/usr/sbin/asterisk"), modules, Path("/usr/share/asterisk"))


@dataclass(frozen=True, slots=True)
class AsteriskConfig:
    """All that the templates are filled from. Ports are final: none is 0."""

    installation: Installation
    home: Path
    """Configuration, database, sockets and recordings; logs are in `log`."""
    log: Path
    http: Address
    ari_user: str
    ari_password: str
    ami: Address
    ami_user: str
    ami_password: str
    sip: Address
    rtp_ports: tuple[int, int]
    sip_tls: Address | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trunk: Trunk | None = None
    demo_password: str | None = None
    """Turns on the demo's caller and phone, which sign in to Asterisk from itself with it."""
    caller_id: str | None = None
    external_address: str | None = None
    local_nets: tuple[str, ...] = ()
    language: str = "en"
    ami_permit: str = "127.0.0.1/255.255.255.255"
    away_seconds: int = 30
    """Music until a caller who finds Ringdesk away may leave a message; 0: never."""
    message_shortest: int = 2
    """Seconds: a shorter message is none."""
    extra_modules: tuple[str, ...] = ()
    dialplan: Path = DIALPLAN

    @property
    def etc(self) -> Path:
        return self.home / "etc"

    @property
    def main_file(self) -> Path:
        """What `asterisk -C` takes; stands in the command line of this Asterisk alone."""
        return self.etc / "asterisk.conf"


def write_config(config: AsteriskConfig) -> None:
    """Make the folders (mode 0700) and write every file (0600). Raises EmbeddedError."""
    console = config.home / "run" / "asterisk.ctl"
    if len(bytes(console)) > SOCKET_PATH_LIMIT:
        raise EmbeddedError(f"{console} is too long for a socket: choose a shorter state folder")
    rendered = render(config)
    for folder in ("etc", "lib", "keys/keys", "agi-bin", "run", "cache"):
        _private_folder(config.home / folder)
    for folder in ("recording", "monitor", "tmp", "outgoing"):
        _private_folder(config.home / "spool" / folder)
    _private_folder(config.log)
    for name, text in rendered.items():
        write_private(config.etc / name, text)
    _link(config.etc / "dialplan", config.dialplan)


def render(config: AsteriskConfig) -> dict[str, str]:
    """File name → text. Raises EmbeddedError for a setting that would break out of its line."""
    values = _values(config)
    files = {
        path.name: _fill(path, values)
        for path in TEMPLATES.glob("*.conf")
        if not path.name.startswith("pjsip")
    }
    files["pjsip.conf"] = "".join(_fill(TEMPLATES / part, values) for part in _pjsip_parts(config))
    files.update((name, "") for name in EMPTY)
    return files


def sip_host(bind: Address) -> str:
    """An address of this machine under which the SIP socket is reached from the machine itself."""
    return "127.0.0.1" if bind.host in {"0.0.0.0", ""} else bind.host


def _pjsip_parts(config: AsteriskConfig) -> list[str]:
    trunk = config.trunk
    parts = {
        "pjsip.conf": True,
        "pjsip-tcp.conf": trunk is not None and over(trunk) == "tcp",
        "pjsip-tls.conf": config.sip_tls is not None
        or (trunk is not None and over(trunk) == "tls"),
        "pjsip-trunk.conf": trunk is not None,
        "pjsip-trunk-auth.conf": trunk is not None and trunk.password is not None,
        "pjsip-trunk-register.conf": trunk is not None and trunk.register,
        "pjsip-demo.conf": config.demo_password is not None,
    }
    return [name for name, wanted in parts.items() if wanted]


def _values(config: AsteriskConfig) -> dict[str, str]:
    plain: dict[str, object] = {
        "etc": config.etc,
        "state": config.home,
        "log": config.log,
        "data": config.installation.data,
        "modules_dir": config.installation.modules,
        "http_host": config.http.host,
        "http_port": config.http.port,
        "ari_user": config.ari_user,
        "ari_password": config.ari_password,
        "ami_host": config.ami.host,
        "ami_port": config.ami.port,
        "ami_user": config.ami_user,
        "ami_password": config.ami_password,
        "ami_permit": config.ami_permit,
        "sip_bind": config.sip,
        "sip_host": sip_host(config.sip),
        "sip_port": config.sip.port,
        "rtp_first": config.rtp_ports[0],
        "rtp_last": config.rtp_ports[1],
        "language": config.language,
        "system_name": f"rd{secrets.token_hex(3)}",
        "max_files": min(MAX_FILES, _hard_limit()),
        "caller_id": config.caller_id or "",
        "away_seconds": config.away_seconds,
        "message_shortest": config.message_shortest,
        "demo_password": config.demo_password or "",
        **_trunk_values(config.trunk),
    }
    lines = {
        "modules": [f"load = {name}.so" for name in _modules(config.extra_modules)],
        "nat": _nat_lines(config),
        "media": _media_lines(config.sip),
        "tls": tls_lines(config.sip, config.sip_tls, config.tls_cert, config.tls_key),
        "candidates": _candidate_lines(config),
        "trunk_options": _trunk_lines(config.trunk) if config.trunk else [],
    }
    values = {name: _value(name, str(value)) for name, value in plain.items()}
    values.update({name: "\n".join(_value(name, x) for x in text) for name, text in lines.items()})
    return values


def _hard_limit() -> int:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return MAX_FILES if limit == resource.RLIM_INFINITY else limit


def _trunk_values(trunk: Trunk | None) -> dict[str, object]:
    if trunk is None:
        return {}
    host = trunk_host(trunk.uri)
    if trunk.register and trunk.user is None:
        raise EmbeddedError("RINGDESK_TRUNK_REGISTER is set: set RINGDESK_TRUNK_USER too")
    return {
        "trunk_uri": trunk.uri,
        "trunk_host": host,
        "trunk_user": trunk.user or "",
        "trunk_password": trunk.password or "",
        "trunk_codecs": ",".join(trunk.codecs),
        "trunk_match": ",".join(trunk.match or (host,)),
    }


def _trunk_lines(trunk: Trunk) -> list[str]:
    lines = [f"transport = transport-{over(trunk)}"]
    if over(trunk) == "tls":
        lines.append("media_encryption = sdes")
    if trunk.password is not None:
        lines.append("outbound_auth = trunk")
    if trunk.user is not None:
        lines += [f"from_user = {trunk.user}", f"from_domain = {trunk_host(trunk.uri)}"]
    return lines


def trunk_host(uri: str) -> str:
    """The host of a SIP URI (RFC 3261, 19.1.1), without its port; IPv6 keeps its brackets."""
    host = uri.partition(":")[2].partition(";")[0].rpartition("@")[2]
    return host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]


def _nat_lines(config: AsteriskConfig) -> list[str]:
    if config.external_address is None:
        return []
    nets = [f"local_net = {net}" for net in config.local_nets]
    return [
        *nets,
        f"external_media_address = {config.external_address}",
        f"external_signaling_address = {config.external_address}",
    ]


def _media_lines(bind: Address) -> list[str]:
    """RTP on the same address as SIP: without these lines Asterisk offers the machine's own."""
    if bind.host != sip_host(bind):
        return []
    return [f"media_address = {bind.host}", "bind_rtp_to_media_address = yes"]


def _candidate_lines(config: AsteriskConfig) -> list[str]:
    """Where browsers are told to send their sound (rtp.conf, ice_host_candidates).

    Bound to loopback, Asterisk would still offer the machine's own addresses, where nobody
    listens; behind NAT they are not the ones that are seen from outside.
    """
    bound = sip_host(config.sip)
    own = own_addresses()
    if config.sip.host == bound:
        return [f"{address} => {bound}" for address in own if address != bound]
    if config.external_address is None:
        return []
    return [f"{address} => {config.external_address},include_local_address" for address in own]


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses, one for each interface but loopback's own (netdevice(7))."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, request)
            except OSError:
                continue  # no IPv4 address
            found.append(socket.inet_ntoa(answer[20:24]))
    return [address for address in found if not address.startswith("127.")]


def _modules(extra: tuple[str, ...]) -> list[str]:
    lines = MODULES.read_text().splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("#")] + list(extra)


def _fill(template: Path, values: dict[str, str]) -> str:
    return string.Template(template.read_text()).substitute(values)


def _value(name: str, text: str) -> str:
    """One line's value: a line break would begin another line, a bare `;` a comment."""
    if any(ord(character) < 32 for character in text):
        raise EmbeddedError(f"the setting for Asterisk's {name} has a control character in it")
    return text.replace(";", "\\;")


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() or link.exists():
        link.unlink()
    link.symlink_to(target.resolve(), target_is_directory=True)
