"""Numbers outside that are consulted: each is a leg of nobody on the books, and what it tells
belongs to its consult.

Dialled through the trunk itself, as agents' numbers are, and not through a Local channel and the
dialplan: in the holding bridge a Local channel stays silent (Asterisk 22.10.1).
"""

import hashlib

from app.acd import Distributor, Result
from app.domain.conversation import Conversation
from app.telephony import PARTY_PREFIX, LegFailed, LegGone, LegUp, LegWant
from app.telephony import LegAddress as Address

HUNG_UP = "consulted"


def party(conversation_id: str, consult: int) -> str:
    """Whose leg the number of a conversation's consult is: short, whatever the id looks like."""
    text = f"{consult} {conversation_id}".encode()
    return PARTY_PREFIX + hashlib.blake2s(text, digest_size=10).hexdigest()


def party_of(conversation: Conversation) -> str | None:
    """The leg of the number that is consulted now."""
    consult = conversation.consult
    if consult is None or consult.number is None:
        return None
    return party(conversation.id, consult.number_of)


def want_of(conversation: Conversation, room: str | None, held: bool) -> LegWant | None:
    """How that leg should be; None where no number is consulted."""
    leg = party_of(conversation)
    if leg is None or conversation.consult is None:
        return None
    address = Address(number=conversation.consult.number)
    return LegWant(leg, address, up=True, engaged=True, room=room, held=held)


def is_party(agent_id: str) -> bool:
    """Whether this is nobody on the books, but a number."""
    return agent_id.startswith(PARTY_PREFIX)


async def settle(
    fact: LegUp | LegGone | LegFailed, talk: Conversation | None, acd: Distributor
) -> Result | None:
    """The transition that a fact about such a leg leads to. Raises WrongState when it is late."""
    if talk is None or talk.consult is None:
        return None
    if isinstance(fact, LegUp):
        return await acd.party_answered(talk.id, talk.consult.number_of)
    if isinstance(fact, LegFailed):
        return await acd.party_gone(talk.id, talk.consult.number_of, fact.reason.value)
    return await acd.party_gone(talk.id, talk.consult.number_of, HUNG_UP)
