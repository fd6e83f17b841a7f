"""The demo bot for chat. Copy it: of Ringdesk it uses nothing but the public HTTP API.

It reads what customers write from the live events, answers, captures an order number, and hands
over to people. A chat is its own when the widget's setting names its API key.
"""

import asyncio
import os
import re
from typing import Any

import aiohttp

HELLO = "Hello, I am the demo bot. What is your order number? Or say: Billing, or Spanish."
SKILLS = {"billing": "Billing", "spanish": "Spanish", "español": "Spanish", "person": "Billing"}


async def main() -> None:
    """Serve for ever; what was written while the connection was down is in the next snapshot."""
    headers = {"Authorization": f"Bearer {os.environ['RINGDESK_KEY']}"}
    base = f"{os.environ['RINGDESK_URL']}/api/v1/"
    async with aiohttp.ClientSession(base, headers=headers, raise_for_status=True) as api:
        while True:
            try:
                await serve(api)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(1)


async def serve(api: aiohttp.ClientSession) -> None:
    """One connection: first a snapshot, then events (GET /api/v1/events)."""
    async with api.ws_connect("events", heartbeat=20) as events:
        async for frame in events:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return  # the connection broke: `main` makes a new one
            event = frame.json()
            if event["type"] == "snapshot":
                for conversation in event["data"]["conversations"]:
                    await attend(api, conversation["id"])
            elif event["type"] == "message.added":
                await attend(api, event["data"]["conversation_id"])


async def attend(api: aiohttp.ClientSession, talk: str) -> None:
    """Answer; a chat that is over (404) or somebody else's by now (409) keeps no other one."""
    try:
        await answer(api, talk)
    except aiohttp.ClientResponseError as refused:
        if refused.status not in {404, 409}:
            raise  # all else may pass, or is about the key: again, from a new snapshot


async def answer(api: aiohttp.ClientSession, talk: str) -> None:
    """Answer the newest message, if it is the customer's and the chat is still the bot's."""
    chat = await get(api, f"conversations/{talk}")
    if chat["state"] != "bot" or chat["channel"] != "chat":
        return
    written = (await get(api, f"conversations/{talk}/messages"))["items"]
    if not written or written[-1]["author"] != "customer":
        return
    text, seq = written[-1]["text"].lower(), written[-1]["seq"]
    number = re.search(r"\d{3,}", text)
    skill = next((skill for word, skill in SKILLS.items() if word in text), None)
    if number:
        context = {"parameters": {"order_number": number[0]}, "flow": {"name": "demo chat"}}
        await api.patch(f"conversations/{talk}/context", json=context)
    if skill:
        await write(api, talk, seq, "One moment, I am looking for somebody.")
        await api.post(f"conversations/{talk}/queue", json={"skills": [skill], "reason": text[:99]})
    elif number:
        await write(api, talk, seq, f"Order {number[0]}, thank you. Billing, or Spanish?")
    else:
        await write(api, talk, seq, HELLO)


async def write(api: aiohttp.ClientSession, talk: str, seq: int, text: str) -> None:
    """Answer message `seq`: by the `client_id` an answer that is sent twice stands there once."""
    message = {"client_id": f"answer-{seq}", "text": text}
    await api.post(f"conversations/{talk}/messages", json=message)


async def get(api: aiohttp.ClientSession, path: str) -> Any:
    """The JSON of an answer."""
    async with api.get(path) as answered:
        return await answered.json()


if __name__ == "__main__":
    asyncio.run(main())
