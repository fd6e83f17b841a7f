"""Who sees what, row by row."""

import pytest

from app.api.access import bot_conversation_id, is_bots
from app.api.visibility import Audience, Viewer, in_live, may_read, sees_agent
from app.domain.conversation import Conversation, Customer, State
from tests.unit.api.people import (
    ADA,
    ANA,
    BEN,
    BOT,
    EVERYBODY,
    SAM,
    WAITING,
    active,
    changed,
    closed,
    offered,
    wrapping_up,
)

OPENED = bot_conversation_id("key-1", "command")
BOSSES = {SAM, ADA}

ROWS: list[tuple[str, Conversation, set[Viewer], set[Viewer]]] = [
    # what it is, the conversation, whose live picture has it, who may open it besides
    ("waits for Billing", WAITING, {ANA, BEN}, set()),
    ("waits for both", changed(skills=("billing", "spanish")), {BEN}, set()),
    ("waits for nothing special", changed(skills=()), {ANA, BEN}, set()),
    ("waits for Fraud", changed(skills=("fraud",)), set(), set()),
    ("waits for Ana alone", changed(routed_to="ana", skills=("spanish",)), {ANA}, set()),
    ("offered to Ana", offered("ana"), {ANA}, set()),
    ("in Ana's hands", active("ana"), {ANA}, set()),
    ("Ana writes", wrapping_up("ana"), {ANA}, set()),
    ("was Ana's", closed("ana"), set(), {ANA}),
    ("Ana writes, Ben talks", changed(
        state=State.ACTIVE, agent_id="ben",
        segments=wrapping_up("ana").segments + active("ben").segments), {ANA, BEN}, set()),
    ("was Ana's, is Ben's", changed(
        state=State.ACTIVE, agent_id="ben",
        segments=closed("ana").segments + active("ben").segments), {BEN}, {ANA}),
    ("the bot's own", changed(id=OPENED, state=State.BOT), {BOT}, set()),
    ("the bot's own, waiting", changed(id=OPENED), {ANA, BEN, BOT}, set()),
    ("another bot's", changed(
        id=bot_conversation_id("key-2", "command"), state=State.BOT), set(), set()),
    ("with the bot", changed(state=State.BOT), set(), set()),
]  # fmt: skip


@pytest.mark.parametrize(("what", "conversation", "live", "besides"), ROWS)
def test_who_sees_it(
    what: str, conversation: Conversation, live: set[Viewer], besides: set[Viewer]
) -> None:
    is_open = conversation.state is not State.CLOSED
    seen = {viewer for viewer in EVERYBODY if in_live(viewer, conversation)}
    assert seen == live | (BOSSES if is_open else set()), what
    audience = Audience(conversation)
    for _ in range(2):  # asked again it says the same
        assert {viewer for viewer in EVERYBODY if audience.has(viewer)} == seen, what
    readers = {viewer for viewer in EVERYBODY if may_read(viewer, conversation)}
    assert readers == live | besides | BOSSES, what


def test_the_customer_in_hand_opens_their_earlier_conversations() -> None:
    earlier = closed("ben")
    assert may_read(ANA, earlier, [Customer("Somebody else", "+15550123")])
    assert not may_read(ANA, earlier, [Customer("Maria", "+15550999")])
    nobody = changed(state=State.CLOSED, customer=Customer("Maria"))
    assert not may_read(ANA, nobody, [Customer("Maria")])  # a name proves nothing


def test_agents_see_themselves_supervisors_everybody_bots_nobody() -> None:
    assert [sees_agent(viewer, "ana") for viewer in EVERYBODY] == [True, False, True, True, False]


def test_an_id_tells_which_bot_opened_it_and_nothing_else() -> None:
    assert is_bots(OPENED)
    assert bot_conversation_id("key-1", "command") == OPENED
    assert "key-1" not in OPENED
    assert not is_bots("v1d2c3")
    assert not is_bots("b1d2c3")
