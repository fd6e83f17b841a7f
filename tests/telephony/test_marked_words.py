"""What is nobody's business stands nowhere: a working day with marked passwords, keys, tokens and
words, and a look at everything that was written of it."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import aiohttp
import pytest

from app.acd import connect
from app.embedded.asterisk_logs import LIMIT
from tests.conftest import kept
from tests.support.chat import Chatter
from tests.support.letters import letter
from tests.support.mail_wire import bring
from tests.support.mailing import mail_desk
from tests.support.people import Person, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.stack import PASSWORD, Stack
from tests.support.world import World

MARK = "zq7marked"
SECRET, WORD = f"{MARK}secret", f"{MARK}word"
NUMBER = "+49301234567890"
SETTINGS = {
    "LOG_JSON": "1",
    "TRUNK_USER": "us",
    "TRUNK_PASSWORD": f"{SECRET}trunk",
    "ARI_PASSWORD": f"{SECRET}ari",
    "AMI_PASSWORD": f"{SECRET}ami",
    "ICE_SERVERS": f"turn:user:{SECRET}turn@127.0.0.1:3478",
    "SMTP_URL": f"smtp://user:{SECRET}smtp@127.0.0.1:9",
}


@pytest.fixture
def marked_stack(tmp_path: Path) -> Iterator[Stack]:
    """A service whose own passwords are marked, and whose Asterisk wrote a lot before."""
    stack = Stack(tmp_path / "marked", **SETTINGS)
    log = stack.folder / "log" / "asterisk" / "messages.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * (LIMIT + 1))
    yield from kept(stack)


async def test_secrets_and_words_stand_nowhere_but_where_they_belong(marked_stack: Stack) -> None:
    async with World(marked_stack) as world:
        made = await _sign_ins_and_accounts(world)
        made |= await _keys(world)
        await _a_call_with_a_bot(world)
        await _a_chat(world)
        await _a_mail(world)
        await _bad_requests(world)
        failed = await _a_failure(world)

        told = {
            "audit": json.dumps(await _all(world, "audit")),
            "events": json.dumps(world.supervisor.picture.events),
            "archive": await world.supervisor.text("/api/v1/exports/conversations?format=json"),
            "metrics": await world.supervisor.text("/metrics"),
            "queue": await _queue(marked_stack),
        }

    # then no password, key or token is told, kept or logged
    logs = {path.name: path.read_text(errors="replace") for path in _logs(marked_stack)}
    assert len(logs) >= 5
    for name, text in {**told, **logs}.items():
        found = [what for what, secret in made.items() if secret in text]
        assert not found, (name, found)
        assert SECRET not in text, name

    # and nobody's words, name, number or address are logged
    for name, text in {**logs, "audit": told["audit"], "metrics": told["metrics"]}.items():
        assert WORD not in text, (name, _around(text, WORD))
    service = logs["service.log"]
    for personal in (NUMBER[1:], "@kunde.example", "ana@example.com"):
        assert personal not in service, _around(service, personal)

    # and a conversation can be followed through the log by its id
    talk = next(t for t, states in world.supervisor.picture.history.items() if "active" in states)
    lines = [json.loads(line) for line in service.splitlines() if line.startswith("{")]
    about = [line["message"] for line in lines if line.get("conversation") == talk]
    assert {"conversation_queued", "offer_accepted", "conversation_ended"} <= set(about)
    # as a request that failed can be, by the id that was answered
    assert [line["error"] for line in lines if line.get("request") == failed["request_id"]]

    # and what Asterisk wrote before was put aside when the service began
    assert (_log_folder(marked_stack) / "messages.log.1").stat().st_size > LIMIT


async def _sign_ins_and_accounts(world: World) -> dict[str, str]:
    """People, their passwords and phones; what is secret of it."""
    admin, stack = await world.person("admin"), world.stack
    intruder = Person(stack, "ana")
    with suppress(Refused):
        await intruder.sign_in(f"{SECRET}guessed")
    await intruder.close()
    mia = {"email": "mia@example.com", "name": "Mia", "role": "agent"}
    person = await admin.post("users", {**mia, "password": f"{SECRET}mia"})
    mia_page = Person(stack, "mia")
    await mia_page.sign_in(f"{SECRET}mia")
    await mia_page.put("me/password", {"old": f"{SECRET}mia", "new": f"{SECRET}mia2"})
    sip = await mia_page.post("me/sip-session", {"tab": secrets.token_hex(8)})
    cookie = next(iter(mia_page._http.cookie_jar)).value
    await mia_page.close()
    phone = await admin.post(f"phones/{person['id']}/rotate")
    return {
        "password": PASSWORD,
        "cookie": cookie,
        "sip password": phone["password"],
        "tab's password": sip["password"],
    }


async def _keys(world: World) -> dict[str, str]:
    """A program's key, a webhook's secret."""
    admin = await world.person("admin")
    key = await admin.post("api-keys", {"name": "marked"})
    hook = await admin.post(
        "webhooks", {"url": "http://127.0.0.1:9/", "events": ["conversation.queued"]}
    )
    return {"key": key["key"], "webhook": hook["secret"]}


async def _a_call_with_a_bot(world: World) -> None:
    """A bot tells what it heard, an agent takes the call and writes notes."""
    ana = await world.at_work("ana")
    async with Program(world) as bot:
        talk = await bot.open(NUMBER, name=f"{WORD}name")
        turn = {"id": "t1", "speaker": "customer", "text": f"{WORD} said"}
        await bot.post(f"conversations/{talk}/transcript", {"turns": [turn]})
        facts = {"parameters": {"order": f"{WORD}order"}, "flow": {"name": f"{WORD}flow"}}
        await bot.patch(f"conversations/{talk}/context", facts)
        await bot.queue(talk, "Spanish", reason=f"{WORD}reason")
        await bot.post(f"conversations/{talk}/end")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await ana.put(f"conversations/{talk}/notes", {"notes": f"{WORD} noted"})
    await ana.end(talk)
    await ana.wrap_up(talk, notes=f"{WORD} noted at last")
    await world.closed(talk)


async def _a_chat(world: World) -> None:
    """A customer writes."""
    async with Chatter(world.stack.url) as customer:
        await customer.says("m1", f"{WORD} written")
        await customer.send({"type": "message", "client_id": "m2", "text": f"{WORD}" * 2_000})
        await customer.send({"type": f"{WORD}odd"})
        await eventually(lambda: customer.errors)


async def _a_mail(world: World) -> None:
    """A mail comes to a mailbox whose passwords are marked and whose servers do not answer."""
    nowhere = {"host": "127.0.0.1", "port": 9, "security": "none", "user": "desk"}
    nowhere |= {"password": f"{SECRET}mailbox"}
    async with mail_desk(world.stack, imap=nowhere) as desk:
        mail = letter(f"{MARK}1@kunde.example", f"{WORD} mailed", subject=f"{WORD} subject")
        await bring(world.stack, mail, desk.address)
        await desk.admin.post(f"mailboxes/{desk.mailbox['id']}/try")


async def _bad_requests(world: World) -> None:
    """What is refused, and what makes the database refuse."""
    ana = await world.person("ana")
    for path, body in (
        ("session", {"email": f"{WORD}@kunde.example", "password": 7}),
        (f"conversations/{WORD}/notes", {"notes": f"{WORD}"}),
        ("me/status", {"status": f"{WORD}"}),
    ):
        with suppress(Refused):
            await ana.post(path, body)
    async with aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {SECRET}key", "Content-Type": "application/json"}
        url = f"{world.stack.url}/api/v1/conversations?q={WORD}"
        async with http.post(url, data=f'{{"a": {SECRET}', headers=headers) as answer:
            assert SECRET not in await answer.text()


async def _a_failure(world: World) -> Json:
    """The database refuses a row that has words in it."""
    admin = await world.person("admin")
    with closing(sqlite3.connect(world.stack.folder / "ringdesk.db")) as database:
        database.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    with pytest.raises(Refused) as refused:
        await admin.post("canned-replies", {"name": f"{WORD}", "text": f"{WORD} canned"})
    assert refused.value.status >= 500 and WORD not in str(refused.value.problem)
    return refused.value.problem


async def _all(world: World, path: str) -> object:
    return await (await world.person("admin")).get(path)


async def _queue(stack: Stack) -> str:
    """Everything that stands in Redis."""
    redis = connect(stack.endpoints["redis"]["url"])
    try:
        keys = [key async for key in redis.scan_iter()]
        return " ".join([str(await redis.dump(key)) for key in keys] + [str(keys)])
    finally:
        await redis.aclose()


def _log_folder(stack: Stack) -> Path:
    return stack.folder / "log" / "asterisk"


def _logs(stack: Stack) -> list[Path]:
    whole = [path for path in (stack.folder / "log").rglob("*") if path.is_file()]
    return [stack.output, *(path for path in whole if not path.name.endswith(".1"))]


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[max(0, at - 200) : at + 60]
