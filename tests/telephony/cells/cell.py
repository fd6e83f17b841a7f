"""One cell of the table, its three dimensions, and what a cell's run works with."""

from dataclasses import dataclass
from typing import Protocol

from tests.support.people import Agent
from tests.support.world import Caller, World

LEGS = ("persistent-number", "persistent-sip", "per-call-number", "per-call-sip")
MOMENTS = ("queued", "ringing", "accepting", "talking", "held", "consulting", "wrap-up")
EVENTS = (
    "caller-hangs-up",
    "agent-hangs-up",
    "phone-lost",
    "service-killed",
    "redis-killed",
    "redis-flushed",
    "asterisk-killed",
    "ari-black-holed",
    "status-busy",
)


@dataclass(frozen=True, order=True)
class Cell:
    """A kind of leg, a moment of a call, and what happens then."""

    leg: str
    moment: str
    event: str

    def __str__(self) -> str:
        return f"{self.leg}/{self.moment}/{self.event}"

    @property
    def persistent(self) -> bool:
        """Whether the leg stays up between calls."""
        return self.leg.startswith("persistent")

    @property
    def sip(self) -> bool:
        """Whether the phone registers with Asterisk; else it is a number behind the trunk."""
        return self.leg.endswith("sip")


ALL = tuple(Cell(leg, m, event) for event in EVENTS for leg in LEGS for m in MOMENTS)


class Handset(Protocol):
    """The agent's phone, in this process or in one that can vanish."""

    hz: int

    @property
    def ringing(self) -> bool:
        """Called, and neither answered nor over."""

    @property
    def up(self) -> bool:
        """In a call."""

    def carries(self, hz: int) -> bool:
        """Whether it hears this tone, alone and steadily."""

    def sounds(self, but: int) -> bool:
        """Whether it hears something that is not this tone."""

    async def answer(self) -> None:
        """Take the call."""


@dataclass
class Scene:
    """A cell while it runs: who takes part, and what was true before anything happened."""

    cell: Cell
    world: World
    agent: Agent
    handset: Handset
    caller: Caller | None = None
    talk: str = ""
    queued_at: str = ""
    colleague: Agent | None = None
    """Who is consulted."""

    @property
    def customer(self) -> Caller:
        """The customer, once they have called."""
        assert self.caller is not None, "nobody has called yet"
        return self.caller
