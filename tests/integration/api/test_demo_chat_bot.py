"""What the demo's chat bot makes of a refusal: is it about a single chat, or about all?"""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from app.demo_chat_bot import attend
from tests.integration.api.office import Office


@pytest.fixture
async def key(office: Office) -> str:
    _, made = await office.records.keys.add("demo", ())
    return made


@pytest.fixture
async def api(office: Office, key: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {key}"}
    base = f"{office.url}/api/v1/"
    async with aiohttp.ClientSession(base, headers=headers, raise_for_status=True) as http:
        yield http


async def test_a_chat_that_is_not_there_keeps_no_other_one(api: aiohttp.ClientSession) -> None:
    await attend(api, "no-such-chat")


async def test_a_key_that_is_taken_away_is_told(
    office: Office, api: aiohttp.ClientSession, key: str
) -> None:
    for known in await office.records.keys.all():
        await office.records.keys.revoke(known.id)
    with pytest.raises(aiohttp.ClientResponseError) as refused:
        await attend(api, "no-such-chat")
    assert refused.value.status == 401
