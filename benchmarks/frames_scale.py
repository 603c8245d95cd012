"""What many lines cost: DuckDB and Polars streaming from Parquet to Parquet.

python benchmarks/frames_scale.py 1 4 16 64     # millions of lines

Each point is a process of its own; memory is the process's peak. The lines are
those of `frames.py`, drawn again and again.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars as pl
from frames import ASKED, clean

import cptkit.frames

MEMORY = "3GB"


def write_lines(path: str, millions: str) -> None:
    """A million lines, repeated, as one Parquet file."""
    lines = pl.DataFrame(clean(1_000_000))
    with duckdb.connect() as connection:
        connection.register("lines", lines.to_arrow())
        connection.execute(
            f"COPY (SELECT lines.* FROM range({millions}), lines) TO '{path}'"
            " (FORMAT parquet, ROW_GROUP_SIZE 250000)"
        )


def with_duckdb(source: Path, target: Path) -> None:
    """A relation over the file, priced and written."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        lines = connection.read_parquet(str(source))
        cptkit.frames.price(lines, **ASKED).write_parquet(str(target))


def with_polars(source: Path, target: Path) -> None:
    """A query over the file, priced in batches and written."""
    query = cptkit.frames.price(pl.scan_parquet(source), **ASKED)
    query.sink_parquet(target, engine="streaming")


ROADS = {"duckdb": with_duckdb, "polars": with_polars}


def point(road: str, source: str, target: str) -> None:
    """One measurement, in this process."""
    begin = time.perf_counter()
    ROADS[road](Path(source), Path(target))
    spent = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    count = pl.scan_parquet(target).select(pl.len()).collect().item()
    rate = count / spent / 1e6
    print(f"{road:8} {count:12,} lines {spent:8.1f} s {rate:6.2f} M lines/s", end="")
    print(f" {peak:6.2f} GiB peak", flush=True)


def every_point(sizes: list[str]) -> None:
    """Every road at every size, each step in a process of its own.

    Writing the lines too: a new process begins with the peak of its parent.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/lines.parquet", f"{folder}/out.parquet"
        for millions in sizes:
            steps = [("write", source, millions)]
            steps += [(road, source, target) for road in ROADS]
            for step in steps:
                subprocess.run([sys.executable, __file__, *step], check=True)


def main() -> None:
    """One step, where it is named; every one otherwise."""
    first, *rest = sys.argv[1:]
    if first == "write":
        write_lines(*rest)
    elif first in ROADS:
        point(first, *rest)
    else:
        every_point([first, *rest])


if __name__ == "__main__":
    main()
