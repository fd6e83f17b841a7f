"""CSV files of people, skills and phones: in with a preview, and out."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import hdrs, web

from app.api import admin_requests as requests
from app.api import admin_shapes as shapes
from app.api import import_rows, passwords
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.books import reread
from app.api.problems import FieldError, Problem, invalid
from app.api.problems import ProblemType as P
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route
from app.desk.errors import Invalid
from app.domain.csv_table import BadTable
from app.records import Action, Fault, Planned, Records, Row, is_faulty

MAX_TOLD = 100
"""Faults in a refusal; the preview tells all of them."""
SECRET = frozenset({"password_hash", "sip_password", "password"})


async def run_import(call: Call[requests.Import]) -> shapes.ImportResult:
    """Preview a file, or take it over: all of it or, with a fault in any line, nothing."""
    given = call.input
    try:
        rows = await asyncio.to_thread(import_rows.rows, given.kind, given.csv)
    except BadTable as error:
        raise invalid("csv", str(error)) from None
    apply = not given.dry_run
    if given.kind == "people":
        rows = await _with_hashes([_dialled(call, row) for row in rows], apply)
    run = getattr(call.api.records.imports, given.kind)
    plan: list[Planned] = await run(rows, apply)
    result = _result(given.kind, plan, applied=apply and not is_faulty(plan))
    if apply and is_faulty(plan):
        raise _refusal(result)
    if result.applied and result.added + result.changed:
        await _take_effect(call, plan)
        told = {"added": result.added, "changed": result.changed}
        await audited(call, f"import.{given.kind}", after=told)
    return result


async def export(call: Call[Nothing]) -> web.Response:
    """The books as a file that spreadsheets open and the import takes."""
    records: Records = call.api.records
    if call.id == "people":
        text = import_rows.people_file(await records.people.all())
    elif call.id == "skills":
        text = import_rows.skills_file(await records.skills.all())
    elif call.id == "phones":
        text = import_rows.phones_file(await records.people.all())
    else:
        raise Problem(P.NOT_FOUND, "there are people, skills and phones to export")
    attachment = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{call.id}.csv"'}
    return web.Response(
        body=text.encode(), content_type="text/csv", charset="utf-8", headers=attachment
    )


def _dialled(call: Call[Request], row: Row) -> Row:
    """A number that the rules forbid is nobody's phone."""
    try:
        if number := row.values.get("phone_number"):
            call.api.desk.check_phone_number(number)
    except Invalid as error:
        return replace(row, faults=(*row.faults, Fault("phone_number", error.detail)))
    return row


async def _with_hashes(rows: list[Row], apply: bool) -> list[Row]:
    """Passwords as they are stored; a preview need not make them."""
    found = []
    for row in rows:
        values = dict(row.values)
        password = values.pop("password", None)
        if password is not None:
            values["password_hash"] = (
                await passwords.hash_in_thread(password) if apply else "a new one"
            )
        found.append(replace(row, values=values))
    return found


async def _take_effect(call: Call[Request], plan: list[Planned]) -> None:
    for one in plan:
        if one.target and (
            {"password_hash"} & one.after.keys() or one.after.get("active") is False
        ):
            await call.api.sessions.end_all(one.target)
            call.api.hub.sign_out(one.target)
    await reread(call)


def _refusal(result: shapes.ImportResult) -> Problem:
    faults = [
        FieldError(f"line {row.line}" + (f", {fault.field}" if fault.field else ""), fault.detail)
        for row in result.rows
        for fault in row.errors
    ]
    detail = f"{result.faulty} lines cannot be used; nothing was changed"
    return Problem(P.VALIDATION, detail, errors=faults[:MAX_TOLD])


def _result(kind: str, plan: list[Planned], applied: bool) -> shapes.ImportResult:
    def count(action: Action) -> int:
        return sum(one.action is action for one in plan)

    return shapes.ImportResult(
        kind=kind,
        applied=applied,
        added=count(Action.ADD),
        changed=count(Action.CHANGE),
        same=count(Action.SAME),
        faulty=count(Action.ERROR),
        rows=[_row(one) for one in plan],
    )


def _row(one: Planned) -> shapes.ImportRow:
    changes = [
        shapes.CellChange(_told(key), _words(key, one.before), _words(key, one.after))
        for key in one.after
    ]
    errors = [shapes.CellFault(fault.field, fault.detail) for fault in one.faults]
    shown = changes if one.action is not Action.ERROR else []
    return shapes.ImportRow(one.row.line, one.row.key, one.action, shown, errors)


def _told(key: str) -> str:
    return {"password_hash": "password", "sip_password": "password", "sip_user": "user"}.get(
        key, key
    )


def _words(key: str, values: Mapping[str, Any]) -> str:
    value = values.get(key)
    if value is None or value in ("", {}):
        return ""
    if key in SECRET:
        return "•••"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "|".join(f"{name}:{level}" for name, level in sorted(value.items()))
    return str(value)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{API}/imports",
        run_import,
        summary="Import a CSV file, or see what it would do (`dry_run`)",
        takes=requests.Import,
        answers=shapes.ImportResult,
        roles=ADMINS,
        upload="text/csv",
        problems=(P.UNAVAILABLE,),
    ),
    route(
        "GET",
        f"{API}/exports/{{id}}",
        export,
        summary="People, skills or phones as a CSV file",
        takes=Nothing,
        roles=ADMINS,
        content="text/csv",
        problems=(P.NOT_FOUND,),
    ),
)
