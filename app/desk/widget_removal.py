"""Removing a chat widget: never from under a customer who chats at it, or a calendar or routing
rule that names it."""

from app.acd import Distributor
from app.desk.errors import InUse, Use, refusals
from app.desk.skill_removal import told
from app.domain.conversation import Channel, Conversation, State
from app.records import Records

OVER = frozenset({State.WRAP_UP, State.CLOSED})


class WidgetRemoval:
    """Says what uses a widget, and removes one that nothing uses."""

    def __init__(self, distributor: Distributor, records: Records) -> None:
        self._distributor = distributor
        self._records = records

    async def uses(self, entry: str) -> list[Use]:
        """Whose chats at it are open, and which settings name it. Raises Unavailable."""
        with refusals():
            picture = await self._distributor.picture()
        chats = [c for c in picture.conversations.values() if _is_at(c, entry)]
        calendars = await self._records.calendars.all()
        rules = await self._records.routing_rules.all()
        return [
            *(
                Use("conversation", c.id, c.customer.name or c.customer.email or c.id)
                for c in chats
            ),
            *(Use("calendar", c.id, c.name) for c in calendars if entry in c.entries),
            *(
                Use("rule", rule.id, rule.name)
                for rule in rules
                if entry in rule.conditions.entries
            ),
        ]

    async def remove(self, entry: str, always_there: bool) -> None:
        """Remove it; what is `always_there` without being set is as it comes again. Raises
        NotFound (of the records), InUse with all that uses it: a customer whose line is cut
        would not get back to their chat.

        A chat that begins at this very instant is not seen; its customer's page tries again.
        """
        uses = [] if always_there else await self.uses(entry)
        if uses:
            raise InUse(f"“{entry}” is still used by {told(uses)}", uses)
        await self._records.widgets.remove(entry)


def _is_at(conversation: Conversation, entry: str) -> bool:
    chat = conversation.channel is Channel.CHAT and conversation.state not in OVER
    return chat and conversation.entry == entry


def _who(conversation: Conversation) -> str:
    return conversation.customer.name or conversation.customer.email or conversation.id
