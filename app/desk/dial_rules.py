"""Which numbers may be called, asked in memory: nothing on the call path waits for SQL."""

from collections.abc import Awaitable, Callable

from app.desk.errors import Invalid
from app.domain.dialling import (
    Caller,
    Decision,
    DialRule,
    NotANumber,
    Numbering,
    decide,
    dialled,
)
from app.records import Records


class DialRules:
    """The dial rules of this house; read again by `refresh`."""

    def __init__(
        self,
        records: Records,
        numbering: Numbering,
        tell: Callable[[tuple[DialRule, ...]], Awaitable[None]] | None = None,
    ) -> None:
        self._records = records
        self._tell = tell
        self._rules: tuple[DialRule, ...] = ()
        self._told = False
        self.numbering = numbering

    async def refresh(self) -> None:
        """Read the rules from SQL, and tell desk phones' dialplan what changed."""
        rules = tuple(await self._records.dial_rules.all())
        changed = rules != self._rules or not self._told
        self.replace(rules)
        self._told = True
        if changed and self._tell is not None:
            await self._tell(rules)

    def replace(self, rules: tuple[DialRule, ...]) -> None:
        """Take these as all there are."""
        self._rules = rules

    def rules(self) -> tuple[DialRule, ...]:
        """Every rule, in order."""
        return self._rules

    def decide(self, text: str, caller: Caller) -> Decision:
        """Whether agents or bots may call what somebody wrote. Raises NotANumber."""
        return decide(dialled(text), caller, self._rules, self.numbering)

    def check(self, field: str, text: str, caller: Caller) -> tuple[str, Decision]:
        """The number as it is dialled, and why it may be. Raises Invalid with the rule's reason."""
        try:
            number = dialled(text)
        except NotANumber as error:
            raise Invalid(field, str(error)) from None
        decision = decide(number, caller, self._rules, self.numbering)
        if not decision.allowed:
            raise Invalid(field, f"“{text}” may not be called: {decision.reason or 'a dial rule'}")
        return number, decision
