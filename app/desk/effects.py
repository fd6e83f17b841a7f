"""What the live state wants of Asterisk: decisions on their way down.

Level-triggered: the same function serves a live event, a late one, a repeated one and the start
after a crash. An older state than the one already shown is passed over.
"""

from app.acd import Result
from app.desk.directory import Directory
from app.domain.agent import Agent
from app.domain.conversation import Channel, Conversation, State
from app.domain.leg import Audio
from app.records import Person
from app.telephony import CallWant, LegAddress, LegWant, Place, Telephony


class Effects:
    """Turns conversations and agents into wants, and hands them to telephony."""

    def __init__(self, telephony: Telephony, directory: Directory) -> None:
        self._telephony = telephony
        self._directory = directory
        self._seen: dict[str, int] = {}  # conversation or agent id: newest version shown
        self._voice: set[str] = set()  # conversations whose offers ring a leg
        self._positions: dict[str, int] = {}

    async def apply(self, result: Result) -> None:
        """Show Asterisk what a transition led to."""
        await self.show(list(result.conversations.values()), list(result.agents.values()))

    async def show(self, conversations: list[Conversation], agents: list[Agent]) -> None:
        """Show these states; talks first, for somebody is waiting to hear."""
        for conversation in sorted(conversations, key=lambda c: c.state is not State.ACTIVE):
            if conversation.channel is Channel.VOICE and self._is_newer(conversation):
                await self._show_call(conversation)
        for agent in agents:
            if self._is_newer(agent):
                await self._telephony.want_leg(self._leg(agent))

    async def show_position(self, conversation: Conversation, position: int) -> None:
        """Tell telephony a waiting caller's place, for its announcement."""
        if self._positions.get(conversation.id) == position:
            return
        self._positions[conversation.id] = position
        if self._seen.get(conversation.id, -1) <= conversation.version:
            await self._telephony.want_call(self._call(conversation))

    def forget(self) -> None:
        """After a reconnection everything is to be shown again."""
        self._seen.clear()

    def _is_newer(self, item: Conversation | Agent) -> bool:
        if self._seen.get(item.id, -1) >= item.version:
            return False
        self._seen[item.id] = item.version
        return True

    async def _show_call(self, conversation: Conversation) -> None:
        if conversation.state in {State.CLOSED, State.WRAP_UP}:
            self._voice.discard(conversation.id)
            self._positions.pop(conversation.id, None)
        else:
            self._voice.add(conversation.id)
        if conversation.channel_id is not None:
            await self._telephony.want_call(self._call(conversation))
        if conversation.state is State.CLOSED:
            self._seen.pop(conversation.id, None)

    def _call(self, conversation: Conversation) -> CallWant:
        place = _place(conversation)
        return CallWant(
            conversation_id=conversation.id,
            channel_id=conversation.channel_id or "",
            place=place,
            agent_id=conversation.agent_id if place is Place.TALKING else None,
            language=conversation.language,
            position=self._positions.get(conversation.id) if place is Place.WAITING else None,
            variables=self._breadcrumbs(conversation),
        )

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
        }

    def _leg(self, agent: Agent) -> LegWant:
        person = self._directory.person(agent.id)
        ringing = agent.offer if agent.offer in self._voice else None
        return LegWant(
            agent_id=agent.id,
            address=address(person, agent.leg.audio) if person else None,
            up=agent.leg.wanted,
            ringing=ringing,
        )


def _place(conversation: Conversation) -> Place:
    if conversation.state is State.ACTIVE and conversation.rejoin_until is None:
        return Place.TALKING
    if conversation.state in {State.QUEUED, State.OFFERED, State.ACTIVE}:
        return Place.WAITING
    return Place.RELEASED if conversation.state is State.BOT else Place.GONE


def address(person: Person, audio: Audio) -> LegAddress | None:
    """Where the agent's leg is dialled; None while they have not said."""
    if audio is Audio.NUMBER:
        return LegAddress(number=person.phone_number) if person.phone_number else None
    return LegAddress(endpoint=person.sip_user) if audio is Audio.SIP else None
