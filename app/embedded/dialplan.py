"""The dialplan as Asterisk has loaded it, read from its own `dialplan show`.

Extension patterns are Asterisk's (docs.asterisk.org, "Pattern Matching"): `X` a digit, `Z` 1-9,
`N` 2-9, `[...]` one of a set, `.` one or more of anything, `!` nothing or more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_CONTEXT = re.compile(r"^\[ Context '(?P<name>.+)' created by '(?P<by>.*)' \]$")
_INCLUDE = re.compile(r"^\s+Include =>\s+'(?P<name>[^'|,]+)")
_EXTENSION = re.compile(r"^\s+'(?P<name>.+?)'(?: \(CID match '.*?'\))? =>\s+(?P<rest>.*)$")
_PRIORITY = re.compile(
    r"^\s*(?:\[(?P<label>[^\]]+)\]\s+)?(?P<number>\d+)\. (?P<app>\w+)\((?P<data>.*)\)"
    r"\s+\[(?P<source>[^\[\]]*)\]$"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One priority of an extension: an application and its unexpanded arguments."""

    context: str
    extension: str
    number: int
    label: str | None
    app: str
    data: str
    source: str
    """File and line, such as `queue.conf:7`."""


@dataclass(slots=True)
class Context:
    """Its own extensions, each with its steps, and the contexts it includes."""

    extensions: dict[str, list[Step]] = field(default_factory=dict)
    includes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Dialplan:
    """All contexts that came from the configuration files."""

    contexts: dict[str, Context] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        for context in self.contexts.values():
            for steps in context.extensions.values():
                yield from steps

    def find(self, context: str, extension: str, seen: frozenset[str] = frozenset()) -> list[Step]:
        """The steps that a call to this extension would run; empty when there are none."""
        here = self.contexts.get(context)
        if here is None or context in seen:
            return []
        if extension in here.extensions:
            return here.extensions[extension]
        for pattern, steps in here.extensions.items():
            if matches(pattern, extension):
                return steps
        found = (self.find(name, extension, seen | {context}) for name in here.includes)
        return next((steps for steps in found if steps), [])


def parse(shown: str) -> Dialplan:
    """Read the output of `dialplan show`. Lines that are none of ours are passed over."""
    plan = Dialplan()
    context, extension = "", ""
    for line in shown.splitlines():
        if found := _CONTEXT.match(line):
            context = found["name"] if found["by"] == "pbx_config" else ""
            if context:
                plan.contexts.setdefault(context, Context())
        elif context:
            extension = _read(line, plan.contexts[context], context, extension)
    return plan


def matches(pattern: str, number: str) -> bool:
    """Whether a dialled number matches an extension pattern (one that begins with `_`)."""
    return pattern.startswith("_") and re.fullmatch(_as_regex(pattern[1:]), number) is not None


def _read(line: str, into: Context, context: str, extension: str) -> str:
    """Take one line of a context; the extension that the next line may belong to."""
    if found := _INCLUDE.match(line):
        into.includes.append(found["name"].strip())
        return extension
    if found := _EXTENSION.match(line):
        extension, line = found["name"], found["rest"]
    if found := _PRIORITY.match(line):
        step = Step(
            context=context,
            extension=extension,
            number=int(found["number"]),
            label=found["label"],
            app=found["app"],
            data=found["data"],
            source=found["source"],
        )
        into.extensions.setdefault(extension, []).append(step)
    return extension


def _as_regex(pattern: str) -> str:
    signs = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*", "-": ""}
    parts = re.findall(r"\[[^\]]*\]|.", pattern)
    return "".join(
        _set(part) if part.startswith("[") else signs.get(part.upper(), re.escape(part))
        for part in parts
    )


def _set(part: str) -> str:
    inner = part[1:-1].replace("\\", "\\\\").replace("^", "\\^").replace("[", "\\[")
    return f"[{inner}]" if inner else re.escape(part)
