"""SIP requests written by hand, for what no phone would send."""

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
