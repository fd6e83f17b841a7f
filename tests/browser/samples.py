"""Conversations and agents as the API shows them, for the view tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.api import shapes
from app.domain.agent import Role, Status
from app.domain.consult import ConsultState
from app.domain.conversation import Channel, Staffing, State, WrapUp
from app.domain.leg import Audio, LegKind, LegState

ANA = shapes.Named("ana", "Ana Alvarez")
BEN = shapes.Named("ben", "Ben Okafor")


def ago(seconds: float) -> datetime:
    """An instant in the past; negative seconds are in the future."""
    return datetime.now(UTC) - timedelta(seconds=seconds)


def leg(state: LegState, detail: str | None = None) -> shapes.Leg:
    """A persistent leg over a number."""
    return shapes.Leg(state, Audio.NUMBER, LegKind.PERSISTENT, detail)


def ana(**fields: Any) -> shapes.Me:
    """The agent at the page."""
    preferences = shapes.Preferences(
        "+15550111", Audio.NUMBER, LegKind.PERSISTENT, True, 5, 5, ["Billing", "Spanish"], {}
    )
    values: dict[str, Any] = {
        "id": ANA.id,
        "name": ANA.name,
        "role": Role.AGENT,
        "skills": [shapes.HeldSkill("s1", "Billing"), shapes.HeldSkill("s2", "Spanish")],
        "status": Status.AVAILABLE,
        "status_reason": None,
        "status_pending": None,
        "leg": leg(LegState.CONNECTED),
        "load": shapes.Load(0, 0, 0),
        "wrap_ups": 0,
        "offer": None,
        "watching": None,
        "email": "ana@example.com",
        "preferences": preferences,
    }
    return shapes.Me(**{**values, **fields})


def talk(id: str, **fields: Any) -> shapes.Conversation:
    """A call that waits for Billing."""
    values: dict[str, Any] = {
        "id": id,
        "state": State.QUEUED,
        "channel": Channel.VOICE,
        "customer": shapes.Customer(None, "+1 555 0122", None),
        "entry": "200",
        "language": "en",
        "skills": ["Billing"],
        "priority": 0,
        "supervisors": [],
        "agent": None,
        "routed_to": None,
        "created_at": ago(60),
        "queued_at": ago(41),
        "offer": None,
        "rejoin_until": None,
        "held": False,
        "consult": None,
        "callback": None,
        "bot": None,
        "result": None,
        "muted": False,
        "staffing": Staffing.OK,
        "faults": [],
        "reason": None,
        "sentiment": None,
        "flow": None,
        "parameters": {},
        "transcript": [],
        "segments": [],
        "rules": [],
        "outcome": None,
        "closed_at": None,
        "why": None,
        "version": 1,
    }
    return shapes.Conversation(**{**values, **fields})


def rich(id: str, **fields: Any) -> shapes.Conversation:
    """Maria's call with all that a bot can tell of it."""
    said = [
        ("AI", "Hello, you are through to the billing assistant. How can I help?"),
        ("Maria", "I was charged twice for my last order and nobody answers my emails."),
        ("AI", "I am sorry to hear that. May I have the order number?"),
        ("Maria", "It is 48213. The second charge came this morning, 42 dollars."),
        ("AI", "Thank you. I see two payments for order 48213."),
        ("Maria", "Then please connect me to a person."),
    ]
    turns = [
        shapes.Turn(f"t{i}", who, text, ago(120 - 12 * i)) for i, (who, text) in enumerate(said)
    ]
    values: dict[str, Any] = {
        "customer": shapes.Customer("Maria Lopez", "+1 555 0122", "maria@example.com"),
        "skills": ["Billing", "Spanish"],
        "queued_at": ago(92),
        "priority": 3,
        "reason": "wants a person",
        "sentiment": -0.4,
        "flow": {"name": "refund", "step": "verify"},
        "parameters": {"order": "48213", "amount": 42.0, "currency": "USD"},
        "transcript": turns,
        "faults": [shapes.Fault("unknown_skill", "There is no skill “Refunds”; it was left out.")],
        "why": shapes.Why("offered", ["Billing", "Spanish"], 240_000, []),
    }
    return talk(id, **{**values, **fields})


def offered(id: str, seconds: float = 14, **fields: Any) -> shapes.Conversation:
    """Maria's call, offered to Ana with this many seconds left of 20."""
    offer = shapes.Offer(1, ANA, ago(20 - seconds), ago(-seconds), True)
    return rich(id, state=State.OFFERED, offer=offer, **fields)


def active(id: str, **fields: Any) -> shapes.Conversation:
    """Maria's call, in Ana's hands for two minutes."""
    mine = shapes.Segment(ANA, ago(134), None, None, WrapUp.NONE, "", None)
    before = shapes.Segment(
        BEN, ago(600), ago(500), "requeue", WrapUp.NONE, "Asked for the order number.", None
    )
    parts = {"queued_at": ago(226), "segments": [before, mine]}
    return rich(id, state=State.ACTIVE, agent=ANA, **{**parts, **fields})


def consult(about: shapes.Conversation, number: str | None) -> shapes.Consult:
    """A consult of its agent's that nobody answered yet; a number, or Billing."""
    to = shapes.ConsultTarget(None if number else "Billing", None, number)
    return shapes.Consult(ConsultState.OFFERED, to, about.agent, None, number, ago(5))


def wrapping_up(id: str, **fields: Any) -> shapes.Conversation:
    """Maria's call after she hung up."""
    mine = shapes.Segment(
        ANA, ago(134), ago(20), "customer", WrapUp.OPEN, "Refund of 42.00 promised.", None
    )
    parts = {"queued_at": ago(226), "segments": [mine]}
    return rich(id, state=State.WRAP_UP, **{**parts, **fields})
