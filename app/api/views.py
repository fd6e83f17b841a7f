"""From what the house holds to what the API answers: names for ids, RFC 3339 for instants."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.api import shapes
from app.api.access import is_bots
from app.api.ports import DirectoryPort
from app.api.visibility import Detail, Viewer
from app.domain import agent as people
from app.domain import conversation as talks
from app.domain.bot_side import BotSide
from app.domain.events import EventType
from app.domain.leg import LegState
from app.domain.routing import Verdict
from app.domain.supervision import Watching
from app.records import Match, Person, PersonSkill, Skill, TimelineEntry, Turn

_OFFERING = frozenset(
    {
        EventType.CONVERSATION_OFFERED,
        EventType.OFFER_RANG,
        EventType.OFFER_REJECTED,
        EventType.OFFER_EXPIRED,
        EventType.OFFER_WITHDRAWN,
        EventType.EXCLUSION_ENDED,
    }
)
_SUPERVISING = frozenset(
    {
        EventType.SUPERVISION_STARTED,
        EventType.SUPERVISION_CHANGED,
        EventType.SUPERVISION_ENDED,
    }
)
_TOLD_TO_AGENTS = frozenset({"cause", "sentiment", "rule", "did"})


def instant(ms: int) -> datetime:
    """Milliseconds since the epoch as an instant in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def moment(ms: int | None) -> datetime | None:
    """As `instant`; None stays None."""
    return None if ms is None else instant(ms)


def named(person_id: str, directory: DirectoryPort) -> shapes.Named:
    """A person, by id and name."""
    return shapes.Named(person_id, directory.person_name(person_id))


def conversation(
    of: talks.Conversation, directory: DirectoryPort, detail: Detail, turns: Sequence[Turn] = ()
) -> shapes.Conversation:
    """One conversation, as much of it as the viewer is told."""
    consult = of.consult if of.consult and of.consult.offer else None
    offer, why = (consult.offer, consult.why) if consult else (of.offer, of.why)
    return shapes.Conversation(
        id=of.id,
        state=of.state,
        channel=of.channel,
        customer=shapes.Customer(of.customer.name, of.customer.number, of.customer.email),
        entry=of.entry,
        language=of.language,
        skills=sorted(directory.skill_name(skill) for skill in of.skills),
        priority=of.priority,
        agent=named(of.agent_id, directory) if of.agent_id else None,
        routed_to=named(of.routed_to, directory) if of.routed_to else None,
        created_at=instant(of.created_at),
        queued_at=moment(of.queued_at),
        offer=_offer(offer, directory) if offer else None,
        rejoin_until=moment(of.rejoin_until),
        held=of.held,
        consult=_consult(of, directory) if of.consult else None,
        muted=of.muted,
        supervisors=_supervisors(of, directory) if detail is Detail.SUPERVISOR else [],
        staffing=of.staffing,
        callback=_callback(of.callback) if of.callback else None,
        rules=[shapes.RuleApplied(r.id, r.rule, instant(r.at), r.did) for r in of.rules],
        bot=_bot_side(of),
        result=of.result,
        faults=[shapes.Fault(fault.code, fault.detail) for fault in of.faults],
        reason=of.reason,
        sentiment=of.sentiment,
        flow=of.flow,
        parameters=of.parameters,
        transcript=list(map(turn, turns)),
        segments=[_segment(segment, directory) for segment in of.segments],
        outcome=of.outcome,
        closed_at=moment(of.closed_at),
        why=_why(why, directory, detail) if why else None,
        version=of.version,
        recording=_recording(of, directory),
    )


def _recording(of: talks.Conversation, directory: DirectoryPort) -> str | None:
    talking = of.state is talks.State.ACTIVE and of.channel is talks.Channel.VOICE
    if not talking or not directory.is_recorded(of.skills):
        return None
    return "paused" if of.recording_paused else "on"


def timeline(
    entries: Sequence[TimelineEntry], directory: DirectoryPort, viewer: Viewer
) -> shapes.Timeline:
    """A conversation's past; what was offered to colleagues is for supervisors."""
    return shapes.Timeline(
        [
            shapes.TimelineEntry(
                type=one.type,
                at=instant(one.at),
                agent=named(one.agent_id, directory) if one.agent_id else None,
                data={k: v for k, v in one.data.items() if viewer.sees_all or k in _TOLD_TO_AGENTS},
            )
            for one in entries
            if viewer.sees_all
            or one.type not in _OFFERING | _SUPERVISING
            or one.agent_id == viewer.id
        ]
    )


def _bot_side(of: talks.Conversation) -> shapes.BotSide | None:
    """A chat that a program began goes back to it by its state alone: its id says whose it is."""
    if of.bot is not None:
        return _bot(of.bot)
    if of.channel is not talks.Channel.CHAT or not is_bots(of.id):
        return None
    back = sum(segment.ended_by == "hand_back" for segment in of.segments)
    with_it = of.state is talks.State.BOT
    return shapes.BotSide(True, with_it, stays=False, handed_back=back, until=None, notes="")


def _bot(of: BotSide) -> shapes.BotSide:
    return shapes.BotSide(
        can_take_back=of.app is not None,
        has_caller=of.has_caller,
        stays=of.stays,
        handed_back=of.handed_back,
        until=moment(of.until),
        notes=of.notes,
    )


def _supervisors(of: talks.Conversation, directory: DirectoryPort) -> list[shapes.Supervision]:
    return [
        shapes.Supervision(named(one.agent_id, directory), one.how, instant(one.since))
        for one in of.supervisors
    ]


def _callback(of: talks.Callback) -> shapes.Callback:
    return shapes.Callback(of.number, of.tries, moment(of.not_before), of.dialling, of.recording)


def turn(of: Turn) -> shapes.Turn:
    """One utterance."""
    return shapes.Turn(of.id, of.speaker, of.text, instant(of.at))


def match(of: Match) -> shapes.Match:
    """Where a search's words are."""
    return shapes.Match(of.where, of.text, list(of.marks), of.speaker, moment(of.at))


def agent(of: people.Agent, directory: DirectoryPort) -> shapes.Agent:
    """An agent, as supervisors see them."""
    return shapes.Agent(
        id=of.id,
        name=of.name,
        role=of.role,
        skills=_held(of, directory),
        status=of.status,
        status_reason=of.status_reason,
        status_pending=of.status_pending,
        leg=shapes.Leg(of.leg.state, of.leg.audio, of.leg.kind, of.leg.detail),
        load=shapes.Load(of.load.voice, of.load.chat, of.load.email),
        wrap_ups=of.wrap_ups,
        offer=of.offer,
        watching=_watching(of.watching) if of.watching else None,
    )


def me(of: people.Agent, person: Person, directory: DirectoryPort) -> shapes.Me:
    """An agent, as they see themselves."""
    seen = agent(of, directory)
    return shapes.Me(
        **{name: getattr(seen, name) for name in seen.__struct_fields__},
        email=person.email,
        preferences=preferences(person),
    )


def preferences(person: Person) -> shapes.Preferences:
    """The personal configuration."""
    return shapes.Preferences(
        phone_number=person.phone_number,
        audio=person.audio,
        leg=person.leg,
        confirm_answer=person.confirm_answer,
        chat_cap=person.chat_cap,
        email_cap=person.email_cap,
        skills=[skill.name for skill in person.skills],
        inbox_view=person.inbox_view,
    )


def skill(of: Skill, directory: DirectoryPort) -> shapes.Skill:
    """Something that a conversation may require."""
    recorded = directory.is_recorded((of.id,))
    kept = directory.kept_recordings().get(of.id)
    return shapes.Skill(of.id, of.name, of.description, of.admin_only, recorded, kept)


def colleague(person: Person, agent: people.Agent | None) -> shapes.DirectoryEntry:
    """A colleague to transfer to; without an agent they never signed in."""
    names = [skill.name for skill in person.skills]
    status = agent.status if agent else people.Status.OFFLINE
    free = agent is not None and _is_free(agent)
    return shapes.DirectoryEntry(person.id, person.name, person.role, status, names, free)


def _is_free(agent: people.Agent) -> bool:
    available = agent.status is people.Status.AVAILABLE and agent.status_pending is None
    engaged = agent.load.voice or agent.wrap_ups or agent.offer
    return available and not engaged and agent.leg.state is LegState.CONNECTED


def explanation(verdicts: Sequence[Verdict]) -> shapes.Explanation:
    """Every agent, and why they can or cannot get the conversation now."""
    return shapes.Explanation(
        [shapes.ExplainedAgent(v.agent_id, v.name, v.eligible, list(v.reasons)) for v in verdicts]
    )


def held(skill: PersonSkill) -> shapes.HeldSkill:
    """A skill as one person has it."""
    locked = skill.locked or skill.admin_only
    return shapes.HeldSkill(skill.id, skill.name, locked, skill.proficiency)


def _watching(of: Watching) -> shapes.Watching:
    return shapes.Watching(of.conversation_id, of.how, instant(of.since))


def _held(of: people.Agent, directory: DirectoryPort) -> list[shapes.HeldSkill]:
    person = directory.person(of.id)
    known = {skill.id: held(skill) for skill in person.skills} if person else {}
    found = [known.get(s) or shapes.HeldSkill(s, directory.skill_name(s)) for s in of.skills]
    return sorted(found, key=lambda skill: skill.name.casefold())


def _consult(of: talks.Conversation, directory: DirectoryPort) -> shapes.Consult | None:
    asked = of.consult
    if asked is None:
        return None
    skills = ", ".join(directory.skill_name(skill) for skill in asked.skills)
    return shapes.Consult(
        state=asked.state,
        to=shapes.ConsultTarget(
            skill=skills or None,
            agent=named(asked.to_agent, directory) if asked.to_agent else None,
            number=asked.number,
        ),
        by=named(of.agent_id, directory) if of.agent_id else None,
        agent=named(asked.agent_id, directory) if asked.agent_id else None,
        number=asked.number,
        since=instant(asked.since),
    )


def _offer(of: talks.Offer, directory: DirectoryPort) -> shapes.Offer:
    return shapes.Offer(
        attempt=of.attempt,
        agent=named(of.agent_id, directory),
        offered_at=instant(of.offered_at),
        expires_at=instant(of.expires_at),
        rang=of.rang,
    )


def _segment(of: talks.Segment, directory: DirectoryPort) -> shapes.Segment:
    return shapes.Segment(
        agent=named(of.agent_id, directory),
        from_=instant(of.from_at),
        to=moment(of.to_at),
        ended_by=of.ended_by,
        wrap_up=of.wrap_up,
        notes=of.notes,
        disposition=of.disposition,
        wrap_up_until=moment(of.wrap_up_until) if of.wrap_up is talks.WrapUp.OPEN else None,
    )


def _why(of: talks.Why, directory: DirectoryPort, detail: Detail) -> shapes.Why:
    others = of.eligible if detail is Detail.SUPERVISOR else ()
    return shapes.Why(
        how=of.how,
        requirement=[directory.skill_name(skill) for skill in of.requirement],
        idle_ms=of.idle_ms,
        eligible=[named(other, directory) for other in others],
        proficiency=of.proficiency / len(of.requirement)
        if of.proficiency is not None and of.requirement
        else None,
    )
