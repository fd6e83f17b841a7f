"""Every route about one thing, asked by those whose it is not: it is not there to read, nor theirs
to move.

The list of routes is the table's own: a route that is new is asked the day it is there, and one of
a kind that nobody has named here fails.
"""

from typing import Any

from app.api.route import API, Route
from app.api.table import ROUTES
from app.domain.agent import Role
from app.domain.mail import Direction, Email, MailState, Person
from app.domain.message import Author, NewMessage
from app.records import Recordings, TalkRecording
from tests.integration.api.office import Caller, Json, Office

BODIES: dict[str, Json] = {
    "notes": {"notes": "mine"},
    "dtmf": {"digits": "1"},
    "transfer": {"to": {"skill": "Billing"}},
    "messages": {"client_id": "c1", "text": "hello"},
    "read": {"seq": 1},
    "whispers": {"client_id": "c1", "text": "hello"},
    "emails": {"client_id": "c1", "to": [{"address": "x@example.org"}], "subject": "", "text": "x"},
    "draft": {"text": "x"},
    "queue": {"skills": []},
    "transcript": {"turns": [{"speaker": "customer", "text": "hello"}]},
}
"""What is sent to a route by the end of its path, so that it gets as far as asking whose it is."""
AWAY = {f"{API}/conversations/{{id}}/recording/pause": (503,)}
"""Refused to everybody while Asterisk is away, as it is here."""
SECRET = "nobody-else-reads-this"


def _of_one(role: Role) -> list[Route[Any]]:
    """Routes about one thing that this role may call."""
    return [route for route in ROUTES if "{id}" in route.path and role in route.roles]


async def _ask(caller: Caller, route: Route[Any], id: str) -> tuple[int, str]:
    path = route.path.replace("{id}", id)
    body = BODIES.get(path.rpartition("/")[2], {}) if route.has_body else None
    async with caller.http.request(route.method, path, json=body) as answer:
        return answer.status, await answer.text()


async def _ben_s_things(office: Office, ben: Caller) -> dict[str, list[str]]:
    """By the beginning of a path: what waits for Ben's skill, what he has in hand, what he had, a
    recording and an email of it, and a file that he sent up."""
    closed = await office.call("+15550101", skills="Spanish")
    await office.ring(ben, closed)
    for move in ("accept", "end", "wrap-up"):
        await ben.ask(
            "POST", f"conversations/{closed}/{move}", {"notes": SECRET} if move == "wrap-up" else {}
        )
    active = await office.call("+15550102", skills="Spanish")
    await office.ring(ben, active)
    await ben.ask("POST", f"conversations/{active}/accept", {})
    waiting = await office.call("+15550103", skills="Spanish")
    part = TalkRecording("part1", active, office.desk.now(), 1.0)
    await office.records.talks.add(part)
    sound = Recordings(office.settings.recordings).path(part.id)
    sound.parent.mkdir(parents=True, exist_ok=True)
    sound.write_bytes(b"RIFF")
    return {
        f"{API}/conversations": [closed, active, waiting],
        f"{API}/recordings": ["part1"],
        f"{API}/emails": [await _email(office, active)],
        f"{API}/attachments": [await _file(ben)],
    }


async def _email(office: Office, talk: str) -> str:
    mail = Email(
        id="mail1", direction=Direction.IN, mailbox_id="m", state=MailState.FILED,
        at=office.desk.now(), same="mail1", message_id="1@example.org",
        sender=Person("maria@example.org", "Maria"), to=(), subject=SECRET, text=SECRET,
    )  # fmt: skip
    new = NewMessage(talk, Author.CUSTOMER, "", mail.id, mail.text, mail.at, (), mail)
    await office.records.messages.commit([new], [], [])
    return mail.id


async def _file(who: Caller) -> str:
    headers = {"Content-Type": "application/octet-stream"}
    answer = await who.ask(
        "POST", "attachments", params={"name": "x.txt"}, data=SECRET.encode(), headers=headers
    )
    return str(answer["id"])


def _things(route: Route[Any], known: dict[str, list[str]]) -> list[str]:
    collection = route.path.partition("/{id}")[0]
    assert collection in known, f"{route.path}: whose are these? Tell this test"
    return known[collection]


async def test_what_is_another_agent_s_is_neither_read_nor_moved_by_an_agent(
    office: Office,
) -> None:
    # given things of Ben's, and Ana, who has not his skill
    ben, ana = await office.at_work("ben"), await office.at_work("ana")
    known = await _ben_s_things(office, ben)
    before = [await ben.ask("GET", f"conversations/{one}") for one in known[f"{API}/conversations"]]

    # when she asks for each of them by every route that agents have
    for route in _of_one(Role.AGENT):
        for thing in _things(route, known):
            status, told = await _ask(ana, route, thing)
            # then there is nothing to read, it is not hers to move, and nothing of it is told
            refused = {404} if route.method == "GET" else {404, 409, *AWAY.get(route.path, ())}
            assert status in refused, (route.method, route.path, told)
            assert SECRET not in told

    # and nothing has changed
    after = [await ben.ask("GET", f"conversations/{one}") for one in known[f"{API}/conversations"]]
    assert after == before


async def test_whose_it_is_is_let_in_by_the_same_routes(office: Office) -> None:
    ben = await office.at_work("ben")
    known = await _ben_s_things(office, ben)
    _, active, _ = known[f"{API}/conversations"]
    has_none = {f"{API}/conversations/{{id}}/recording"}  # no message was left
    for route in _of_one(Role.AGENT):
        things = [active] if "/conversations/" in route.path else _things(route, known)
        if route.path not in has_none and not route.path.endswith(("/html", "/attachments/{id}")):
            for thing in things:
                status, told = await _ask(ben, route, thing)
                assert status not in {401, 403, 404}, (route.method, route.path, told)


async def test_what_another_bot_opened_does_not_exist_for_a_bot(office: Office) -> None:
    # given a bot's conversation, a call of nobody's bot, and another bot
    ben = await office.at_work("ben")
    one, other = await office.bot("one"), await office.bot("other")
    opened = await one.ask(
        "POST", "conversations", {"channel": "voice", "customer": {"number": "+15550900"}}
    )
    call = await office.call("+15550104", skills="Billing")
    known = {
        f"{API}/conversations": [str(opened["id"]), call],
        f"{API}/attachments": [await _file(ben)],
    }

    # when the other asks by every route that bots have, then there is no such thing
    for route in _of_one(Role.BOT):
        for thing in _things(route, known):
            status, told = await _ask(other, route, thing)
            assert status == 404, (route.method, route.path, told)

    # and the one whose it is gets in
    for route in _of_one(Role.BOT):
        if route.path.startswith(f"{API}/conversations") and "recording" not in route.path:
            status, told = await _ask(one, route, str(opened["id"]))
            assert status not in {401, 403, 404}, (route.method, route.path, told)
