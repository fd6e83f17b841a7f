"""Every route, in one table. What is not here does not exist (404)."""

from typing import Any

from app.api import (
    admin_routes,
    bot_routes,
    call_routes,
    conversation_routes,
    dial_rule_routes,
    events_route,
    people_routes,
    sip_routes,
    system_routes,
)
from app.api.route import Route

ROUTES: tuple[Route[Any], ...] = (
    *people_routes.ROUTES,
    *sip_routes.ROUTES,
    *conversation_routes.ROUTES,
    *call_routes.ROUTES,
    *bot_routes.ROUTES,
    *admin_routes.ROUTES,
    *dial_rule_routes.ROUTES,
    *events_route.ROUTES,
    *system_routes.ROUTES,
)
