"""What the live state wants of Asterisk: decisions on their way down.

Level-triggered: the same function serves a live event, a late one, a repeated one and the start
after a crash. An older state than the one already shown is passed over.
"""

import logging
from dataclasses import replace

from app.acd import Result
from app.desk.captured import captured, shown
from app.desk.directory import Directory
from app.desk.errors import Invalid
from app.desk.leg_addresses import LegAddresses
from app.desk.notices import Notices
from app.desk.parties import party, party_of, want_of
from app.desk.places import bot_wants, goodbye, place_of
from app.desk.voice_picture import VoicePicture
from app.desk.wait_times import WaitTimes
from app.domain.agent import Agent
from app.domain.consult import ConsultState
from app.domain.conversation import Conversation, State
from app.domain.events import EventType
from app.domain.leg import Audio, LegKind, LegState
from app.domain.supervision import How, Watching
from app.records import Person
from app.telephony import (
    BOT_APP,
    HELD,
    MUTED,
    CallOut,
    CallWant,
    LegAddress,
    LegWant,
    Place,
    Telephony,
    WatchWant,
)

RECORDED = frozenset({Place.TALKING, Place.CONFERRING})
"""Not on hold, nor while the agent consults somebody alone: the customer hears music then."""
OVER = frozenset({State.WRAP_UP, State.CLOSED})

log = logging.getLogger("ringdesk.effects")


class Effects:
    """Turns conversations and agents into wants, and hands them to telephony."""

    def __init__(
        self,
        telephony: Telephony,
        directory: Directory,
        addresses: LegAddresses,
        picture: VoicePicture,
        waits: WaitTimes,
        notices: Notices | None = None,
    ) -> None:
        self._notices = notices
        self._telephony = telephony
        self._addresses = addresses
        self._directory = directory
        self._picture = picture
        self._waits = waits
        self._agents: dict[str, int] = {}  # newest version shown
        self._positions: dict[str, tuple[int, int | None]] = {}  # place and minutes
        self._forwarded: set[str] = set()
        self._parties: dict[str, str] = {}
        self._watching: set[str] = set()

    async def apply(self, result: Result) -> None:
        """Show Asterisk what a transition led to. A customer is called by who ran it, once."""
        for event in () if result.repeated else result.events:
            taken = result.conversations.get(event.conversation_id or "")
            if event.type is EventType.OFFER_ACCEPTED and taken is not None and taken.dialling:
                await self._telephony.call_out(self._call_out(taken))
        await self.show(list(result.conversations.values()), list(result.agents.values()))

    async def show(self, conversations: list[Conversation], agents: list[Agent]) -> None:
        """Show these states; talks first, for somebody is waiting to hear.

        A leg's want comes of its agent and of the conversation that they are offered or have. The
        two can be learnt in either order (results overtake each other), so either one tells it.
        """
        concerned: set[str] = set()
        for conversation in sorted(conversations, key=lambda c: c.state is not State.ACTIVE):
            before = self._picture.get(conversation.id)
            seen = self._picture.see(conversation)
            if seen and before:
                await self._take_back(before, conversation)
            if seen:
                self._waits.see(conversation)
            if seen and conversation.channel_id is not None and self._concerns(conversation):
                await self._telephony.want_call(self._call(conversation))
            if seen:
                await self._show_party(conversation)
                concerned |= _agents_of(conversation)
        for agent in agents:
            if self._agents.get(agent.id, -1) < agent.version:
                self._agents[agent.id] = agent.version
                self._picture.see_agent(agent)
                concerned.add(agent.id)
        for known in map(self._picture.agent, sorted(concerned)):
            if known is not None:
                await self._telephony.want_leg(self._leg(known))
                await self._show_watch(known)

    async def _show_watch(self, supervisor: Agent) -> None:
        """What a supervisor hears of the call that they are on; nothing, if they are on none."""
        watching = supervisor.watching
        call = self._picture.get(watching.conversation_id) if watching else None
        if watching is None:
            if supervisor.id in self._watching:
                self._watching.discard(supervisor.id)
                await self._telephony.want_watch(WatchWant(supervisor.id))
            return
        if call is None or call.channel_id is None:
            return
        self._watching.add(supervisor.id)
        others = (s for s in call.supervisors if s.agent_id != supervisor.id)
        await self._telephony.want_watch(
            WatchWant(
                agent_id=supervisor.id,
                how=watching.how,
                channel_id=call.channel_id,
                whisper_to=call.agent_id,
                beside=frozenset(s.agent_id for s in others if s.how is How.BARGE),
            )
        )

    async def _show_party(self, conversation: Conversation) -> None:
        """The number that is consulted; one that is no more is hung up, unless the customer is
        being joined to it."""
        now, before = party_of(conversation), self._parties.pop(conversation.id, None)
        if before is not None and before != now and not conversation.forward_joined:
            await self._telephony.want_leg(LegWant(before, None, up=False))
        want = want_of(conversation, *_third_seat(conversation))
        if want is not None:
            self._parties[conversation.id] = want.agent_id
            await self._telephony.want_leg(want)

    def _concerns(self, conversation: Conversation) -> bool:
        """A call is sent on once: when it comes back, a late word about it (somebody writes
        notes) must not send it away again. Nor is what is over asked for on a channel that came
        again, and has another conversation."""
        sent_on = conversation.id in self._forwarded
        if conversation.state is State.CLOSED:
            self._forwarded.discard(conversation.id)
        channel_id = conversation.channel_id or ""
        if conversation.state in OVER and self._picture.is_of_another(channel_id, conversation.id):
            return False
        if conversation.forward_to is None and conversation.result is None:
            self._forwarded.discard(conversation.id)
            return True
        if conversation.state is not State.CLOSED:
            self._forwarded.add(conversation.id)
        return not sent_on

    async def _take_back(self, before: Conversation, now: Conversation) -> None:
        """The customer is on another line, or it took too long: the call to them ends. Who chose
        to be called back leaves the line."""
        if not before.dialling:
            if before.channel_id and now.channel_id is None:
                await self._telephony.want_call(goodbye(before))
        elif before.channel_id and before.channel_id != now.channel_id:
            want = CallWant(now.id, before.channel_id, Place.UNCALLED)
            await self._telephony.want_call(want)

    async def show_waiting(self) -> None:
        """Show every waiting call again: the hours changed, and with them what callers are told."""
        for conversation in self._picture.waiting():
            if conversation.channel_id is not None:
                await self._telephony.want_call(self._call(conversation))

    async def show_positions(self, places: dict[str, int]) -> None:
        """Tell telephony the waiting callers' places and waits, for the announcements."""
        for conversation_id, place in places.items():
            conversation = self._picture.get(conversation_id)
            if conversation is None:
                continue
            told = (place, self._waits.minutes(conversation, place))
            if self._positions.get(conversation_id) != told:
                self._positions[conversation_id] = told
                await self._telephony.want_call(self._call(conversation))
        self._positions = {k: v for k, v in self._positions.items() if self._picture.get(k)}

    def forget(self) -> None:
        """After a reconnection everything is to be shown again."""
        self._picture.forget()
        self._agents.clear()
        self._forwarded.clear()
        self._parties.clear()

    def _call(self, conversation: Conversation) -> CallWant:
        place = place_of(conversation)
        heard = _in_queue(conversation) and place is Place.WAITING
        told = self._positions.get(conversation.id) if heard else None
        position, wait = told or (None, None)
        return CallWant(
            conversation_id=conversation.id,
            channel_id=conversation.channel_id or "",
            place=place,
            agent_id=conversation.agent_id if place is Place.TALKING else None,
            language=conversation.language,
            position=position,
            wait=wait,
            number=conversation.forward_to if place is Place.FORWARDED else None,
            party=_joined(conversation) if place is Place.FORWARDED else None,
            result=conversation.result if place is Place.EXITED else None,
            exit_key=conversation.exit_key,
            record=place in RECORDED and self._is_recorded(conversation),
            **bot_wants(conversation, place),
            notice=self._notices.of(conversation) if self._notices else None,
            variables=self._breadcrumbs(conversation),
        )

    def _is_recorded(self, conversation: Conversation) -> bool:
        paused = conversation.recording_paused
        return not paused and self._directory.is_recorded(conversation.skills)

    def _call_out(self, conversation: Conversation) -> CallOut:
        """Rules may have changed since it was left: a number that may not be called is none."""
        number = conversation.callback.number if conversation.callback else None
        try:
            number = self._addresses.outside(number or "", field="number").number
        except Invalid as error:
            log.warning("callback %s is not called: %s", conversation.id, error.detail)
            number = ""
        variables = {
            **self._breadcrumbs(conversation),
            "RINGDESK_LANGUAGE": conversation.language,
        }
        return CallOut(conversation.channel_id or "", number, variables)

    def _breadcrumbs(self, conversation: Conversation) -> dict[str, str]:
        """What a rebuild needs, kept on the channel itself."""
        skills = ",".join(self._directory.skill_name(s) for s in conversation.skills)
        return {
            "RINGDESK_CONVERSATION": conversation.id,
            "RINGDESK_SKILLS": skills,
            "RINGDESK_PRIORITY": str(conversation.priority),
            "RINGDESK_QUEUED_AT": str(conversation.queued_at or conversation.created_at),
            "RINGDESK_OWNER": conversation.agent_id or "",
            "RINGDESK_ATTEMPT": str(conversation.attempts),
            **(
                {BOT_APP: conversation.bot.app} if conversation.bot and conversation.bot.app else {}
            ),
            HELD: "1" if conversation.held and not conversation.consult else "",  # it ends with us
            MUTED: "1" if conversation.muted else "",
            # Not while it is on its way back: there the variable says that it was sent.
            **({} if conversation.result else {"RINGDESK_RESULT": ""}),
        }

    def _leg(self, agent: Agent) -> LegWant:
        person = self._directory.person(agent.id)
        offered = self._picture.get(agent.offer)
        if offered is not None and offered.offer_to(agent.id) is None:
            offered = None  # known, but not yet as offered: once it is, the leg is told
        talk = self._picture.talk_of(agent)
        own = talk is not None and talk.agent_id == agent.id
        room, held = _seat(talk, own)
        want = LegWant(
            agent_id=agent.id,
            address=self._address(agent, person),
            up=agent.leg.wanted,
            ringing=offered.id if offered else None,
            caller_display=self._display(offered or talk, agent),
            caller_number=_number(offered or talk),
            caller_skills=self._skills_of(offered),
            caller_facts=captured(offered),
            engaged=agent.on_call or agent.offer is not None,
            muted=own and talk is not None and talk.muted,
            room=room,
            held=held,
            calling=talk.id if own and talk is not None and talk.dialling else None,
        )
        if agent.leg.kind is LegKind.PERSISTENT:
            return want
        if agent.watching is not None:
            return self._leg_of_supervisor(want, agent, agent.watching, person)
        meant = talk or offered
        return replace(
            want,
            kind=LegKind.PER_CALL,
            caller_display=self._display(meant, agent),
            caller_number=_number(meant),
            attempt=meant.attempt_of(agent.id) if meant else 0,
            talking=(talk.id if talk else "") if agent.load.voice else None,
            confirm=_is_confirmed(agent, person),
        )

    def _leg_of_supervisor(
        self, want: LegWant, agent: Agent, watching: Watching, person: Person | None
    ) -> LegWant:
        """A phone that is rung per call is rung for the call that they supervise, once."""
        return replace(
            want,
            kind=LegKind.PER_CALL,
            ringing=None,
            caller_display=self._display(self._picture.get(watching.conversation_id), agent),
            caller_number=_number(self._picture.get(watching.conversation_id)),
            attempt=watching.since,
            talking=watching.conversation_id,
            confirm=_is_confirmed(agent, person),
        )

    def _display(self, conversation: Conversation | None, agent: Agent) -> str | None:
        """What the phone shows: the customer, behind the colleague who consults."""
        if conversation is None:
            return None
        name = conversation.customer.name or conversation.customer.number
        customer = shown(name, conversation)
        owner = conversation.agent_id
        if owner is None or owner == agent.id:
            return customer
        return f"{self._directory.person_name(owner)}: {customer or ''}"

    def _skills_of(self, offered: Conversation | None) -> tuple[str, ...]:
        """Names, for those who recorded them."""
        return tuple(map(self._directory.skill_name, offered.skills)) if offered else ()

    def _address(self, agent: Agent, person: Person | None) -> LegAddress | None:
        if person is None:
            return None
        persistent = agent.leg.kind is LegKind.PERSISTENT
        up = persistent and agent.leg.state is not LegState.DISCONNECTED
        standing = up or agent.on_call
        return self._addresses.get(person, agent.leg.audio, standing=standing)


def _number(conversation: Conversation | None) -> str | None:
    return conversation.customer.number if conversation else None


def _is_confirmed(agent: Agent, person: Person | None) -> bool:
    """Whether this phone counts as answered only once 1 is pressed: a number may be a mailbox."""
    return agent.leg.audio is Audio.NUMBER and (person is None or person.confirm_answer)


def _seat(talk: Conversation | None, own: bool) -> tuple[str | None, bool]:
    """In which conversation's bridge the leg stands, and whether it hears music, in a consult."""
    if talk is None or talk.consult is None:
        return None, False
    return _own_seat(talk) if own else _third_seat(talk)


def _own_seat(talk: Conversation) -> tuple[str | None, bool]:
    together = talk.consult is not None and talk.consult.state is ConsultState.TALKING
    return (talk.id if together else None), False


def _third_seat(talk: Conversation) -> tuple[str | None, bool]:
    swapped = talk.consult is not None and talk.consult.state is ConsultState.SWAPPED
    return (None if swapped else talk.id), swapped


def _agents_of(conversation: Conversation) -> set[str]:
    """Whose legs a conversation is offered to, or has."""
    consult = conversation.consult
    offers = (conversation.offer, consult.offer if consult else None)
    having = {conversation.agent_id, conversation.consulted}
    having |= {supervision.agent_id for supervision in conversation.supervisors}
    return {offer.agent_id for offer in offers if offer} | {one for one in having if one}


def _joined(conversation: Conversation) -> str | None:
    """The leg of the number that the customer is to be joined to."""
    consult = conversation.forward_joined
    return party(conversation.id, consult) if consult else None


def _in_queue(conversation: Conversation) -> bool:
    """Who is held, or waits for an agent to come back, has no place that could be told."""
    return conversation.state in {State.QUEUED, State.OFFERED} and not conversation.held_back
