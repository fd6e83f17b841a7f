"""The transcripts of open conversations, kept for the live picture.

Only what a program opened, or a caller left as a message, can have one, so a plain call costs no
look-up.
"""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.api.access import has_turns
from app.records import Records, Turn

log = logging.getLogger("ringdesk.api.transcripts")


class OpenTranscripts:
    """What was said so far, by conversation; read again when told to."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._turns: dict[str, Sequence[Turn]] = {}

    def known(self, conversation_id: str) -> Sequence[Turn]:
        """As last read."""
        return self._turns.get(conversation_id, ())

    def is_known(self, conversation_id: str) -> bool:
        """Whether it was read, be it that nothing was said yet."""
        return conversation_id in self._turns

    async def learn(self, conversation_id: str) -> None:
        """Read the turns of a conversation that is new here."""
        if has_turns(conversation_id) and conversation_id not in self._turns:
            await self.read(conversation_id)

    async def read(self, conversation_id: str) -> list[Turn]:
        """Read the turns again; those that are new. None while the database is away."""
        try:
            turns = await self._records.transcripts.turns(conversation_id)
        except (SQLAlchemyError, OSError) as error:
            log.warning("a transcript cannot be read (%s)", type(error).__name__)
            return []
        # Compared with what is known now, and not when the reading began: two may read at once.
        known = {turn.id for turn in self.known(conversation_id)}
        if len(turns) < len(known):
            return []  # the other one, who read later, was answered first; no turn ever goes
        self._turns[conversation_id] = turns
        return [turn for turn in turns if turn.id not in known]

    def forget(self, conversation_id: str) -> None:
        """The conversation is closed."""
        self._turns.pop(conversation_id, None)
