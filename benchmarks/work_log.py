"""A million entries summed by month, beside a yardstick, in one run.

python benchmarks/work_log.py

The yardstick adds up hundredths of an RVU from a dictionary of codes, with no dates,
no policy, no modifiers and no units.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import cptkit
from cptkit import productivity as pr

COUNT = 1_000_000
BUDGET = 3.0


def entries(count: int) -> list[pr.Entry]:
    """Work of a year: 400 payable codes, modifiers and units, every day of it."""
    rng = random.Random(20261125)
    schedules = [cptkit.schedule(f"RVU25{quarter}") for quarter in "ABCD"]
    payable = [
        code.number
        for code in schedules[-1]
        if code.rvus.work
        and code.status.value == "A"
        and all(code.number in each for each in schedules)
    ]
    codes = rng.sample(payable, 400)
    days = [date(2025, 1, 1) + timedelta(days=at) for at in range(365)]
    kinds = [
        pr.Entry(rng.choice(days), code, modifiers, units)
        for code in codes
        for modifiers, units in (("", 1), ("59", 1), ("", 2), ("80", 1))
        for _ in range(25)
    ]
    return rng.choices(kinds, k=count)


def months_by_frame(columns: dict[str, list[object]]) -> dict[str, object]:
    """Work RVUs by month, through a Polars frame."""
    import polars as pl

    import cptkit.frames

    frame = pl.DataFrame(columns)
    priced = cptkit.frames.price(
        frame, code="code", on="on", units="units", add=["work_rvus"]
    )
    months = priced.group_by(month=pl.col("on").dt.strftime("%Y-%m"))
    return dict(months.agg(pl.col("work_rvus").sum()).rows())


def timed(what: str, call: Callable[[], object], budget: str = "") -> None:
    """Wall and processor time of one call, the best of three."""
    spent = []
    for _ in range(3):
        begin, worked = time.perf_counter(), time.process_time()
        call()
        spent.append((time.perf_counter() - begin, time.process_time() - worked))
    wall, worked = min(spent)
    print(f"{what:36} {wall:6.2f} s, {worked:.2f} s of a processor  {budget}")


def main() -> None:
    """The yardstick, then the log under three policies."""
    held = entries(COUNT)
    schedule = cptkit.schedule("RVU25D")
    work = {
        code: int(schedule[code].rvus.work * 100) for code in {e.code for e in held}
    }

    def yardstick() -> dict[str, int]:
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in held:
            sums[f"{entry.on.year}-{entry.on.month:02d}"] += work[entry.code]
        return sums

    log = pr.WorkLog()
    timed(f"{COUNT:,} entries put in a log", lambda: log.extend(held) and log.undo())
    log.extend(held)
    timed("yardstick: a dictionary of codes", yardstick)
    timed("by month, unadjusted", lambda: log.wrvus(by="month"), f"budget {BUDGET} s")
    for name in ("cms-adjusted", "gpci-adjusted"):
        policy = pr.credit(name, zip="60601")
        timed(f"by month, {name}", lambda p=policy: log.wrvus(by="month", credit=p))
    columns: dict[str, list[object]] = {
        "code": [entry.code for entry in held],
        "on": [entry.on for entry in held],
        "units": [entry.units for entry in held],
    }
    timed("by month, through a frame", lambda: months_by_frame(columns))
    by_log = {row.key: row.wrvus for row in log.wrvus(by="month")}
    print("the frame's months are the log's:", months_by_frame(columns) == by_log)


if __name__ == "__main__":
    main()
