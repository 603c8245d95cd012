"""Measure every budget beside its yardstick, in one run.

python benchmarks/run.py            # all of them
python benchmarks/run.py start warm # some of them
"""

from __future__ import annotations

import compileall
import itertools
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

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


def timed(what: str, call: object, count: int, budget: str) -> None:
    """Time of one warm call, the best of five rounds."""
    rounds = []
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(count):
            call()  # type: ignore[operator]
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


def mixed_lines(count: int, *, few: bool) -> list[Line]:
    """Lines with all kinds of modifiers, places of service, ZIPs and dates.

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
                on=rng.choice(["2025-10-15", "2025-02-03", "2024-05-01"]),
            )
        )
    return lines


def many() -> None:
    """A stream of mixed lines, and claims of four."""
    for few, what, budget in (
        (True, "price_many, a practice's codes", "budget 150,000"),
        (False, "price_many, all codes alike", "no budget"),
    ):
        lines = mixed_lines(200_000, few=few)
        list(cptkit.price_many(lines[:1000]))
        begin = time.perf_counter()
        priced = sum(payment.priced for payment in cptkit.price_many(lines))
        rate = len(lines) / (time.perf_counter() - begin)
        print(f"{what:36} {rate:8,.0f} lines/s", end="")
        print(f"   {priced:,} of {len(lines):,} priced ({budget})")
    lines = mixed_lines(40_000, few=True)
    begin = time.perf_counter()
    for at in range(0, len(lines), 4):
        cptkit.price_claim(lines[at : at + 4])
    rate = len(lines) / (time.perf_counter() - begin)
    print(f"price_claim, claims of four          {rate:8,.0f} lines/s", end="")
    print(f"   {rate / 4:,.0f} claims/s (budget 60,000 lines/s)")


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
