"""`python -m app backup` of a running service, and `restore` in an empty place: what was kept is
there, what was open goes on, and nothing that is there is ever written over."""

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from app.records import NewPerson, Records
from app.records.copies import POSTGRESQL, CannotCopy, copy_to, make_from
from tests.support.chat import Chatter
from tests.support.people import Agent, Person
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port
from tests.support.postgres import postgres_server
from tests.support.stack import Stack

BYTES = {"Content-Type": "application/octet-stream"}
NOTES = "promised a refund by Friday"


def command(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """As a person types it, with this stack's settings."""
    stack.folder.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=stack.folder,
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A machine with nothing on it yet. Its path is short: Asterisk's socket stands below it."""
    stack = Stack(tmp_path_factory.mktemp("elsewhere"))
    yield stack
    stack.stop()


async def send_up(chatter: Chatter, url: str, data: bytes) -> str:
    """A customer's file; its id."""
    headers = {"Authorization": f"Bearer {chatter.token}", "Origin": url, **BYTES}
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{url}/chat/attachments", params={"name": "bill.txt"}, data=data, headers=headers
        ) as answer,
    ):
        assert answer.status == 201
        found: Json = await answer.json(content_type=None)
        return str(found["id"])


async def serve(agent: Agent, chatter: Chatter) -> str:
    """Accept this customer's chat; its id."""
    await agent.become("available")
    talk = str(chatter.conversation)
    await agent.offered(talk, within=30)
    await agent.accept(talk)
    await eventually(lambda: chatter.state == "active", within=30)
    return talk


async def is_kept(sam: Person, done: str, sent: str) -> None:
    """What was over is there with its notes, words and file."""
    kept = await sam.get(f"conversations/{done}")
    assert (kept["state"], kept["segments"][0]["notes"]) == ("closed", NOTES)
    words = (await sam.get(f"conversations/{done}/messages"))["items"]
    assert [word["text"] for word in words] == ["here is my bill"]
    assert await sam.download(f"attachments/{sent}") == b"what it cost"


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_backup_of_a_running_service_comes_up_elsewhere(
    own_stack: Stack, elsewhere: Stack, tmp_path: Path
) -> None:
    file = tmp_path / "ringdesk.tar.gz"
    ana = Agent(own_stack, "ana")
    await ana.sign_in()
    await ana.picture.open()
    # given a chat that is over, with notes and a file, and one that goes on
    async with Chatter(own_stack.url) as first:
        sent = await send_up(first, own_stack.url, b"what it cost")
        await first.says("m1", "here is my bill", attachments=[sent])
        done = await serve(ana, first)
        await ana.end(done)
        await ana.wrap_up(done, notes=NOTES)
    async with Chatter(own_stack.url) as second:
        await second.says("m1", "are you there")
        going_on = await serve(ana, second)
        token = second.token

        # when it is all copied while the service runs
        made = command(own_stack, "backup", str(file))
        assert made.returncode == 0, made.stderr
        assert file.stat().st_mode & 0o777 == 0o600
        await second.says("m2", "said after the copy")
    await ana.close()

    # then it is not restored over what runs, nor over what is there
    assert "uses the state folder" in command(own_stack, "restore", str(file)).stderr

    # and comes up in an empty place
    restored = command(elsewhere, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    elsewhere.start()
    sam, ana = Person(elsewhere, "sam"), Agent(elsewhere, "ana")
    await sam.sign_in()
    await ana.sign_in()
    await ana.picture.open()

    # with what was over, its notes and its file, which nobody else on the machine may read
    await is_kept(sam, done, sent)
    for stack in (own_stack, elsewhere):
        assert (stack.folder / "attachments").stat().st_mode & 0o077 == 0

    # and with what was open, which goes on: the customer is known by the token of before
    again = Chatter(elsewhere.url)
    again.token = token
    async with again:
        assert again.texts == ["are you there"]
        assert again.conversation == going_on
        await ana.become("available")

        async def mine() -> bool:
            talk = await sam.get(f"conversations/{going_on}")
            if talk["state"] == "offered":
                await ana.accept(going_on)
            return bool(talk["state"] == "active" and talk["agent"]["name"] == "Ana")

        await eventually(mine, within=60, every=0.2)
        reply = {"client_id": "a1", "text": "I am"}
        await ana.post(f"conversations/{going_on}/messages", reply)
        await eventually(lambda: again.texts == ["are you there", "I am"])
    await sam.close()
    await ana.close()

    # and is not restored a second time over it
    elsewhere.stop()
    refused = command(elsewhere, "restore", str(file))
    assert refused.returncode == 2
    assert "has something in it" in refused.stderr


def test_what_is_no_backup_is_refused_and_leaves_nothing(elsewhere: Stack, tmp_path: Path) -> None:
    cut, text, foreign = (tmp_path / name for name in ("cut.tar.gz", "text", "foreign.tar"))
    text.write_text("not a backup")
    with tarfile.open(foreign, "w") as tar:
        tar.add(text, "etc/passwd")
    with tarfile.open(cut, "w:gz") as tar:
        tar.add(text, "ringdesk.db")
    cut.write_bytes(cut.read_bytes()[:-30])
    for file in (tmp_path / "missing", text, foreign, cut):
        refused = command(elsewhere, "restore", str(file))
        assert refused.returncode == 2, file
        assert "is no backup" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert {path.name for path in elsewhere.folder.iterdir()} == {"run"}


async def test_a_postgresql_database_is_copied_and_made_again(tmp_path: Path) -> None:
    file = tmp_path / POSTGRESQL
    # given a database with somebody in it, copied
    with postgres_server(free_tcp_port()) as one:
        records = await Records.open(one)
        await records.people.add(NewPerson("ana@example.com", "Ana"))
        await copy_to(one, file)
        # then it is not put over one with tables
        with pytest.raises(CannotCopy, match="left alone"):
            await make_from(file, one)
        await records.close()
    # and makes an empty one what it was
    with postgres_server(free_tcp_port()) as other:
        await make_from(file, other)
        records = await Records.open(other)
        assert [person.name for person in await records.people.all()] == ["Ana"]
        await records.close()
