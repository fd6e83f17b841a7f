"""The ground of the plain model: what there is, whom to offer what, and the moves it is made of."""

from dataclasses import replace
from typing import Any

from app.acd import NotYours, UnknownAgent, UnknownConversation, WrongState
from app.domain import conversation as conversations
from app.domain.agent import MISSED_OFFERS, MISSED_OFFERS_LIMIT, Agent, Leg, Status
from app.domain.conversation import (
    KEEPS_EXCLUSION,
    OPENS_WRAP_UP,
    Channel,
    Conversation,
    Move,
    Offer,
    Outcome,
    Segment,
    Staffing,
    State,
    Why,
    WrapUp,
)
from app.domain.leg import LegState
from app.domain.routing import Rules, obstacles, proficiency, rank, turn


class Ground:
    """What is so, and the small moves that commands are made of; each is half of a step."""

    def __init__(self, rules: Rules, now: int) -> None:
        self.rules = rules
        self.now = now
        self.a: dict[str, Agent] = {}
        self.c: dict[str, Conversation] = {}
        self.last_excluded: dict[str, str] = {}
        self.inbox_deadlines: dict[str, int] = {}
        self.transfers: dict[tuple[str, int], int] = {}
        """Conversation and its segments so far, to when whom it was transferred to loses it."""
        self.transferred: dict[str, str] = {}

    # --- routing

    def eligible(self, c: Conversation) -> list[Agent]:
        able = [a for a in self.a.values() if not obstacles(a, c, self.now, self.rules)]
        return sorted(able, key=lambda a: turn(a, c, self.rules))

    def waiting(self) -> list[Conversation]:
        found = [c for c in self.c.values() if c.state is State.QUEUED]
        return sorted(found, key=lambda c: (rank(c.queued_at or 0, c.priority, self.rules), c.id))

    def _settle(self) -> None:
        for a in list(self.a.values()):
            if a.status_pending and not self._in_hand(a):
                self._choose(a.id, a.status_pending, a.status_pending_reason, False)
        for c in self.waiting():
            self._c(c.id, staffing=self._staffing(c))
        while any(self._offer(c.id) for c in self.waiting()):
            pass

    def _offer(self, id: str) -> bool:
        able = self.eligible(self.c[id])
        others_tried = {
            a: until for a, until in self.c[id].excluded.items() if a == self.last_excluded.get(id)
        }
        if not able and self.c[id].excluded != others_tried:
            self._c(id, excluded=others_tried)
            able = self.eligible(self.c[id])
        if not able:
            return False
        c, a = self.c[id], able[0]
        voice = c.channel is Channel.VOICE
        clock = self.rules.dial_ms if voice else self.rules.offer_ms
        others = () if c.routed_to else tuple(other.id for other in able[1:11])
        how = "agent" if c.routed_to else "offered"
        offer = Offer(a.id, c.attempts + 1, self.now, self.now + clock, rang=not voice)
        weighed = self.rules.weigh_proficiency and not c.routed_to
        level = proficiency(a, c.skills) if weighed else None
        why = Why(c.skills, others, self.now - a.idle_since, how, level)
        self._c(id, offer=offer, attempts=c.attempts + 1, why=why)
        self._move(id, Move.OFFER)
        self._a(a.id, offer=id)
        return True

    def _staffing(self, c: Conversation) -> Staffing:
        if c.routed_to:
            able = [a for a in self.a.values() if a.id == c.routed_to]
        else:
            able = [a for a in self.a.values() if a.skills.issuperset(c.skills)]
        if not able:
            return Staffing.NONE_SKILLED
        if all(a.status is Status.OFFLINE for a in able):
            return Staffing.NONE_SIGNED_IN
        return Staffing.OK

    # --- moves

    def _move(self, id: str, what: Move) -> None:
        c = self.c[id]
        self._c(id, state=conversations.move(c.state, what, bool(c.open_wrap_ups)))

    def _offered_to(self, c: Conversation, agent_id: str, attempt: int | None, m: Move) -> None:
        conversations.move(c.state, m)
        assert c.offer
        if c.offer.agent_id != agent_id:
            raise NotYours("")
        if attempt not in (None, c.offer.attempt):
            raise WrongState("")

    def _end_offer(self, id: str) -> str:
        c = self.c[id]
        assert c.offer
        agent_id = c.offer.agent_id
        self._c(id, offer=None)
        self._a(agent_id, offer=None)
        if c.channel is Channel.VOICE and self.a[agent_id].leg.state is LegState.RINGING:
            self._leg(agent_id, LegState.CONNECTED)
        return agent_id

    def _withdraw(self, id: str) -> None:
        self._move(id, Move.WITHDRAW)
        self._end_offer(id)

    def _give_up(self, id: str, what: Move) -> str:
        self._move(id, what)
        agent_id = self._end_offer(id)
        if what in KEEPS_EXCLUSION:
            self._exclude(id, agent_id)
        if self.c[id].routed_to == agent_id:
            self._c(id, routed_to=None)
        return agent_id

    def _expire(self, id: str) -> None:
        offer = self.c[id].offer
        agent_id = self._give_up(id, Move.EXPIRE)
        if offer and offer.rang:
            a = self._a(agent_id, missed=self.a[agent_id].missed + 1)
            if a.missed >= MISSED_OFFERS_LIMIT and a.status is Status.AVAILABLE:
                self._a(agent_id, status=Status.BUSY, status_reason=MISSED_OFFERS)

    def _exclude(self, id: str, agent_id: str) -> None:
        until = self.now + self.rules.exclude_ms
        self._c(id, excluded={**self.c[id].excluded, agent_id: until})
        self.last_excluded[id] = agent_id

    def _lift(self, id: str, agent_id: str) -> None:
        self._c(id, excluded={k: v for k, v in self.c[id].excluded.items() if k != agent_id})

    def _take(self, id: str, agent_id: str) -> None:
        c = self.c[id]
        self.transfers.pop((id, len(c.segments)), None)
        self._load(agent_id, c.channel, +1)
        self._a(agent_id, missed=0, idle_since=self.now)
        segments = (*c.segments, Segment(agent_id, self.now))
        self._c(id, agent_id=agent_id, segments=segments, excluded={})

    def _let_go(self, id: str, what: Move, ended_by: str) -> None:
        c = self.c[id]
        assert c.agent_id
        wrap_up = WrapUp.OPEN if what in OPENS_WRAP_UP else WrapUp.NONE
        n = len(c.segments) - 1
        limited = wrap_up is WrapUp.OPEN and self.rules.wrap_up_ms
        until = self.now + self.rules.wrap_up_ms if limited else None
        self._segment(
            id, n, to_at=self.now, ended_by=ended_by, wrap_up=wrap_up, wrap_up_until=until
        )
        self._c(id, agent_id=None, rejoin_until=None, held=False, muted=False)
        self._load(c.agent_id, c.channel, -1)
        opened = self.a[c.agent_id].wrap_ups + (wrap_up is WrapUp.OPEN)
        self._a(c.agent_id, wrap_ups=opened, idle_since=self.now)

    def _put_back(self, id: str, what: Move, ended_by: str) -> None:
        self._move(id, what)
        self._let_go(id, what, ended_by)

    def _end(self, id: str, ended_by: str) -> None:
        self._move(id, Move.END)
        self._let_go(id, Move.END, ended_by)

    def _finish(self, id: str, what: Move, outcome: Outcome | None) -> None:
        self._move(id, what)
        self._bot(id, until=None)
        self.transfers.pop((id, len(self.c[id].segments)), None)
        c = self._c(id, outcome=outcome or self.c[id].outcome)
        if c.state is State.CLOSED:
            done = c.outcome or Outcome.COMPLETED
            self._c(id, outcome=done, closed_at=self.now, excluded={})

    def _close_wrap_up(self, id: str, n: int) -> None:
        a = self.a[self.c[id].segments[n].agent_id]
        self._segment(id, n, wrap_up=WrapUp.CLOSED)
        self._a(a.id, wrap_ups=a.wrap_ups - 1, idle_since=self.now)
        if self.c[id].state is State.WRAP_UP and not self.c[id].open_wrap_ups:
            self._finish(id, Move.WRAP_UP_CLOSED, None)

    def _choose(self, id: str, status: Status, reason: str | None, requeue: bool) -> None:
        before = self.a[id]
        self._a(
            id,
            status=status,
            status_reason=reason,
            status_pending=None,
            status_pending_reason=None,
        )
        if status is Status.AVAILABLE:
            idle = before.idle_since if before.status is status else self.now
            self._a(id, missed=0, idle_since=idle)
            return
        if before.offer:
            self._withdraw(before.offer)
        for c in list(self.c.values()):
            if c.agent_id == id:
                voice = c.channel is Channel.VOICE
                if (voice and requeue) or (not voice and not c.routed_to):
                    self._put_back(c.id, Move.REQUEUE, "status")
                    self._c(c.id, routed_to=None)

    # --- small things

    def _conversation(self, id: str) -> Conversation:
        if id not in self.c:
            raise UnknownConversation(id)
        return self.c[id]

    def _agent(self, id: str) -> Agent:
        if id not in self.a:
            raise UnknownAgent(id)
        return self.a[id]

    def _c(self, id: str, **changes: Any) -> Conversation:
        self.c[id] = replace(self.c[id], **changes)
        return self.c[id]

    def _a(self, id: str, **changes: Any) -> Agent:
        self.a[id] = replace(self.a[id], **changes)
        return self.a[id]

    def _leg(self, id: str, state: LegState) -> None:
        leg: Leg = replace(self.a[id].leg, state=state)
        self._a(id, leg=leg)

    def _segment(self, id: str, n: int, **changes: Any) -> None:
        segments = list(self.c[id].segments)
        segments[n] = replace(segments[n], **changes)
        self._c(id, segments=tuple(segments))

    def _load(self, id: str, channel: Channel, by: int) -> None:
        load = self.a[id].load
        self._a(id, load=replace(load, **{channel: getattr(load, channel) + by}))

    def _full(self, a: Agent, channel: Channel) -> bool:
        if channel is Channel.VOICE:
            return False
        return bool(getattr(a.load, channel) >= getattr(a.caps, channel))

    def _in_hand(self, a: Agent) -> bool:
        return bool(a.offer or a.wrap_ups or a.load.voice + a.load.chat + a.load.email)

    def _call(self, id: str) -> Conversation | None:
        mine = (c for c in self.c.values() if c.agent_id == id and c.channel is Channel.VOICE)
        return next(mine, None)

    def _on_a_call(self, id: str, agent_id: str) -> Conversation:
        c, _ = self._conversation(id), self._agent(agent_id)
        if c.state is not State.ACTIVE:
            raise WrongState("")
        if c.agent_id != agent_id:
            raise NotYours("")
        if c.channel is not Channel.VOICE:
            raise WrongState("")
        return c

    def _said_before(self, c: Conversation, agent_id: str, said: str) -> bool:
        waits = c.state in (State.QUEUED, State.OFFERED)
        if not (waits and c.segments and self.transferred.get(c.id) == said):
            return False
        last = c.segments[-1]
        return last.ended_by == "transfer" and last.agent_id == agent_id

    def _may_take(self, a: Agent, channel: Channel) -> bool:
        has_leg = channel is not Channel.VOICE or a.leg.state is not LegState.DISCONNECTED
        return a.status is Status.AVAILABLE and has_leg

    def _bot(self, id: str, **changes: Any) -> None:
        bot = self.c[id].bot
        if bot:
            self._c(id, bot=replace(bot, **changes))

    def _deadlines(self) -> list[tuple[int, str, str, str]]:
        found = [(at, "inbox", key, "") for key, at in self.inbox_deadlines.items()]
        found += [(at, "transfer", key, str(n)) for (key, n), at in self.transfers.items()]
        for c in self.c.values():
            if c.offer:
                found.append((c.offer.expires_at, "offer", c.id, ""))
            if c.bot and c.bot.until is not None:
                found.append((c.bot.until, "hand_back", c.id, ""))
            if c.rejoin_until is not None:
                found.append((c.rejoin_until, "rejoin", c.id, ""))
            found += [(at, "exclusion", c.id, key) for key, at in c.excluded.items()]
            for n, s in enumerate(c.segments):
                if s.wrap_up is WrapUp.OPEN and self.rules.wrap_up_ms and s.to_at is not None:
                    found.append((s.to_at + self.rules.wrap_up_ms, "wrap_up", c.id, str(n)))
        return found
