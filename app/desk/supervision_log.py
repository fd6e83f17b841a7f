"""Who listened to whom, from when until when: what supervisors did, for the audit log.

Read off the stream, because supervising ends in many ways (the call, a phone, a sign-out) and
none of them is a request. Each entry's id is its event's: the archive, which reads an event again
after a fault, notes it once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.acd import Distributor
from app.domain.conversation import Conversation
from app.domain.events import EventType, StreamEvent
from app.domain.supervision import How
from app.records import AuditEntry, Records

_BEGUN = {
    How.LISTEN: "conversation.listened",
    How.WHISPER: "conversation.whispered",
    How.BARGE: "conversation.barged",
}
_ENDED = "conversation.supervision_ended"
_TAKEN = "conversation.taken_over"
_SUPERVISING = frozenset(
    {
        EventType.SUPERVISION_STARTED,
        EventType.SUPERVISION_CHANGED,
        EventType.SUPERVISION_ENDED,
        EventType.CONVERSATION_TAKEN_OVER,
    }
)
Values = dict[str, Any]


class SupervisionLog:
    """Notes what the stream tells of supervisors."""

    def __init__(self, distributor: Distributor, records: Records) -> None:
        self._distributor = distributor
        self._records = records

    async def note(self, events: Sequence[StreamEvent], seen: Mapping[str, Conversation]) -> None:
        """Note these, before the archive's cursor passes them; noted again, they are one."""
        entries = [await self._entry(e, seen) for e in events if e.type in _SUPERVISING]
        if entries:
            await self._records.audit.note(entries)

    async def _entry(self, event: StreamEvent, seen: Mapping[str, Conversation]) -> AuditEntry:
        who = event.agent_id or ""
        act, before, after = await self._told(event)
        conversation = seen.get(event.conversation_id or "")
        customer = conversation.customer if conversation else None
        return AuditEntry(
            id=f"event-{event.id}",
            at=event.at,
            who_id=who,
            who_name=await self._name(who) or who,
            act=act,
            target_id=event.conversation_id,
            target_name=(customer.name or customer.number) if customer else None,
            before=before,
            after=after,
        )

    async def _told(self, event: StreamEvent) -> tuple[str, Values | None, Values | None]:
        told, at = event.data, _instant(event.at)
        if event.type is EventType.CONVERSATION_TAKEN_OVER:
            before = {"state": told.get("state"), "agent": await self._name(told.get("from"))}
            return _TAKEN, _said(before), None
        agent = await self._name(told.get("of"))
        if event.type is EventType.SUPERVISION_ENDED:
            before = {"how": told["how"], "from": _instant(told["since"]), "agent": agent}
            return _ENDED, _said(before), {"until": at, "cause": told["cause"]}
        return _BEGUN[How(told["how"])], None, _said({"agent": agent, "from": at})

    async def _name(self, agent_id: str | None) -> str | None:
        agent = await self._distributor.agent(agent_id) if agent_id else None
        return agent.name if agent else agent_id


def _said(values: Values) -> Values:
    return {key: value for key, value in values.items() if value is not None}


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
