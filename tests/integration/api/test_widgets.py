"""Chat widgets' settings: what an administrator sets is what the next customer meets."""

import pytest

from tests.integration.api.office import Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually

SHOP = "https://shop.example"


async def test_a_widget_is_made_changed_and_removed(office: Office) -> None:
    ada, bot = await office.person("ada"), await office.bot()
    # given a new widget for Spanish, with a title and names asked
    body: Json = {"title": "Help", "skills": ["spanish"], "priority": 3, "ask": "name"}
    made = await ada.ask("PUT", "chat-widgets/shop", {**body, "origins": [f"{SHOP}/", SHOP]})
    assert made["skills"] == ["Spanish"] and made["origins"] == [SHOP]
    assert made["snippet"] == (
        f'<script src="{office.url}/widget.js" data-entry="shop" async></script>'
    )
    # then a customer on that page meets it, and their chat waits for its skill
    async with Chatter(office.url, "shop", SHOP) as customer:
        assert (customer.hello["title"], customer.hello["ask"]) == ("Help", "name")
        await customer.says("c1", "¿Hola?")
        talk = await eventually(lambda: customer.conversation, within=20)
        shown = await ada.ask("GET", f"conversations/{talk}")
        assert (shown["state"], shown["skills"], shown["priority"]) == ("queued", ["Spanish"], 3)
    # when it is changed, the next chats begin with the bot
    await ada.ask("PUT", "chat-widgets/shop", {"bot": bot.id})
    async with Chatter(office.url, "shop") as customer:
        await customer.says("c1", "Hello?")
        assert customer.state == "bot" or await eventually(
            lambda: customer.state == "bot", within=20
        )
    found = (await ada.ask("GET", "chat-widgets"))["items"]
    assert [one["entry"] for one in found] == ["default", "shop"]
    # and while its chats are open, or a calendar or a rule names it, it is not removed
    named: Json = {"name": "Shop hours", "time_zone": "Europe/Berlin", "entries": ["shop"]}
    calendar = await ada.ask("POST", "calendars", named)
    soon: Json = {"name": "Shop first", "when": {"entries": ["shop"]}, "then": {"priority": 5}}
    rule = await ada.ask("POST", "routing-rules", soon)
    refused = await ada.refused("DELETE", "chat-widgets/shop", status=409, type="wrong-state")
    uses = sorted((use["kind"], use["name"]) for use in refused["used_by"])
    assert [kind for kind, _ in uses] == ["calendar", "conversation", "conversation", "rule"]
    assert [name for kind, name in uses if kind != "conversation"] == ["Shop hours", "Shop first"]
    await ada.ask("DELETE", f"routing-rules/{rule['id']}")
    await ada.ask("DELETE", f"calendars/{calendar['id']}")
    for use in refused["used_by"]:
        if use["kind"] == "conversation":
            await office.desk.chats.customer_ends(use["id"])
    # and once it is removed, nobody chats there
    await ada.ask("DELETE", "chat-widgets/shop")
    await ada.refused("DELETE", "chat-widgets/shop", status=404, type="not-found")
    async with ada.http.get("/chat", params={"entry": "shop"}) as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x" * 101}, "title"),
        ({"skills": ["no such skill"]}, "skills"),
        ({"priority": 11}, "priority"),
        ({"bot": "nobody"}, "bot"),
        ({"ask": "everything"}, "ask"),
        ({"origins": ["shop.example"]}, "origins.0"),
        ({"origins": ["https://shop.example/page"]}, "origins.0"),
        ({"origins": ["javascript:alert(1)"]}, "origins.0"),
    ],
)
async def test_what_a_widget_cannot_be_is_refused_by_its_field(
    office: Office, body: Json, field: str
) -> None:
    ada = await office.person("ada")
    found = await ada.refused("PUT", "chat-widgets/shop", body, status=422, type="validation")
    assert [error["field"] for error in found["errors"]] == [field]
    assert (await ada.ask("GET", "chat-widgets"))["items"][1:] == []


async def test_a_widgets_name_is_small_letters_digits_and_hyphens(office: Office) -> None:
    ada = await office.person("ada")
    await ada.ask("PUT", f"chat-widgets/{'a' * 40}", {})
    for wrong in ("a" * 41, "Shop", "-a", "a_b", "a%22b"):
        await ada.refused("PUT", f"chat-widgets/{wrong}", {}, status=422, type="validation")
