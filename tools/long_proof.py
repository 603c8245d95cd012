"""The long proof: every amount of every release, and a million random lines.

    python tools/long_proof.py            # the whole, about half an hour on two cores
    python tools/long_proof.py --quick    # a hundredth of it, to see that it runs

Needs the reference files (beside the repository, or where CPTKIT_SHARED says).
Prints one line a part with its figures; the exit status is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import cptkit  # noqa: E402
from tests.agreement import differing_claims, differing_lines  # noqa: E402
from tests.every_amount import differences  # noqa: E402
from tests.frames.agreement import differing_frames  # noqa: E402

Part = tuple[str, int, int, str]
LINES_A_JOB = 50_000
CLAIMS_A_JOB = 10_000
#: Jobs of lines for each library: a million each, PySpark a hundred thousand.
FRAME_JOBS = {"polars": 20, "pandas": 20, "pyarrow": 20, "duckdb": 20, "pyspark": 2}


def amounts(release: str, every: int) -> Part:
    """Every *every*-th payable row of a release, everywhere, in both settings."""
    total = wrong = 0
    first = ""
    for found in differences(release, every):
        total += 1
        if found is not None:
            wrong += 1
            first = first or found
    return f"amounts of {release}", total, wrong, first


def lines(seed: int, count: int) -> Part:
    """Random lines against the oracle."""
    return _compared("lines", seed, count, differing_lines)


def claims(seed: int, count: int) -> Part:
    """Random claims against the oracle."""
    return _compared("claims", seed, count, differing_claims)


def _compared(
    what: str,
    seed: int,
    count: int,
    differing: Callable[[int, int], Iterator[tuple[object, ...]]],
) -> Part:
    found = list(islice(differing(count, seed), 1000))
    first = repr(found[0])[:2000] if found else ""
    return f"random {what}, seed {seed}", count, len(found), first


def frames(backend: str, seed: int, count: int) -> Part:
    """Random lines as a frame of one library, against the engine."""
    found = list(islice(differing_frames(backend, seed, count), 1000))
    first = repr(found[0])[:2000] if found else ""
    return f"random lines in {backend}, seed {seed}", count, len(found), first


def main() -> int:
    """Run every part on all cores; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of it")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    every, share = (100, 100) if chosen.quick else (1, 1)
    start, total, wrong = time.time(), 0, 0
    with ProcessPoolExecutor(chosen.workers) as pool:
        jobs = [
            pool.submit(amounts, release.name, every) for release in cptkit.releases()
        ]
        for seed in range(20):
            jobs.append(pool.submit(lines, 1000 + seed, LINES_A_JOB // share))
        for backend, parts in FRAME_JOBS.items():
            for seed in range(parts):
                count = LINES_A_JOB // share
                jobs.append(pool.submit(frames, backend, 3000 + seed, count))
        for seed in range(10):
            jobs.append(pool.submit(claims, 2000 + seed, CLAIMS_A_JOB // share))
        for job in jobs:
            name, count, differ, first = job.result()
            total, wrong = total + count, wrong + differ
            print(f"{name:32} {count:>10,} compared {differ:>6,} differ", flush=True)
            if first:
                print(f"    first: {first}", flush=True)
    spent = time.time() - start
    print(f"{'in all':32} {total:>10,} compared {wrong:>6,} differ, {spent:,.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
