"""From the flat hashes that the scripts keep to domain values.

A conversation and an agent are one Redis hash each, all fields text. Lists of ids are joined by
line feeds (no id contains one); segments and exclusions are fields of their own, so that a script
touches only what it changes and never parses JSON.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from app.domain.agent import Agent, Caps, Leg, Load, Role, Status
from app.domain.applied import RuleApplied
from app.domain.bot_side import BotSide
from app.domain.consult import ConsultState
from app.domain.conversation import (
    Callback,
    Channel,
    Consult,
    Conversation,
    Customer,
    Fault,
    Offer,
    Outcome,
    Result,
    Segment,
    Staffing,
    State,
    Why,
    WrapUp,
)
from app.domain.events import EventType, StreamEvent
from app.domain.leg import Audio, LegKind, LegState
from app.domain.supervision import How, Supervision, Watching

Fields = Mapping[str, str]

_encode = msgspec.json.encode
_customer = msgspec.json.Decoder(Customer)
_faults = msgspec.json.Decoder(tuple[Fault, ...])
_object = msgspec.json.Decoder(dict[str, Any])
_EXCLUDED = "x:"
_RULE = "r:"
_SUPERVISOR = "w:"
_SEEKER = "\t"
"""Behind the conversation's id: a consult about it (consults.lua)."""


def json(value: object) -> bytes:
    """Any of our values as JSON."""
    return _encode(value)


def pairs(flat: Sequence[str]) -> dict[str, str]:
    """A flat reply (field, value, field, value …) as a dictionary."""
    each = iter(flat)
    return dict(zip(each, each, strict=True))


def ids(joined: str | None) -> tuple[str, ...]:
    """Ids that were joined by line feeds."""
    return tuple(joined.split("\n")) if joined else ()


def _int(text: str | None) -> int | None:
    return None if text is None else int(text)


def conversation(f: Fields) -> Conversation:
    """A conversation from its hash."""
    flow, faults, parameters = f.get("flow"), f.get("faults"), f.get("parameters")
    sentiment, outcome = f.get("sentiment"), f.get("outcome")
    return Conversation(
        id=f["id"],
        state=State(f["state"]),
        channel=Channel(f["channel"]),
        customer=_customer.decode(f["customer"]),
        created_at=int(f["created_at"]),
        entry=f.get("entry"),
        language=f.get("language", "en"),
        skills=ids(f.get("skills")),
        priority=int(f.get("priority", 0)),
        agent_id=f.get("agent"),
        routed_to=f.get("routed_to"),
        queued_at=_int(f.get("queued_at")),
        offer=_offer(f, ""),
        attempts=int(f.get("attempts", 0)),
        rejoin_until=_int(f.get("rejoin_until")),
        held=f.get("held") == "1",
        muted=f.get("muted") == "1",
        recording_paused=f.get("rec_paused") == "1",
        forward_to=f.get("forward_to"),
        callback=_callback(f),
        exit_key=f.get("exit_key"),
        leave_at=_int(f.get("leave_at")),
        result=Result(f["result"]) if f.get("result") else None,
        forward_joined=int(f.get("forward_joined", 0)),
        rules=_rules(f),
        choices=ids(f.get("choices")),
        bot=_bot(f),
        consult=_consult(f),
        supervisors=_supervisors(f),
        excluded={k[2:]: int(v) for k, v in f.items() if k.startswith(_EXCLUDED)},
        staffing=Staffing(f.get("staffing", "ok")),
        faults=_faults.decode(faults) if faults else (),
        sentiment=float(sentiment) if sentiment is not None else None,
        flow=_object.decode(flow) if flow else None,
        parameters=_object.decode(parameters) if parameters else {},
        segments=tuple(_segment(f, n) for n in range(1, int(f.get("segments", 0)) + 1)),
        channel_id=f.get("channel_id"),
        reason=f.get("reason"),
        outcome=Outcome(outcome) if outcome else None,
        why=_why(f, ""),
        closed_at=_int(f.get("closed_at")),
        version=int(f["version"]),
    )


def _rules(f: Fields) -> tuple[RuleApplied, ...]:
    """`r:<id>`: instant, name and what it did, on a line each."""
    found = []
    for key, value in f.items():
        if key.startswith(_RULE):
            at, name, did = value.split("\n", 2)
            found.append(RuleApplied(key[len(_RULE) :], name, int(at), did))
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


def rule_fields(applied: Iterable[RuleApplied]) -> dict[str, str]:
    """The inverse of what is read from `r:<id>`."""
    return {f"{_RULE}{each.id}": f"{each.at}\n{each.rule}\n{each.did}" for each in applied}


def _supervisors(f: Fields) -> tuple[Supervision, ...]:
    """How and since when, behind each supervisor's id; in the order they came."""
    found = [(k[2:], v.partition(" ")) for k, v in f.items() if k.startswith(_SUPERVISOR)]
    all_ = (Supervision(agent_id, How(how), int(since)) for agent_id, (how, _, since) in found)
    return tuple(sorted(all_, key=lambda one: (one.since, one.agent_id)))


def _watching(f: Fields) -> Watching | None:
    watched = f.get("watch")
    return Watching(watched, How(f["watch_how"]), int(f["watch_since"])) if watched else None


def _callback(f: Fields) -> Callback | None:
    if f.get("cb") != "1":
        return None
    return Callback(
        number=f.get("cb_number"),
        tries=int(f.get("cb_tries", 0)),
        not_before=_int(f.get("cb_not_before")),
        dialling=f.get("cb_dialling") == "1",
        recording=f.get("cb_recording") == "1",
        outside_hours=f.get("cb_hours") == "1",
    )


def _bot(f: Fields) -> BotSide | None:
    if "bot_app" not in f and "bot_has" not in f:
        return None
    return BotSide(
        app=f.get("bot_app"),
        has_caller=f.get("bot_has") == "1",
        handed_back=int(f.get("bot_back", 0)),
        until=_int(f.get("bot_until")),
        notes=f.get("bot_notes", ""),
        stays=f.get("bot_stays") == "1",
    )


def _consult(f: Fields) -> Consult | None:
    """The consult's own offer and reasons stand beside the conversation's, behind a prefix."""
    state, at = f.get("consult"), "consult_"
    if state is None:
        return None
    return Consult(
        state=ConsultState(state),
        since=int(f["consult_since"]),
        number_of=int(f["consults"]),
        skills=ids(f.get("consult_skills")),
        to_agent=f.get("consult_to"),
        number=f.get("consult_number"),
        agent_id=f.get("consult_agent"),
        offer=_offer(f, at),
        attempts=int(f.get("consult_attempts", 0)),
        refused=ids(f.get("consult_refused")),
        why=_why(f, at),
    )


def _offer(f: Fields, at: str) -> Offer | None:
    agent_id = f.get(at + "offer_agent")
    if agent_id is None:
        return None
    return Offer(
        agent_id=agent_id,
        attempt=int(f[at + "attempts"]),
        offered_at=int(f[at + "offered_at"]),
        expires_at=int(f[at + "expires_at"]),
        rang=f.get(at + "rang") == "1",
    )


def _why(f: Fields, at: str) -> Why | None:
    how = f.get(at + "why_how")
    if how is None:
        return None
    return Why(
        requirement=ids(f.get(at + "why_skills")),
        eligible=ids(f.get(at + "why_eligible")),
        idle_ms=int(f[at + "why_idle"]),
        how=how,
        proficiency=_int(f.get(at + "why_level")),
    )


def _segment(f: Fields, n: int) -> Segment:
    at = f"s{n}:"
    return Segment(
        agent_id=f[at + "agent"],
        from_at=int(f[at + "from"]),
        to_at=_int(f.get(at + "to")),
        ended_by=f.get(at + "ended_by"),
        wrap_up=WrapUp(f.get(at + "wrap_up", "none")),
        notes=f.get(at + "notes", ""),
        disposition=f.get(at + "disposition"),
        wrap_up_until=_int(f.get(at + "wrap_up_until")),
    )


def agent(f: Fields) -> Agent:
    """An agent from their hash."""
    pending, offer = f.get("pending"), f.get("offer")
    return Agent(
        id=f["id"],
        name=f["name"],
        role=Role(f["role"]),
        skills=frozenset(ids(f.get("skills"))),
        levels=_levels(f.get("levels")),
        status=Status(f["status"]),
        status_reason=f.get("reason"),
        status_pending=Status(pending) if pending else None,
        status_pending_reason=f.get("pending_reason"),
        leg=Leg(
            state=LegState(f["leg"]),
            audio=Audio(f["audio"]),
            kind=LegKind(f["kind"]),
            detail=f.get("detail"),
            wanted=f.get("wanted") == "1",
        ),
        load=Load(
            int(f.get("load_voice", 0)), int(f.get("load_chat", 0)), int(f.get("load_email", 0))
        ),
        caps=Caps(chat=int(f["cap_chat"]), email=int(f["cap_email"])),
        wrap_ups=int(f.get("wrap_ups", 0)),
        offer=offer.partition(_SEEKER)[0] if offer else None,
        watching=_watching(f),
        inbox_until=int(f.get("inbox", 0)),
        idle_since=int(f["idle"]),
        missed=int(f.get("missed", 0)),
        version=int(f["version"]),
    )


def _levels(text: str | None) -> dict[str, int]:
    pairs_ = (line.partition("\t") for line in ids(text))
    return {skill: int(level) for skill, _, level in pairs_}


def event(stream_id: str, f: Fields) -> StreamEvent:
    """A stream entry. Data: `d:name` (text), `n:name` (whole number), `r:name` (real)."""
    data: dict[str, Any] = {}
    for key, value in f.items():
        if key.startswith("d:"):
            data[key[2:]] = value
        elif key.startswith("n:"):
            data[key[2:]] = int(value)
        elif key.startswith("r:"):
            data[key[2:]] = float(value)
    return StreamEvent(
        id=stream_id,
        type=EventType(f["type"]),
        at=int(f["at"]),
        conversation_id=f.get("conversation"),
        agent_id=f.get("agent"),
        data=data,
    )
