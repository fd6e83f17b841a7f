"""The dialplan and the queues of the voice benchmark: numbers that are the same but for who routes.

All answer first (Asterisk waits up to half a second there for the caller's first sound), then
say that the caller enters, then enter. Queue's I keeps it from telling the caller's phone who
answered, by a re-INVITE that SIPp does not expect and that would be more work than Ringdesk's.
"""

import shutil
from pathlib import Path

from app.bench.call_times import ENTERED
from app.bench.people import SKILL

QUEUE = "bench"
POOL_QUEUE = "bench-pool"
TO_QUEUE = "800"
TO_RINGDESK = "801"
TO_POOL = "802"
LOGIN = "bench-login"
"""Where phones of app_agent_pool's agents log in."""
TALK_SECONDS = 3.0
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

exten => {TO_POOL},1,Answer()
 same => n,UserEvent({ENTERED})
 same => n,Queue({POOL_QUEUE},I,,,,,bench-talk)
 same => n,Hangup()

[{LOGIN}]
exten => _X.,1,AgentLogin(${{EXTEN}},s)

[bench-agents]
exten => _X.,1,AgentRequest(${{EXTEN}})

; On the agent's side, as the talk begins: its end.
[bench-talk]
exten => s,1,Set(TIMEOUT(absolute)={TALK_SECONDS:g})
 same => n,Return()
"""

QUEUES_HEAD = """
[general]
persistentmembers = no
autofill = yes

[bench-quick](!)
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


def queues_conf(endpoints: list[str], pool: list[str]) -> str:
    """app_queue's configuration: these PJSIP endpoints, and these agents of app_agent_pool."""
    phones = "".join(f"member => PJSIP/{name}\n" for name in endpoints)
    # /n: a Local channel that optimizes itself away would look like the end of a talk.
    agents = "".join(f"member => Local/{n}@bench-agents/n,0,{n},Agent:{n}\n" for n in pool)
    quick = "(bench-quick)"
    return f"{QUEUES_HEAD}\n[{QUEUE}]{quick}\n{phones}\n[{POOL_QUEUE}]{quick}\n{agents}"


def agents_conf(names: list[str]) -> str:
    """app_agent_pool's: no beep, no key to press, no rest. Their music cannot be turned off."""
    quick = "ackcall = no\nautologoff = 0\nwrapuptime = 0\ncustom_beep =\n"
    return f"[quick](!)\n{quick}" + "".join(f"[{name}](quick)\n" for name in names)
