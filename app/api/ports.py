"""What the API asks of the desk: the part of `app.desk.Desk` that it calls.

Written as protocols so that the tests of order and shape can stand a small desk of their own in
its place. Moves raise `app.desk.errors.DeskError`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from app.acd import UNSET, Unset
from app.desk.bots import OpenCommand, QueueCommand
from app.desk.chats import Chats
from app.desk.desk import Snapshot
from app.desk.dial_rules import DialRules
from app.desk.errors import Use
from app.desk.feed import Change, Subscription
from app.desk.mail_aside import MailAside
from app.desk.mail_out import MailOut
from app.desk.on_a_call import Target
from app.desk.routing_administration import Administration
from app.desk.service_settings import ServiceSettings
from app.desk.wait_times import WaitTimes
from app.desk.web_phones import WebPhones
from app.domain.agent import Agent, Status
from app.domain.conversation import Conversation
from app.domain.leg import Audio
from app.domain.routing import Verdict
from app.domain.supervision import How
from app.records import Person, Skill


class DirectoryPort(Protocol):
    """People and skills in memory."""

    def people(self) -> Sequence[Person]:
        """Everybody who is active."""
        ...

    def skills(self) -> Sequence[Skill]:
        """Every skill."""
        ...

    def person(self, person_id: str) -> Person | None:
        """The person with this id."""
        ...

    def find_person(self, handle: str) -> Person | None:
        """The active person with this id or e-mail address."""
        ...

    def person_name(self, person_id: str) -> str:
        """Their name; the id when they are gone."""
        ...

    def skill_name(self, skill_id: str) -> str:
        """The skill's name; the id when it is gone."""
        ...

    def is_recorded(self, skill_ids: Iterable[str]) -> bool:
        """Whether talks for one of these skills are recorded."""
        ...

    def kept_recordings(self) -> dict[str, float]:
        """Days for which recordings are kept, of skills with a rule of their own; 0: for ever."""
        ...

    def skill_id(self, name: str) -> str | None:
        """The id of the skill with this name, in any case of letters."""
        ...


class DeskPort(Protocol):
    """The use cases and views that the API offers to the outside."""

    @property
    def directory(self) -> DirectoryPort:
        """People and skills in memory."""
        ...

    @property
    def waits(self) -> WaitTimes:
        """How long callers wait, and what they are told."""
        ...

    @property
    def mail_out(self) -> MailOut:
        """Emails on their way out."""
        ...

    @property
    def mail_aside(self) -> MailAside:
        """Emails that are in no conversation."""
        ...

    @property
    def chats(self) -> Chats:
        """Written conversations."""
        ...

    @property
    def dial_rules(self) -> DialRules:
        """Which numbers may be called."""
        ...

    @property
    def routing(self) -> Administration:
        """Calendars and routing rules."""
        ...

    @property
    def web_phones(self) -> WebPhones:
        """Phones in browsers' tabs."""
        ...

    @property
    def service_settings(self) -> ServiceSettings:
        """The service-wide settings in force."""
        ...

    async def skill_uses(self, skill_id: str) -> list[Use]:
        """What uses a skill: people and open conversations."""
        ...

    async def remove_skill(self, skill_id: str) -> None:
        """Remove a skill. Raises InUse."""
        ...

    async def phone_reachable(self, person: Person) -> bool:
        """Whether this person's SIP phone is registered and answers."""
        ...

    async def health(self) -> dict[str, bool]:
        """Each part by name (redis, database, ari, ami): whether it answers."""
        ...

    def now(self) -> int:
        """Milliseconds since the epoch on the clock that all nodes share."""
        ...

    async def refresh(self) -> None:
        """Read people and skills again, into the live queue and the directory."""
        ...

    async def agent(self, agent_id: str) -> Agent:
        """An agent's live state. Raises NotFound."""
        ...

    async def set_status(
        self,
        agent_id: str,
        status: Status,
        *,
        reason: str | None = None,
        after_current: bool = False,
        requeue_call: bool = False,
        command_id: str | None = None,
    ) -> Agent:
        """Choose a status, now or after what is in hand."""
        ...

    def check_phone_number(self, number: str) -> None:
        """Whether somebody's own phone may have this number. Raises Invalid."""
        ...

    async def set_preferences(self, agent_id: str, changes: dict[str, Any]) -> Person:
        """Change one's own settings. Raises Invalid."""
        ...

    async def connect_leg(self, agent_id: str, audio: Audio | None = None) -> Agent:
        """Have the agent's phone called. Raises Invalid, Unavailable."""
        ...

    async def disconnect_leg(self, agent_id: str) -> Agent:
        """Hang up the agent's leg. Raises WrongState during a talk."""
        ...

    async def signed_out(self, agent_id: str) -> None:
        """Nobody is signed in as this person any more."""
        ...

    def signed_in(self, agent_id: str) -> None:
        """Somebody is again."""
        ...

    async def inbox_opened(self, agent_id: str, socket_id: str) -> None:
        """A page of this agent is live."""
        ...

    async def inbox_closed(self, agent_id: str, socket_id: str) -> None:
        """A page of this agent is gone."""
        ...

    async def conversation(self, conversation_id: str) -> Conversation:
        """From the live queue or the archive. Raises NotFound."""
        ...

    async def same_as_first(self, command_id: str, sent: str) -> bool:
        """Whether a keyed request is the one that came with its key first. Raises Unavailable."""
        ...

    async def explain(self, conversation_id: str) -> list[Verdict]:
        """Every agent, and what keeps them from this conversation now. Raises NotFound."""
        ...

    async def accept(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Take an offered conversation."""
        ...

    async def reject(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Give an offer back."""
        ...

    async def requeue(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Put an active conversation back at its old place."""
        ...

    async def hand_back(
        self,
        agent_id: str | None,
        conversation_id: str,
        *,
        notes: str | None = None,
        supervises: bool = False,
        command_id: str | None = None,
    ) -> Conversation:
        """Give a call back to its bot; None is the bot, which takes back who waits."""
        ...

    async def end(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """End a talk; its wrap-up opens."""
        ...

    async def hold(
        self, agent_id: str, conversation_id: str, on: bool, *, command_id: str | None = None
    ) -> Conversation:
        """Let the customer wait with music, or no longer."""
        ...

    async def mute(
        self, agent_id: str, conversation_id: str, on: bool, *, command_id: str | None = None
    ) -> Conversation:
        """Keep the agent's voice from the customer, or no longer."""
        ...

    async def pause_recording(
        self, agent_id: str, conversation_id: str, on: bool, *, command_id: str | None = None
    ) -> Conversation:
        """Let nothing be recorded, or something again."""
        ...

    async def send_digits(
        self, agent_id: str, conversation_id: str, digits: str, *, command_id: str | None = None
    ) -> Conversation:
        """Send DTMF to the customer, once."""
        ...

    async def transfer(
        self, agent_id: str, conversation_id: str, to: Target, *, command_id: str | None = None
    ) -> Conversation:
        """Pass a call on blindly. Raises UnknownSkill, UnknownAgent."""
        ...

    async def consult(
        self, agent_id: str, conversation_id: str, to: Target, *, command_id: str | None = None
    ) -> Conversation:
        """Ask somebody while the customer waits. Raises as `transfer`."""
        ...

    async def swap_consult(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Talk to the customer while the consulted waits, or back."""
        ...

    async def complete_consult(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """The customer goes to the consulted."""
        ...

    async def cancel_consult(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """The customer comes back to their agent."""
        ...

    async def write_notes(self, agent_id: str, conversation_id: str, notes: str) -> Conversation:
        """Save what the agent typed so far."""
        ...

    async def close_wrap_up(
        self,
        agent_id: str,
        conversation_id: str,
        *,
        notes: str | None,
        disposition: str | None,
        command_id: str | None = None,
    ) -> Conversation:
        """Close the agent's wrap-up."""
        ...

    async def open(self, command: OpenCommand, *, command_id: str | None = None) -> Conversation:
        """Begin a conversation in state `bot`."""
        ...

    async def supervise(
        self, agent_id: str, conversation_id: str, how: How, *, command_id: str | None = None
    ) -> Conversation:
        """Listen, whisper or speak on a call."""
        ...

    async def unsupervise(
        self, agent_id: str, conversation_id: str, how: How, *, command_id: str | None = None
    ) -> Conversation:
        """Leave it."""
        ...

    async def take_over(
        self, agent_id: str, conversation_id: str, *, command_id: str | None = None
    ) -> Conversation:
        """Take a conversation from whoever has it."""
        ...

    async def move(self, command: QueueCommand, *, command_id: str | None = None) -> Conversation:
        """Take a talk from its agent, and give it to others."""
        ...

    async def queue(self, command: QueueCommand, *, command_id: str | None = None) -> Conversation:
        """Hand a conversation over to people."""
        ...

    async def finish(self, conversation_id: str, *, command_id: str | None = None) -> Conversation:
        """The customer is done with the bot, or left while they waited."""
        ...

    async def update_context(
        self,
        conversation_id: str,
        *,
        sentiment: float | Unset | None = UNSET,
        flow: dict[str, Any] | Unset | None = UNSET,
        parameters: dict[str, Any] | Unset = UNSET,
    ) -> Conversation:
        """What the AI found out so far; the event is told even where nothing changed."""
        ...

    def subscribe(self) -> Subscription:
        """Changes from now on."""
        ...

    async def snapshot(self) -> Snapshot:
        """The live picture, with the place in the stream that it belongs to."""
        ...

    async def changes_after(self, seq: str) -> list[Change] | None:
        """What came after `seq`; None when a fresh snapshot is needed."""
        ...
