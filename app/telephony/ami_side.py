"""What AMI is for: which phones are in reach, alerts, and what the dialplan reads of the desk's.

While AMI is away, ARI is asked again and again which phones are in reach.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Protocol

from app.telephony.alerts import Alerts
from app.telephony.ami import AmiAddress, AmiError, AmiLink
from app.telephony.ami_events import security_alert
from app.telephony.ari_errors import AriError
from app.telephony.ari_resources import Endpoints
from app.telephony.contacts import Contacts
from app.telephony.desk_phone_rules import HOURS, DeskPhoneRules
from app.telephony.facts import ContactChanged, Fact, LinkChanged, SecurityAlert
from app.telephony.settings import TelephonySettings

FADE_SECONDS = 1.0
"""With the time that a qualify takes (2.8 s), a phone's loss shows within 5 s."""
CONTACT_SECONDS = 2.0
"""Between two questions for contacts while AMI is away."""


class Watchers(Protocol):
    """Who looks after legs, and wants to know at once (`Looks`)."""

    def at_contact(self, endpoint: str, reachable: bool) -> None:
        """A SIP endpoint came into reach or went out of it."""

    def doubt_contacts(self) -> None:
        """Nobody tells of contacts any more."""


class AmiSide:
    """The AMI link and what it tells; `link` is None where there is no AMI."""

    def __init__(
        self,
        settings: TelephonySettings,
        endpoints: Endpoints,
        *,
        users: Callable[[], Collection[str]],
        watchers: Callable[[], Watchers],
        ready: Callable[[], bool],
        tell: Callable[[Fact], None],
        count: Callable[[SecurityAlert], None],
        now: Callable[[], int],
    ) -> None:
        self.up = False
        self._count = count
        self.link = self._make_link(settings)
        self.desk_phones = DeskPhoneRules(self.link)
        self.hours = DeskPhoneRules(self.link, HOURS, clear=True)
        self._endpoints = endpoints
        self._users = users
        self._watchers = watchers
        self._ready = ready
        self._tell = tell
        self._now = now
        self._contacts = Contacts()
        self._meanwhile: list[dict[str, str]] = []
        self._fading: dict[str, asyncio.TimerHandle] = {}
        self._alerts = Alerts()

    def _make_link(self, settings: TelephonySettings) -> AmiLink | None:
        if settings.ami_host is None:
            return None
        address = AmiAddress(
            settings.ami_host, settings.ami_port, settings.ami_user, settings.ami_password
        )
        return AmiLink(address, on_up=self._came_up, on_down=self._went_down, on_event=self._take)

    def reachable(self, endpoint: str) -> bool:
        """Whether a phone is registered there and answers, as was last told."""
        return self._contacts.reachable(endpoint) or endpoint in self._fading

    def phones_addresses(self) -> set[str]:
        """Addresses from which phones of ours are registered."""
        return self._contacts.hosts()

    async def ask_for_contacts(self) -> None:
        """While AMI is away nobody tells of contacts: ARI is asked, again and again, for ever."""
        while True:
            await asyncio.sleep(CONTACT_SECONDS)
            if self.up or not self._ready():
                continue
            with contextlib.suppress(AriError):
                self._hear_ari(await self._endpoints.listByTech("PJSIP"))

    def _hear_ari(self, found: list[dict[str, object]]) -> None:
        """ARI's answer, unless AMI came up meanwhile: it knows better than an answer of before."""
        if self.up:
            return
        for each in found:
            self._believe(str(each.get("resource", "")), each.get("state") == "online")

    def stop_fading(self) -> None:
        """Nothing is told any more of who was out of reach for a moment."""
        for timer in self._fading.values():
            timer.cancel()
        self._fading.clear()

    async def _came_up(self) -> None:
        self._meanwhile = []
        changes = dict(self._contacts.replace(await self._list_contacts()))
        # What was told while the list was made may be newer than the list.
        for message in self._meanwhile:
            changes.update([change] if (change := self._contacts.take(message)) else [])
        # Whose contact went while nobody listened is not listed at all.
        for user in set(self._users()) - changes.keys():
            if not self._contacts.reachable(user):
                changes[user] = False
        for endpoint, reachable in changes.items():
            self._contact(endpoint, reachable)
        self.up = True
        self._meanwhile = []
        await self.desk_phones.publish()
        await self.hours.publish()
        self._tell(LinkChanged("ami", True, self._now()))

    async def _list_contacts(self) -> list[dict[str, str]]:
        if self.link is None:
            return []
        try:
            return await self.link.action("PJSIPShowContacts")
        except AmiError:
            return []  # "No Contacts found"

    async def _went_down(self, reason: str) -> None:
        if self.up:
            self.up = False
            self._watchers().doubt_contacts()
            self._tell(LinkChanged("ami", False, self._now()))

    def _take(self, message: dict[str, str]) -> None:
        if not self.up:
            self._meanwhile.append(message)
        change = self._contacts.take(message)
        if change is not None:
            self._contact(*change)
        alert = security_alert(message, self._now())
        if alert is not None:
            self._count(alert)
            if self._alerts.may_tell(alert):
                self._tell(alert)

    def _believe(self, endpoint: str, reachable: bool) -> None:
        if endpoint in self._users() and self._contacts.believe(endpoint, reachable):
            self._contact(endpoint, reachable)
        elif not reachable:
            self._watchers().at_contact(endpoint, False)

    def _contact(self, endpoint: str, reachable: bool) -> None:
        """Out of reach is told after a moment: pushed anew, a contact goes and comes back."""
        self._watchers().at_contact(endpoint, reachable)
        timer = self._fading.pop(endpoint, None)
        if timer is not None:
            timer.cancel()
        if reachable:
            self._tell(ContactChanged(endpoint, True, self._now()))
        else:
            loop = asyncio.get_running_loop()
            self._fading[endpoint] = loop.call_later(FADE_SECONDS, self._faded, endpoint)

    def _faded(self, endpoint: str) -> None:
        del self._fading[endpoint]
        self._tell(ContactChanged(endpoint, False, self._now()))
