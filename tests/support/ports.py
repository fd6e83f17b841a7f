"""Free ports of the loopback interface, so that two runs on one machine never meet."""

import random
import socket

_SERVERS = range(10_000, 20_000)
_MEDIA = range(20_000, 32_000)
"""Both below the ports that Linux gives to outgoing connections (32768 and above), which would
take a picked port before its server does."""
_claims: dict[int, socket.socket] = {}
"""What marks a port as ours until this process ends, whether or not its server listens now: the
phones of a stack, for one, are gone between two stories and come back to the same port."""


def free_port() -> int:
    """A port that nobody has now, over TCP and UDP; no other test of this machine gets it."""
    while True:
        port = random.choice(_SERVERS)
        if _claimed(port) and _is_free(port):
            return port


def _claimed(port: int) -> bool:
    """Make it ours, for all test processes with this network (unix(7), abstract sockets)."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0ringdesk-tests-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims[port] = claim
    return True


def media_ports(count: int) -> str:
    """A range `first-last` for RTP. Some may be in use: who takes media ports tries the next."""
    first = random.randrange(_MEDIA.start, _MEDIA.stop - count, 2)
    return f"{first}-{first + count - 1}"


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_tcp_port() -> int:
    """A port for a TCP server."""
    return free_port()
