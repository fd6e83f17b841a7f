"""The doctor at a running service: each part has its line, and what is broken says what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import config
from app.doctor import diagnose
from tests.support.ports import free_port
from tests.support.stack import Stack

PARTS = {"service", "redis", "database", "ari", "ami", "trunk", "sounds", "mail"}
PARTS |= {"state", "disk", "tls", "clock", "name"}


async def found(stack: Stack, **changes: str) -> dict[str, str]:
    """The last line of each part, with these settings changed; "" is its exit status."""
    values = {f"RINGDESK_{name}": value for name, value in {"TRUNK": "", **changes}.items()}
    lines: list[str] = []
    settings = config.load({**stack.environment(), **values}, Path("/dev/null"))
    status = await diagnose(settings, lines.append)
    return {"": str(status)} | {line.split()[0]: line for line in lines}


@pytest.fixture
def open_secrets(stack: Stack) -> Iterator[Path]:
    """A file of secrets that others may read, until the end."""
    secrets = stack.folder / "run" / "secrets.json"
    secrets.chmod(0o644)
    yield secrets
    secrets.chmod(0o600)


async def test_each_part_of_what_runs_has_its_line(stack: Stack) -> None:
    told = await found(stack)
    assert told.pop("") == "0", told
    assert told.keys() == PARTS


async def test_what_is_broken_says_what_to_do(stack: Stack, open_secrets: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    redis = stack.endpoints["redis"]["url"].rpartition("@")[2]
    told = await found(
        stack,
        REDIS_URL=f"redis://:wrong-one@{redis}",
        ARI_PASSWORD="wrong-one",
        AMI_PASSWORD="wrong-one",
        SMTP_URL=f"smtp://{nobody}",
        TRUNK=f"sip:{nobody};transport=tcp",
        HTTP=nobody,
    )
    assert told.pop("") == "1"
    for part, words in {
        "service": "start it with `make run`",
        "redis": "password of RINGDESK_REDIS_URL",
        "ari": "RINGDESK_ARI_PASSWORD",
        "ami": "RINGDESK_AMI_PASSWORD",
        "mail": "RINGDESK_SMTP_URL, SMTP: 127.0.0.1",
        "trunk": "cannot be reached over tcp",
        "state": f"others may read {open_secrets}: chmod go-rwx",
    }.items():
        assert "WRONG: " in told[part] and words in told[part], told[part]
    assert "wrong-one" not in str(told)


async def test_servers_that_are_not_there_say_where_to_look(stack: Stack, tmp_path: Path) -> None:
    port = str(free_port())
    there = {"ARI_URL": f"http://127.0.0.1:{port}/ari", "AMI_HOST": "127.0.0.1", "AMI_PORT": port}
    told = await found(
        stack,
        REDIS_URL=f"redis://127.0.0.1:{port}",
        DATABASE_URL=f"postgresql+asyncpg://127.0.0.1:{port}/x",
        **there,
    )
    for part in ("redis", "database", "ari", "ami"):
        assert f"{part:9} WRONG: does not answer: see" in told[part]

    # and a database that nobody has filled yet is no fault
    told = await found(stack, DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    assert told["database"] == (
        "database  look at: has nothing in it yet: the first start fills it"
    )
    assert told[""] == "0" and not (tmp_path / "new.db").exists()


async def test_a_language_without_recordings_is_told(stack: Stack) -> None:
    told = await found(stack, LANGUAGE="tlh")
    assert "look at: nothing to say in “tlh”" in told["sounds"]


async def test_before_the_first_start_nobody_knows_where_the_servers_are(
    stack: Stack, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    told = await found(stack, STATE_DIR=str(new))
    assert not new.exists()
    assert "start Ringdesk once" in told["servers"] and "WRONG" in told["state"]
