"""Measures speed (`make bench`), on a private copy of everything.

Each part is one module with `run(say, seconds)`; it tells what it does while it runs, and leaves
nothing behind. Figures depend on the machine and on who else uses it: compare lines of one run.
"""

import argparse

from app.bench.parts import PARTS
from app.bench.parts import run as run_bench

__all__ = ["PARTS", "bench_options", "run_bench"]


def bench_options(parser: argparse.ArgumentParser) -> None:
    """The command line of the benchmarks."""
    about = "; ".join(f"{name}: {part.about}" for name, part in PARTS.items())
    # With nargs="*" argparse (3.11) checks choices against the empty list too.
    parser.add_argument(
        "part", nargs="*", type=_part, metavar="PART", help=f"all unless named. {about}"
    )
    parser.add_argument(
        "--seconds", type=float, help="how long each measurement lasts (start: how many rounds)"
    )


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(PARTS)}")
    return name
