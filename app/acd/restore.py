"""An open conversation as the hash that the scripts keep: the way back from SQL into Redis."""

from app.acd import codec
from app.domain.bot_side import BotSide
from app.domain.conversation import Callback, Conversation, Segment, WrapUp

Fields = dict[str, str | int | float | bool | bytes | None]


def fields_of(conversation: Conversation) -> Fields:
    """The hash of a conversation, the inverse of `codec.conversation`, without offer, `why`
    and consult: the customer is back with their agent."""
    c = conversation
    found: Fields = {
        "state": c.state.value,
        "channel": c.channel.value,
        "customer": codec.json(c.customer),
        "created_at": c.created_at,
        "entry": c.entry,
        "language": c.language,
        "skills": "\n".join(c.skills),
        "priority": c.priority,
        "agent": c.agent_id,
        "routed_to": c.routed_to,
        "queued_at": c.queued_at,
        "attempts": c.attempts,
        "faults": codec.json(c.faults) if c.faults else None,
        "sentiment": repr(float(c.sentiment)) if c.sentiment is not None else None,
        "flow": codec.json(c.flow) if c.flow else None,
        "parameters": codec.json(c.parameters) if c.parameters else None,
        "segments": len(c.segments),
        "channel_id": c.channel_id,
        "reason": c.reason,
        "outcome": c.outcome.value if c.outcome else None,
        "forward_to": c.forward_to,
        "exit_key": c.exit_key,
        "leave_at": c.leave_at,
        "result": c.result.value if c.result else None,
        "choices": "\n".join(c.choices) or None,
        **codec.rule_fields(c.rules),
        **(_callback(c.callback) if c.callback else {}),
        "forward_joined": c.forward_joined or None,
        "rec_paused": "1" if c.recording_paused else None,
        **(_bot(c.bot) if c.bot else {}),
    }
    for number, segment in enumerate(c.segments, start=1):
        found |= _segment(f"s{number}:", segment)
    return found


def _callback(callback: Callback) -> Fields:
    return {
        "cb": "1",
        "cb_number": callback.number,
        "cb_tries": callback.tries,
        "cb_not_before": callback.not_before,
        "cb_dialling": "1" if callback.dialling else None,
        "cb_recording": "1" if callback.recording else None,
        "cb_hours": "1" if callback.outside_hours else None,
    }


def _bot(bot: BotSide) -> Fields:
    return {
        "bot_app": bot.app,
        "bot_has": "1" if bot.has_caller else None,
        "bot_back": bot.handed_back or None,
        "bot_until": bot.until,
        "bot_notes": bot.notes or None,
        "bot_stays": "1" if bot.stays else None,
    }


def _segment(at: str, segment: Segment) -> Fields:
    return {
        f"{at}agent": segment.agent_id,
        f"{at}from": segment.from_at,
        f"{at}to": segment.to_at,
        f"{at}ended_by": segment.ended_by,
        f"{at}wrap_up": None if segment.wrap_up is WrapUp.NONE else segment.wrap_up.value,
        f"{at}notes": segment.notes or None,
        f"{at}disposition": segment.disposition,
    }
