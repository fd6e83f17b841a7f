"""The command line: `python -m app --help`."""

import argparse
import asyncio
import getpass
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import uvloop

from app import config, logs
from app.api.openapi import document
from app.backup import backup, restore
from app.bench import bench_options, run_bench
from app.commands import (
    add_person,
    call_as_customer,
    check_dialplan,
    list_people,
    play_demo,
    set_password,
)
from app.doctor import diagnose
from app.embedded import EmbeddedError
from app.open_files import raise_limit
from app.service import Service


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status tells whether it succeeded."""
    arguments = _parser().parse_args(argv)
    os.umask(0o077)  # whatever a command writes holds passwords, words or voices: its owner's alone
    logs.set_up(arguments.verbose, _log_json())
    try:
        return int(arguments.command(arguments) or 0)
    except (config.BadSetting, config.Refusal, EmbeddedError) as error:
        print(f"ringdesk: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _log_json() -> bool:
    with suppress(config.BadSetting):  # told by the command, if it needs the settings
        return config.load().log_json
    return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description="Ringdesk")
    parser.add_argument("-v", "--verbose", action="store_true", help="log details")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="serve in the foreground, with private servers if unset")
    run.set_defaults(command=_run)

    demo = commands.add_parser("demo", help="play one customer call against the running service")
    demo.add_argument("--talk", type=float, default=2.0, help="seconds of talk (default 2)")
    demo.add_argument(
        "--caller", nargs="?", const="200", help="only call a number (200); you answer in the page"
    )
    demo.add_argument(
        "--keys", default="", help="which --caller presses: --caller 100 --keys 34711#2"
    )
    demo.set_defaults(command=_demo)

    user = commands.add_parser("user", help="people: add, list, password, skill")
    _user_parser(user)

    check = commands.add_parser("check-dialplan", help="load the dialplan in a scratch Asterisk")
    check.add_argument("directory", nargs="?", type=Path, default=Path("dialplan"))
    check.set_defaults(command=_check_dialplan)

    doctor = commands.add_parser("doctor", help="check every part and say what is wrong")
    doctor.set_defaults(command=_doctor)

    copy = commands.add_parser("backup", help="copy everything that is kept; the service may run")
    copy.add_argument("file", type=Path, help="a .tar.gz to be written")
    copy.set_defaults(command=_backup)
    back = commands.add_parser("restore", help="make an empty place what a backup has")
    back.add_argument("file", type=Path)
    back.set_defaults(command=_restore)

    bench = commands.add_parser("bench", help="measure: voice, acd, events, messages, start")
    bench_options(bench)
    bench.set_defaults(command=_bench)

    openapi = commands.add_parser("openapi", help="print the OpenAPI 3.1 document")
    openapi.set_defaults(command=_openapi)
    return parser


def _user_parser(user: argparse.ArgumentParser) -> None:
    actions = user.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a person; asks for the password")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", choices=("agent", "supervisor", "admin"), default="agent")
    add.add_argument("--skill", action="append", default=[], help="may be given again")
    add.add_argument("--number", help="phone number of the agent's leg")
    add.set_defaults(command=_user_add)
    password = actions.add_parser("password", help="set a person's password; asks for it")
    password.add_argument("email")
    password.set_defaults(command=_user_password)
    listing = actions.add_parser("list", help="everybody on the books")
    listing.set_defaults(command=_user_list)


def _run(arguments: argparse.Namespace) -> int:
    raise_limit()
    uvloop.run(Service(config.load(), _say).run())
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.caller:
        return uvloop.run(call_as_customer(config.load(), arguments.caller, arguments.keys, _say))
    return uvloop.run(play_demo(config.load(), arguments.talk, _say))


def _check_dialplan(arguments: argparse.Namespace) -> int:
    faults = check_dialplan(config.load(), arguments.directory)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{arguments.directory}: no faults")
    return 1 if faults else 0


def _doctor(arguments: argparse.Namespace) -> int:
    return asyncio.run(diagnose(config.load(), _say))


def _backup(arguments: argparse.Namespace) -> int:
    return asyncio.run(backup(config.load(), arguments.file.absolute(), _say))


def _restore(arguments: argparse.Namespace) -> int:
    return asyncio.run(restore(config.load(), arguments.file, _say))


def _bench(arguments: argparse.Namespace) -> int:
    raise_limit()
    return uvloop.run(run_bench(arguments.part, arguments.seconds, _say))


def _openapi(arguments: argparse.Namespace) -> int:
    print(json.dumps(document(), indent=1))
    return 0


def _user_add(arguments: argparse.Namespace) -> int:
    password = _ask_password()
    return asyncio.run(
        add_person(
            config.load(),
            email=arguments.email,
            name=arguments.name,
            role=arguments.role,
            skills=arguments.skill,
            number=arguments.number,
            password=password,
            say=_say,
        )
    )


def _user_password(arguments: argparse.Namespace) -> int:
    return asyncio.run(set_password(config.load(), arguments.email, _ask_password(), _say))


def _user_list(arguments: argparse.Namespace) -> int:
    return asyncio.run(list_people(config.load(), _say))


def _ask_password() -> str:
    """From the terminal, or one line of standard input for scripts."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
