"""Loads a dialplan in a scratch Asterisk, and says what is wrong with it. Takes a second or two.

The scratch Asterisk has a folder and ports of its own: a running one notices nothing.
"""

import asyncio
import re
import secrets
import socket
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from app.config import Address
from app.embedded.asterisk_config import AsteriskConfig, Installation, write_config
from app.embedded.dialplan import parse
from app.embedded.dialplan_faults import Known, find_faults
from app.embedded.server import EmbeddedError

BOOT_SECONDS = 30.0
COMMAND_SECONDS = 10.0
_LOUD = re.compile(
    r"^\[[^\]]*\] (?:WARNING|ERROR)\[[^\]]*\](?:\[[^\]]*\])? (?!pjproject:)\S+: (?P<text>.*)$"
)
"""pjproject speaks of what came over the network: a stray packet is no fault of the dialplan."""
_LISTED = re.compile(r"^\s*(\w+)(?:\(| {2,}|:)", re.MULTILINE)


async def check_dialplan(directory: Path, asterisk_dir: Path) -> list[str]:
    """The faults of the dialplan in a folder, one line each; empty when there are none.

    `asterisk_dir` is what `asterisk/get-asterisk.sh` unpacked. Raises EmbeddedError when Asterisk
    is not there or does not start at all.
    """
    if not (directory / "extensions.conf").is_file():
        return [f"{directory / 'extensions.conf'} is missing"]
    with tempfile.TemporaryDirectory(prefix="ringdesk-dialplan-") as scratch:
        config = _scratch_config(Path(scratch), directory, asterisk_dir)
        write_config(config)
        async with _booted(config):
            plan = parse(await _console(config, "dialplan show"))
            known = Known(
                applications=_listed(await _console(config, "core show applications")),
                functions=_listed(await _console(config, "core show functions")),
            )
        return [*_complaints(config), *find_faults(plan, known)]


def _scratch_config(scratch: Path, dialplan: Path, asterisk_dir: Path) -> AsteriskConfig:
    password = secrets.token_hex(16)
    ports = _free_ports(3)
    return AsteriskConfig(
        installation=Installation.unpacked(asterisk_dir),
        home=scratch,
        log=scratch / "log",
        http=Address("127.0.0.1", ports[0]),
        ari_user="check",
        ari_password=password,
        ami=Address("127.0.0.1", ports[1]),
        ami_user="check",
        ami_password=password,
        sip=Address("127.0.0.1", ports[2]),
        rtp_ports=(10000, 10999),
        dialplan=dialplan,
    )


@asynccontextmanager
async def _booted(config: AsteriskConfig) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        config.installation.program,
        *("-C", config.main_file, "-f"),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        await _wait_for_boot(config, process)
        yield
    finally:
        await _end(process)


async def _wait_for_boot(config: AsteriskConfig, process: Process) -> None:
    """Until every module is loaded. Raises EmbeddedError when that does not come about."""
    with suppress(TimeoutError):
        async with asyncio.timeout(BOOT_SECONDS):
            while process.returncode is None:
                if "fully booted" in await _console(config, "core waitfullybooted"):
                    return
                await asyncio.sleep(0.05)
    why = "; ".join(_complaints(config)[:3]) or "it said nothing"
    raise EmbeddedError(f"the scratch Asterisk does not start: {why}")


async def _console(config: AsteriskConfig, command: str) -> str:
    """What Asterisk's console answers; nothing while it is not there yet."""
    process = await asyncio.create_subprocess_exec(
        config.installation.program,
        *("-C", config.main_file, "-rx", command),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            output, _ = await process.communicate()
    finally:
        await _end(process)
    return output.decode(errors="replace")


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()  # the folder is thrown away: nothing is worth waiting for
        await process.wait()


def _complaints(config: AsteriskConfig) -> list[str]:
    """Warnings and errors of the log, without the scratch folder's name."""
    with suppress(FileNotFoundError):
        lines = (config.log / "messages.log").read_text(errors="replace").splitlines()
        found = (_LOUD.match(line) for line in lines)
        return [one["text"].replace(f"{config.etc}/", "") for one in found if one]
    return []


def _listed(shown: str) -> frozenset[str]:
    """The names of `core show applications` or `core show functions`, in lower case."""
    return frozenset(name.lower() for name in _LISTED.findall(shown))


def _free_ports(count: int) -> list[int]:
    """Different ports that are free on loopback now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
