"""The client of the scripts, on the event loop that the service runs on."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvloop
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from app.acd import connect
from tests.drill.wire import Wire
from tests.integration.acd.server import Valkey
from tests.support.polling import eventually


def test_a_connection_that_was_reset_is_redis_being_away_and_no_fault_of_ours(
    valkey: Valkey,
) -> None:
    uvloop.run(_reset_and_ask_again(valkey))


async def _reset_and_ask_again(valkey: Valkey) -> None:
    address = urlsplit(valkey.url)
    async with Wire(str(address.hostname), int(address.port or 0)) as wire:
        # given a connection to Redis
        client = connect(f"redis://127.0.0.1:{wire.port}/0")
        pool: Any = client.connection_pool
        connection = pool.make_connection()
        await connection.connect()
        transport = connection._writer.transport

        # when it is reset
        wire.set("cut")
        await eventually(transport.is_closing)
        wire.set("pass")

        # then whoever writes on it is told so, and it works for the next
        with pytest.raises(RedisConnectionError):
            await connection.send_command("PING")
        await connection.send_command("PING")
        assert await connection.read_response() in {"PONG", b"PONG"}
        await connection.disconnect()
        await client.aclose()


async def _idle(client: Any) -> Any:
    """The one connection of a client that has asked once."""
    assert await client.ping()
    (connection,) = client.connection_pool._available_connections
    return connection


async def test_a_command_whose_connection_was_lost_meanwhile_gets_another(valkey: Valkey) -> None:
    address = urlsplit(valkey.url)
    async with Wire(str(address.hostname), int(address.port or 0)) as wire:
        client = connect(f"redis://127.0.0.1:{wire.port}/0")
        # given a connection that was reset while nobody asked
        connection = await _idle(client)
        wire.set("cut")
        await eventually(connection._writer.transport.is_closing)
        wire.set("pass")
        # when somebody asks, then they are answered
        assert await client.set("k", "v")
        assert await client.get("k") == "v"
        await client.aclose()


async def test_an_answer_that_does_not_come_is_told_in_time_and_answers_nobody_else(
    valkey: Valkey,
) -> None:
    address = urlsplit(valkey.url)
    async with Wire(str(address.hostname), int(address.port or 0)) as wire:
        client = connect(f"redis://127.0.0.1:{wire.port}/0", timeout_s=0.3)
        await _idle(client)
        # given a server whose answers are held up
        wire.set("hold")
        with pytest.raises(RedisTimeoutError):
            await client.set("late", "1")
        # when they come after all
        wire.set("pass")
        # then the next question gets its own answer
        assert await client.echo("mine") == "mine"
        await client.aclose()


async def test_who_is_cancelled_while_they_wait_leaves_no_answer_to_others(valkey: Valkey) -> None:
    client = connect(valkey.url)
    await _idle(client)
    # given one who waits for what does not come
    nothing: Any = client.blpop(["nothing"], timeout=3)
    waiting: asyncio.Task[Any] = asyncio.create_task(nothing)
    await eventually(lambda: not client.connection_pool._available_connections)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    # when others ask, then each gets their own answer, and no connection was lost on the way
    told = await asyncio.gather(*(client.echo(str(n)) for n in range(100)))
    assert told == [str(n) for n in range(100)]
    assert not client.connection_pool._in_use_connections
    await client.aclose()


async def test_more_than_there_are_connections_wait_their_turn(valkey: Valkey) -> None:
    client = connect(valkey.url, connections=3)
    told = await asyncio.gather(*(client.echo(str(n)) for n in range(200)))
    assert told == [str(n) for n in range(200)]
    pool: Any = client.connection_pool
    assert len(pool._available_connections) <= 3
    await client.aclose()


async def test_a_refusal_of_the_server_costs_no_connection(valkey: Valkey) -> None:
    client = connect(valkey.url)
    connection = await _idle(client)
    await client.set("text", "no number")
    with pytest.raises(ResponseError, match="not an integer"):
        await client.incr("text")
    assert await _idle(client) is connection
    await client.aclose()
