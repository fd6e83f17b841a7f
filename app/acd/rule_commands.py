"""The distributor's commands on routing rules: each application is one step, recorded, once."""

from app.acd.commands import Commands
from app.acd.limits import (
    INSTANTS,
    REQUIRED_SKILLS,
    checked_id,
    checked_number,
    checked_priority,
    checked_skills,
    checked_text,
)
from app.acd.scripts import Args
from app.acd.types import Result
from app.domain.conversation import Conversation
from app.domain.routing_rules import Effect, RoutingRule


class RuleCommands(Commands):
    """Applies rules, and keeps when they are to be looked at."""

    async def apply_rule(
        self,
        of: Conversation,
        rule: RoutingRule,
        effect: Effect,
        did: str,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Apply a rule to the conversation as it was decided on; one that was applied already is
        left at that. Raises WrongState when the conversation changed meanwhile.
        """
        skills, priority = effect.skills, effect.priority
        args: Args = {
            "conversation": checked_id(of.id, "conversation"),
            "version": of.version,
            "rule": checked_id(rule.id, "rule"),
            "name": checked_id(rule.name, "name"),
            "did": checked_text(did, "did"),
            "queue": effect.queue,
            "skills": None if skills is None else checked_skills(skills, REQUIRED_SKILLS),
            "priority": None if priority is None else checked_priority(priority),
            "release": effect.release,
            "announce": effect.announce,
            "choices": "\n".join(sorted(effect.offer)) or None,
        }
        return await self._run("apply_rule", args, command_id)

    async def schedule_rules(self, conversation_id: str, at: int | None) -> None:
        """Have the rules looked at then (ms), and again until this is called anew; None: never."""
        when = None if at is None else checked_number(at, INSTANTS, "at")
        await self._run("schedule_rules", {"conversation": conversation_id, "at": when}, None)
