"""PySpark on a local cluster of two workers: the plan, and the answers."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cptkit.frames

from .test_queries import FOR_ALL, answers, asked_and_expected, needs_sources, price

pyspark = pytest.importorskip("pyspark")
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Spark's own, of pandas and sockets
    pytest.mark.xdist_group("spark"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session whose workers are processes of their own."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.executorEnv.PYTHONPATH", os.pathsep.join(sys.path))
        .getOrCreate()
    )
    yield session
    session.stop()


@needs_sources
def test_partitions_in_partitions_out(spark: Any, tmp_path: Path) -> None:
    """Parquet in partitions, priced by broadcast joins, written as Parquet."""
    fixed = {**FOR_ALL[0], "release": "RVU25D"}  # tables of one release are small
    given, asked, wanted = asked_and_expected(fixed, 1000)
    table = pa.table(given)
    source, target = tmp_path / "lines", tmp_path / "priced"
    source.mkdir()
    for part in range(4):
        pq.write_table(table.slice(250 * part, 250), source / f"{part}.parquet")
    found = price(spark.read.parquet(str(source)), asked)
    check_plan(found)
    found.write.parquet(str(target))
    rows = pq.read_table(target).to_pylist()
    assert answers(rows) == wanted


def check_plan(frame: Any) -> None:
    """Every join is broadcast, and Python answers nothing but the rare lines."""
    plan = frame._jdf.queryExecution().executedPlan().toString()
    joins = re.findall(r"(\w+Join|CartesianProduct)", plan)
    assert set(joins) == {"BroadcastHashJoin"}
    common, rare = re.split(r"\n   \+- ", plan, maxsplit=1)
    python = re.compile(r"Python|InArrow|InPandas|Pandas")
    assert not python.search(common)
    assert python.findall(rare) == ["InArrow"]
    kept = r"(Filter|Inner, BuildRight,) \(NOT coalesce"  # by a join that filters too
    assert re.search(rf"InArrow[^\n]*\n[^\n]*\n[^\n]*{kept}", rare)


def test_nothing_runs_before_it_is_acted_upon(spark: Any) -> None:
    """No job is started by pricing."""
    frame = spark.createDataFrame([("99213",), ("junk",)], "c string")
    tracker = spark.sparkContext.statusTracker()
    before = set(tracker.getJobIdsForGroup())
    priced = cptkit.frames.price(frame, code="c", on="2025-10-15")
    assert set(tracker.getJobIdsForGroup()) == before
    assert {row.c: row.reason for row in priced.collect()} == {
        "99213": None,
        "junk": "UNKNOWN_CODE",
    }
