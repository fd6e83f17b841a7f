"""Every route, in one table. What is not here does not exist (404)."""

from typing import Any

from app.api import (
    bot_routes,
    calendar_routes,
    call_routes,
    conversation_routes,
    dial_rule_routes,
    events_route,
    export_routes,
    import_routes,
    key_routes,
    message_routes,
    name_routes,
    people_routes,
    phone_routes,
    recording_routes,
    report_routes,
    rule_routes,
    settings_routes,
    sip_routes,
    skill_routes,
    supervision_routes,
    system_routes,
    user_routes,
)
from app.api.route import Route

ROUTES: tuple[Route[Any], ...] = (
    *people_routes.ROUTES,
    *sip_routes.ROUTES,
    *conversation_routes.ROUTES,
    *call_routes.ROUTES,
    *supervision_routes.ROUTES,
    *recording_routes.ROUTES,
    *message_routes.ROUTES,
    *export_routes.ROUTES,
    *bot_routes.ROUTES,
    *skill_routes.ROUTES,
    *user_routes.ROUTES,
    *phone_routes.ROUTES,
    *name_routes.ROUTES,
    *key_routes.ROUTES,
    *settings_routes.ROUTES,
    *import_routes.ROUTES,
    *dial_rule_routes.ROUTES,
    *calendar_routes.ROUTES,
    *rule_routes.ROUTES,
    *events_route.ROUTES,
    *report_routes.ROUTES,
    *system_routes.ROUTES,
)
