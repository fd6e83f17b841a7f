"""Who a chat widget's customer is, and from which pages they may come."""

from aiohttp import hdrs, web

from app.api.context import Api
from app.api.sessions import origin_of
from app.domain.message import Widget
from app.messaging import Tokens

ANY = "*"


class Signers:
    """The tokens of visitors and of their files; the key under both is made once."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._made: dict[str, Tokens] = {}

    async def visitors(self) -> Tokens:
        """Who came before."""
        return await self._for("chat visitor")

    async def files(self) -> Tokens:
        """One file each."""
        return await self._for("chat file")

    async def _for(self, purpose: str) -> Tokens:
        if purpose not in self._made:
            self._made[purpose] = Tokens(await self._api.desk.chats.secret(), purpose)
        return self._made[purpose]


def check_origin(api: Api, request: web.Request, widget: Widget) -> None:
    """Refuse pages that the widget is not for. Raises Problem."""
    origin = request.headers.get(hdrs.ORIGIN)
    if ANY in widget.origins:
        return
    if origin is not None and origin_of(origin) in map(origin_of, widget.origins):
        return
    api.sessions.check_origin(request)
