"""The HTTP and WebSocket surface: sign-in, people, conversations, bots, settings, events.

One table (`table.py`) declares every route; the router, the checks of role and input, and the
OpenAPI document are made from it.
"""

from app.api.server import make_app

__all__ = ["make_app"]
