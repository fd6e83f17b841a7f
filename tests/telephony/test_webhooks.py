"""Webhooks: a receiver is told of a call's whole life, signed, and again where it was away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from app.desk.webhooks import signature
from tests.support.people import Agent, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import World


@dataclass
class Receiver:
    """A program that takes webhooks; refuses the first `refusals` of them."""

    refusals: int = 0
    taken: list[tuple[dict[str, str], bytes, Json]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        body, headers = await request.read(), {k.lower(): v for k, v in request.headers.items()}
        if len(self.refused) < self.refusals:
            self.refused.append(headers["webhook-id"])
            return web.Response(status=503)
        self.taken.append((headers, body, await request.json()))
        return web.Response(status=204)

    def types(self, talk: str) -> list[str]:
        """What was told of a conversation."""
        return [told["type"] for *_, told in self.taken if told["data"]["conversation"] == talk]


@asynccontextmanager
async def receiving(**how: Any) -> AsyncIterator[Receiver]:
    receiver = Receiver(**how)
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        receiver.url = f"http://127.0.0.1:{port}/hook"
        yield receiver
    finally:
        await runner.cleanup()


@asynccontextmanager
async def webhook(admin: Agent, url: str, *events: str) -> AsyncIterator[Json]:
    made = await admin.post("webhooks", {"url": url, "events": list(events)})
    try:
        yield made
    finally:
        await admin.delete(f"webhooks/{made['id']}")


async def test_a_receiver_is_told_in_order_and_again_after_it_was_away(world: World) -> None:
    # given a receiver that is not well at first
    admin, ana = await world.person("admin"), await world.at_work("ana")
    async with (
        receiving(refusals=2) as receiver,
        webhook(admin, receiver.url) as hook,
    ):
        # when a call is queued, taken, ended and written about
        caller = await world.call("200")
        talk = await world.talking(ana, caller)
        await caller.line.hang_up()
        await world.conversation(caller, "wrap_up", within=15)
        await ana.wrap_up(talk)

        # then it learns all of it, in its order, the first under the same id as when it refused
        await eventually(
            lambda: "conversation.closed" in receiver.types(talk), within=30, every=0.1
        )
        assert receiver.types(talk) == [
            "conversation.queued",
            "conversation.offered",
            "conversation.active",
            "conversation.ended",
            "conversation.closed",
        ]
        headers, body, told = receiver.taken[0]
        assert set(receiver.refused) == {headers["webhook-id"]}

        # and each is signed with the secret that was shown once
        at = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == signature(
            hook["secret"], headers["webhook-id"], at, body
        )
        assert told["data"]["number"] == caller.number
        [shown] = [w for w in (await admin.get("webhooks"))["items"] if w["id"] == hook["id"]]
        assert (shown["active"], shown["failures"], shown["error"]) == (True, 0, None)
        assert "secret" not in shown


async def test_an_administrator_sees_why_it_fails(world: World) -> None:
    admin = await world.person("admin")
    async with receiving() as receiver:
        gone = receiver.url
    async with webhook(admin, gone, "conversation.queued") as hook:
        caller = await world.call("202")
        await world.conversation(caller, "queued", within=15)

        async def failing() -> Json | None:
            found = (await admin.get("webhooks"))["items"]
            return next((w for w in found if w["id"] == hook["id"] and w["failures"]), None)

        shown = await eventually(failing, within=15, every=0.1)
        assert shown["error"] and shown["retry_at"]


async def test_a_webhook_goes_to_http_and_knows_its_events(world: World) -> None:
    admin = await world.person("admin")
    for wrong in (
        {"url": "file:///etc/passwd"},
        {"url": "http://me:secret@example.com/"},
        {"url": "https://example.com/", "events": ["conversation.exploded"]},
    ):
        try:
            await admin.post("webhooks", wrong)
            raise AssertionError(f"{wrong} was taken")
        except Refused as refused:
            assert (refused.status, refused.type) == (422, "validation")
