"""The dialplan and the queue of the voice benchmark: two numbers, the same but for who routes.

Both answer first (Asterisk waits up to half a second there for the caller's first sound), then
say that the caller enters, then enter. Queue's I keeps it from telling the caller's phone who
answered, by a re-INVITE that SIPp does not expect and that would be more work than Ringdesk's.
"""

import shutil
from pathlib import Path

from app.bench.call_times import ENTERED
from app.bench.people import SKILL

QUEUE = "bench"
TO_QUEUE = "800"
TO_RINGDESK = "801"
HOUSE = Path(__file__).parents[2]

DIALPLAN = f"""
[from-trunk](+)
exten => {TO_QUEUE},1,Answer()
 same => n,UserEvent({ENTERED})
 same => n,Queue({QUEUE},I)
 same => n,Hangup()

exten => {TO_RINGDESK},1,Answer()
 same => n,Set(RINGDESK_SKILLS={SKILL})
 same => n,UserEvent({ENTERED})
 same => n,Goto(ringdesk-queue,s,1)
"""

QUEUE_HEAD = f"""
[general]
persistentmembers = no
autofill = yes

[{QUEUE}]
; As quick as it can be set, and as near to Ringdesk as it comes: the longest idle is called.
strategy = leastrecent
ringinuse = no
autofill = yes
retry = 1
timeout = 15
wrapuptime = 0
"""


def write_dialplan(folder: Path) -> Path:
    """A copy of the admins' dialplan with the two numbers; its folder."""
    target = folder / "dialplan"
    shutil.copytree(HOUSE / "dialplan", target)
    (target / "bench.conf").write_text(DIALPLAN)
    with (target / "extensions.conf").open("a") as file:
        file.write('\n#include "dialplan/bench.conf"\n')
    return target


def queues_conf(endpoints: list[str]) -> str:
    """app_queue's configuration with these PJSIP endpoints as members."""
    return QUEUE_HEAD + "".join(f"member => PJSIP/{name}\n" for name in endpoints)
