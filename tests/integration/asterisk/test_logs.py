"""Asterisk's logs stay within bounds, for as long as somebody looks at them."""

from app.embedded.asterisk_logs import KEPT, keep_in_bounds
from app.embedded.supervisor import Supervisor
from tests.integration.asterisk.stack import Stack
from tests.support.polling import eventually

LIMIT = 2_000


async def test_a_long_log_is_put_aside_and_the_oldest_is_removed(stack: Stack) -> None:
    log = stack.config.log / "messages.log"

    for turn in range(KEPT + 2):
        # given a log that grew beyond the limit
        with log.open("a") as file:
            file.write(f"turn {turn}\n" * LIMIT)

        # when it is looked at, then Asterisk goes on in a new one
        keep_in_bounds(stack.config, LIMIT)
        await eventually(lambda: log.exists() and log.stat().st_size < LIMIT)

    # and what is kept are the last ones, the newest first; those that are short stay
    old = sorted(path.name for path in stack.config.log.glob("*.log.*"))
    assert old == [f"messages.log.{n}" for n in range(1, KEPT + 1)]
    assert f"turn {KEPT + 1}\n" in (stack.config.log / "messages.log.1").read_text()
    assert "turn 2\n" in (stack.config.log / f"messages.log.{KEPT}").read_text()


async def test_an_asterisk_that_was_away_writes_into_a_new_one_when_it_is_back(
    stack: Stack,
) -> None:
    log = stack.config.log / "messages.log"
    await stack.supervisor.stop()
    with log.open("a") as file:
        file.write("x" * 2 * LIMIT)
    keep_in_bounds(stack.config, LIMIT)
    assert not log.exists()

    stack.supervisor = Supervisor(stack.supervisor.server, stack.folder)
    await stack.supervisor.start()

    keep_in_bounds(stack.config, LIMIT)
    assert 0 < log.stat().st_size < LIMIT
    assert not log.with_name("messages.log.2").exists()
