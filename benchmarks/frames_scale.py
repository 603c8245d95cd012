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


def write_lines(path: Path, millions: int) -> None:
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


def main() -> None:
    """Every road at every size."""
    if sys.argv[1] in ROADS:
        point(*sys.argv[1:])
        return
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "lines.parquet", Path(folder) / "out.parquet"
        for millions in map(int, sys.argv[1:]):
            write_lines(source, millions)
            for road in ROADS:
                call = [sys.executable, __file__, road, str(source), str(target)]
                subprocess.run(call, check=True)


if __name__ == "__main__":
    main()
