"""Ringdesk's own requests to Asterisk, over a test's plain ARI client."""

import json
from typing import Any

from app.telephony.ari_errors import error_for
from app.telephony.ari_resources import Asterisk
from tests.integration.asterisk.stack import Ari


class OverHttp:
    """Carries requests; nothing but the transport differs from the service's."""

    def __init__(self, ari: Ari) -> None:
        self._ari = ari

    async def call(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        """Over HTTP. Raises AriError."""
        sent: dict[str, Any] = json.loads(body) if body else {}
        status, answer = await self._ari.ask(method, uri, **sent)
        told = json.dumps(answer).encode()
        if status >= 400:
            raise error_for(status, told)
        return told

    async def command(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        """The same."""
        return await self.call(method, uri, body)


def asterisk(ari: Ari) -> Asterisk:
    """`/asterisk` as the service speaks to it."""
    return Asterisk(OverHttp(ari))
