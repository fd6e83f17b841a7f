"""Phones that are rung for each call: what their state is, and what their answers mean.

Connected means that the phone can be reached: a SIP contact answers, or the number is set and
its last dial, if any since reconnect was clicked, reached it. `wanted` stays until the agent
disconnects, so a contact that comes back is connected again.
"""

from app.acd import Distributor
from app.desk.directory import Directory
from app.desk.dispatch import Dispatch
from app.desk.leg_addresses import LegAddresses
from app.desk.voice_picture import VoicePicture
from app.domain.agent import Agent
from app.domain.leg import Audio, LegMove, LegState
from app.telephony import ContactChanged, LegAnswered, LegFailed, LegFault, LegGone, Telephony

OUT_OF_REACH = "your phone is not registered or does not answer"
REFUSALS = frozenset({LegFault.BUSY, LegFault.REJECTED})


class PerCallLegs:
    """Handles the facts about such phones; every method is one step after the other."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        directory: Directory,
        picture: VoicePicture,
        telephony: Telephony,
        addresses: LegAddresses,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._directory = directory
        self._picture = picture
        self._telephony = telephony
        self._addresses = addresses

    async def connect(self, agent: Agent) -> None:
        """The agent wants calls on this phone. Dials nothing, but for a call that lost it."""
        if agent.load.voice:
            if agent.leg.state is LegState.DISCONNECTED:
                await self._ring_again(agent.id)
            return
        await self._want(agent.id, True, None)
        await self._show(agent)

    async def answered(self, fact: LegAnswered) -> None:
        """Answering accepts. Raises WrongState, NotYours when that offer is over."""
        await self._dispatch.act(
            await self._distributor.accept(fact.conversation_id, fact.agent_id, fact.attempt)
        )

    async def gone(self, leg: LegGone, agent: Agent, lost: str) -> None:
        """The phone was hung up: by its owner, which ends a talk, or lost, or by us."""
        if agent.watching is not None and (leg.far_end_hung_up or leg.lost):
            await self._stop_watching(agent, "hung_up" if leg.far_end_hung_up else "leg")
        talk = self._picture.talk_of(agent)
        if talk and leg.far_end_hung_up:
            ended = await self._distributor.end(talk.id, "agent", agent.id, hung_up=True)
            await self._dispatch.act(ended)
        elif agent.load.voice and leg.lost:
            await self._change(agent.id, LegMove.DISCONNECT, lost, lost=True)
            if talk and talk.agent_id != agent.id:  # was consulted: that is over
                await self._show(agent)
            elif await self._reachable(agent):
                await self._ring_again(agent.id)
            return
        if not await self._reachable(agent):
            await self._change(agent.id, LegMove.DISCONNECT, OUT_OF_REACH)

    async def failed(self, fact: LegFailed, agent: Agent, words: str) -> None:
        """Nobody answered: a refusal rejects the offer, out of reach disconnects the phone."""
        if agent.watching is not None:
            await self._stop_watching(agent, fact.reason.value)
        offer = fact.conversation_id or agent.offer
        if fact.reason in REFUSALS:
            if offer and not agent.load.voice:
                await self._dispatch.act(await self._distributor.reject(offer, agent.id))
            return
        if fact.reason is LegFault.NO_ANSWER and fact.rang:
            return  # it gave up before the offer did: a missed one, by its own deadline
        if agent.leg.audio is Audio.NUMBER:
            await self._want(agent.id, False, words)
        await self._change(agent.id, LegMove.DISCONNECT, words, lost=True)

    async def _stop_watching(self, agent: Agent, cause: str) -> None:
        """The phone was rung for a call to supervise, and is not there for it."""
        if agent.watching is not None:
            talk = agent.watching.conversation_id
            await self._dispatch.act(
                await self._distributor.unsupervise(talk, agent.id, cause=cause)
            )

    async def contact(self, fact: ContactChanged, agent: Agent) -> None:
        """The desk phone or the browser came into reach or went out of it."""
        if self._endpoint(agent) != fact.endpoint or not agent.leg.wanted:
            return
        talk = self._picture.talk_of(agent)
        if talk is None and not agent.load.voice:
            await self._show(agent)
        elif fact.reachable and talk and talk.rejoin_until is not None:
            await self._ring_again(agent.id)

    async def _show(self, agent: Agent) -> None:
        """Say whether the phone can be reached."""
        if await self._reachable(agent):
            await self._change(agent.id, LegMove.CONNECT, None)
        else:
            await self._change(agent.id, LegMove.DISCONNECT, OUT_OF_REACH)

    async def _ring_again(self, agent_id: str) -> None:
        """Ring the phone once more for the talk that lost it."""
        await self._want(agent_id, False, "dialling")
        await self._want(agent_id, True, "dialling")

    async def _reachable(self, agent: Agent) -> bool:
        if agent.leg.audio is Audio.NUMBER:
            return True
        endpoint = self._endpoint(agent)
        return endpoint is not None and await self._telephony.reachable(endpoint)

    def _endpoint(self, agent: Agent) -> str | None:
        """The SIP endpoint that is rung; None for a number, or where no browser has the phone."""
        person = self._directory.person(agent.id)
        address = self._addresses.get(person, agent.leg.audio) if person else None
        return address.endpoint if address and agent.leg.audio is not Audio.NUMBER else None

    async def _want(self, agent_id: str, wanted: bool, detail: str | None) -> None:
        await self._dispatch.act(await self._distributor.want_leg(agent_id, wanted, detail))

    async def _change(
        self, agent_id: str, what: LegMove, detail: str | None, lost: bool = False
    ) -> None:
        result = await self._distributor.change_leg(agent_id, what, detail, lost=lost)
        await self._dispatch.act(result)
