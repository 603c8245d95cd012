"""Random lines in a frame of any library beside the single-line engine."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from typing import Any

import attrs
import pyarrow as pa

import cptkit.frames

from .backends import EAGER
from .lines import FIELDS, columns, drawn, expected

#: Where a query runs elsewhere these are columns, and the others hold for all lines.
QUERY_FIELDS = "code modifiers on pos setting units locality charge minutes".split()


def differing_frames(
    backend: str, seed: int, count: int
) -> Iterator[tuple[Any, Any, Any]]:
    """Lines on which the frame and the engine do not agree."""
    lines = drawn(count, seed)
    fields, alike = list(FIELDS), dict[str, Any]()
    if backend in ("duckdb", "pyspark"):
        fields, alike = QUERY_FIELDS, for_all(seed)
        lines = [attrs.evolve(line, **alike) for line in lines]
    given = {k: v for k, v in columns(lines).items() if k in fields}
    given["place"] = given.pop("locality")
    given["row"] = list(range(count))
    asked = {name: name for name in fields} | alike | {"locality": "place"}
    found = answers(backend, given, asked)
    for line, one, other in zip(lines, found, expected(lines), strict=True):
        if one != other[:2]:
            yield line, one, other


def for_all(seed: int) -> dict[str, Any]:
    """What holds for all lines of a part: another practitioner in each."""
    rng = random.Random(seed)
    found: dict[str, Any] = dict.fromkeys(set(FIELDS) - set(QUERY_FIELDS))
    return found | {
        "practitioner": rng.choice(["MD", "MD", "NP", "PA", "CRNA", "PT", "CSW"]),
        "participating": rng.choice([True, False]),
        "qp": rng.choice([True, False]),
        "documented": rng.choice([True, False]),
        "percent_payable": rng.choice([None, "70"]),
    }


def answers(backend: str, given: dict[str, Any], asked: dict[str, Any]) -> list[Any]:
    """Allowed amount and reason of each line, in order."""
    if backend == "duckdb":
        return _by_duckdb(given, asked)
    if backend == "pyspark":
        return _by_pyspark(given, asked)
    library = next(each for each in EAGER if each.name == backend)
    found = library.read(cptkit.frames.price(library.make(given), **asked))
    return list(zip(found["allowed"], found["reason"], strict=True))


def _by_duckdb(given: dict[str, Any], asked: dict[str, Any]) -> list[Any]:
    import duckdb

    with duckdb.connect() as connection:
        connection.register("given", pa.table(given))
        found = cptkit.frames.price(connection.table("given"), **asked)
        return found.order('"row"').project("allowed, reason").fetchall()


def _by_pyspark(given: dict[str, Any], asked: dict[str, Any]) -> list[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .getOrCreate()
    )
    found = cptkit.frames.price(spark.createDataFrame(pa.table(given)), **asked)
    return [
        tuple(row) for row in found.sort("row").select("allowed", "reason").collect()
    ]
