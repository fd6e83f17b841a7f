"""What is wrong in a loaded dialplan that Asterisk itself finds only when a call gets there.

Unknown applications and functions, brackets that do not match, and jumps to nowhere. What a
variable decides is not judged.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from app.embedded.dialplan import Dialplan, Step

REQUIRED = {
    ("from-trunk", None): "customers' calls come in there",
    ("from-agents", None): "agents' phones call in there",
    ("ringdesk-queue", "s"): "callers are handed to Ringdesk there",
    ("ringdesk-message", "s"): "callers leave a message there while Ringdesk is away",
    ("ringdesk-callback", None): "customers are called back from there",
    ("ringdesk-transfer", None): "callers are sent to numbers outside from there",
}
_FUNCTION = re.compile(r"\$\{\s*([A-Za-z_]\w*)\(")
_ASSIGNED = re.compile(r"^\s*([A-Za-z_]\w*)\(")
_LOCAL_CHANNEL = re.compile(r"(?i)(?:^|[&,])\s*Local/([^@&,/]+)@([^/&,]+)")
_DIAL_JUMP = re.compile(r"([GFbBU])\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Known:
    """What this Asterisk has loaded; names in lower case."""

    applications: Set[str]
    functions: Set[str]


def find_faults(plan: Dialplan, known: Known) -> list[str]:
    """Each fault in one line, with file and line number where there is one."""
    faults = [
        f"context {context} is missing: {why}"
        if context not in plan.contexts
        else f"extension {extension} of context {context} is missing: {why}"
        for (context, extension), why in REQUIRED.items()
        if context not in plan.contexts or (extension and not plan.find(context, extension))
    ]
    for step in plan.steps():
        told = f"{step.source}: {step.app}({step.data}): "
        faults += [told + fault for fault in _faults_of(step, plan, known)]
    return faults


def _faults_of(step: Step, plan: Dialplan, known: Known) -> Iterator[str]:
    if not _balanced(step.data):
        yield "brackets do not match"
        return
    for app, data in _applications(step.app, step.data):
        if app.lower() not in known.applications and "$" not in app:
            yield f"there is no application {app}"
        for target in _targets(app, data):
            fault = _unreachable(target, step, plan)
            if fault:
                yield fault
    for function in _functions(step.app, step.data):
        if function.lower() not in known.functions:
            yield f"there is no function {function}"


def _applications(app: str, data: str) -> Iterator[tuple[str, str]]:
    """The application, and those that it runs in turn: ExecIf, Exec, TryExec."""
    yield app, data
    inner = [data] if app.lower() in {"exec", "tryexec"} else []
    if app.lower() == "execif":
        inner = _branches(data)
    for call in inner:
        name, bracket, rest = call.strip().partition("(")
        if name:
            yield from _applications(name.strip(), rest.rpartition(")")[0] if bracket else "")


def _functions(app: str, data: str) -> set[str]:
    used = set(_FUNCTION.findall(data))
    for name, arguments in _applications(app, data):
        if name.lower() in {"set", "mset"}:
            used |= set(_ASSIGNED.findall(arguments))
    return used


def _targets(app: str, data: str) -> list[list[str]]:
    """Where this application jumps to: lists of one to three of context, extension, priority."""
    kind = app.lower()
    if kind == "goto":
        return [_split(data, ",")]
    if kind in {"gotoif", "gotoiftime"}:
        return [_split(branch, ",") for branch in _branches(data)]
    if kind == "gosub":
        return [_split(_without_arguments(data), ",")]
    if kind == "gosubif":
        return [_split(_without_arguments(branch), ",") for branch in _branches(data)]
    locals_ = [[context, number, "1"] for number, context in _LOCAL_CHANNEL.findall(data)]
    if kind != "dial":
        return locals_
    options = "".join(_split(data, ",")[2:3])
    return locals_ + [_dial_target(*jump) for jump in _DIAL_JUMP.findall(options)]


def _dial_target(option: str, jump: str) -> list[str]:
    """`context^extension^priority` of a Dial option; U has a context and its arguments."""
    place = _without_arguments(jump).split("^")
    return [place[0], "s", "1"] if option == "U" else place


def _unreachable(target: list[str], step: Step, plan: Dialplan) -> str | None:
    """Why a jump leads nowhere; None when it leads somewhere or a variable decides."""
    place = [part.strip() for part in target]
    if len(place) > 3 or not place[-1]:
        return None if place == [""] else "the jump has no priority"
    own = [step.context, step.extension]
    context, extension, priority = own[: 3 - len(place)] + place
    if "$" in context:
        return None
    if context not in plan.contexts:
        return f"there is no context {context}"
    if "$" in extension:
        return None
    steps = plan.find(context, extension)
    if not steps:
        return f"context {context} has no extension {extension}"
    if "$" in priority or any(priority in {str(one.number), one.label} for one in steps):
        return None
    return f"extension {extension} of context {context} has no priority {priority}"


def _branches(data: str) -> list[str]:
    """Both branches of `condition?one:other`, without those that are left out."""
    parts = _split(data, "?", once=True)
    branches = _split(parts[1], ":") if len(parts) > 1 else []
    return [branch.strip() for branch in branches if branch.strip()]


def _without_arguments(target: str) -> str:
    """`context,extension,priority(arguments)` without the arguments."""
    depth = 0
    for at, sign in enumerate(target):
        depth += (sign in "{[") - (sign in "}]")
        if sign == "(" and depth == 0:
            return target[:at]
    return target


def _split(text: str, sign: str, once: bool = False) -> list[str]:
    """Split where no bracket or quotation is open."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, character in enumerate(text):
        quoted ^= character == '"'
        depth += (character in "{[(") - (character in "}])")
        if character == sign and depth == 0 and not quoted:
            parts.append(text[begin:at])
            begin = at + 1
            if once:
                break
    return [*parts, text[begin:]]


def _balanced(data: str) -> bool:
    """Whether each `${` and `$[` is closed. Other brackets may be text."""
    opened: list[str] = []
    for at, character in enumerate(data):
        if character in "{[":
            opened.append(character if data[at - 1 : at] == "$" else "")
        elif character in "}]" and opened:
            begun = opened.pop()
            if begun and begun != {"}": "{", "]": "["}[character]:
                return False
    return not any(opened)
