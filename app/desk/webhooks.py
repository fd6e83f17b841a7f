"""Tells webhooks what becomes of conversations: signed, in order, at least once, never in a call's
way.

Names and signature are those of standard-webhooks 1.0 (https://www.standardwebhooks.com): headers
webhook-id (the same at each try), webhook-timestamp and webhook-signature, `v1,` and the base64 of
HMAC-SHA256 over `id.timestamp.body`.
"""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from yarl import URL

from app.domain.webhooks import pause_after
from app.records import Told, Webhook, Webhooks

log = logging.getLogger("ringdesk.webhooks")

LOOK_SECONDS = 0.5
BATCH = 50
PASS_MS = 60_000
"""So much of the past in which nothing was to be told is not looked at again."""
SECONDS = 10.0
"""The longest that a receiver may take to answer."""
PREFIX = "whsec_"


def new_secret() -> str:
    """A secret for signatures: 24 random bytes, in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header webhook-signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def allowed(address: str, private: bool) -> bool:
    """Whether a webhook may go to this IP address: without `private`, public ones alone. Else an
    administrator's URL could ask for things inside the network that the service stands in."""
    return private or ipaddress.ip_address(address.partition("%")[0]).is_global


def _ms(stream_id: str) -> int:
    return int(stream_id.partition("-")[0])


class _Resolver(AbstractResolver):
    """Names to addresses, but for those that are not allowed: asked at each connection, so that a
    name that changes its address afterwards gets no further."""

    def __init__(self, private: bool) -> None:
        self._private = private
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        good = [each for each in found if allowed(each["host"], self._private)]
        if not good:
            raise OSError(f"{host} is no public address (RINGDESK_WEBHOOK_PRIVATE)")
        return good

    async def close(self) -> None:
        await self._resolver.close()


class WebhookSender:
    """Looks for what is to be told, and tells it; each webhook at its own pace."""

    def __init__(
        self, webhooks: Webhooks, hold: Callable[[], Awaitable[bool]], now: Callable[[], int],
        private: bool,
    ) -> None:  # fmt: skip
        self._webhooks = webhooks
        self._hold = hold
        self._now = now
        self._private = private

    async def run(self) -> None:
        """For ever; one process at a time."""
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        connector = aiohttp.TCPConnector(resolver=_Resolver(self._private), limit=20)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                try:
                    if await self._hold():
                        await self._look(http)
                except (SQLAlchemyError, RedisError, OSError) as error:
                    log.debug("webhooks wait (%s)", type(error).__name__)

    async def _look(self, http: aiohttp.ClientSession) -> None:
        now = self._now()
        due = [w for w in await self._webhooks.all() if w.active and w.retry_at <= now]
        await asyncio.gather(*(self._tell(http, webhook) for webhook in due))

    async def _tell(self, http: aiohttp.ClientSession, webhook: Webhook) -> None:
        newest = await self._webhooks.newest()
        found = await self._webhooks.next_for(webhook, BATCH)
        if not found and _ms(newest) - _ms(webhook.place) > PASS_MS:
            await self._webhooks.passed(webhook.id, newest)
        for told in found:
            error = await self._post(http, webhook, told)
            if error is not None:
                await self._failed(webhook, error)
                return
            await self._webhooks.went_well(webhook.id, told.stream_id)
            if not await self._hold():
                return

    async def _failed(self, webhook: Webhook, error: str) -> None:
        failures = webhook.failures + 1
        pause = pause_after(failures)
        retry_at = None if pause is None else self._now() + round(pause * 1000)
        log.warning("webhook %s: %s (try %d)", webhook.id, error, failures)
        await self._webhooks.failed(webhook.id, error, failures, retry_at)

    async def _post(self, http: aiohttp.ClientSession, webhook: Webhook, told: Told) -> str | None:
        """Why it was not taken; None when it was. Redirections are not followed."""
        at = datetime.fromtimestamp(told.at / 1000, UTC).isoformat().replace("+00:00", "Z")
        body = msgspec.json.encode({"type": told.name, "timestamp": at, "data": told.data})
        timestamp = self._now() // 1000
        message_id = f"evt_{told.stream_id}"
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(webhook.secret, message_id, timestamp, body),
        }
        try:
            self._check(webhook.url)
            async with http.post(
                webhook.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return None if 200 <= answer.status < 300 else f"answered {answer.status}"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return str(error) or type(error).__name__

    def _check(self, url: str) -> None:
        """An address in the place of a name is not resolved. Raises OSError."""
        host = URL(url).host or ""
        try:
            good = allowed(host, self._private)
        except ValueError:
            return  # a name
        if not good:
            raise OSError(f"{host} is no public address (RINGDESK_WEBHOOK_PRIVATE)")
