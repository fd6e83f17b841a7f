"""The distributor's commands on a caller whom a bot has, or is to have again."""

from app.acd.consult_commands import ConsultCommands
from app.acd.limits import NOTES_LENGTH, checked_text
from app.acd.scripts import Args
from app.acd.types import Result

TAKE_MS = 5_000
"""How long a bot may take to take up a caller who was handed back to it."""


class BotCommands(ConsultCommands):
    """Between people and bots."""

    async def hand_back(
        self,
        conversation_id: str,
        agent_id: str | None = None,
        *,
        notes: str | None = None,
        by_supervisor: bool = False,
        command_id: str | None = None,
    ) -> Result:
        """Back to the bot, by the agent who has it, by a supervisor, or by the bot (None) while it
        waits. A call has TAKE_MS to be taken up (`bot_took`), else it waits at its old place.

        Raises NotYours, WrongState (a call that came without a bot, too).
        """
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "notes": checked_text(notes, "notes", NOTES_LENGTH),
            "supervisor": by_supervisor or None,
            "within": TAKE_MS,
        }
        return await self._run("hand_back", args, command_id)

    async def bot_took(self, conversation_id: str, *, command_id: str | None = None) -> Result:
        """The bot does something with a caller who was handed back; again is fine."""
        return await self._run("bot_took", {"conversation": conversation_id}, command_id)

    async def bot_again(self, conversation_id: str) -> Result:
        """The bot has TAKE_MS anew for a caller whom it was handed back and has not been seen to
        take: nobody looked on."""
        return await self._run(
            "bot_again", {"conversation": conversation_id, "within": TAKE_MS}, None
        )

    async def bot_lost(
        self, conversation_id: str, channel_id: str, cause: str, *, command_id: str | None = None
    ) -> Result:
        """The bot that has the caller is gone, or did not take them: they wait for people, at the
        place they had. Nothing happens where no bot has that channel."""
        args: Args = {"conversation": conversation_id, "channel": channel_id, "cause": cause}
        return await self._run("bot_lost", args, command_id)

    async def here(
        self, conversation_id: str, channel_id: str, *, command_id: str | None = None
    ) -> Result:
        """The caller's channel came to us from the bot, which is told no more; again is fine."""
        args: Args = {"conversation": conversation_id, "channel": channel_id}
        return await self._run("here", args, command_id)
