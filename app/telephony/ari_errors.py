"""What can go wrong when Asterisk is asked for something, by kind.

Every one of them leaves the next look at Asterisk to decide: effects are compared again, never
replayed.
"""


class AriError(Exception):
    """Asterisk refused, or could not be asked; `status` is the HTTP status, 0 without one."""

    def __init__(self, detail: str, status: int = 0) -> None:
        super().__init__(f"{status} {detail}" if status else detail)
        self.detail = detail
        self.status = status


class BadRequest(AriError):
    """400: a field is wrong. `addChannel` also says so of a channel that is gone."""


class NotFound(AriError):
    """404: there is no such channel, bridge, playback or variable (any more)."""


class Conflict(AriError):
    """409: not in this state (an id that lives, a channel inside an application …)."""


class Unprocessable(AriError):
    """422: the channel is not in our application (yet, or any more)."""


class ServerFault(AriError):
    """5xx: Asterisk could not do it; an originate to an unreachable endpoint gives 500."""


class LinkDown(AriError):
    """There is no connection to Asterisk, or it broke before the answer came."""


class Timeout(AriError):
    """No answer within the limit; whether it was done is unknown."""


_KINDS: dict[int, type[AriError]] = {
    400: BadRequest,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    422: Unprocessable,
}


def error_for(status: int, body: bytes) -> AriError:
    """The error for a refused request."""
    kind = _KINDS.get(status, ServerFault if status >= 500 else AriError)
    return kind(body[:300].decode("utf-8", "replace"), status)
