"""Customers who send mails, what agents answered, and whether all of it is where it should be."""

import asyncio
import itertools
import random
import smtplib
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.drill.chat_audit import archive, words
from tests.drill.floor import Floor
from tests.drill.traffic import Traffic
from tests.support.letters import letter
from tests.support.mail_wire import bring
from tests.support.mailing import MailDesk
from tests.support.picture import Json

TAKEN_WITHIN = 60.0
"""Seconds in which a customer's mail server tries again until a mail is acknowledged."""
SENT_WITHIN = 30.0
"""Seconds from the end of everything until the last answer has gone out."""


@dataclass
class Thread:
    """One customer who writes, and what was answered."""

    name: str
    acknowledged: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """What agents were told is stored and on its way."""

    @property
    def address(self) -> str:
        """The customer's."""
        return f"{self.name}@kunde.example"


class Mails(Traffic):
    """Each writes one to three mails, the later ones as answers in the same thread."""

    EVERY = 6.0

    def __init__(self, floor: Floor, desk: MailDesk) -> None:
        super().__init__(floor, "mails")
        self._desk = desk
        self.threads: dict[str, Thread] = {}
        """By the customer's address."""

    def _next(self) -> None:
        thread = Thread(f"m{len(self.threads)}")
        self.threads[thread.address] = thread
        self._comes(self._customer(thread))

    async def _customer(self, thread: Thread) -> None:
        chance = random.Random(f"{self._floor.seed} {thread.name}")
        ids: list[str] = []
        for n in range(chance.randint(1, 3)):
            text = f"{thread.name} writes {n}"
            ids.append(f"{n}.{thread.address}")
            mail = letter(
                ids[-1],
                text,
                replies=tuple(ids[:-1]),
                address=thread.address,
                to=self._desk.address,
            )
            if not await self._bring(bytes(mail)):
                self._floor.find(f"“{text}” was not taken within {TAKEN_WITHIN:.0f} s")
                return
            thread.acknowledged.append(text)
            await asyncio.sleep(chance.uniform(0.5, 5.0))

    async def _bring(self, mail: bytes) -> bool:
        """As a mail server does: again, until it is acknowledged."""
        end = time.monotonic() + TAKEN_WITHIN
        while time.monotonic() < end:
            with suppress(OSError, smtplib.SMTPException):
                await bring(self._floor.stack, mail, self._desk.address)
                return True
            await asyncio.sleep(0.3)
        return False

    async def audit(self) -> None:
        """Nothing lost, nothing twice, each thread one conversation that is over, and what was
        answered has gone out."""
        await self._gone_out()
        talks: dict[str, list[Json]] = {address: [] for address in self.threads}
        supervisor = self._floor.world.supervisor
        async for talk in archive(supervisor):
            if talk["channel"] == "email" and talk["customer"]["email"] in talks:
                said = await words(supervisor, talk["id"])
                talks[talk["customer"]["email"]].append({**talk, "words": said})
        for thread in self.threads.values():
            for fault in self._faults(thread, talks[thread.address]):
                self._floor.find(f"mail {thread.name}: {fault}")

    async def _gone_out(self) -> None:
        expected = set(itertools.chain(*(t.answered for t in self.threads.values())))
        end = time.monotonic() + SENT_WITHIN
        while not expected <= set(self._arrived()) and time.monotonic() < end:
            await asyncio.sleep(0.2)

    def _arrived(self) -> list[str]:
        """First lines of the mails that came out."""
        return [arrived.text.partition("\n")[0] for arrived in self._desk.server.arrived]

    def _faults(self, thread: Thread, talks: list[Json]) -> list[str]:
        found = []
        stored = Counter(text.partition("\n")[0] for talk in talks for text in talk["words"])
        out = Counter(self._arrived())
        for text in (*thread.acknowledged, *thread.answered):
            if stored[text] != 1:
                found.append(f"“{text}” was acknowledged and is stored {stored[text]} times")
        for text in thread.answered:
            if out[text] == 0 or (out[text] > 1 and not self._may_repeat()):
                found.append(f"“{text}” has gone out {out[text]} times")
        if thread.acknowledged and len(talks) != 1:
            found.append(f"it is {len(talks)} conversations")
        for talk in talks:
            own = [text for text in talk["words"] if text.partition("\n")[0] in thread.acknowledged]
            if own != sorted(own, key=lambda text: int(text.split()[2])):
                found.append(f"out of order: {own}")
            if talk["state"] != "closed":
                found.append(f"{talk['id']} is {talk['state']}")
        return found

    def _may_repeat(self) -> bool:
        """SMTP cannot tell whether a mail was taken whose last answer never came (RFC 5321,
        4.5.4.1): it is sent again, with the same Message-ID."""
        names = {done.fault.name for done in self._floor.harm.done}
        return bool(names & {"kill service", "kill database", "lock database", "cut database"})
