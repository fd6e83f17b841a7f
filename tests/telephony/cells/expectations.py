"""The table: what must be so after each event, at each moment, for each kind of leg.

`legs` is a word of the leg's name, or any; of the rows that fit a cell the last one counts.
The customer's age (`queued_at`) stays in every row, and what is open can be brought to its end.

    caller        music; agent, colleague: their tone; over: hung up; nothing: silence
    phone         caller, colleague: their tone; ring: rings for the call, in the way of its kind;
                  idle: a leg that stands and is silent, or (per call) a phone in no call;
                  silent: in a call, and nothing to hear; prompt: asks for 1; off: no leg;
                  mute: nothing to hear, whatever it believes; gone: it has no power
    agent         status and leg, as the agent's page shows them
    conversation  its state; `passed on`: the colleague who was consulted has it
    page          what the Inbox shows of this call
"""

from tests.telephony.cells.cell import ALL, Cell
from tests.telephony.cells.seen import Seen

TABLE = """
moment     | event           | legs              | caller    | conversation     | phone     | agent                  | page
queued     | caller-hangs-up | any               | over      | closed abandoned | idle      | available connected    | nothing
queued     | agent-hangs-up  | any               | music     | queued           | off       | available disconnected | nothing
queued     | phone-lost      | number            | music     | queued           | off       | available disconnected | nothing
queued     | phone-lost      | sip               | music     | queued           | gone      | available disconnected | nothing
queued     | service-killed  | any               | music     | queued           | idle      | available connected    | nothing
queued     | redis-killed    | any               | music     | queued           | idle      | available connected    | nothing
queued     | redis-flushed   | any               | music     | queued           | idle      | available connected    | nothing
queued     | asterisk-killed | persistent        | nothing   | closed failed    | mute      | available disconnected | nothing
queued     | asterisk-killed | per-call          | nothing   | closed failed    | mute      | available connected    | nothing
queued     | ari-black-holed | any               | music     | queued           | idle      | available connected    | nothing
queued     | status-busy     | any               | music     | queued           | idle      | busy connected         | nothing

ringing    | caller-hangs-up | any               | over      | closed abandoned | idle      | available connected    | nothing
ringing    | agent-hangs-up  | persistent        | music     | queued           | off       | available disconnected | waiting (queued)
ringing    | agent-hangs-up  | per-call          | music     | queued           | idle      | available connected    | waiting (queued)
ringing    | phone-lost      | number            | music     | queued           | off       | available disconnected | waiting (queued)
ringing    | phone-lost      | per-call-number   | music     | queued           | idle      | available disconnected | waiting (queued)
ringing    | phone-lost      | sip               | music     | queued           | gone      | available disconnected | waiting (queued)
ringing    | service-killed  | any               | music     | offered          | ring      | available ringing      | offer
ringing    | redis-killed    | any               | music     | offered          | ring      | available ringing      | offer
ringing    | redis-flushed   | any               | music     | offered          | ring      | available ringing      | offer
ringing    | asterisk-killed | persistent        | nothing   | closed failed    | mute      | available disconnected | nothing
ringing    | asterisk-killed | per-call          | nothing   | closed failed    | mute      | available connected    | nothing
ringing    | ari-black-holed | any               | music     | offered          | ring      | available ringing      | offer
ringing    | status-busy     | any               | music     | queued           | idle      | busy connected         | waiting (queued)

accepting  | caller-hangs-up | any               | over      | wrap_up          | idle      | available connected    | wrap-up
accepting  | agent-hangs-up  | persistent        | over      | wrap_up          | off       | available disconnected | wrap-up
accepting  | agent-hangs-up  | per-call          | over      | wrap_up          | idle      | available connected    | wrap-up
accepting  | phone-lost      | sip               | music     | queued           | gone      | available disconnected | waiting (queued)
accepting  | phone-lost      | persistent-number | music     | queued           | off       | available disconnected | waiting (queued)
accepting  | phone-lost      | per-call-number   | music     | queued           | idle      | available disconnected | waiting (queued)
accepting  | service-killed  | any               | agent     | active           | caller    | available connected    | call
accepting  | redis-killed    | any               | agent     | active           | caller    | available connected    | call
accepting  | redis-flushed   | any               | agent     | active           | caller    | available connected    | call
accepting  | asterisk-killed | persistent        | nothing   | closed failed    | mute      | available disconnected | nothing
accepting  | asterisk-killed | per-call          | nothing   | closed failed    | mute      | available connected    | nothing
accepting  | ari-black-holed | any               | agent     | active           | caller    | available connected    | call
accepting  | status-busy     | any               | agent     | active           | caller    | busy connected         | call

talking    | caller-hangs-up | any               | over      | wrap_up          | idle      | available connected    | wrap-up
talking    | agent-hangs-up  | persistent        | over      | wrap_up          | off       | available disconnected | wrap-up
talking    | agent-hangs-up  | per-call          | over      | wrap_up          | idle      | available connected    | wrap-up
talking    | phone-lost      | sip               | music     | queued           | gone      | available disconnected | waiting (queued)
talking    | phone-lost      | persistent-number | music     | queued           | off       | available disconnected | waiting (queued)
talking    | phone-lost      | per-call-number   | music     | queued           | idle      | available disconnected | waiting (queued)
talking    | service-killed  | any               | agent     | active           | caller    | available connected    | call
talking    | redis-killed    | any               | agent     | active           | caller    | available connected    | call
talking    | redis-flushed   | any               | agent     | active           | caller    | available connected    | call
talking    | asterisk-killed | persistent        | nothing   | closed failed    | mute      | available disconnected | nothing
talking    | asterisk-killed | per-call          | nothing   | closed failed    | mute      | available connected    | nothing
talking    | ari-black-holed | any               | agent     | active           | caller    | available connected    | call
talking    | status-busy     | any               | agent     | active           | caller    | busy connected         | call

held       | caller-hangs-up | any               | over      | wrap_up          | idle      | available connected    | wrap-up
held       | agent-hangs-up  | persistent        | over      | wrap_up          | off       | available disconnected | wrap-up
held       | agent-hangs-up  | per-call          | over      | wrap_up          | idle      | available connected    | wrap-up
held       | phone-lost      | sip               | music     | queued           | gone      | available disconnected | waiting (queued)
held       | phone-lost      | persistent-number | music     | queued           | off       | available disconnected | waiting (queued)
held       | phone-lost      | per-call-number   | music     | queued           | idle      | available disconnected | waiting (queued)
held       | service-killed  | any               | music     | active held      | silent    | available connected    | held call
held       | redis-killed    | any               | music     | active held      | silent    | available connected    | held call
held       | redis-flushed   | any               | music     | active held      | silent    | available connected    | held call
held       | asterisk-killed | persistent        | nothing   | closed failed    | mute      | available disconnected | nothing
held       | asterisk-killed | per-call          | nothing   | closed failed    | mute      | available connected    | nothing
held       | ari-black-holed | any               | music     | active held      | silent    | available connected    | held call
held       | status-busy     | any               | music     | active held      | silent    | busy connected         | held call

consulting | caller-hangs-up | any               | over      | wrap_up          | idle      | available connected    | wrap-up
consulting | agent-hangs-up  | persistent        | colleague | active passed on | off       | available disconnected | wrap-up
consulting | agent-hangs-up  | per-call          | colleague | active passed on | idle      | available connected    | wrap-up
consulting | phone-lost      | sip               | music     | queued           | gone      | available disconnected | waiting (queued)
consulting | phone-lost      | persistent-number | music     | queued           | off       | available disconnected | waiting (queued)
consulting | phone-lost      | per-call-number   | music     | queued           | idle      | available disconnected | waiting (queued)
consulting | service-killed  | any               | music     | active consult   | colleague | available connected    | consult
consulting | redis-killed    | any               | music     | active consult   | colleague | available connected    | consult
consulting | redis-flushed   | any               | agent     | active           | caller    | available connected    | call
consulting | asterisk-killed | persistent        | nothing   | closed failed    | mute      | available disconnected | nothing
consulting | asterisk-killed | per-call          | nothing   | closed failed    | mute      | available connected    | nothing
consulting | ari-black-holed | any               | music     | active consult   | colleague | available connected    | consult
consulting | status-busy     | any               | music     | active consult   | colleague | busy connected         | consult

wrap-up    | agent-hangs-up  | any               | over      | wrap_up          | off       | available disconnected | wrap-up
wrap-up    | phone-lost      | number            | over      | wrap_up          | off       | available disconnected | wrap-up
wrap-up    | phone-lost      | sip               | over      | wrap_up          | gone      | available disconnected | wrap-up
wrap-up    | service-killed  | any               | over      | wrap_up          | idle      | available connected    | wrap-up
wrap-up    | redis-killed    | any               | over      | wrap_up          | idle      | available connected    | wrap-up
wrap-up    | redis-flushed   | any               | over      | wrap_up          | idle      | available connected    | wrap-up
wrap-up    | asterisk-killed | persistent        | over      | wrap_up          | mute      | available disconnected | wrap-up
wrap-up    | asterisk-killed | per-call          | over      | wrap_up          | mute      | available connected    | wrap-up
wrap-up    | ari-black-holed | any               | over      | wrap_up          | idle      | available connected    | wrap-up
wrap-up    | status-busy     | any               | over      | wrap_up          | idle      | busy connected         | wrap-up
"""  # noqa: E501 - a table is read across

CANNOT = """
moment  | event           | legs            | because
queued  | agent-hangs-up  | per-call        | the phone is in no call that could be hung up
queued  | phone-lost      | per-call-number | nothing tells of a telephone number that is in no call
wrap-up | caller-hangs-up | any             | the customer has hung up already
wrap-up | agent-hangs-up  | per-call        | the phone is in no call that could be hung up
wrap-up | phone-lost      | per-call-number | nothing tells of a telephone number that is in no call
"""


def _rows(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.strip()]
    return [[word.strip() for word in line.split("|")] for line in lines[1:]]


def _fits(row: list[str], cell: Cell) -> bool:
    moment, event, legs = row[:3]
    about_leg = legs == "any" or cell.leg.startswith(legs) or cell.leg.endswith(legs)
    return (moment, event) == (cell.moment, cell.event) and about_leg


def _last(table: str, cell: Cell) -> list[str] | None:
    found = [row[3:] for row in _rows(table) if _fits(row, cell)]
    return found[-1] if found else None


REASONS = {cell: found[0] for cell in ALL if (found := _last(CANNOT, cell))}
"""The cells that cannot run, and why."""

THEN = {cell: Seen(*found) for cell in ALL if cell not in REASONS and (found := _last(TABLE, cell))}
"""The cells that run, and what must be so in the end."""
