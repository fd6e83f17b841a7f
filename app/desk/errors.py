"""Refusals: why a move is not possible, in words for who asked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from redis.exceptions import RedisError

from app import acd


class DeskError(Exception):
    """A refused move; nothing was changed."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(DeskError):
    """There is no such thing, or it is not for this caller to know."""


class NotYours(DeskError):
    """It belongs to somebody else."""


class Forbidden(DeskError):
    """The caller's role does not allow it."""


class WrongState(DeskError):
    """The move is no longer, or not yet, possible."""


class LegNotAnswered(DeskError):
    """It takes the caller's own phone: a ringing one is to be answered, a lost one connected."""


class UnknownSkill(DeskError):
    """A skill that does not exist."""


class UnknownAgent(DeskError):
    """An agent who does not exist."""


class Unavailable(DeskError):
    """A part that is needed is down; try again."""


@dataclass(frozen=True, slots=True)
class Use:
    """Something that still needs what is to go."""

    kind: str
    """`person`, `conversation`, `calendar`, `rule`, `widget` or `mailbox`."""
    id: str
    name: str


class InUse(DeskError):
    """It cannot go while something still needs it."""

    def __init__(self, detail: str, uses: Sequence[Use]) -> None:
        super().__init__(detail)
        self.uses = tuple(uses)


class TooLarge(DeskError):
    """More bytes than are taken."""


class RateLimited(DeskError):
    """Too much in a short time; try again later."""


class Invalid(DeskError):
    """A value that cannot be used."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


@contextmanager
def refusals() -> Iterator[None]:
    """Tell the distributor's refusals in the desk's words."""
    try:
        yield
    except acd.WrongState as error:
        raise WrongState(str(error)) from None
    except acd.NotYours as error:
        raise NotYours(str(error)) from None
    except acd.NoLeg as error:
        raise LegNotAnswered(str(error)) from None
    except acd.DialLimit as error:
        raise Forbidden(str(error)) from None
    except (acd.UnknownConversation, acd.UnknownAgent) as error:
        raise NotFound(str(error)) from None
    except acd.EpochLost:
        raise Unavailable("the live queue is being rebuilt; try again in a few seconds") from None
    except RedisError as error:
        raise Unavailable(f"the live queue does not answer ({type(error).__name__})") from error
