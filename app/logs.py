"""What the service writes about itself: lines of text, or of JSON (`RINGDESK_LOG_JSON`), each with
the ids of the request, the call and the conversation that it is about.

Nothing that a customer said or is called stands there. Of an exception the place and the kind are
told; its words only where they cannot be anybody's own: a database's quote the row that it refused.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

CHATTY = ("mail.log", "imapclient")
"""They tell every command of every mail, with customers' addresses; `--verbose` lets them."""
EVENTS = "ringdesk.events"
"""A line for each event of the stream: with `--verbose`, and in JSON."""
OWN_WORDS = (
    AttributeError, ImportError, NameError, NotImplementedError, OSError, RuntimeError, TypeError,
)  # fmt: skip
"""Kinds of exceptions whose words name parts of programs, files and addresses, and no data."""
_ids: ContextVar[dict[str, str]] = ContextVar("ids", default={})  # noqa: B039 - never changed


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """What is written until the end of the block, also by tasks begun in it, is about these."""
    token = _ids.set({**_ids.get(), **{name: value for name, value in ids.items() if value}})
    try:
        yield
    finally:
        _ids.reset(token)


def set_up(verbose: bool, as_json: bool) -> None:
    """Send all of it to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter((Json if as_json else Text)(verbose))
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, handlers=[handler], force=True
    )
    quiet = () if verbose else CHATTY if as_json else (*CHATTY, EVENTS)
    for name in quiet:
        logging.getLogger(name).setLevel(logging.WARNING)


class Text(logging.Formatter):
    """For people: the ids stand behind the words."""

    def __init__(self, verbose: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._verbose = verbose

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, with the ids."""
        ids = " ".join(f"{name}={value}" for name, value in _ids.get().items())
        line = super().formatMessage(record)
        return f"{line} [{ids}]" if ids else line

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The traceback; words that may be somebody's own only with `--verbose`."""
        if self._verbose or ei[1] is None:
            return super().formatException(ei)
        return "".join(_told(ei[1])).rstrip("\n")


class Json(Text):
    """For programs: an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record and its ids."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_ids.get(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _told(error: BaseException) -> Iterator[str]:
    """As Python prints it, causes first (traceback)."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _told(cause)
        yield "\nWhich led to:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    kind = type(error)
    words = f": {error}" if isinstance(error, OWN_WORDS) else " (its words are kept back)"
    yield f"{kind.__module__}.{kind.__qualname__}{words}\n"
    for each in getattr(error, "exceptions", ()):
        yield from _told(each)
