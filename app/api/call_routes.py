"""What an agent does on a call: hold, mute, digits, transfer."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.api import requests, shapes
from app.api.access import AGENTS
from app.api.auditing import audited
from app.api.conversation_routes import known_id, shown
from app.api.problems import ProblemType as P
from app.api.requests import Nothing, Request
from app.api.route import MOVE, ONE, Call, Route, route
from app.desk.on_a_call import Target

Handler = Callable[[Call[Any]], Awaitable[shapes.Conversation]]


async def hold(call: Call[Nothing]) -> shapes.Conversation:
    """The customer waits with music."""
    return await _hold(call, True)


async def unhold(call: Call[Nothing]) -> shapes.Conversation:
    """The customer comes back."""
    return await _hold(call, False)


async def mute(call: Call[Nothing]) -> shapes.Conversation:
    """The customer does not hear the caller of this."""
    return await _mute(call, True)


async def unmute(call: Call[Nothing]) -> shapes.Conversation:
    """The customer hears them again."""
    return await _mute(call, False)


async def send_digits(call: Call[requests.Digits]) -> shapes.Conversation:
    """Send DTMF to the customer."""
    conversation = await call.api.desk.send_digits(
        call.caller.id, known_id(call), call.input.digits, command_id=call.command_id
    )
    return await shown(call, conversation)


async def transfer(call: Call[requests.Transfer]) -> shapes.Conversation:
    """Pass the call on, or ask first."""
    to, desk = call.input.to, call.api.desk
    pass_on = desk.consult if call.input.mode == "consult" else desk.transfer
    conversation = await pass_on(
        call.caller.id,
        known_id(call),
        Target(to.skill, to.agent, to.number),
        command_id=call.command_id,
    )
    return await shown(call, conversation)


async def swap(call: Call[Nothing]) -> shapes.Conversation:
    """The customer and the consulted change places."""
    conversation = await call.api.desk.swap_consult(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def complete(call: Call[Nothing]) -> shapes.Conversation:
    """The customer goes to the consulted."""
    conversation = await call.api.desk.complete_consult(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def cancel(call: Call[Nothing]) -> shapes.Conversation:
    """The consulted is let go."""
    conversation = await call.api.desk.cancel_consult(
        call.caller.id, known_id(call), command_id=call.command_id
    )
    return await shown(call, conversation)


async def pause(call: Call[Nothing]) -> shapes.Conversation:
    """Let nothing be recorded, while a card number is read out."""
    return await _pause(call, True)


async def resume(call: Call[Nothing]) -> shapes.Conversation:
    """Record again."""
    return await _pause(call, False)


async def _pause(call: Call[Request], on: bool) -> shapes.Conversation:
    conversation = await call.api.desk.pause_recording(
        call.caller.id, known_id(call), on, command_id=call.command_id
    )
    act = "recording.paused" if on else "recording.resumed"
    await audited(call, act, (conversation.id, conversation.customer.name))
    return await shown(call, conversation)


async def _hold(call: Call[Request], on: bool) -> shapes.Conversation:
    conversation = await call.api.desk.hold(
        call.caller.id, known_id(call), on, command_id=call.command_id
    )
    return await shown(call, conversation)


async def _mute(call: Call[Request], on: bool) -> shapes.Conversation:
    conversation = await call.api.desk.mute(
        call.caller.id, known_id(call), on, command_id=call.command_id
    )
    return await shown(call, conversation)


def _on_a_call(
    name: str,
    handler: Handler,
    summary: str,
    takes: type[Request] = Nothing,
    problems: tuple[P, ...] = MOVE,
) -> Route[Any]:
    return route(
        "POST",
        f"{ONE}/{name}",
        handler,
        summary=summary,
        takes=takes,
        answers=shapes.Conversation,
        roles=AGENTS,
        problems=problems,
    )


ROUTES: tuple[Route[Any], ...] = (
    _on_a_call("hold", hold, "Let my customer wait with music"),
    _on_a_call("unhold", unhold, "Take my customer back from hold"),
    _on_a_call("mute", mute, "Keep my voice from the customer"),
    _on_a_call("unmute", unmute, "Let the customer hear me again"),
    _on_a_call("recording/pause", pause, "Let nothing of my call be recorded"),
    _on_a_call("recording/resume", resume, "Let my call be recorded again"),
    _on_a_call("dtmf", send_digits, "Send digits to the customer, once", requests.Digits),
    _on_a_call(
        "transfer",
        transfer,
        "Pass my call on to a skill, an agent or a number, or consult them first",
        requests.Transfer,
        (*MOVE, P.UNKNOWN_SKILL, P.UNKNOWN_AGENT),
    ),
    _on_a_call("transfer/swap", swap, "Talk to the customer while whom I consult waits, and back"),
    _on_a_call("transfer/complete", complete, "Give the customer to whom I consult"),
    _on_a_call("transfer/cancel", cancel, "Let whom I consult go, and talk to the customer again"),
)
