"""`make drill`: schedules one after the other, each in a process of its own."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

LIMIT_SECONDS = 300
KEPT = Path("var") / "drill"


def main() -> int:
    """SEEDS, or as many as SCHEDULES (6) from SEED (random) on; how many failed."""
    first = int(os.environ.get("SEED") or random.randrange(1, 100_000))
    after = range(first, first + int(os.environ.get("SCHEDULES") or 6))
    seeds = [int(word) for word in os.environ.get("SEEDS", "").split()] or list(after)
    failed = [seed for seed in seeds if not passes(seed)]
    for seed in failed:
        print(f"failed: make drill SCHEDULES=1 SEED={seed}   (logs: {KEPT / str(seed)})")
    print(f"{len(seeds) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def passes(seed: int) -> bool:
    """Run one; its folder stays only if it failed, or KEEP is set."""
    folder = KEPT.absolute() / str(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    one = [sys.executable, "-m", "tests.drill.one", str(seed), str(folder)]
    try:
        good = subprocess.run(one, timeout=LIMIT_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"  seed {seed} hung for {LIMIT_SECONDS} s")
        good = False
    if good and not os.environ.get("KEEP"):
        shutil.rmtree(folder, ignore_errors=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
