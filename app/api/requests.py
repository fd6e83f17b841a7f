"""What callers may send: unknown fields, wrong types and what cannot be stored are refused.

One model for each route that takes something; a body for POST, PUT and PATCH, the query string
for GET and DELETE.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from app.domain.agent import Status
from app.domain.conversation import Channel, State
from app.domain.leg import Audio, LegKind
from app.domain.message import ATTACHMENTS_EACH, CLIENT_ID_LENGTH, TEXT_LENGTH
from app.records import asked_for

MAX_PARAMETERS = 65_536
"""Characters of captured parameters, keys and values together."""
MAX_DEPTH = 20


def storable(text: str) -> str:
    """Text without what no database stores."""
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("contains a character that cannot be stored")
    return text


def one_line(text: str) -> str:
    """One line that is not empty, without blanks at its ends."""
    text = text.strip()
    if not text:
        raise ValueError("must not be empty")
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _number(text: str) -> str | None:
    digits = "".join(c for c in text if c not in " -./()")
    if not digits:
        return None
    if not digits.removeprefix("+").isascii() or not digits.removeprefix("+").isdigit():
        raise ValueError("must be a telephone number, such as +15550111")
    return digits


def _json_size(value: Any, depth: int = 0) -> int:
    if depth > MAX_DEPTH:
        raise ValueError(f"must not be nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        return sum(len(storable(k)) + _json_size(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return sum(_json_size(item, depth + 1) for item in value)
    return len(storable(value)) if isinstance(value, str) else 8


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    if _json_size(value) > MAX_PARAMETERS:
        raise ValueError(f"must not have more than {MAX_PARAMETERS} characters")
    return value


def _email(text: str) -> str:
    text = one_line(text)
    name, at, host = text.rpartition("@")
    if not (name and at and host) or " " in text:
        raise ValueError("must be an e-mail address")
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Text = Annotated[str, Field(max_length=20_000), AfterValidator(storable)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Number = Annotated[str, Field(max_length=40), AfterValidator(_number)]
NewPassword = Annotated[str, Field(min_length=8, max_length=1000), AfterValidator(storable)]
Object = Annotated[dict[str, Any], AfterValidator(_bounded)]
SkillNames = Annotated[list[Line], Field(max_length=50)]
Cap = Annotated[int, Field(ge=0, le=10)]


class Request(BaseModel):
    """Base of everything that can be sent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Request):
    """No fields."""


class SignIn(Request):
    """Who signs in."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1000)]


class StatusChange(Request):
    """The status to take, now or when nothing is in hand any more."""

    status: Status
    reason: Line | None = None
    when: Literal["now", "after_current"] = "now"
    active_call: Literal["keep", "requeue"] = "keep"


class PreferenceChanges(Request):
    """What is to change of the personal configuration; what is left out stays."""

    phone_number: Number | None = None
    audio: Audio = Audio.NUMBER
    leg: LegKind = LegKind.PERSISTENT
    confirm_answer: bool = True
    chat_cap: Cap = 5
    email_cap: Cap = 5
    skills: SkillNames = []
    inbox_view: Object = {}


class ConnectLeg(Request):
    """What is to carry the leg; the preference when left out."""

    audio: Audio | None = None


class SipTab(Request):
    """Which tab; a random word of its own, made by the page."""

    tab: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{16,64}$")]


class InboxQuery(Request):
    """Which view."""

    view: Literal["default", "personal"] = "default"


class Notes(Request):
    """The caller's notes, whole."""

    notes: Text


class HandBack(Request):
    """What the bot is to know; the caller's notes as saved when left out."""

    notes: Text | None = None


class Digits(Request):
    """What to send to the customer as DTMF, once."""

    digits: Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,32}$")]


class TransferTarget(Request):
    """Whom to pass a call on to, one of them: a skill (name or id), an agent (id or email), or a
    number outside."""

    skill: Line | None = None
    agent: Line | None = None
    number: Annotated[str, Field(max_length=40)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if [self.skill, self.agent, self.number].count(None) != 2:
            raise ValueError("must be a skill, an agent or a number, one of them")
        return self


class Transfer(Request):
    """Passes a call on; blind: without talking to whoever gets it first; consult: the customer
    waits with music while the two talk, until it is completed or cancelled."""

    to: TransferTarget
    mode: Literal["blind", "consult"] = "blind"


class WrapUpDone(Request):
    """Closes the caller's wrap-up; what is left out stays as saved."""

    notes: Text | None = None
    disposition: Line | None = None


class CustomerDetails(Request):
    """Who is on the other side, as far as known."""

    name: Line | None = None
    number: Line | None = None
    email: Line | None = None


class OpenConversation(Request):
    """A conversation that the AI starts to handle."""

    channel: Channel
    customer: CustomerDetails
    entry: Line | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{2,35}$")] | None = None
    flow: Object | None = None
    channel_id: Line | None = None
    skills: SkillNames = []


class Queue(Request):
    """Hands a conversation over to people."""

    skills: SkillNames
    priority: Annotated[int, Field(ge=0, le=10)] | None = None
    agent: Line | None = None
    reason: Annotated[str, Field(max_length=1000), AfterValidator(storable)] | None = None
    stay: bool = False


class NewTurn(Request):
    """One utterance; the same id again is the same turn."""

    id: Line | None = None
    speaker: Line
    text: Text
    at: AwareDatetime | None = None


class NewTurns(Request):
    """What was said, in its order."""

    turns: Annotated[list[NewTurn], Field(min_length=1, max_length=500)]


class ContextChanges(Request):
    """What the AI learned; what is left out stays."""

    sentiment: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] | None = None
    flow: Object | None = None
    parameters: Object = {}


MOST_WORDS = 20
"""In one search of the archive."""


def _few_words(text: str) -> str:
    if len(asked_for(text)) > MOST_WORDS:
        raise ValueError(f"must be at most {MOST_WORDS} words")
    return storable(text)


class ArchiveQuery(Request):
    """A search, newest first."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    q: Annotated[str, Field(max_length=200), AfterValidator(_few_words)] | None = None
    state: State | None = None
    channel: Channel | None = None
    agent: Line | None = None
    from_: Annotated[AwareDatetime | None, Field(alias="from")] = None
    to: AwareDatetime | None = None
    cursor: Line | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Export(Request):
    """Of one conversation."""

    format: Literal["json", "csv"] = "json"


class ExportQuery(Request):
    """A search as `ArchiveQuery`, whole."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    format: Literal["json", "csv"] = "json"
    q: Annotated[str, Field(max_length=200), AfterValidator(_few_words)] | None = None
    state: State | None = None
    channel: Channel | None = None
    agent: Line | None = None
    from_: Annotated[AwareDatetime | None, Field(alias="from")] = None
    to: AwareDatetime | None = None


class EventsQuery(Request):
    """Where to go on; the whole picture when left out or too long ago."""

    after: Annotated[str, Field(max_length=200)] | None = None


class NewMessage(Request):
    """A written message; the same `client_id` again is the same message."""

    client_id: Annotated[str, Field(pattern=rf"^[A-Za-z0-9_.:-]{{1,{CLIENT_ID_LENGTH}}}$")]
    text: Annotated[str, Field(max_length=TEXT_LENGTH), AfterValidator(storable)]
    attachments: Annotated[list[Line], Field(max_length=ATTACHMENTS_EACH)] = []

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.text.strip() and not self.attachments:
            raise ValueError("a message has text or attachments")
        return self


class NewWhisper(Request):
    """Words for our own side; the same `client_id` again is the same whisper."""

    client_id: Annotated[str, Field(pattern=rf"^[A-Za-z0-9_.:-]{{1,{CLIENT_ID_LENGTH}}}$")]
    text: Annotated[str, Field(pattern=r"\S", max_length=TEXT_LENGTH), AfterValidator(storable)]


class Upload(Request):
    """A file's name, where its bytes are the whole body; a form tells it itself."""

    name: Annotated[str, Field(max_length=1000), AfterValidator(storable)] | None = None


class MessagesQuery(Request):
    """Which messages: those after this one."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    after: Annotated[int, Field(ge=0, le=2**53)] = 0


class TypingState(Request):
    """The caller writes, or no longer does."""

    on: bool = True


class ReadState(Request):
    """The caller has seen everything up to this message."""

    seq: Annotated[int, Field(ge=0, le=2**53)]


PARTIAL: tuple[type[Request], ...] = (PreferenceChanges, ContextChanges)
"""Changes: what is left out stays, whatever the default of its field."""
