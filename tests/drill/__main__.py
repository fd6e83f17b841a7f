"""`make drill`: schedules one after the other, or JOBS at a time, each in a process of its own."""

import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.drill.costs import summary

LIMIT_SECONDS = 300
KEPT = Path("var") / "drill"


def main() -> int:
    """SEEDS, or as many as SCHEDULES (6) from SEED (random) on; how many failed."""
    first = int(os.environ.get("SEED") or random.randrange(1, 100_000))
    after = range(first, first + int(os.environ.get("SCHEDULES") or 6))
    seeds = [int(word) for word in os.environ.get("SEEDS", "").split()] or list(after)
    jobs = int(os.environ.get("JOBS") or 1)
    with ThreadPoolExecutor(jobs) as pool:
        good = list(pool.map(lambda seed: passes(seed, aloud=jobs == 1), seeds))
    failed = [seed for seed, passed in zip(seeds, good, strict=True) if not passed]
    results = [KEPT / f"{seed}.json" for seed in seeds]
    print(summary([result for result in results if result.exists()]))
    for seed in failed:
        print(f"failed: make drill SCHEDULES=1 SEED={seed}   (logs: {KEPT / str(seed)})")
    print(f"{len(seeds) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def passes(seed: int, *, aloud: bool) -> bool:
    """Run one; its folder stays only if it failed, or KEEP is set. What it says comes at once
    (`aloud`), or in one piece when it is over."""
    folder = KEPT.absolute() / str(seed)
    result = folder.with_suffix(".json")
    shutil.rmtree(folder, ignore_errors=True)
    result.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    one = [sys.executable, "-m", "tests.drill.one", str(seed), str(folder)]
    said = None if aloud else subprocess.PIPE
    with subprocess.Popen(one, stdout=said, stderr=said and subprocess.STDOUT, text=True) as drill:
        try:
            told, _ = drill.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            drill.kill()
            told = f"{drill.communicate()[0] or ''}  seed {seed} hung for {LIMIT_SECONDS} s\n"
    print(told or "", end="", flush=True)
    good = drill.returncode == 0
    if (folder / "result.json").exists():
        shutil.copyfile(folder / "result.json", result)
    if good and not os.environ.get("KEEP"):
        shutil.rmtree(folder, ignore_errors=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
