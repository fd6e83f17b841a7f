"""What an agent's phone shows of who is calling.

A phone that is called for each customer shows it by its INVITE. One whose leg stands gets a
re-INVITE or UPDATE with P-Asserted-Identity when its channel's connected line changes (chan_pjsip
with send_pai; measured on Asterisk 22.10.1).
"""

import re

from app.telephony.endpoints import WEB_PREFIX
from app.telephony.wants import LegWant

DIALLABLE = re.compile(r"[\w+*#.@-]{1,80}", re.ASCII)
"""Nothing that means something to Asterisk's dial string (`/`, `&`, `,`)."""
LONGEST = 80
"""Characters of the name that a phone is told."""
NOBODY = '"Ringdesk" <ringdesk>'
"""What a phone shows between two callers."""


def has_display(want: LegWant) -> bool:
    """Whether this is a desk phone: a carrier shows what it likes, and a page shows the card."""
    endpoint = want.address.endpoint if want.address else None
    return endpoint is not None and not endpoint.startswith(WEB_PREFIX)


def shown_number(want: LegWant) -> str:
    """The customer's number for a desk phone; empty where it may not be told."""
    number = want.caller_number or ""
    return number if has_display(want) and DIALLABLE.fullmatch(number) else ""


def identity(want: LegWant) -> str:
    """Who is calling, as Asterisk writes it; empty: nobody."""
    name = display_name(want)
    return f'"{name}" <{shown_number(want)}>' if name else ""


def display_name(want: LegWant) -> str:
    """What the phone shows beside the number: nothing that means something in a SIP header."""
    name = "".join(c for c in want.caller_display or "" if c.isprintable() and c not in '"<>\\')
    return name[:LONGEST]
