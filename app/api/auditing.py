"""Notes what administrators and supervisors do, for `GET /audit`.

`await audited(call, "skill.changed", (id, name), before, after)` after the act. Before and after
are plain values without secrets, or the shapes that the API shows; of two only what differs is
kept, and where nothing differs nothing is noted.
"""

from typing import Any

import msgspec

from app.api.requests import Request
from app.api.route import Call

Values = dict[str, Any]
Target = tuple[str | None, str | None]
Shown = msgspec.Struct | Values | None


async def audited(
    call: Call[Request],
    act: str,
    target: Target = (None, None),
    before: Shown = None,
    after: Shown = None,
) -> None:
    """Note that the caller did this to `target` (id, name)."""
    old, new = _plain(before), _plain(after)
    if old is not None and new is not None:
        changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        if not changed:
            return
        old = {key: value for key, value in old.items() if key in changed}
        new = {key: value for key, value in new.items() if key in changed}
    person = call.caller
    who = (person.id, call.api.desk.directory.person_name(person.id))
    await call.api.records.audit.add(who, act, target, old, new)


def _plain(shown: Shown) -> Values | None:
    plain = msgspec.to_builtins(shown)
    if plain is None:
        return None
    return {key: value for key, value in plain.items() if value not in (None, "", [], {})}
