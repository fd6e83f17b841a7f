"""The client of the scripts, on the event loop that the service runs on."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import uvloop
from redis.exceptions import ConnectionError as RedisConnectionError

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
