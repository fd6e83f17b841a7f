"""Where an agent's leg is dialled, and which numbers outside a customer may be sent to."""

from collections.abc import Callable
from dataclasses import dataclass

from app.desk.dial_rules import DialRules
from app.desk.errors import Invalid
from app.domain.dialling import Caller, NotANumber, dialled
from app.domain.leg import Audio
from app.records import Person
from app.telephony import LegAddress

DEMO_NUMBER = "+15550620"
"""With the demo on, this number is a phone inside Asterisk that answers and hums 620 Hz."""
DEMO_PHONE = "demo-phone"


@dataclass(frozen=True, slots=True)
class Outside:
    """A number that may be called."""

    number: str
    """As it is dialled."""
    counts: bool
    """Whether the call counts towards the agent's calls of the day: emergency calls do not."""


@dataclass(frozen=True, slots=True)
class LegAddresses:
    """Numbers go through the trunk; in the demo, where there is none, to the demo's phone."""

    trunk: bool
    demo: bool
    rules: DialRules
    web: Callable[[str], str | None] = lambda agent_id: None
    """The endpoint of an agent's browser."""

    def find(self, person: Person, audio: Audio) -> LegAddress:
        """Where this person's phone is dialled. Raises Invalid, which says what is missing."""
        if audio is Audio.SIP:
            return LegAddress(endpoint=person.sip_user)
        if audio is Audio.WEB:
            return self._browser(person)
        if not person.phone_number:
            raise Invalid("phone_number", "set your phone number first")
        if not self.trunk and not self.demo:
            raise Invalid("audio", "no trunk is set (RINGDESK_TRUNK): numbers cannot be dialled")
        return self._number(self.own(person.phone_number))

    def get(self, person: Person, audio: Audio, *, standing: bool = False) -> LegAddress | None:
        """The same; None where something is missing.

        `standing`: the leg is up, and a rule made since it was dialled does not cut it.
        """
        try:
            if standing and audio is Audio.NUMBER:
                return self._number(dialled(person.phone_number or ""))
            return self.find(person, audio)
        except (Invalid, NotANumber):
            return None

    def own(self, text: str) -> str:
        """An agent's own number, as it is dialled. Raises Invalid with a dial rule's reason.

        Emergency calls are never refused, but nobody's phone has such a number: a leg would ring
        there for each call.
        """
        if self._is_demo(text):
            return text
        number, decision = self.rules.check("phone_number", text, Caller.AGENTS)
        if decision.emergency:
            raise Invalid("phone_number", f"“{text}” is an emergency number, and nobody's phone")
        return number

    def outside(
        self, text: str, caller: Caller = Caller.AGENTS, field: str = "to.number"
    ) -> Outside:
        """A number that a call may be made or sent to. Raises Invalid with a rule's reason."""
        number, decision = self.rules.check(field, text, caller)
        if not self.trunk:
            raise Invalid(field, "no trunk is set (RINGDESK_TRUNK)")
        return Outside(number, counts=not decision.emergency)

    def _browser(self, person: Person) -> LegAddress:
        endpoint = self.web(person.id)
        if endpoint is None:
            raise Invalid("audio", "no browser has your phone: connect the headset on the page")
        return LegAddress(endpoint=endpoint)

    def _is_demo(self, text: str) -> bool:
        """Never dialled outside: a phone inside Asterisk."""
        try:
            return self.demo and (dialled(text) == DEMO_NUMBER or not self.trunk)
        except NotANumber:
            return False

    def _number(self, number: str) -> LegAddress:
        number = dialled(number)
        if self._is_demo(number):
            return LegAddress(endpoint=f"{number}@{DEMO_PHONE}")
        return LegAddress(number=number)
