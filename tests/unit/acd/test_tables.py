"""The scripts are made of the domain's tables and of files that keep the rules of the house."""

import re

from app.acd.scripts import FOLDER, commands, reads
from app.acd.tables import rendered
from app.domain import consult, conversation, leg
from app.domain.conversation import KEEPS_EXCLUSION, OPENS_WRAP_UP
from app.domain.events import EventType
from app.domain.machine import Table

ROW = re.compile(r"^  \['(\w+)'\] = \{(.*)\},$", re.MULTILINE)
CELL = re.compile(r"\['(\w+)'\] = '(\w+)'")


def parsed(name: str) -> dict[str, dict[str, str]]:
    body = rendered().split(f"local {name} = {{\n")[1].split("\n}")[0]
    return {state: dict(CELL.findall(cells)) for state, cells in ROW.findall(body)}


def plain(table: Table) -> dict[str, dict[str, str]]:  # type: ignore[type-arg]
    return {str(s): {str(m): str(to) for m, to in moves.items()} for s, moves in table.items()}


def test_the_tables_in_lua_are_the_domains() -> None:
    assert parsed("CONVERSATION") == plain(conversation.TRANSITIONS)
    assert parsed("CONSULT") == plain(consult.TRANSITIONS)
    assert parsed("LEG") == plain(leg.TRANSITIONS)


def test_so_are_the_sets() -> None:
    for name, members in (("OPENS_WRAP_UP", OPENS_WRAP_UP), ("KEEPS_EXCLUSION", KEEPS_EXCLUSION)):
        line = next(x for x in rendered().splitlines() if x.startswith(f"local {name} "))
        assert set(re.findall(r"\['(\w+)'\] = true", line)) == {str(m) for m in members}


def test_every_move_and_event_that_a_script_names_exists() -> None:
    events = {str(e) for e in EventType}
    moves = {str(m) for m in conversation.Move}
    for path in FOLDER.rglob("*.lua"):
        text = path.read_text()
        assert set(re.findall(r"emit\('(\w+)'", text)) <= events, path
        assert set(re.findall(r"\b(?:go|after|put_back)\(c, '(\w+)'", text)) <= moves, path
        assert set(re.findall(r"\bmove = '(\w+)'", text)) <= moves, path


def test_every_command_is_one_small_file_behind_the_prelude() -> None:
    assert {"enqueue", "accept", "due"} <= set(commands())
    assert {"read", "positions"} <= set(reads())
    for path in FOLDER.rglob("*.lua"):
        assert len(path.read_text().splitlines()) <= 400, path
