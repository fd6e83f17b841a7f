"""Free ports of the loopback interface, so that two runs on one machine never meet."""

import socket


def free_udp_port() -> int:
    """A UDP port that nobody has now; nobody else of this run gets it either."""
    return _free(socket.SOCK_DGRAM)


def free_tcp_port() -> int:
    """A TCP port that nobody has now; nobody else of this run gets it either."""
    return _free(socket.SOCK_STREAM)


_given: set[int] = set()


def _free(kind: socket.SocketKind) -> int:
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
