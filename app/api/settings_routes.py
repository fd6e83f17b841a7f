"""Service-wide settings, and the log of what administrators and supervisors did."""

from typing import Any

from app.api import admin_requests as requests
from app.api import admin_shapes, admin_views
from app.api.access import ADMINS
from app.api.auditing import audited
from app.api.problems import ProblemType as P
from app.api.problems import invalid
from app.api.requests import Nothing, Request
from app.api.route import API, Call, Route, route


async def list_settings(call: Call[Nothing]) -> admin_shapes.SettingList:
    """Every setting as it is in force."""
    return _settings(call)


async def change_settings(call: Call[requests.SettingChanges]) -> admin_shapes.SettingList:
    """Change some, all or none; null goes back to the default. In force at once."""
    before = {s.key: s.value for s in _settings(call).items}
    await call.api.desk.service_settings.change(call.input.values)
    found = _settings(call)
    await audited(
        call, "settings.changed", (None, None), before, {s.key: s.value for s in found.items}
    )
    return found


async def list_audit(call: Call[requests.AuditQuery]) -> admin_shapes.AuditList:
    """Who did what, newest first."""
    asked = call.input
    try:
        page = await call.api.records.audit.page(asked.limit, asked.cursor, asked.who, asked.act)
    except ValueError as error:
        raise invalid("cursor", str(error)) from None
    return admin_shapes.AuditList([admin_views.audit_entry(e) for e in page.entries], page.next)


def _settings(call: Call[Request]) -> admin_shapes.SettingList:
    found = call.api.desk.service_settings.all()
    return admin_shapes.SettingList([admin_views.setting(one) for one in found])


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/settings",
        list_settings,
        summary="The service-wide settings",
        takes=Nothing,
        answers=admin_shapes.SettingList,
        roles=ADMINS,
    ),
    route(
        "PUT",
        f"{API}/settings",
        change_settings,
        summary="Change service-wide settings",
        takes=requests.SettingChanges,
        answers=admin_shapes.SettingList,
        roles=ADMINS,
    ),
    route(
        "GET",
        f"{API}/audit",
        list_audit,
        summary="What administrators and supervisors did",
        takes=requests.AuditQuery,
        answers=admin_shapes.AuditList,
        roles=ADMINS,
        problems=(P.VALIDATION,),
    ),
)
