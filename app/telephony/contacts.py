"""Which SIP endpoints can be reached, as AMI tells of their contacts."""

import re
from collections.abc import Iterable

from app.telephony.ami_events import contact_change

_HOST = re.compile(r"@\[?([0-9A-Fa-f:.]+?)\]?(?::\d+)?(?:[;>]|$)")
ELSEWHERE = "elsewhere"
"""Stands for the contact of which AMI did not tell."""


class Contacts:
    """Contacts by endpoint. An endpoint is reachable while one of its contacts is."""

    def __init__(self) -> None:
        self._contacts: dict[str, set[str]] = {}
        self._seen: set[str] = set()

    def reachable(self, endpoint: str) -> bool:
        """Whether a contact of this endpoint answers."""
        return bool(self._contacts.get(endpoint))

    def hosts(self) -> set[str]:
        """The addresses of all contacts (RFC 3261, 19.1.1); `rewrite_contact` makes them true."""
        found = (_HOST.search(uri) for uris in self._contacts.values() for uri in uris)
        return {match[1] for match in found if match}

    def take(self, message: dict[str, str]) -> tuple[str, bool] | None:
        """An AMI event; the endpoint and its reachability when that changed."""
        change = contact_change(message)
        if change is None:
            return None
        endpoint, uri, reachable = change
        before = self.reachable(endpoint)
        known = endpoint in self._seen
        self._seen.add(endpoint)
        contacts = self._contacts.setdefault(endpoint, set())
        contacts.discard(ELSEWHERE)  # AMI tells again, and never of that one
        if reachable:
            contacts.add(uri)
        else:
            contacts.discard(uri)
        if not contacts:
            del self._contacts[endpoint]
        after = bool(contacts)
        return (endpoint, after) if after != before or not known else None

    def believe(self, endpoint: str, reachable: bool) -> bool:
        """What ARI says of an endpoint while AMI is away; whether it is news."""
        before = self.reachable(endpoint)
        self._seen.add(endpoint)
        if reachable:
            self._contacts.setdefault(endpoint, set()).add(ELSEWHERE)
        else:
            self._contacts.pop(endpoint, None)
        return before != reachable

    def replace(self, messages: Iterable[dict[str, str]]) -> list[tuple[str, bool]]:
        """A whole list of contacts; each endpoint that came into reach, or is out of it."""
        before = set(self._contacts)
        listed: set[str] = set()
        self._contacts = {}
        for message in messages:
            change = contact_change(message)
            if change is not None:
                listed.add(change[0])
                if change[2]:
                    self._contacts.setdefault(change[0], set()).add(change[1])
        after = set(self._contacts)
        silent = (before | listed) - after
        self._seen |= listed
        return [(e, True) for e in sorted(after - before)] + [(e, False) for e in sorted(silent)]
