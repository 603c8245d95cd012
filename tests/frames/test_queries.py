"""Queries that run later: Polars' lazy frames, DuckDB and PySpark."""

from __future__ import annotations

from typing import Any

import attrs
import duckdb
import polars as pl
import pyarrow as pa
import pytest

import cptkit
import cptkit.frames

from ..shared_files import SOURCES
from .lines import Answer, columns, drawn, expected

needs_sources = pytest.mark.skipif(not SOURCES.exists(), reason="no reference files")
#: Fields that are columns on every engine; the others hold for all lines.
COLUMNS = "code modifiers on pos setting units locality charge minutes".split()
FOR_ALL: list[dict[str, Any]] = [
    {"practitioner": "MD", "participating": False, "documented": True},
    {"practitioner": "PA", "participating": True, "qp": True, "percent_payable": "70"},
]


def asked_and_expected(
    fixed: dict[str, Any], count: int
) -> tuple[dict[str, list[Any]], dict[str, Any], list[Answer]]:
    """Random lines with some fields alike for all, and what the engine says."""
    alike = {
        "qp": None,
        "documented": None,
        "postop_share": None,
        "percent_payable": None,
        "induction": None,
        "cost_share": None,
        **fixed,
    }
    lines = [attrs.evolve(line, **alike) for line in drawn(count, seed=92)]
    given = {k: v for k, v in columns(lines).items() if k in COLUMNS}
    given["place"] = given.pop("locality")
    given["row"] = list(range(count))
    asked = {name: name for name in COLUMNS} | fixed | {"locality": "place"}
    return given, asked, expected(lines)


def answers(rows: list[dict[str, Any]]) -> list[Answer]:
    """The answers of a frame's rows, in the order of the lines."""
    rows = sorted(rows, key=lambda row: row["row"])
    return [
        (
            row["allowed"],
            row["reason"],
            None if row["limiting_charge"] is None else str(row["limiting_charge"]),
        )
        for row in rows
    ]


def price(frame: Any, asked: dict[str, Any]) -> Any:
    """The query with its limiting charges."""
    return cptkit.frames.price(frame, add=["limiting_charge"], **asked)


@needs_sources
@pytest.mark.parametrize("fixed", FOR_ALL)
def test_duckdb_agrees_with_the_engine(fixed: dict[str, Any]) -> None:
    """To the cent and the reason, the relation still a relation."""
    given, asked, wanted = asked_and_expected(fixed, 1000)
    with duckdb.connect() as connection:
        connection.register("given", pa.table(given))
        found = price(connection.table("given"), asked)
        assert isinstance(found, duckdb.DuckDBPyRelation)
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert answers(rows) == wanted


@needs_sources
def test_polars_queries_agree_with_the_engine() -> None:
    """Streamed in batches; the promised schema is the schema."""
    given, asked, wanted = asked_and_expected(FOR_ALL[0], 1000)
    query = price(pl.LazyFrame(given, infer_schema_length=None), asked)
    assert isinstance(query, pl.LazyFrame)
    found = query.collect(engine="streaming")
    assert found.schema == query.collect_schema()
    assert answers(found.to_dicts()) == wanted


def test_a_lazy_frame_is_not_run() -> None:
    """Pricing a query runs nothing of it."""

    def fail(_batch: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError

    query = pl.LazyFrame({"c": ["99213"]}).map_batches(fail, schema={"c": pl.String})
    assert isinstance(cptkit.frames.price(query, code="c"), pl.LazyFrame)


def test_filters_above_a_priced_query_see_the_answers() -> None:
    """What is selected and filtered after pricing is not moved before it."""
    query = pl.LazyFrame({"c": ["99213", "junk", "99214"], "n": [1, 2, 3]})
    priced = cptkit.frames.price(query, code="c", on="2025-10-15")
    kept = priced.filter(pl.col("allowed").is_not_null()).select("n").collect()
    assert kept["n"].to_list() == [1, 3]


def test_duckdb_takes_columns_of_every_kind() -> None:
    """Numbers that lost zeros, floats, dates, times, lists and nulls."""
    with duckdb.connect() as connection:
        given = connection.sql(
            "SELECT * FROM (VALUES"
            " (100, 1001.0, DATE '2025-10-15', ['AA'], 1, 60, 'x'),"
            " (99213, 60601.0, DATE '2025-10-15', ['25', '59'], 2, NULL, 'y'),"
            " (NULL, NULL, NULL, NULL, NULL, NULL, NULL))"
            " t(units_billed, zip, dos, mods, pos, minutes, work)"
        )
        found = cptkit.frames.price(
            given,
            code="units_billed",
            zip="zip",
            on="dos",
            modifiers="mods",
            minutes="minutes",
            add=["work_rvus"],
        )
        assert found.columns[:7] == given.columns
        rows = sorted(found.fetchall(), key=lambda row: str(row[0]))
    first = cptkit.price("00100", "AA", zip="01001", on="2025-10-15", minutes=60)
    second = cptkit.price("99213", "25 59", zip="60601", on="2025-10-15")
    assert [row[7] for row in rows] == [first.allowed, second.allowed, None]
    assert [row[8] for row in rows] == [None, None, "DATE_INVALID"]
    assert rows[1][-1] == second.work_rvus


def test_other_columns_are_refused_where_a_query_runs_elsewhere() -> None:
    """A practitioner by line is for frames in memory."""
    with duckdb.connect() as connection:
        given = connection.sql("SELECT '99213' AS c, 'NP' AS who")
        with pytest.raises(cptkit.InvalidInputError, match="practitioner: on DuckDB"):
            cptkit.frames.price(given, code="c", practitioner="who")
