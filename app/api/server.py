"""The aiohttp application: the table of routes behind the edge, and the pages."""

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from app.api import openapi, passwords
from app.api.chat_files import ChatFiles
from app.api.chat_hub import ChatHub
from app.api.chat_route import Chat
from app.api.client import CloseCode
from app.api.context import Api
from app.api.edge import MAX_BODY, counting, endpoint, problems
from app.api.hub import Hub
from app.api.loop_lag import watch_lag
from app.api.metrics import Metrics
from app.api.pages import Pages, headers_of
from app.api.ports import DeskPort
from app.api.sessions import Sessions
from app.api.table import ROUTES
from app.api.today import Today
from app.config import Settings
from app.records import Records

log = logging.getLogger("ringdesk.api")

CHECK_SECONDS = 20.0
"""Between two looks at whether the sign-ins of open sockets still stand; shorter than a sign-in is
remembered, so that who has a page open is never asked about while they wait."""
API = web.AppKey("api", Api)
CHAT = web.AppKey("chat", Chat)


def make_app(
    desk: DeskPort, records: Records, settings: Settings, pages: Pages | None = None
) -> web.Application:
    """The application; its own tasks run from its start-up to its clean-up."""
    hub = Hub(desk, records)
    api = Api(
        desk=desk,
        records=records,
        settings=settings,
        sessions=Sessions(records, desk.directory, settings),
        hub=hub,
        metrics=Metrics(hub),
        today=Today(records.reports),
        document=openapi.encoded(),
    )
    desk.waits.on_error = api.metrics.wait_told
    app = web.Application(client_max_size=MAX_BODY, middlewares=[counting(api), problems])
    app[API] = api
    for route in ROUTES:
        app.router.add_route(route.method, route.path, endpoint(api, route))
    chat_hub = ChatHub(hub, desk.directory)
    desk.chats.on_hours = chat_hub.hours_changed
    chat = Chat(api, chat_hub)
    app.router.add_get("/chat", chat.socket)
    ChatFiles(api, chat.signers).add_to(app.router)
    app[CHAT] = chat
    (pages or Pages()).add_to(app.router)
    app.on_response_prepare.append(headers_of(settings))
    app.on_shutdown.append(_close_sockets)
    app.cleanup_ctx.append(_tasks)
    return app


async def _close_sockets(app: web.Application) -> None:
    app[API].hub.close_all(CloseCode.RESTARTING)
    app[CHAT].hub.each(lambda session: session.close(CloseCode.RESTARTING))


async def _tasks(app: web.Application) -> AsyncIterator[None]:
    api = app[API]
    await passwords.warm_up()
    tasks = [
        asyncio.create_task(api.hub.run(), name="event sockets"),
        asyncio.create_task(_check_sessions(api), name="session checks"),
        asyncio.create_task(watch_lag(api.metrics.loop_was_late), name="loop lag"),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _check_sessions(api: Api) -> None:
    """Close the sockets of sign-ins that are over, wherever they were ended."""
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        try:
            await api.hub.check(lambda caller: api.sessions.is_valid(caller, api.desk.now()))
        except (SQLAlchemyError, OSError) as error:
            log.warning("sign-ins cannot be checked (%s)", type(error).__name__)
