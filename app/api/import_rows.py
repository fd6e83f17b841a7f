"""The columns of each kind of CSV file, checked cell by cell; and the same files written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.api.admin_requests import HumanRole, ShortName, Team
from app.api.requests import Email, Line, NewPassword, Number, Text
from app.domain import csv_table
from app.domain.leg import Audio, LegKind
from app.records import Fault, Person, Row, Skill

Check = Callable[[str], Any]
MAX_SKILLS = 50
MAX_PASSWORDS = 200
"""Of one file: each costs 25 ms of a core."""
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def _checked(kind: Any) -> Check:
    return TypeAdapter[Any](kind).validate_python


def _word(kind: Any) -> Check:
    check = _checked(kind)
    return lambda cell: check(cell.casefold())


def _yes_or_no(cell: str) -> bool:
    if cell.casefold() not in YES + NO:
        raise ValueError("must be yes or no")
    return cell.casefold() in YES


def _skills(cell: str) -> dict[str, int]:
    """`Billing:4|Spanish`: names apart by a bar, each with its level where it is not 3."""
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in cell.replace("\n", "|").split("|"))):
        name, colon, level = part.rpartition(":")
        leveled = bool(colon) and level.strip() in {"1", "2", "3", "4", "5"}
        found[name.strip() if leveled else part] = int(level) if leveled else 3
    if len(found) > MAX_SKILLS:
        raise ValueError(f"at most {MAX_SKILLS} skills")
    return found


def _sip(shortest: int, longest: int) -> Check:
    def check(cell: str) -> str:
        plain = cell.replace("-", "").replace("_", "").isalnum() and cell.isascii()
        if not plain or not shortest <= len(cell) <= longest:
            raise ValueError(f"must be {shortest} to {longest} letters, digits, - or _")
        return cell

    return check


COLUMNS: Mapping[str, Mapping[str, Check]] = {
    "people": {
        "email": _checked(Email),
        "name": _checked(Line),
        "role": _word(HumanRole),
        "team": _checked(Team),
        "phone_number": _checked(Number),
        "audio": _word(Audio),
        "leg": _word(LegKind),
        "active": _yes_or_no,
        "skills": _skills,
        "password": _checked(NewPassword),
    },
    "skills": {
        "name": _checked(ShortName),
        "description": _checked(Text),
        "admin_only": _yes_or_no,
    },
    "phones": {"email": _checked(Email), "user": _sip(8, 64), "password": _sip(12, 128)},
}
KEY = {"people": "email", "skills": "name", "phones": "email"}
RENAMED = {"user": "sip_user", "password": "sip_password"}
"""Columns of phones, as the books call them."""


def rows(kind: str, text: str) -> list[Row]:
    """The lines of a file, each checked by itself. Raises csv_table.BadTable."""
    columns = COLUMNS[kind]
    lines = csv_table.read(text, list(columns), [KEY[kind]])
    found = [_row(kind, line) for line in lines]
    passwords = [row for row in found if kind == "people" and "password" in row.values]
    if len(passwords) > MAX_PASSWORDS:
        raise csv_table.BadTable(
            f"{len(passwords)} passwords: at most {MAX_PASSWORDS} at a time; "
            "leave the others empty and set them later"
        )
    return found


def _row(kind: str, line: csv_table.Line) -> Row:
    if line.fault:
        return Row(line.number, "", faults=(Fault("", line.fault),))
    values: dict[str, Any] = {}
    faults = []
    for name, cell in line.cells.items():
        if not cell:
            continue
        try:
            values[name] = COLUMNS[kind][name](cell)
        except ValidationError as error:
            faults.append(Fault(name, error.errors()[0]["msg"].removeprefix("Value error, ")))
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    key = KEY[kind]
    if not line.cells.get(key):
        faults.append(Fault(key, "must not be empty"))
    values.pop(key, None)
    if kind == "phones":
        values = {RENAMED[name]: value for name, value in values.items()}
    return Row(line.number, line.cells.get(key, ""), values, tuple(faults))


def people_file(people: Sequence[Person]) -> str:
    """Everybody, as it can be imported again; passwords are nobody's to read."""
    names = [name for name in COLUMNS["people"] if name != "password"]
    return csv_table.write(names, [_person_cells(person) for person in people])


def skills_file(skills: Sequence[Skill]) -> str:
    """Every skill."""
    cells = [[s.name, s.description, "yes" if s.admin_only else "no"] for s in skills]
    return csv_table.write(list(COLUMNS["skills"]), cells)


def phones_file(people: Sequence[Person]) -> str:
    """Every SIP user, without the password."""
    cells = [[person.email, person.sip_user] for person in people if person.active]
    return csv_table.write(["email", "user"], cells)


def _person_cells(person: Person) -> list[str]:
    skills = [
        skill.name if skill.proficiency == 3 else f"{skill.name}:{skill.proficiency}"
        for skill in person.skills
    ]
    return [
        person.email,
        person.name,
        person.role,
        person.team,
        person.phone_number or "",
        person.audio,
        person.leg,
        "yes" if person.active else "no",
        "|".join(skills),
    ]
