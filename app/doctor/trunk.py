"""Whether the trunk's other end is there: it is asked what it can do (OPTIONS, RFC 3261, 11)."""

import asyncio
import os
import secrets
import socket
import ssl

from app.config import Settings, Trunk
from app.doctor.finding import Finding, doubtful, ill, well
from app.embedded import trunk_host
from app.embedded.sip_tls import authorities, over

SECONDS = 3.0
PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}


async def trunk(settings: Settings) -> Finding:
    """Found by name, and answering over its transport."""
    of = settings.trunk
    if of is None:
        return well("trunk", "none is set: numbers cannot be dialled")
    host, port, how = trunk_host(of.uri).strip("[]"), _port(of), over(of)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SECONDS):
            await loop.getaddrinfo(host, port)
    except (OSError, TimeoutError):
        return ill(
            "trunk",
            f"the name {host} is not found: see RINGDESK_TRUNK, and this machine's name servers",
        )
    try:
        async with asyncio.timeout(SECONDS):
            answer = await (_asked(host, port) if how == "udp" else _connected(host, port, how))
    except ssl.SSLCertVerificationError as error:
        return ill(
            "trunk",
            f"{host}:{port} has a certificate that is not believed "
            f"({error.verify_message}): SSL_CERT_FILE may name its authority",
        )
    except TimeoutError:
        return doubtful(
            "trunk",
            f"{host}:{port} does not answer OPTIONS over {how}: some carriers do so only "
            "for those they know; else see RINGDESK_TRUNK and the firewall",
        )
    except (OSError, ssl.SSLError) as error:
        return ill(
            "trunk", f"{host}:{port} cannot be reached over {how} ({error.strerror or error})"
        )
    return well("trunk", f"{host}:{port} {answer}")


def _port(of: Trunk) -> int:
    after = of.uri.partition(":")[2].partition(";")[0].rpartition("]")[2].rpartition("@")[2]
    port = after.rpartition(":")[2] if ":" in after else ""
    return int(port) if port.isdecimal() else PORTS[over(of)]


async def _connected(host: str, port: int, how: str) -> str:
    tls = ssl.create_default_context(cafile=authorities()) if how == "tls" else None
    _, writer = await asyncio.open_connection(host, port, ssl=tls)
    writer.close()
    return f"takes connections over {how}"


async def _asked(host: str, port: int) -> str:
    """Its status line. Raises OSError, and TimeoutError by the caller's limit."""
    loop = asyncio.get_running_loop()
    ((family, kind, _, _, address), *_) = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    with socket.socket(family, kind) as asking:
        asking.setblocking(False)
        asking.connect(address)
        here = "{}:{}".format(*asking.getsockname()[:2])
        one = secrets.token_hex(6)
        await loop.sock_sendall(
            asking,
            f"OPTIONS sip:{host}:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{one};rport\r\n"
            f"From: <sip:ringdesk@{here}>;tag={one}\r\nTo: <sip:{host}:{port}>\r\n"
            f"Call-ID: {one}@{os.uname().nodename}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:ringdesk@{here}>\r\nContent-Length: 0\r\n\r\n".encode(),
        )
        told = (await loop.sock_recv(asking, 4096)).decode(errors="replace")
    return f"answers {told.partition(chr(13))[0].partition(' ')[2] or 'something'}"
