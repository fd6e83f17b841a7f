"""The Redis client that the scripts need.

redis-py takes and gives back a connection behind a condition and a lock, asks three timers and two
retries about each command, and keeps statistics that nobody reads: seven times the CPU of the
command itself. Here a command takes a free connection and one timer; whatever is out of the
ordinary (none is free, one was lost, a pipeline) goes redis-py's own way.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, cast

from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.client import EMPTY_RESPONSE, NEVER_DECODE
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

TIMEOUT_S = 5.0
CONNECTIONS = 32
"""Commands under way at a time; more wait their turn (redis-py's own pool refuses the 101st)."""
_ITS_OWN = frozenset({EMPTY_RESPONSE, NEVER_DECODE})
"""Options of a command that redis-py alone knows how to obey."""


def is_away(error: BaseException) -> bool:
    """Whether this says that Redis is not reached, or does not answer yet: a wrong password will
    not become right by waiting."""
    away = isinstance(error, RedisConnectionError | RedisTimeoutError)  # one of them: it is loading
    return away and not isinstance(error, AuthenticationError)


class Direct(Connection):
    """Sends without `asyncio.wait_for`, which redis-py puts around each command.

    It makes a task for each, and before Python 3.12 it can swallow a cancellation that comes as
    the write completes (python/cpython#86296): a loop that talks to Redis would not end.
    """

    async def ask(self, words: tuple[Any, ...]) -> Any:
        """One command on a connection that is up. Raises ResponseError, and redis-py's
        TimeoutError and ConnectionError; after those, and after a cancellation, it is closed: the
        answer might still come."""
        limit = self.socket_timeout
        writer, parser = self._up()
        try:
            async with asyncio.timeout(limit):
                writer.writelines(self.pack_command(*words))
                await writer.drain()
                answer = await parser.read_response()
        except TimeoutError:
            await self.disconnect(nowait=True)
            raise RedisTimeoutError(f"no answer within {limit} s") from None
        except (OSError, RuntimeError) as error:  # see send_packed_command
            await self.disconnect(nowait=True)
            raise RedisConnectionError(str(error)) from error
        except BaseException:
            await self.disconnect(nowait=True)
            raise
        if isinstance(answer, ResponseError):
            raise answer from None
        return answer

    async def is_ready(self) -> bool:
        """Whether it is up, and nothing is left to read. Nothing is waited for."""
        if not self.is_connected:
            return False
        writer, parser = self._up()
        try:
            return not writer.is_closing() and not await parser.can_read()
        except OSError:
            return False

    def _up(self) -> tuple[asyncio.StreamWriter, Any]:
        writer: Any = self._writer
        return writer, self._parser

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


class Pool(BlockingConnectionPool):
    """A pool whose free connections may be taken and given back without waiting."""

    async def take(self) -> Direct | None:
        """A free connection that is ready; None if there is none, it was lost, or somebody waits
        already."""
        free = self._available_connections
        if not free or self._somebody_waits():
            return None
        connection: Any = free.pop()
        self._in_use_connections.add(connection)
        if await connection.is_ready():  # which does not wait: nobody comes in between
            return cast(Direct, connection)
        await connection.disconnect(nowait=True)  # redis-py connects what is not connected
        self._in_use_connections.remove(connection)
        free.append(connection)
        return None

    async def give_back(self, connection: Direct) -> None:
        """It is free again, and the next who waits may have it."""
        if self._somebody_waits() or connection.should_reconnect():  # type: ignore[no-untyped-call]
            await self.release(connection)
            return
        self._in_use_connections.remove(connection)
        self._available_connections.append(connection)

    def _somebody_waits(self) -> bool:
        # For one who waits to be woken, and for one who has the turn to take a connection.
        return bool(self._condition._waiters) or self._condition.locked()


class Client(Redis):
    """Redis, with a short way for single commands."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """As redis-py's. Raises its errors."""
        pool = self.connection_pool
        if self.connection or not isinstance(pool, Pool) or _ITS_OWN & options.keys():
            return await self._redis_pys_way(args, options)
        connection = await pool.take()
        if connection is None:
            return await self._redis_pys_way(args, options)
        try:
            answer = await connection.ask(args)
        finally:
            await pool.give_back(connection)
        options.pop("keys", None)  # for redis-py's cache alone
        read = self.response_callbacks.get(args[0])
        return answer if read is None else read(answer, **options)

    async def _redis_pys_way(self, words: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return await super().execute_command(*words, **options)  # type: ignore[no-untyped-call]


def connect(url: str, timeout_s: float = TIMEOUT_S, connections: int = CONNECTIONS) -> Redis:
    """A client for scripts and the stream; close it with `aclose()`.

    No retries of its own: redis-py repeats a timed-out command up to ten times, which would run
    a script twice. The distributor repeats where its command id makes that harmless.
    """
    pool = Pool.from_url(
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
    return Client.from_pool(pool)


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
