"""Removing a skill: never from under somebody who has it, a customer who waits for it, or a
calendar, routing rule, chat widget, mailbox or canned reply that names it."""

from collections import Counter

from app.acd import Distributor
from app.desk.availability import Availability
from app.desk.errors import InUse, Use, refusals
from app.domain.conversation import Conversation
from app.domain.mail import Mailbox
from app.records import InUse as HeldByPeople
from app.records import Records

COUNTED = {
    "conversation": ("open conversation", "open conversations"),
    "calendar": ("calendar", "calendars"),
    "rule": ("routing rule", "routing rules"),
    "widget": ("chat widget", "chat widgets"),
    "mailbox": ("mailbox", "mailboxes"),
    "reply": ("canned reply", "canned replies"),
}
"""How many of each kind, in a refusal's sentence; people are named."""


class SkillRemoval:
    """Says what uses a skill, and removes one that nothing uses."""

    def __init__(
        self, availability: Availability, distributor: Distributor, records: Records
    ) -> None:
        self._availability = availability
        self._distributor = distributor
        self._records = records

    async def uses(self, skill_id: str) -> list[Use]:
        """Who has it, which open conversations require it, and what of the settings names it.

        Raises Unavailable.
        """
        holders = await self._records.skills.holders(skill_id)
        with refusals():
            picture = await self._distributor.picture()
        needed = [c for c in picture.conversations.values() if skill_id in c.skills]
        return [
            *(Use("person", one.id, one.name) for one in holders),
            *(Use("conversation", c.id, _name(c)) for c in needed),
            *await self._settings(skill_id),
        ]

    async def _settings(self, skill_id: str) -> list[Use]:
        calendars = await self._records.calendars.all()
        rules = await self._records.routing_rules.all()
        widgets = await self._records.widgets.all()
        mailboxes = await self._records.mailboxes.all()
        replies = await self._records.canned_replies.all()
        return [
            *(Use("calendar", c.id, c.name) for c in calendars if skill_id in c.skills),
            *(Use("rule", rule.id, rule.name) for rule in rules if skill_id in rule.skills),
            *(Use("widget", w.entry, w.title or w.entry) for w in widgets if skill_id in w.skills),
            *(Use("mailbox", m.id, m.name) for m in mailboxes if skill_id in _named_by(m)),
            *(Use("reply", r.id, r.name) for r in replies if skill_id in r.skills),
        ]

    async def remove(self, skill_id: str) -> None:
        """Remove it. Raises NotFound (of the records), InUse with all that uses it.

        A hand-over that names it at this instant is relaxed when the people are read again.
        """
        name = (await self._records.skills.get(skill_id)).name
        uses = await self.uses(skill_id)
        try:
            if not uses:
                await self._records.skills.remove(skill_id)
        except HeldByPeople:  # given to somebody since we looked
            uses = await self.uses(skill_id)
        if uses:
            raise InUse(f"“{name}” is still used by {told(uses)}", uses)
        await self._availability.refresh()


def _named_by(mailbox: Mailbox) -> set[str]:
    """The skills that a mailbox or one of its rules asks for."""
    return {*mailbox.skills, *(skill for rule in mailbox.rules for skill in rule.skills)}


def _name(conversation: Conversation) -> str:
    customer = conversation.customer
    return customer.name or customer.number or customer.email or conversation.id


def told(uses: list[Use]) -> str:
    """In a refusal's sentence: people by name, the rest counted."""
    people = [use.name for use in uses if use.kind == "person"]
    parts = [", ".join(people[:5]) + (f" and {len(people) - 5} more" if len(people) > 5 else "")]
    for kind, number in Counter(use.kind for use in uses).items():
        if kind in COUNTED:
            one, many = COUNTED[kind]
            parts.append(f"{number} {one if number == 1 else many}")
    return " and ".join(part for part in parts if part)
