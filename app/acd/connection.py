"""The Redis client that the scripts need."""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

TIMEOUT_S = 5.0


def connect(url: str, timeout_s: float = TIMEOUT_S) -> Redis:
    """A client for scripts and the stream.

    No retries of its own: redis-py repeats a timed-out command up to ten times, which would run
    a script twice. The distributor repeats where its command id makes that harmless.
    """
    return Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        socket_keepalive=True,
    )


def text(reply: Any) -> Any:
    """A reply with every byte string as text, whichever way the client is set."""
    if isinstance(reply, bytes):
        return reply.decode()
    if isinstance(reply, list):
        return [text(each) for each in reply]
    if isinstance(reply, tuple):
        return tuple(text(each) for each in reply)
    if isinstance(reply, dict):
        return {text(key): text(value) for key, value in reply.items()}
    return reply
