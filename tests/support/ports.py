"""Free ports of the loopback interface, so that two runs on one machine never meet."""

import random
import socket

_RANGE = range(10_000, 32_000)
"""Below the ports that Linux gives to outgoing connections (32768 and above), which would take a
picked port before its server does."""
_given: set[int] = set()


def free_port(following: int = 0) -> int:
    """A port that nobody has now, over TCP and UDP; nobody else of this run gets it either.

    With `following` so many ports after it were not given either (they may be in use).
    """
    while True:
        port = random.randrange(_RANGE.start, _RANGE.stop - following, 2)
        wanted = range(port, port + following + 1)
        if _given.isdisjoint(wanted) and _is_free(port):
            _given.update(wanted)
            return port


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
