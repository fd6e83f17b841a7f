"""A caller is handed over to people: what the channel variables say, as far as it is usable.

Bad hand-over data loses nobody: what cannot be used is dropped, the call is queued all the
same, and the fault stands on the conversation.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.acd import Arrival, QueueRequest
from app.desk.directory import Directory
from app.domain.conversation import Channel, Customer, Fault
from app.domain.routing import PRIORITIES
from app.telephony import CallArrived

MAX_SKILLS = 50
MAX_NAME = 200
"""Characters of one skill, agent or language in a variable."""
MAX_PARAMETERS = 65_536
"""Characters of RINGDESK_PARAMETERS."""
MAX_WAIT_SECONDS = 86_400
MAX_AGE_MS = 24 * 3600 * 1000
"""An earlier start of the wait than this is not believed."""


@dataclass(slots=True)
class Handover:
    """What could be used of the variables, and what could not."""

    skills: tuple[str, ...] = ()
    priority: int = 0
    routed_to: str | None = None
    conversation_id: str | None = None
    language: str | None = None
    queued_at: int | None = None
    max_wait_ms: int | None = None
    """0: for ever; None: as the settings say."""
    exit_key: str | None = None
    came_back: bool = False
    """The dialplan had this call back, and sent it here again."""
    parameters: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(variables: Mapping[str, str], directory: Directory, now: int) -> Handover:
    """Read the RINGDESK_* variables of a call; never raises."""
    found = Handover()
    value = {k: v.strip() for k, v in variables.items() if v and v.strip()}
    _skills(value.get("RINGDESK_SKILLS", ""), directory, found)
    _priority(value.get("RINGDESK_PRIORITY"), found)
    _agent(value.get("RINGDESK_AGENT"), directory, found)
    _parameters(value.get("RINGDESK_PARAMETERS"), found)
    _age(value.get("RINGDESK_QUEUED_AT"), now, found)
    _way_out(value.get("RINGDESK_MAX_WAIT"), value.get("RINGDESK_EXIT_KEY"), found)
    found.came_back = "RINGDESK_RESULT" in value
    found.conversation_id = _short(value.get("RINGDESK_CONVERSATION"), "conversation", found)
    found.language = _short(value.get("RINGDESK_LANGUAGE"), "language", found)
    return found


def conversation_id(channel_id: str) -> str:
    """The id of the conversation that begins with this channel: the same each time it is told."""
    return "v" + hashlib.blake2s(channel_id.encode(), digest_size=10).hexdigest()


def later_conversation_id(channel_id: str, before: str) -> str:
    """The id of this channel's next conversation, `before` being its last one."""
    return conversation_id(f"{channel_id} after {before}")


def request(
    call: CallArrived, handover: Handover, known: str | None, now: int, language: str = "en"
) -> QueueRequest:
    """The request that queues an arrived call; `known` is the conversation it belongs to, and
    `language` that of a caller of whom nobody said one."""
    identity = known or conversation_id(call.channel_id)
    return QueueRequest(
        conversation_id=identity,
        skills=handover.skills,
        priority=handover.priority,
        routed_to=handover.routed_to,
        reason=None,
        queued_at=handover.queued_at,
        faults=tuple(handover.faults),
        bot_app=call.bot_app,
        here=True,
        arrival=Arrival(
            id=identity,
            channel=Channel.VOICE,
            customer=Customer(name=call.caller_name or None, number=call.caller_number or None),
            created_at=now,
            entry=call.entry,
            language=handover.language or language,
            channel_id=call.channel_id,
            bot_app=call.bot_app,
            flow=None,
            parameters=handover.parameters,
            faults=(),
            sentiment=None,
        ),
    )


def _skills(text: str, directory: Directory, found: Handover) -> None:
    ids: set[str] = set()
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > MAX_SKILLS:
        found.faults.append(Fault("too-many-skills", f"only the first {MAX_SKILLS} are used"))
    for name in names[:MAX_SKILLS]:
        skill = directory.skill_id(name) if len(name) <= MAX_NAME else None
        if skill is None:
            found.faults.append(Fault("unknown-skill", _quoted(name)))
        else:
            ids.add(skill)
    found.skills = tuple(sorted(ids))


def _priority(text: str | None, found: Handover) -> None:
    if text is None:
        return
    if text.isdecimal() and len(text) < 4 and int(text) in PRIORITIES:
        found.priority = int(text)
    else:
        found.faults.append(Fault("bad-priority", f"{_quoted(text)} is not a number from 0 to 10"))


def _agent(text: str | None, directory: Directory, found: Handover) -> None:
    if text is None:
        return
    person = directory.find_person(text) if len(text) <= MAX_NAME else None
    if person is None:
        found.faults.append(Fault("unknown-agent", _quoted(text)))
    else:
        found.routed_to = person.id


def _parameters(text: str | None, found: Handover) -> None:
    if text is None:
        return
    if len(text) > MAX_PARAMETERS:
        detail = f"{len(text)} characters, at most {MAX_PARAMETERS}"
        found.faults.append(Fault("bad-parameters", detail))
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        found.parameters = value
    else:
        found.faults.append(Fault("bad-parameters", "not a JSON object"))


def _age(text: str | None, now: int, found: Handover) -> None:
    if text is not None and text.isdecimal() and now - MAX_AGE_MS <= int(text[:20]) <= now:
        found.queued_at = int(text)


def _way_out(longest: str | None, key: str | None, found: Handover) -> None:
    if longest is not None and longest.isdecimal() and int(longest[:9]) <= MAX_WAIT_SECONDS:
        found.max_wait_ms = int(longest) * 1000
    elif longest is not None:
        found.faults.append(Fault("bad-max-wait", f"{_quoted(longest)} is not a number of seconds"))
    if key is not None and len(key) == 1 and key in "0123456789*#":
        found.exit_key = key
    elif key is not None:
        found.faults.append(Fault("bad-exit-key", f"{_quoted(key)} is not a key"))


def _short(text: str | None, what: str, found: Handover) -> str | None:
    if text is None:
        return None
    if len(text) > MAX_NAME or not text.isprintable():
        found.faults.append(Fault(f"bad-{what}", _quoted(text)))
        return None
    return text


def _quoted(text: str) -> str:
    """A bad value, short and printable."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:60])
    return f"“{shown}{'…' if len(text) > 60 else ''}”"
