"""Measure every budget beside its yardstick, in one run.

python benchmarks/run.py            # all of them
python benchmarks/run.py start warm # some of them
"""

from __future__ import annotations

import compileall
import gc
import itertools
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import attrs

import cptkit
from cptkit import Line

PACKAGE = Path(cptkit.__file__).parent
FIRST_PRICE = "import cptkit; cptkit.price('96521', zip='60601')"
PEAK = (
    "import resource, sys; "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
)


def process(code: str) -> float:
    """Wall time of a new interpreter, in milliseconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - start) * 1000


def interleaved(*codes: str, runs: int = 21) -> list[float]:
    """Median time of each program, run in turn so that noise hits all alike."""
    times = [[process(code) for code in codes] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def peak(code: str) -> float:
    """Peak memory of a new interpreter, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {PEAK}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def start() -> None:
    """A new process to its first price, and the import alone."""
    compileall.compile_dir(PACKAGE, quiet=2)
    bare, imports, yardstick, first = interleaved(
        "pass", "import cptkit", "import attrs, decimal", FIRST_PRICE
    )
    print(f"bare interpreter                     {bare:8.1f} ms")
    print(f"import cptkit                        {imports:8.1f} ms", end="")
    print(f"   {imports - bare:+.1f} ms over bare (budget +2)")
    print(f"import attrs, decimal                {yardstick:8.1f} ms")
    print(f"first price by ZIP                   {first:8.1f} ms", end="")
    print(f"   {first / yardstick:.2f} x (budget 1.4)")
    low, high = peak("pass"), peak(FIRST_PRICE)
    print(f"peak memory of the first price       {high:8.1f} MiB (budget 30;", end="")
    print(f" {high - low:.1f} over bare, budget 15 with one release open)")


def timed(what: str, call: Callable[[], object], count: int, budget: str) -> None:
    """Time of one warm call, the best of five rounds."""
    rounds = []
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(count):
            call()
        rounds.append((time.perf_counter() - begin) / count)
    print(f"{what:36} {min(rounds) * 1e6:8.2f} us  (budget {budget})")


def warm() -> None:
    """One line, warm: the yardstick is a dictionary look-up and three products."""
    table = {"99213": (1.30, 1.48, 0.10)}

    def yardstick() -> float:
        work, pe, mp = table["99213"]
        return round((work * 1.0 + pe * 0.911 + mp * 1.033) * 33.4009, 2)

    timed("yardstick: float formula", yardstick, 100_000, "none")
    price = cptkit.price
    timed("price by ZIP", lambda: price("99213", zip="60601"), 20_000, "15")
    timed(
        "price, modifiers and place",
        lambda: price("71046", "26", zip="60601", pos="22", on="2025-10-15"),
        20_000,
        "15",
    )
    timed(
        "price and explain",
        lambda: price("99213", "25", zip="60601").explain(),
        5_000,
        "60",
    )


DAYS = [f"2025-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29)]


def mixed_lines(count: int, *, few: bool, seed: int = 20261124) -> list[Line]:
    """A year's lines with all kinds of modifiers, places of service, ZIPs and dates.

    A practice repeats itself: with *few* the codes are 200 of each kind, and the one
    of rank n comes 1/n as often as the first. Without, all payable codes come alike,
    and nearly every line is one that was not seen before: the worst there is.
    """
    rng = random.Random(20261124)
    schedule = cptkit.schedule("RVU25D")
    payable = [code for code in schedule if code.status.payable]
    zips = ["60601", "10001", "43004", "94110", "33101", "75201", "98101", "02108"]
    split = [code.number for code in payable if "26" in code.components]
    surgery = [c.number for c in payable if c.global_period.value == "090"]
    plain = [code.number for code in payable]
    kinds = [(plain, ""), (plain, "25"), (split, "26"), (split, "TC"), (surgery, "80")]
    kinds += [(plain, "59"), (surgery, "54"), (surgery, "62"), (plain, "")]
    ranks = list(itertools.accumulate(1 / n for n in range(1, 201)))
    for codes in (plain, split, surgery):
        rng.shuffle(codes)
        del codes[200 if few else len(codes) :]
    rng.seed(seed)
    lines = []
    for _ in range(count):
        codes, modifiers = rng.choice(kinds)
        weights = ranks if few else None
        lines.append(
            Line(
                rng.choices(codes, cum_weights=weights)[0],
                modifiers,
                zip=rng.choice(zips),
                pos=rng.choice(["11", "22", "21", "24"]),
                on=rng.choice(DAYS),
            )
        )
    return lines


def rate_of(lines: list[Line]) -> tuple[float, int]:
    """Lines per second through `price_many`, and how many had an amount."""
    begin = time.perf_counter()
    priced = sum(payment.priced for payment in cptkit.price_many(lines))
    return len(lines) / (time.perf_counter() - begin), priced


def many() -> None:
    """A stream of mixed lines, and claims of four."""
    count = 200_000
    few = mixed_lines(5_000, few=True)
    first = mixed_lines(count, few=True)
    later = mixed_lines(count, few=True, seed=20261125)
    alike = mixed_lines(count, few=False)
    gc.freeze()  # the lines are the benchmark's own, and large
    for what, lines in (
        ("5,000 different ones, 40 times over (budget 150,000)", few * 40),
        ("a year of eight places, its first lines (budget 150,000)", first),
        ("a year of eight places, its next lines (budget 150,000)", later),
        ("all codes alike, nearly every line new", alike),
    ):
        rate, priced = rate_of(lines)
        share = 100 * priced // count
        print(f"price_many   {rate:8,.0f} lines/s   {share} % priced; {what}")
    lines = mixed_lines(40_000, few=True)
    claims = [lines[at : at + 4] for at in range(0, len(lines), 4)]
    for claim in claims:  # four lines of one patient's day and place
        claim[1:] = [
            attrs.evolve(w, on=claim[0].on, pos=claim[0].pos) for w in claim[1:]
        ]
    for what in ("the first time", "again"):
        begin = time.perf_counter()
        for claim in claims:
            cptkit.price_claim(claim)
        rate = len(lines) / (time.perf_counter() - begin)
        print(f"price_claim  {rate:8,.0f} lines/s   ", end="")
        print(
            f"{rate / 4:,.0f} claims/s; claims of four, {what} (budget 60,000 lines/s)"
        )


def memory() -> None:
    """What one open release holds."""
    tracemalloc.start()
    schedule = cptkit.schedule("RVU25C")
    schedule["99213"]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"one more release open                {held / 2**20:8.1f} MiB (budget 15)")


ALL = {"start": start, "warm": warm, "many": many, "memory": memory}


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    for name in sys.argv[1:] or ALL:
        ALL[name]()


if __name__ == "__main__":
    main()
