"""The distributor in plain Python: lists and the domain's own rules, no index and no cleverness.

It is what the scripts are compared with. It finds whom to offer what by asking
`app.domain.routing.obstacles` for every pair, every time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app.acd import NotYours, UnknownAgent, UnknownConversation, WrongState
from app.acd.bot_commands import TAKE_MS
from app.domain import conversation as conversations
from app.domain import leg as legs
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
from app.domain.leg import LegMove, LegState
from app.domain.machine import IllegalMove
from app.domain.routing import Reason, Rules, obstacles, proficiency, rank, turn

OVER = (State.WRAP_UP, State.CLOSED)


class Model:
    """Agents and conversations by id; versions are not modelled."""

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

    @contextmanager
    def step(self) -> Iterator[None]:
        """One atomic command: nothing of it stays if it is refused."""
        kept = (dict(self.a), dict(self.c), dict(self.last_excluded), dict(self.inbox_deadlines))
        try:
            yield
            self._settle()
        except IllegalMove as error:
            self.a, self.c, self.last_excluded, self.inbox_deadlines = kept
            raise WrongState(str(error)) from error
        except Exception:
            self.a, self.c, self.last_excluded, self.inbox_deadlines = kept
            raise

    # --- agents

    def put_agent(self, agent: Agent) -> None:
        with self.step():
            old = self.a.get(agent.id)
            if old is None:
                self.a[agent.id] = replace(agent, idle_since=self.now)
                return
            new = replace(old, skills=agent.skills, levels=agent.levels, caps=agent.caps)
            self.a[agent.id] = new
            if new.offer:
                c = self.c[new.offer]
                lacks = c.routed_to is None and not new.skills.issuperset(c.skills)
                if lacks or self._full(new, c.channel):
                    self._withdraw(c.id)

    def remove_agent(self, id: str) -> None:
        with self.step():
            if id not in self.a:
                return
            if offered := self.a[id].offer:
                self._withdraw(offered)
            for c in list(self.c.values()):
                if c.agent_id == id:
                    self._put_back(c.id, Move.REQUEUE, "removed")
                for n, s in enumerate(c.segments):
                    if s.agent_id == id and s.wrap_up is WrapUp.OPEN:
                        self._close_wrap_up(c.id, n)
            for c in list(self.c.values()):
                if c.state is State.QUEUED and c.routed_to == id:
                    self._c(c.id, routed_to=None)
            del self.a[id]
            self.inbox_deadlines.pop(id, None)

    def set_status(
        self, id: str, status: Status, reason: str | None, after_current: bool, requeue: bool
    ) -> None:
        with self.step():
            a = self._agent(id)
            if after_current and status is not a.status and self._in_hand(a):
                self._a(id, status_pending=status, status_pending_reason=reason)
            else:
                self._choose(id, status, reason, requeue)

    def change_leg(self, id: str, move: LegMove, lost: bool) -> None:
        with self.step():
            a = self._agent(id)
            state = legs.move(a.leg.state, move)
            if move is LegMove.DISCONNECT:
                if a.offer and self.c[a.offer].channel is Channel.VOICE:
                    self._withdraw(a.offer)
                self._leg(id, state)
                call = self._call(id)
                if call and lost and call.rejoin_until is None:
                    if self.rules.rejoin_ms:
                        self._c(call.id, rejoin_until=self.now + self.rules.rejoin_ms)
                    else:
                        self._put_back(call.id, Move.LOSE, "lost")
                return
            self._leg(id, state)
            if move is LegMove.CONNECT and (call := self._call(id)):
                self._c(call.id, rejoin_until=None)

    def set_inbox(self, id: str, until: int) -> None:
        with self.step():
            self._agent(id)
            self._a(id, inbox_until=until)
            self.inbox_deadlines.pop(id, None)
            if until > self.now:
                self.inbox_deadlines[id] = until

    # --- conversations

    def start(self, new: Conversation) -> None:
        with self.step():
            if new.id in self.c:
                if self.c[new.id].state is State.CLOSED:
                    raise WrongState("closed")
                return
            self.c[new.id] = replace(new, state=State.BOT)

    def enqueue(
        self,
        new: Conversation | None,
        id: str,
        skills: tuple[str, ...],
        priority: int,
        to: str | None,
        queued_at: int | None,
    ) -> None:
        with self.step():
            if id not in self.c:
                if new is None:
                    raise UnknownConversation(id)
                self.c[id] = new
            c = self.c[id]
            waited = c.state in (State.QUEUED, State.OFFERED)
            if waited and (c.skills, c.priority, c.routed_to) == (skills, priority, to):
                return
            if c.state is State.OFFERED:
                self._withdraw(id)
            self._move(id, Move.QUEUE)
            self._bot(id, until=None)
            if waited:
                self._c(id, excluded={})
            earned = min(self.now if queued_at is None else queued_at, self.now)
            self._c(
                id,
                skills=skills,
                priority=priority,
                routed_to=to,
                queued_at=earned if c.queued_at is None else c.queued_at,
            )

    def rang(self, id: str, agent_id: str, attempt: int) -> None:
        with self.step():
            c, a = self._conversation(id), self._agent(agent_id)
            if not (c.offer and (c.offer.agent_id, c.offer.attempt) == (agent_id, attempt)):
                raise WrongState("no such offer")
            if not c.offer.rang:
                if c.channel is Channel.VOICE:
                    self._leg(agent_id, legs.move(a.leg.state, LegMove.RING))
                expires = self.now + self.rules.offer_ms
                self._c(id, offer=replace(c.offer, rang=True, expires_at=expires))

    def accept(self, id: str, agent_id: str, attempt: int | None) -> None:
        with self.step():
            c, _ = self._conversation(id), self._agent(agent_id)
            if c.agent_id == agent_id:
                return
            if c.agent_id:
                raise NotYours("")
            self._offered_to(c, agent_id, attempt, Move.ACCEPT)
            self._move(id, Move.ACCEPT)
            self._end_offer(id)
            self._take(id, agent_id)

    def reject(self, id: str, agent_id: str, attempt: int | None) -> None:
        with self.step():
            c, _ = self._conversation(id), self._agent(agent_id)
            if c.agent_id and c.agent_id != agent_id:
                raise NotYours("")
            self._offered_to(c, agent_id, attempt, Move.REJECT)
            self._give_up(id, Move.REJECT)
            self._a(agent_id, missed=0)

    def pick(self, id: str, agent_id: str) -> None:
        with self.step():
            c, a = self._conversation(id), self._agent(agent_id)
            if c.agent_id == agent_id:
                return
            tied = c.state is State.QUEUED and c.routed_to not in (None, agent_id)
            if c.agent_id or tied:
                raise NotYours("")
            conversations.move(c.state, Move.PICK)
            found = set(obstacles(a, c, self.now, self.rules)) - {Reason.EXCLUDED}
            if found or c.channel is Channel.VOICE:
                raise WrongState(str(found))
            why = Why(c.skills, (), self.now - a.idle_since, "picked")
            self._c(id, why=why)
            self._move(id, Move.PICK)
            self._take(id, agent_id)

    def requeue(self, id: str, agent_id: str) -> None:
        with self.step():
            c, _ = self._conversation(id), self._agent(agent_id)
            conversations.move(c.state, Move.REQUEUE)
            if c.agent_id != agent_id:
                raise NotYours("")
            self._put_back(id, Move.REQUEUE, "requeue")
            self._exclude(id, agent_id)
            self._c(id, routed_to=None)

    def control(self, id: str, agent_id: str, field: str, on: bool) -> None:
        with self.step():
            self._on_a_call(id, agent_id)
            self._c(id, **{field: on})

    def note_digits(self, id: str, agent_id: str) -> None:
        with self.step():
            c = self._on_a_call(id, agent_id)
            if c.held or c.rejoin_until is not None:
                raise WrongState("")

    def _on_a_call(self, id: str, agent_id: str) -> Conversation:
        c, _ = self._conversation(id), self._agent(agent_id)
        if c.state is not State.ACTIVE:
            raise WrongState("")
        if c.agent_id != agent_id:
            raise NotYours("")
        if c.channel is not Channel.VOICE:
            raise WrongState("")
        return c

    def transfer(
        self, id: str, agent_id: str, skills: tuple[str, ...] | None, to: str | None
    ) -> None:
        with self.step():
            c, _ = self._conversation(id), self._agent(agent_id)
            said = to or "\n".join(skills or ())
            if self._said_before(c, agent_id, said):
                return
            conversations.move(c.state, Move.TRANSFER)
            if c.agent_id != agent_id:
                raise NotYours("")
            if to == agent_id:
                raise WrongState("")
            target = self._agent(to) if to else None
            self._put_back(id, Move.TRANSFER, "transfer")
            self.transferred[id] = said
            self._c(id, routed_to=None, skills=c.skills if skills is None else skills)
            if target and self._may_take(target, c.channel):
                self._c(id, routed_to=to)
                self.transfers[id, len(c.segments)] = self.now + self.rules.transfer_ms

    def forward(self, id: str, agent_id: str, number: str) -> None:
        with self.step():
            c, _ = self._conversation(id), self._agent(agent_id)
            mine = bool(c.segments) and c.segments[-1].agent_id == agent_id
            if c.state is State.WRAP_UP and mine and c.forward_to == number:
                return
            conversations.move(c.state, Move.END)
            if c.agent_id != agent_id:
                raise NotYours("")
            if c.channel is not Channel.VOICE or c.rejoin_until is not None:
                raise WrongState("")
            self._c(id, forward_to=number)
            self._let_go(id, Move.END, "transfer")
            self._finish(id, Move.END, Outcome.TRANSFERRED)

    def come_back(self, id: str) -> None:
        with self.step():
            c = self._conversation(id)
            if c.outcome is not Outcome.TRANSFERRED:
                raise WrongState("")
            self._move(id, Move.RETURN)
            queued_at = c.created_at if c.queued_at is None else c.queued_at
            self._c(id, forward_to=None, outcome=None, closed_at=None, routed_to=None)
            self._c(id, queued_at=queued_at)

    def _said_before(self, c: Conversation, agent_id: str, said: str) -> bool:
        waits = c.state in (State.QUEUED, State.OFFERED)
        if not (waits and c.segments and self.transferred.get(c.id) == said):
            return False
        last = c.segments[-1]
        return last.ended_by == "transfer" and last.agent_id == agent_id

    def _may_take(self, a: Agent, channel: Channel) -> bool:
        has_leg = channel is not Channel.VOICE or a.leg.state is not LegState.DISCONNECTED
        return a.status is Status.AVAILABLE and has_leg

    def _transfer_over(self, id: str, segments: int) -> None:
        del self.transfers[id, segments]
        c = self.c.get(id)
        if c is None or c.routed_to is None or c.routed_to != self.transferred.get(id):
            return
        if len(c.segments) == segments and c.state in (State.QUEUED, State.OFFERED):
            if c.offer:
                self._withdraw(id)
            self._c(id, routed_to=None)

    def end(self, id: str, ended_by: str, agent_id: str | None) -> None:
        with self.step():
            c = self._conversation(id)
            mine = bool(c.segments) and c.segments[-1].agent_id == agent_id
            if c.state in OVER and agent_id and mine:
                return
            conversations.move(c.state, Move.END)
            if agent_id and c.agent_id != agent_id:
                raise NotYours("")
            self._end(id, ended_by)

    def leave(self, id: str, outcome: Outcome) -> None:
        with self.step():
            c = self._conversation(id)
            if c.state in OVER:
                return
            if c.state is State.ACTIVE:
                self._end(id, "customer")
                return
            if c.state is State.OFFERED:
                self._withdraw(id)
            self._finish(id, Move.LEAVE, outcome)

    def hand_back(self, id: str, agent_id: str | None) -> None:
        with self.step():
            c = self._conversation(id)
            last = c.segments[-1] if c.segments else None
            mine = last and (last.agent_id, last.ended_by) == (agent_id, "hand_back")
            if c.state is State.BOT and mine:
                return
            conversations.move(c.state, Move.HAND_BACK)
            if c.agent_id != agent_id:
                raise NotYours("")
            if c.state is State.OFFERED:
                self._withdraw(id)
            notes = c.bot.notes if c.bot else ""
            if c.state is State.ACTIVE:
                notes = c.segments[-1].notes
                self._let_go(id, Move.HAND_BACK, "hand_back")
                if c.routed_to == c.agent_id:
                    self._c(id, routed_to=None)
            self._move(id, Move.HAND_BACK)
            if c.bot and c.channel is Channel.VOICE:
                again = c.bot.handed_back + 1
                until = self.now + TAKE_MS
                self._c(id, bot=replace(c.bot, has_caller=True, handed_back=again, until=until))
            self._bot(id, notes=notes)

    def _bot(self, id: str, **changes: Any) -> None:
        bot = self.c[id].bot
        if bot:
            self._c(id, bot=replace(bot, **changes))

    def _lose_bot(self, id: str) -> None:
        self._bot(id, until=None)
        if self.c[id].state is State.BOT:
            self._move(id, Move.QUEUE)

    def fail(self, id: str) -> None:
        with self.step():
            c = self._conversation(id)
            if c.state in OVER:
                return
            if c.state is State.OFFERED:
                self._withdraw(id)
            if c.state is State.ACTIVE:
                self._let_go(id, Move.FAIL, "failed")
            self._finish(id, Move.FAIL, Outcome.FAILED)

    def close_wrap_up(self, id: str, agent_id: str, notes: str | None) -> None:
        with self.step():
            c, _ = self._conversation(id), self._agent(agent_id)
            mine = [n for n, s in enumerate(c.segments) if s.agent_id == agent_id]
            if not mine:
                raise NotYours("")
            opened = [n for n in mine if c.segments[n].wrap_up is WrapUp.OPEN]
            if opened:
                if notes is not None:
                    self._segment(id, opened[-1], notes=notes)
                self._close_wrap_up(id, opened[-1])
            elif c.segments[mine[-1]].wrap_up is WrapUp.NONE:
                raise WrongState("")

    def forget(self, ids: list[str]) -> None:
        for key in ids:
            if key in self.c and self.c[key].state is State.CLOSED:
                del self.c[key]
                self.transferred.pop(key, None)

    # --- time

    def next_deadline(self) -> int | None:
        return min((at for at, *_ in self._deadlines()), default=None)

    def due(self) -> None:
        with self.step():
            for _, kind, key, extra in sorted(d for d in self._deadlines() if d[0] <= self.now):
                if kind == "offer" and self.c[key].offer:
                    self._expire(key)
                elif kind == "transfer":
                    self._transfer_over(key, int(extra))
                elif kind == "exclusion":
                    self._lift(key, extra)
                elif kind == "rejoin":
                    self._put_back(key, Move.LOSE, "lost")
                elif kind == "wrap_up":
                    self._close_wrap_up(key, int(extra))
                elif kind == "hand_back":
                    self._lose_bot(key)
                elif kind == "inbox":
                    del self.inbox_deadlines[key]

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
