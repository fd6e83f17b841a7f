"""Desk phones that place calls themselves, beside the carrier of `tests.support.phones`."""

from tests.support.phones import Line, PhoneNetwork


class DeskPhones(PhoneNetwork):
    """The carrier, and desk phones that dial with their own user and password."""

    async def dial_from_desk(self, user: str, password: str, number: str, hz: int) -> Line:
        """Register the phone and call a number from it; rings on return."""
        await self.register(user, password)
        return await self.call(number, hz, user)

    async def register(self, user: str, password: str) -> None:
        """Register the phone; `call` with its user calls from it then."""
        agent = await self._add_agent(user, password, registers=True)
        await agent.register()
        self._callers[user] = agent
