"""Tells waiting callers their place, from time to time and never a worse one than before, and how
long it may take.

Played on the caller's own channel, so that nobody else hears it; the call's next move stops it
first (a playback blocks its channel's move until it ends).
"""

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass

from app.telephony.ari_errors import AriError
from app.telephony.ari_resources import Channels
from app.telephony.facts import Fact, WaitTold
from app.telephony.mirror import Line, Mirror
from app.telephony.prompts import Prompts
from app.telephony.sounds import Sounds
from app.telephony.wants import CallWant, Place

log = logging.getLogger("ringdesk.announcements")

TOLD = "RINGDESK_TOLD"
"""Channel variable: the best place told so far. It survives our restart."""
TOLD_WAIT = "RINGDESK_TOLD_WAIT"
"""Channel variable: the first wait that was told, as minutes@instant in ms."""


MOST_ASKED = 10
"""Recordings that wait for their turn at one caller's."""
NOTICED = "RINGDESK_NOTICED"
"""Channel variable: why the caller was last told what they may choose."""


@dataclass(slots=True)
class _Said:
    best: int | None
    next_at: float


class Announcements:
    """When each caller is told what; `look` is run by a Keeper, one at a time per call."""

    def __init__(
        self,
        mirror: Mirror,
        channels: Channels,
        sounds: Sounds,
        wants: Callable[[str], CallWant | None],
        prompts: Prompts,
        learn: Callable[[], Awaitable[Mapping[str, Set[str]]]],
        *,
        tell: Callable[[Fact], None],
        now: Callable[[], int],
        first_seconds: float,
        every_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirror = mirror
        self._channels = channels
        self._sounds = sounds
        self._wants = wants
        self._prompts = prompts
        self._learn = learn
        self._learned = False
        self._tell = tell
        self._now = now
        self._first = first_seconds
        self._every = every_seconds
        self._clock = clock
        self._said: dict[str, _Said] = {}
        self._asked: dict[str, list[str]] = {}

    def forget(self, channel_id: str) -> None:
        """The call is no more."""
        self._said.pop(channel_id, None)
        self._asked.pop(channel_id, None)

    def ask(self, channel_id: str, recording: str) -> None:
        """Have a recording played to a waiting caller, once; never repeated."""
        asked = self._asked.setdefault(channel_id, [])
        if len(asked) < MOST_ASKED:
            asked.append(recording)

    def owes(self, want: CallWant) -> bool:
        """Whether something is to be played, or to be forgotten that was told."""
        line = self._mirror.lines.get(want.channel_id)
        return want.channel_id in self._asked or bool(line and line.variables.get(NOTICED))

    async def look(self, channel_id: str) -> float | None:
        """Announce if it is time; seconds until the next look, or None. Raises AriError."""
        want, line = self._in_room(channel_id)
        if want is None or line is None:
            return None
        if await self._notice(want, line) or await self._recording(want, line):
            return None  # touched again when it ends
        if want.position is None:
            return None
        said = self._said.get(channel_id)
        if said is None:
            said = _Said(_number(line.variables.get(TOLD)), self._clock() + self._first)
            self._said[channel_id] = said
        left = said.next_at - self._clock()
        if left > 0:
            return left
        if line.sound is not None:
            return None  # touched again when it ends
        place = min(want.position or 1, said.best or want.position or 1)
        await self._know_sounds()
        await self._remember(line, want, place)
        if self._waiting(channel_id)[0] is None:
            return None
        said.best = place
        said.next_at = self._clock() + self._every
        media, language = self._prompts.sentence(want.language, place, want.wait, want.exit_key)
        await self._sounds.play(line, media, language)
        if want.wait is not None:
            self._tell(WaitTold(line.id, want.conversation_id, want.wait, self._now()))
        return self._every

    async def _notice(self, want: CallWant, line: Line) -> bool:
        """Tell once what the caller may choose; whether that plays now, or waits for its turn."""
        told, now = line.variables.get(NOTICED) or "", want.notice
        mark = now.reason.value if now else ""
        if mark == told:
            return False
        if now is not None and line.sound is not None:
            return True
        with contextlib.suppress(AriError):  # only a restart would miss it
            await self._channels.setChannelVars(line.id, {NOTICED: mark})
        line.variables[NOTICED] = mark
        if now is None or self._in_room(line.id)[0] is None:
            return False
        await self._know_sounds()
        media, language = self._prompts.notice(want.language, mark, now.choices)
        await self._sounds.play(line, media, language)
        return True

    async def _recording(self, want: CallWant, line: Line) -> bool:
        """Play what a rule asked for; whether it plays now, or waits for its turn."""
        asked = self._asked.get(line.id)
        if not asked:
            return False
        if line.sound is not None:
            return True
        await self._know_sounds()
        name = asked.pop(0)
        found = self._prompts.recording(want.language, name)
        if found is None:
            log.warning("a rule announces %s, of which there is no recording", name)
            return False
        await self._sounds.play(line, [found[0]], found[1])
        return True

    async def _know_sounds(self) -> None:
        """Ask Asterisk once which sounds it has in which language."""
        if self._learned:
            return
        try:
            self._prompts.learn(await self._learn())
            self._learned = True
        except AriError as error:
            log.info("which sounds Asterisk has is not known yet: %s", error)

    def _waiting(self, channel_id: str) -> tuple[CallWant | None, Line | None]:
        """The want and the channel of a caller who waits in the holding bridge with a place."""
        want, line = self._in_room(channel_id)
        return (None, None) if want is None or want.position is None else (want, line)

    def _in_room(self, channel_id: str) -> tuple[CallWant | None, Line | None]:
        """The same, with a place or without."""
        want = self._wants(channel_id)
        line = self._mirror.lines.get(channel_id)
        if want is None or want.place is not Place.WAITING:
            return None, None
        if line is None or line.bridge_id is None or line.bridge_id != self._mirror.waiting_id:
            return None, None
        return want, line

    async def _remember(self, line: Line, want: CallWant, place: int) -> None:
        told = {TOLD: str(place)}
        if want.wait is not None and TOLD_WAIT not in line.variables:
            told[TOLD_WAIT] = f"{want.wait}@{self._now()}"
        told = {name: value for name, value in told.items() if line.variables.get(name) != value}
        if not told:
            return
        try:
            await self._channels.setChannelVars(line.id, told)
        except AriError:
            return  # only a restart would miss it
        line.variables.update(told)


def first_told(variables: Mapping[str, str]) -> tuple[int, int] | None:
    """What stands in TOLD_WAIT: minutes and instant; None if it is nothing of ours."""
    said, _, at = variables.get(TOLD_WAIT, "").partition("@")
    good = said.isdecimal() and at.isdecimal() and len(said) < 4 and len(at) < 16
    return (int(said), int(at)) if good else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 7 else None
