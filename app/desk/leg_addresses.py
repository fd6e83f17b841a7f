"""Where an agent's leg is dialled."""

import re
from dataclasses import dataclass

from app.desk.errors import Invalid
from app.domain.leg import Audio
from app.records import Person
from app.telephony import LegAddress

DEMO_NUMBER = "+15550620"
"""With the demo on, this number is a phone inside Asterisk that answers and hums 620 Hz."""
DEMO_PHONE = "demo-phone"
NUMBER = re.compile(r"\+?[0-9*#]{2,32}")
"""What can be dialled, once blanks, dots, dashes and brackets are taken out."""


@dataclass(frozen=True, slots=True)
class LegAddresses:
    """Numbers go through the trunk; in the demo, where there is none, to the demo's phone."""

    trunk: bool
    demo: bool

    def find(self, person: Person, audio: Audio) -> LegAddress:
        """Where this person's phone is dialled. Raises Invalid, which says what is missing."""
        if audio is Audio.SIP:
            return LegAddress(endpoint=person.sip_user)
        if audio is Audio.WEB:
            raise Invalid("audio", "headsets in the browser come with a later version")
        return self._number(person.phone_number)

    def get(self, person: Person, audio: Audio) -> LegAddress | None:
        """The same; None where something is missing."""
        try:
            return self.find(person, audio)
        except Invalid:
            return None

    def outside(self, text: str) -> str:
        """A number that a customer can be sent on to, as it is dialled. Raises Invalid.

        Emergency numbers and dial rules are not looked at here yet.
        """
        number = dialled("to.number", text)
        if not self.trunk:
            raise Invalid("to.number", "no trunk is set (RINGDESK_TRUNK)")
        return number

    def _number(self, text: str | None) -> LegAddress:
        if not text:
            raise Invalid("phone_number", "set your phone number first")
        number = dialled("phone_number", text)
        if self.demo and (number == DEMO_NUMBER or not self.trunk):
            return LegAddress(endpoint=f"{number}@{DEMO_PHONE}")
        if not self.trunk:
            raise Invalid("audio", "no trunk is set (RINGDESK_TRUNK): numbers cannot be dialled")
        return LegAddress(number=number)


def dialled(field: str, text: str) -> str:
    """A number without what people write between digits. Raises Invalid."""
    number = re.sub(r"[ ./()-]", "", text)
    if not NUMBER.fullmatch(number):
        raise Invalid(field, f"“{text}” cannot be dialled")
    return number
