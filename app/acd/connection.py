"""The Redis client that the scripts need."""

import asyncio
from collections.abc import Iterable
from typing import Any

from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

TIMEOUT_S = 5.0
CONNECTIONS = 32
"""Commands under way at a time; more wait their turn (redis-py's own pool refuses the 101st)."""


class Direct(Connection):
    """Sends without `asyncio.wait_for`, which redis-py puts around each command.

    It makes a task for each, and before Python 3.12 it can swallow a cancellation that comes as
    the write completes (python/cpython#86296): a loop that talks to Redis would not end.
    """

    async def send_packed_command(
        self, command: bytes | str | Iterable[bytes], check_health: bool = True
    ) -> None:
        """As redis-py's. Raises its TimeoutError and ConnectionError.

        A connection that the other side has reset is no OSError to uvloop: its transport is closed
        and refuses every write with RuntimeError, which redis-py hands on (it has disconnected by
        then). Nobody would take that for Redis being away: it ended the whole service.
        """
        limit, self.socket_timeout = self.socket_timeout, None  # None: no wait_for
        try:
            async with asyncio.timeout(limit):
                await super().send_packed_command(command, check_health)
        except TimeoutError:
            raise RedisTimeoutError("Timeout writing to socket") from None
        except RuntimeError as error:
            raise RedisConnectionError(str(error)) from error
        finally:
            self.socket_timeout = limit


def connect(url: str, timeout_s: float = TIMEOUT_S, connections: int = CONNECTIONS) -> Redis:
    """A client for scripts and the stream; close it with `aclose()`.

    No retries of its own: redis-py repeats a timed-out command up to ten times, which would run
    a script twice. The distributor repeats where its command id makes that harmless.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        connection_class=Direct,
        max_connections=connections,
        timeout=timeout_s,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        socket_keepalive=True,
    )
    return Redis.from_pool(pool)


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
