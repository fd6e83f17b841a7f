"""A desk phone in a process of its own, so that it can vanish: no BYE, no answers, no sound."""

from types import TracebackType
from typing import Self

from tests.support.far_phones import FarPhones


class LonePhone:
    """Registers, answers every call with its tone, tells what it hears; `vanish` kills it."""

    def __init__(self, asterisk: str, user: str, password: str, hz: int) -> None:
        self.hz = hz
        self._phones = FarPhones(asterisk, [(user, password, hz, True)])
        self._phone = self._phones.phones[user]

    async def __aenter__(self) -> Self:
        await self._phones.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.vanish()

    async def vanish(self) -> float:
        """Be gone at once, without a word; the instant of it."""
        return await self._phones.vanish()

    @property
    def rings(self) -> int:
        """How often it was called."""
        return self._phone.rings

    @property
    def up(self) -> bool:
        """Whether it is in a call."""
        return self._phone.up

    @property
    def hears(self) -> float:
        """Frequency of the strongest tone of the last 0.2 s; 0 for silence."""
        return self._phone.hears
