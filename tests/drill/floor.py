"""The floor of a drill: the world, what is done to it, and what everybody remembers of it."""

import time
from collections import Counter
from dataclasses import dataclass, field

from tests.drill.harm import Done, Harm
from tests.drill.stack import DrillStack
from tests.support.people import Agent, Refused
from tests.support.phones import Line
from tests.support.picture import Json
from tests.support.world import World

FAULTLESS = {500, 501, 502, 504}
"""Answers that no fault excuses: what is down for a while is 503."""


@dataclass
class Journey:
    """What one customer on the phone did and heard, by their own clock."""

    number: str
    line: Line
    began: float
    gave_up_at: float | None = None
    """They hung up, as far as they know before anybody else."""
    dead_at: float | None = None
    """They hung up because nothing came any more."""
    last_sound_at: float | None = None
    """When something came for the last time, before that."""
    ended_by_agents: list[float] = field(default_factory=list)
    """When an agent began to end the talk, for any of their ways."""
    phones_hung_up: list[float] = field(default_factory=list)
    """When an agent did so by hanging up their phone."""
    heard: list[str] = field(default_factory=list)
    """The agents whose tone they heard, from the recording, in order."""
    heard_at: list[float] = field(default_factory=list)
    """When each of these began."""

    @property
    def until(self) -> float:
        """When it was over for them."""
        return self.line.closed_at or time.monotonic()


@dataclass
class Floor:
    """What people and auditor share."""

    world: World
    stack: DrillStack
    harm: Harm
    seed: int
    agents: list[Agent] = field(default_factory=list)
    journeys: dict[str, Journey] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    offers: list[float] = field(default_factory=list)
    """When conversations were offered, as the supervisor's page showed it."""
    unready: list[tuple[float, float]] = field(default_factory=list)
    """From when until when /readyz was not 200."""
    excused: list[tuple[float, float]] = field(default_factory=list)
    """From when until when a fault or the recovery from it explains what is late."""
    left_in_silence: int = 0
    """Customers who heard nothing from when their agent's phone hung up, with nobody there to see
    it: the product's known limit (README.md), counted and no finding."""
    lag: float = 0.0
    """The longest time (s) that the drill itself was late: what no finding may be made of."""

    @property
    def conversations(self) -> list[Json]:
        """What is open, as the supervisor's page shows it."""
        return list(self.world.supervisor.picture.conversations.values())

    def me(self, agent: Agent) -> Json | None:
        """An agent, as the supervisor's page shows them."""
        return self.world.supervisor.picture.agents.get(agent.id)

    def find(self, what: str) -> None:
        """Something is wrong with the product; each thing once."""
        if what not in self.findings:
            self.findings.append(what)
            print(f"  FINDING {what}", flush=True)

    def was_refused(self, who: str, refused: Refused) -> None:
        """An answer that was not what somebody wanted."""
        self.refused[f"{refused.status} {refused.type}"] += 1
        if refused.status in FAULTLESS or refused.status == 401:
            self.find(f"{who} was answered {refused}")

    def excuses(self, since: float, until: float) -> list[Done]:
        """The faults, recovery included, that reach into this time."""
        return [
            done
            for done in self.harm.done
            if done.since <= until and (done.calm is None or done.calm >= since)
        ]

    def explained_by(self, since: float, until: float, *names: str) -> bool:
        """Whether one of these faults (`kill asterisk`) reaches into this time."""
        return any(done.fault.name in names for done in self.excuses(since, until))
