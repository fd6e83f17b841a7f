"""The distributor in plain Python: lists and the domain's own rules, no index and no cleverness.

It is what the scripts are compared with. It finds whom to offer what by asking
`app.domain.routing.obstacles` for every pair, every time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from app.acd import NotYours, UnknownConversation, WrongState
from app.acd.bot_commands import TAKE_MS
from app.domain import conversation as conversations
from app.domain import leg as legs
from app.domain.agent import Agent, Status
from app.domain.conversation import (
    Channel,
    Conversation,
    Move,
    Outcome,
    State,
    Why,
    WrapUp,
)
from app.domain.leg import LegMove
from app.domain.machine import IllegalMove
from app.domain.routing import Reason, obstacles
from tests.integration.acd.model_ground import Ground

OVER = (State.WRAP_UP, State.CLOSED)


class Model(Ground):
    """Agents and conversations by id; versions are not modelled."""

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
