"""What the distributor answers when a command cannot be done; nothing was changed then."""


class DistributorError(Exception):
    """Base of all of them; `detail` is a sentence for people."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class WrongState(DistributorError):
    """The table does not allow this move now."""


class NotYours(DistributorError):
    """It is offered to, or in the hands of, somebody else."""


class UnknownConversation(DistributorError):
    """No such conversation in the live queue (it may be archived)."""


class UnknownAgent(DistributorError):
    """No such agent on the books."""


class DialLimit(DistributorError):
    """The agent has made all the calls outside that they may make today."""


class NoLeg(DistributorError):
    """The agent's phone is not connected, and this needs it."""


class EpochLost(DistributorError):
    """The live queue has lost its data: routing stands still until it is rebuilt."""


BY_CODE: dict[str, type[DistributorError]] = {
    "WRONG_STATE": WrongState,
    "NOT_YOURS": NotYours,
    "UNKNOWN_CONVERSATION": UnknownConversation,
    "UNKNOWN_AGENT": UnknownAgent,
    "DIAL_LIMIT": DialLimit,
    "NO_LEG": NoLeg,
    "EPOCH": EpochLost,
}
"""The first word of a script's error reply."""


def from_reply(message: str) -> DistributorError | None:
    """The error that a script's error reply stands for; None if it is not one of ours."""
    code, _, detail = message.partition(" ")
    kind = BY_CODE.get(code)
    return kind(detail) if kind else None
