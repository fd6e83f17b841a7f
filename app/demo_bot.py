"""The demo bot of extension 100. Copy it: of Ringdesk it uses nothing but the public HTTP API.

To Asterisk it talks with asyncari; any ARI client will do. README.md has more ways to hand over.
"""

import logging
import os
import uuid
from contextlib import suppress
from typing import Any

import anyio
import asyncari
import httpx

SKILLS = {"1": "Billing", "2": "Spanish"}
MENU = "Press 1 for Billing, 2 for Spanish, or 3 to give me your order number."
PRESS = "vm-press digits/{} vm-for {} "  # with Asterisk's own recordings: "press 1 for B" ...
MENU_SOUNDS = (PRESS * 3).format(1, "letters/b", 2, "letters/s", 3, "your number").strip()


class Call:
    """One caller, from StasisStart until they leave this bot."""

    def __init__(self, channel: Any, api: httpx.AsyncClient) -> None:
        self.channel, self.api = channel, api
        self.id, self.skill = "", "Billing"  # of the conversation in Ringdesk; who is wanted
        self.pressed, self.keys = anyio.create_memory_object_stream[str](100)
        self.playing, self.untold = list[Any](), list[Any]()
        self.scope = anyio.CancelScope()  # cancelled by StasisEnd

    async def run(self, args: list[str]) -> None:
        """Serve the caller. What fails here must neither drop them nor end the whole bot."""
        with self.scope:
            try:
                await self.begin(args)
                while True:
                    await self.menu()
            except Exception as error:  # the dialplan's queue keeps them, while Ringdesk is away
                logging.warning("%s goes to the queue: %r", self.channel.id, error)
                with suppress(httpx.HTTPError):
                    await self.silence()
                    for name, value in {"SKILLS": self.skill, "CONVERSATION": self.id}.items():
                        await self.channel.setChannelVar(variable=f"RINGDESK_{name}", value=value)
                    await self.channel.continueInDialplan(context="ringdesk-queue", extension="s")

    async def begin(self, args: list[str]) -> None:
        """Somebody new, or somebody whom an agent hands back (arguments: handback, the id)."""
        if args[:1] == ["handback"]:
            self.id, notes = args[1], ""
            with suppress(httpx.HTTPStatusError):  # the agent wrote nothing
                notes = (await self.channel.getChannelVar(variable="RINGDESK_NOTES"))["value"]
            return await self.say(f"Welcome back. {notes}".strip(), "auth-thankyou")
        who = {key: self.channel.caller[key] or None for key in ("name", "number")}
        opened = {"channel": "voice", "channel_id": self.channel.id, "customer": who}
        self.id = (await self.tell("POST", "", opened))["id"]
        return await self.say("Hello, this is the demo bot.", "hello")

    async def menu(self) -> None:
        """Offer the choices. Who presses nothing goes to people, too."""
        await self.report("PATCH", "/context", {"flow": {"name": "demo", "step": "menu"}})
        await self.say(MENU, MENU_SOUNDS)
        if (key := await self.key()) is None or key in SKILLS:
            self.skill, reason = SKILLS[key or "1"], f"pressed {key or 'nothing'}"
            with anyio.CancelScope(shield=True):  # Ringdesk fetches the call: StasisEnd comes first
                await self.tell("POST", "/queue", {"skills": [self.skill], "reason": reason})
            return self.scope.cancel()
        if key == "3":
            return await self.order_number()
        await self.report("PATCH", "/context", {"sentiment": -0.4})  # your bot will know better
        return await self.say("That is no choice.", "invalid")

    async def order_number(self) -> None:
        """Capture a parameter: the agent sees it on the offer."""
        await self.say("Your number, then #.", "your number astcc-followed-by-the-pound-key")
        digits = ""
        while len(digits) < 20 and (key := await self.key() or "#").isdecimal():
            digits += key
        await self.report("PATCH", "/context", {"parameters": {"order_number": digits}})
        await self.say(f"You entered {digits}.", " digits/".join(["you-entered", *digits]))

    async def key(self) -> str | None:
        """The next key, which cuts the prompt short; None when none comes."""
        key = None
        with anyio.move_on_after(15):
            key = await self.keys.receive()
        await self.silence()
        await self.said("customer", f"[key {key}]" if key else "[silence]")
        return key

    async def say(self, text: str, sounds: str) -> None:
        """Play after what plays already, and put what is said into the transcript."""
        media = "sound:" + sounds.replace(" ", ",sound:")
        self.playing.append(await self.channel.play(media=media))
        await self.said("bot", text)

    async def silence(self) -> None:
        while self.playing:
            with suppress(httpx.HTTPStatusError):  # it had come to its end
                await self.playing.pop().stop()

    async def said(self, speaker: str, text: str) -> None:
        turn = {"id": uuid.uuid4().hex, "speaker": speaker, "text": text}  # told twice, kept once
        await self.report("POST", "/transcript", {"turns": [turn]})

    async def report(self, *news: Any) -> None:
        """Tell how it goes. While Ringdesk is away that waits, and the caller does not."""
        self.untold.append(news)
        with suppress(httpx.TransportError):
            while self.untold:
                await self.tell(*self.untold[0])
                self.untold.pop(0)

    async def tell(self, method: str, what: str, body: Any = None) -> Any:
        """Ask Ringdesk about this conversation; raises httpx.HTTPError, also for a refusal."""
        path = f"conversations/{self.id}{what}" if self.id else "conversations"
        return (await self.api.request(method, path, json=body)).raise_for_status().json()


async def main() -> None:
    env, calls = os.environ, dict[str, Call]()
    url, key = f"{env['RINGDESK_URL']}/api/v1", {"Authorization": f"Bearer {env['RINGDESK_KEY']}"}
    app = env.get("BOT_APP", "demo-bot")  # the Stasis application, as BOT_APP in the dialplan
    at = (env["ARI_URL"].removesuffix("ari"), app, env["ARI_USER"], env["ARI_PASSWORD"])
    async with httpx.AsyncClient(base_url=url, headers=key) as api, asyncari.connect(*at) as ari:
        ari.taskgroup.start_soon(leave_when_cut_off, ari)
        async for event in ari:
            channel: Any = vars(event).get("channel")
            call = calls.get(channel.id) if channel else None
            if event.type == "StasisStart":
                call = calls[channel.id] = Call(channel, api)
                # A handler that takes a second ends asyncari: all that waits is a task.
                ari.taskgroup.start_soon(call.run, event.args)
            elif call and event.type == "ChannelDtmfReceived":
                call.pressed.send_nowait(event.digit)
            elif call and event.type == "StasisEnd":
                calls.pop(channel.id).scope.cancel()
            elif event.type == "ApplicationReplaced":
                return  # another program has the application now


async def leave_when_cut_off(ari: Any) -> None:
    while ari.websockets:
        await anyio.sleep(0.5)
    raise SystemExit("Asterisk is gone")  # asyncari does not reconnect: be started again


if __name__ == "__main__":
    anyio.run(main)
