"""Free ports of the loopback interface, so that two runs on one machine never meet."""

import random
import socket

_SERVERS = range(10_000, 20_000)
_MEDIA = range(20_000, 32_000)
"""Both below the ports that Linux gives to outgoing connections (32768 and above), which would
take a picked port before its server does."""
_given: set[int] = set()


def free_port() -> int:
    """A port that nobody has now, over TCP and UDP; nobody else of this run gets it either."""
    while True:
        port = random.choice(_SERVERS)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


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


def free_udp_port() -> int:
    """A port for a UDP server."""
    return free_port()
