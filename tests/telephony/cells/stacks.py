"""The service for these stories: an agent for each moment, numbers to reach them, a relay to ARI.

Two of them: one whose servers are all its own, so that each is started again when it is killed;
and one that reaches its Asterisk through a relay, which can swallow what is said.
"""

import asyncio
import shutil
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.people import Person
from tests.support.stack import PASSWORD, ROOT, Stack
from tests.telephony.cells.cell import MOMENTS
from tests.telephony.cells.moments import COLLEAGUE, COLLEAGUES, NOBODYS, number_of
from tests.telephony.link.hole import Relay

REJOIN_SECONDS = 3
_SETTINGS = {"OFFER_SECONDS": "120", "REJOIN_SECONDS": str(REJOIN_SECONDS)}
_NUMBERS = """
; A number for each agent of the table, and one that nobody serves.
exten => _7XX,1,Set(RINGDESK_SKILLS=Dialled ${EXTEN})
 same => n,Goto(ringdesk-queue,s,1)
"""


def agent_of(moment: str) -> str:
    """The agent at whom this moment is played: the part of their address before the @."""
    return f"at-{moment}"


class CellStack(Stack):
    """A service with a dialplan of its own."""

    def __init__(self, folder: Path) -> None:
        dialplan = folder / "dialplan"
        shutil.copytree(ROOT / "dialplan", dialplan)
        with (dialplan / "demo.conf").open("a") as demo:
            demo.write("\n[demo]" + "(+)" + _NUMBERS)
        super().__init__(folder, DIALPLAN_DIR=str(dialplan), **_SETTINGS)
        self.relay: ThreadedRelay

    def start(self) -> float:
        """Start, and put the agents of the table on its books the first time."""
        took = super().start()
        if not (self.folder / "people").exists():
            _in_a_thread(_people(self))
            (self.folder / "people").touch()
        return took


class RelayedStack(CellStack):
    """The same, whose Asterisk was left by a first start, so that ARI can go through a relay."""

    def start(self) -> float:
        """As the other; the relay is put between at the first start."""
        took = super().start()
        if "ARI_URL" in self._settings:
            return took
        self.direct = super().endpoints
        self.kill9("service")
        ari, ami = self.direct["ari"], self.direct["ami"]
        port = int(ari["url"].rpartition(":")[2].partition("/")[0])
        self.relay = ThreadedRelay("127.0.0.1", port)
        self._settings |= {
            "ARI_URL": f"http://127.0.0.1:{self.relay.start()}/ari",
            "ARI_USER": ari["user"],
            "ARI_PASSWORD": ari["password"],
            "AMI_HOST": ami["host"],
            "AMI_PORT": str(ami["port"]),
            "AMI_USER": ami["user"],
            "AMI_PASSWORD": ami["password"],
        }
        return took + super().start()

    def stop(self) -> None:
        """End the service, what it left, and the relay."""
        super().stop()
        self.relay.stop()

    @property
    def endpoints(self) -> dict[str, Any]:
        """As a test reaches them: past the relay."""
        return self.direct


class ThreadedRelay:
    """A relay that serves whichever test runs now."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._relay = Relay(host, port)

    def start(self) -> int:
        """Begin; the port to connect to."""
        self._thread.start()
        self._run(self._relay.__aenter__())
        return self._relay.port

    def stop(self) -> None:
        """End it and its thread."""
        self._run(self._relay.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def swallow(self) -> None:
        """As Relay's."""
        self._loop.call_soon_threadsafe(self._relay.swallow)

    def carry(self) -> None:
        """As Relay's."""
        self._loop.call_soon_threadsafe(self._relay.carry)

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


def _in_a_thread(work: Coroutine[Any, Any, None]) -> None:
    """A loop of its own, beside the one that a test may have in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result(60)


async def _people(stack: Stack) -> None:
    admin = Person(stack, "admin")
    try:
        await admin.sign_in()
        await admin.post("skills", {"name": f"Dialled {NOBODYS}"})
        agents = {agent_of(moment): f"Dialled {number_of(moment)}" for moment in MOMENTS}
        for name, skill in (agents | {COLLEAGUE: COLLEAGUES}).items():
            await admin.post("skills", {"name": skill})
            person = {"email": f"{name}@example.com", "name": name, "password": PASSWORD}
            await admin.post("users", person | {"skills": [skill]})
    finally:
        await admin.close()
