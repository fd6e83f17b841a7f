"""The documentation page in a real browser: it draws every call and breaks no policy."""

from tests.browser.chromium import chromium, new_page
from tests.integration.api.office import Office

ROUTES_SHOWN = "#calls details"


async def test_the_page_draws_every_call_under_its_own_policy(office: Office) -> None:
    said: list[str] = []
    asked: list[str] = []
    async with chromium() as browser:
        page = await new_page(browser)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{office.url}/api/docs")
        accept = page.locator("#post_conversations_id_accept")
        await accept.wait_for()
        assert await page.locator(ROUTES_SHOWN).count() > 35
        await page.fill("#find", "wrap-up")
        assert not await accept.is_visible()
        wrap_up = page.locator("#post_conversations_id_wrap_up")
        await wrap_up.locator("summary").click()
        assert "WrapUpDone" in await wrap_up.inner_text()
    assert [text for text in said if "favicon" not in text and "404" not in text] == []
    assert {url.removeprefix(office.url).partition("/")[0] for url in asked} == {""}
