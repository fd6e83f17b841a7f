"""What was written in a drill, against what is stored and what the customer's page showed."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.drill.floor import Floor
from tests.support.chat import Chatter
from tests.support.people import Person
from tests.support.picture import Json

READ_SECONDS = 10.0


@dataclass
class Visit:
    """One customer who writes, and what was answered."""

    chatter: Chatter
    name: str
    said: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """What agents were told is stored, while the customer was there to read it."""
    late: list[str] = field(default_factory=list)
    """The same, after the customer had closed the page."""
    over: bool = False
    left_at: float | None = None

    async def say(self, n: int) -> None:
        """One message; its text is one of its own."""
        while self.chatter.unacked and self.chatter.state != "ended":
            await asyncio.sleep(0.05)  # one at a time, as the widget does: the order is theirs
        text = f"{self.name} says {n}"
        self.said.append(text)
        await self.chatter.say(f"{self.name}-{n}", text)

    async def read_all(self) -> None:
        """Stay until everything that was said on either side is on the page."""
        end = time.monotonic() + READ_SECONDS
        while time.monotonic() < end and not self._has_all():
            await asyncio.sleep(0.2)
        self.over = True

    def _has_all(self) -> bool:
        shown = set(self.chatter.texts)
        return not self.chatter.unacked and shown >= {*self.said, *self.answered}


async def audit_chats(floor: Floor, visits: list[Visit]) -> None:
    """Nothing lost, nothing twice, everything in order, and every conversation is closed."""
    talks = {visit.name: list[Json]() for visit in visits}
    async for talk in archive(floor.world.supervisor):
        if talk["channel"] == "chat":
            said = await words(floor.world.supervisor, talk["id"])
            for name in {text.partition(" ")[0] for text in said if " says " in text}:
                if name in talks:
                    talks[name].append({**talk, "words": said})
    for visit in visits:
        for fault in _faults(visit, talks[visit.name]):
            floor.find(f"chat {visit.name}: {fault}")


def _faults(visit: Visit, talks: list[Json]) -> list[str]:
    found = []
    stored = Counter(text for talk in talks for text in talk["words"])
    waiting = [str(frame["text"]) for frame in visit.chatter.unacked.values()]
    told = [text for text in visit.said if text not in waiting]
    for text in [*told, *visit.answered, *visit.late]:
        if stored[text] != 1:
            found.append(f"“{text}” was acknowledged and is stored {stored[text]} times")
    shown = Counter(visit.chatter.texts)
    for text in [*told, *visit.answered]:
        if shown[text] != 1:
            found.append(f"“{text}” was shown {shown[text]} times")
    for talk in talks:
        own = [text for text in talk["words"] if text in visit.said]
        if own != sorted(own, key=visit.said.index):
            found.append(f"out of order: {own}")
        if talk["state"] != "closed" or talk["outcome"] not in {"completed", "abandoned"}:
            found.append(f"{talk['id']} is {talk['state']}, {talk['outcome']}")
    if visit.said and not talks:
        found.append("there is no conversation")
    if visit.chatter.unacked:
        found.append(f"never acknowledged: {visit.chatter.unacked}")
    return found


async def words(person: Person, talk: str) -> list[str]:
    """What was written in a conversation."""
    said: list[str] = []
    after = 0
    while True:
        page = await person.get(f"conversations/{talk}/messages", after=str(after))
        said += [message["text"] for message in page["items"]]
        if not page["next"]:
            return said
        after = page["next"]


async def archive(person: Person) -> AsyncIterator[Json]:
    """Every conversation that there is, newest first."""
    cursor: dict[str, str] = {}
    while True:
        page = await person.get("conversations", limit="200", **cursor)
        for conversation in page["items"]:
            yield conversation
        if not page["next"]:
            return
        cursor = {"cursor": page["next"]}
