"""SIP requests written by hand, for what no phone would send."""

import hashlib
import re
import socket

from tests.integration.asterisk.stack import Stack

REQUEST = """{method} sip:{to}@{asterisk} SIP/2.0\r
Via: SIP/2.0/UDP {source};branch=z9hG4bK{branch};rport\r
Max-Forwards: 70\r
From: <sip:{user}@{source}>;tag={branch}\r
To: <sip:{to}@{asterisk}>\r
Call-ID: {branch}@{source}\r
CSeq: 1 {method}\r
Contact: <sip:{user}@{source}>\r
Content-Length: 0\r
\r
"""


def ask(stack: Stack, from_socket: socket.socket, method: str, user: str, to: str) -> str:
    """The final answer to one SIP request, in full."""
    host, port = from_socket.getsockname()
    branch = re.sub(r"\W", "", f"{method}{user}{to}")
    text = REQUEST.format(
        method=method, user=user, to=to, asterisk=stack.sip, source=f"{host}:{port}", branch=branch
    )
    from_socket.sendto(text.encode(), (stack.config.sip.host, stack.config.sip.port))
    while True:
        answer = from_socket.recv(4096).decode()
        if branch in answer and not answer.startswith("SIP/2.0 1"):
            return answer


def sign_in(
    asterisk: str, from_socket: socket.socket, user: str, password: str, number: int = 1
) -> str:
    """The status line that a REGISTER ends with, its challenge answered (RFC 2617).

    `number` tells one try from the next.
    """
    host, port = from_socket.getsockname()
    there, _, at = asterisk.partition(":")

    def send(cseq: int, authorization: str) -> str:
        text = REQUEST.format(
            method="REGISTER", user=user, to=user, asterisk=asterisk, source=f"{host}:{port}",
            branch=f"try{number}x{cseq}",
        )  # fmt: skip
        text = text.replace("CSeq: 1", f"CSeq: {cseq}")
        text = text.replace("Content-Length", f"{authorization}Content-Length")
        from_socket.sendto(text.encode(), (there, int(at)))
        while not (answer := from_socket.recv(4096).decode()).startswith("SIP/2.0"):
            continue
        return answer

    told = send(1, "")
    challenge = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', told))
    if challenge:
        told = send(2, _credentials(f"sip:{user}@{asterisk}", user, password, challenge))
    return told.partition("\r\n")[0]


def _credentials(uri: str, user: str, password: str, challenge: dict[str, str]) -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    secret, request = md5(f"{user}:{challenge['realm']}:{password}"), md5(f"REGISTER:{uri}")
    proof = md5(f"{secret}:{challenge['nonce']}:00000001:c0:auth:{request}")
    told = ", ".join(f'{name}="{value}"' for name, value in challenge.items())
    return (
        f'Authorization: Digest username="{user}", uri="{uri}", response="{proof}", {told}, '
        'qop=auth, nc=00000001, cnonce="c0", algorithm=MD5\r\n'
    )
