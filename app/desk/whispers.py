"""What supervisors and the agent who has a chat write to each other; its customer never sees it.

It takes the one way of every message, in a room of its own beside the conversation: no list of the
conversation's messages has it, so none can show it by mistake.
"""

from app.acd import Distributor
from app.desk.errors import NotFound, NotYours, Unavailable, WrongState, refusals
from app.domain.conversation import Channel, State
from app.domain.message import Author, Message, NewMessage, desk_room
from app.messaging import MessagePath, Overloaded
from app.records import Records


class Whispers:
    """Stored when `write` answers."""

    def __init__(self, distributor: Distributor, path: MessagePath, records: Records) -> None:
        self._distributor = distributor
        self._path = path
        self._messages = records.messages

    async def write(
        self, person_id: str, supervises: bool, conversation_id: str, client_id: str, text: str
    ) -> Message:
        """Again with the same `client_id` it is the same message. Raises NotFound, NotYours (an
        agent who does not have it), WrongState (a call; nobody has it), Unavailable."""
        room = desk_room(conversation_id)
        try:
            await self._check(person_id, supervises, conversation_id)
        except (NotFound, NotYours, WrongState):
            before = await self._messages.find(room, Author.AGENT, person_id, client_id)
            if before is None:
                raise
            return before  # it was sent in time; only its answer was lost
        now = self._distributor.now()
        try:
            return await self._path.submit(
                NewMessage(room, Author.AGENT, person_id, client_id, text, now)
            )
        except Overloaded as error:
            raise Unavailable(str(error)) from None

    async def after(self, conversation_id: str, seq: int) -> list[Message]:
        """What was whispered after this number, in order: at most a page."""
        return await self._messages.after(desk_room(conversation_id), seq)

    async def _check(self, person_id: str, supervises: bool, conversation_id: str) -> None:
        with refusals():
            found = await self._distributor.conversation(conversation_id)
        if found is None:
            raise NotFound("no such conversation")
        if found.channel is Channel.VOICE:
            raise WrongState("on a call one whispers by voice")
        if found.state is not State.ACTIVE:
            raise WrongState("no agent has this conversation now")
        if not supervises and found.agent_id != person_id:
            raise NotYours("somebody else has this conversation")
