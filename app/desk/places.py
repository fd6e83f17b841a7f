"""Where each state of a conversation wants its customer's call to be."""

from typing import TypedDict

from app.domain.conversation import Conversation, Outcome, Result, State
from app.telephony import CallWant, Place


def goodbye(before: Conversation) -> CallWant:
    """Who chose to be called back leaves the line."""
    line = before.channel_id or ""
    return CallWant(before.id, line, Place.EXITED, result=Result.CALLBACK.value)


class BotWants(TypedDict, total=False):
    """What of a CallWant depends on the bot that has the caller, or has had them."""

    app: str | None
    back: int
    notes: str
    fetch: bool


def bot_wants(conversation: Conversation, place: Place) -> BotWants:
    bot = conversation.bot
    if bot is None:
        return {}
    if place is Place.HANDED_BACK:
        return {"app": bot.app, "back": bot.handed_back, "notes": bot.notes}
    if place is Place.WITH_BOT:
        return {"app": bot.app}
    return {"fetch": bot.has_caller and place in {Place.WAITING, Place.TALKING}}


def _bots_place(conversation: Conversation) -> Place | None:
    """Where a call is that a bot has, or is to have."""
    bot = conversation.bot
    if bot is None or not bot.has_caller:
        return None
    if bot.stays and conversation.state in {State.QUEUED, State.OFFERED}:
        return Place.WITH_BOT
    if conversation.state is not State.BOT:
        return None
    return Place.HANDED_BACK if bot.until is not None else Place.WITH_BOT


def place_of(conversation: Conversation) -> Place:
    if (place := _bots_place(conversation)) is not None:
        return place
    if conversation.dialling:
        return Place.CALLING if conversation.state is State.ACTIVE else Place.UNCALLED
    if conversation.talking:
        return Place.TALKING
    if conversation.state in {State.QUEUED, State.OFFERED, State.ACTIVE}:
        return Place.WAITING
    if conversation.result is not None:
        return Place.EXITED
    if conversation.outcome is Outcome.TRANSFERRED:
        return Place.FORWARDED if conversation.forward_to else Place.RELEASED
    return Place.RELEASED if conversation.state is State.BOT else Place.GONE
