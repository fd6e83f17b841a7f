"""What can go wrong in the records, beside the database itself being away."""

from collections.abc import Sequence


class RecordsError(Exception):
    """Base of the errors that a caller can do something about."""


class NotFound(RecordsError):
    """No such row."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind
        self.key = key


class Duplicate(RecordsError):
    """Another row has this unique value (upper and lower case count as the same)."""

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(f"there is already a {kind} {value!r}")
        self.kind = kind
        self.value = value


class InUse(RecordsError):
    """The row cannot go while others use it; `users` names them."""

    def __init__(self, kind: str, key: str, users: Sequence[str]) -> None:
        super().__init__(f"{kind} {key!r} is used by {', '.join(users)}")
        self.kind = kind
        self.key = key
        self.users = tuple(users)


class Locked(RecordsError):
    """A skill that only an administrator may give or take away."""

    def __init__(self, name: str) -> None:
        super().__init__(f"only an administrator gives and takes away the skill {name!r}")
        self.name = name


class LastAdministrator(RecordsError):
    """Nobody could administer any more."""

    def __init__(self) -> None:
        super().__init__("this is the only administrator")


class UnsupportedDatabase(RecordsError):
    """The database URL names something that the records cannot live in."""
