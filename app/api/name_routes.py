"""Lists of names to choose from: dispositions, break reasons, colleagues."""

from collections.abc import Callable
from typing import Any

from app.api import admin_requests as requests
from app.api import shapes, views
from app.api.access import ADMINS, AGENTS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.problems import not_found
from app.api.requests import Nothing
from app.api.route import API, Call, Route, route
from app.records import Name, Names, Records

Table = Callable[[Records], Names]


async def directory(call: Call[Nothing]) -> shapes.DirectoryList:
    """All colleagues, with their status."""
    await call.api.hub.wait()
    agents = call.api.hub.live.agents
    people = sorted(call.api.desk.directory.people(), key=lambda p: (p.name.casefold(), p.id))
    return shapes.DirectoryList([views.colleague(p, agents.get(p.id)) for p in people])


def _list(path: str, act: str, table: Table, plural: str) -> tuple[Route[Any], ...]:
    """The four routes of one list. The archive keeps the words: a name may go at any time."""

    async def every(call: Call[Nothing]) -> shapes.NamedList:
        found = await table(call.api.records).all()
        return shapes.NamedList([_shown(one) for one in found])

    async def add(call: Call[requests.NameChange]) -> shapes.Named:
        added = _shown(await table(call.api.records).add(call.input.name))
        await audited(call, f"{act}.added", (added.id, added.name))
        return added

    async def rename(call: Call[requests.NameChange]) -> shapes.Named:
        before = await _one(table(call.api.records), call.id)
        after = _shown(await table(call.api.records).rename(call.id, call.input.name))
        await audited(call, f"{act}.changed", (after.id, after.name), before, after)
        return after

    async def remove(call: Call[Nothing]) -> None:
        before = await _one(table(call.api.records), call.id)
        await table(call.api.records).remove(call.id)
        await audited(call, f"{act}.removed", (before.id, before.name))

    one, gone = f"{API}/{path}/{{id}}", (P.NOT_FOUND,)
    return (
        route(
            "GET",
            f"{API}/{path}",
            every,
            summary=f"All {plural}",
            takes=Nothing,
            answers=shapes.NamedList,
            roles=AGENTS,
        ),
        route(
            "POST",
            f"{API}/{path}",
            add,
            summary=f"Add to the {plural}",
            takes=requests.NameChange,
            answers=shapes.Named,
            roles=ADMINS,
            status=201,
        ),
        route(
            "PUT",
            one,
            rename,
            summary=f"Rename one of the {plural}",
            takes=requests.NameChange,
            answers=shapes.Named,
            roles=ADMINS,
            problems=gone,
        ),
        route(
            "DELETE",
            one,
            remove,
            summary=f"Remove one of the {plural}",
            takes=Nothing,
            roles=ADMINS,
            problems=gone,
        ),
    )


async def _one(names: Names, name_id: str) -> shapes.Named:
    for found in await names.all():
        if found.id == name_id:
            return _shown(found)
    raise not_found("there is no such entry")


def _shown(of: Name) -> shapes.Named:
    return shapes.Named(of.id, of.name)


ROUTES: tuple[Route[Any], ...] = (
    *_list("dispositions", "disposition", lambda records: records.dispositions, "dispositions"),
    *_list("break-reasons", "break_reason", lambda records: records.break_reasons, "break reasons"),
    route(
        "GET",
        f"{API}/directory",
        directory,
        summary="All colleagues",
        takes=Nothing,
        answers=shapes.DirectoryList,
        roles=AGENTS,
    ),
)
