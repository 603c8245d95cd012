"""Queries that run later: Polars' lazy frames, DuckDB and PySpark."""

from __future__ import annotations

import random
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


#: Cells that no table of spellings lists, some of them readable.
ODD: dict[str, list[Any]] = {
    "code": [
        None,
        "9921",
        "99213-25",
        " 99213 ",
        "g0439",
        "junk",
        "ABCDE",
        "",
        "G0001",
        "71046-26",
        "71046 tc",
        "-71046/26/",
        "99999-ZZ",
        "junk-ZZ",
        "27447-80,50",
        "71046\u00a026",
    ],
    "mods": [None, "25 59", "26", "ZZ", "50", "25,25", "TC", "??", "lt;25", "26 59 RT"],
    "zip": [None, "6060", "60601-1234", "99999", "junk", " 60601", "", "36855"],
    "pos": [None, "99", "1", "junk", "98", "", "02", " 11", "21"],
    "day": [None, "2018-01-01", "junk", "2025-13-01", "", "20251015", "2027-01-01"],
    "n": ["0", "junk", "-1", "2", "1.5", None, "3", "1000000", " 1 ", "1.0", "1500"],
    "paid": [None, "junk", "-1", "10", "12.5", "$1,000.25", "1e3", "0", "99999.999"],
}
PLAIN: dict[str, list[Any]] = {
    "code": ["99213", "70370", "71046", "20610", "97110", "92557", "86153", "27447"],
    "mods": ["", "", "26", "GP"],
    "zip": ["60601", "10001", "02108"],
    "pos": ["11", "22", "24"],
    "day": ["2020-02-03", "2023-05-06", "2025-10-15", "2026-08-09"],
    "n": ["1"],
    "paid": [None, "500"],
}
BY_CELL = {"code": "code", "modifiers": "mods", "zip": "zip", "pos": "pos", "on": "day"}


def test_duckdb_reads_odd_cells_as_a_frame_in_memory_does() -> None:
    """Whatever a cell holds, and whatever its neighbours do, in every column."""
    rng = random.Random(11)
    count = 4000
    given = {
        name: [
            rng.choice(ODD[name] if rng.random() < 0.2 else plain) for _ in range(count)
        ]
        for name, plain in PLAIN.items()
    }
    given["row"] = list(range(count))
    table = pa.table(given)
    for asked in (
        BY_CELL | {"units": "n", "charge": "paid"},
        BY_CELL,
        {"code": "code"},
    ):
        add = ["coinsurance", "work_rvus", "total_rvus"]
        wanted = cptkit.frames.price(pl.from_arrow(table), add=add, **asked)
        with duckdb.connect() as connection:
            connection.register("given", table)
            found = cptkit.frames.price(connection.table("given"), add=add, **asked)
            rows = found.order('"row"').fetchall()
        assert rows == wanted.rows()


GPCI = {"work": 1, "pe": 2, "mp": 3}
CHOSEN = {"11": "facility", "21": "non-facility"}
FOR_EVERY_LINE: list[dict[str, Any]] = [
    {"on": "2019-01-01"},  # a day of which nothing is held
    {"on": "2024-11-05", "strict": True},
    {"on": "2021-07-01", "strict": True, "modifiers": "26"},
    {"on": "1990-01-01", "release": "RVU25D"},
    {"on": "2025-10-15", "modifiers": "80 50"},  # a set without plans
    {"on": "2025-10-15", "modifiers": ["26"], "locality": "15202-00"},
    {"on": "2025-10-15", "modifiers": "ZZ", "zip": "zip", "setting": "facility"},
    {"on": "2025-10-15", "modifiers": "80", "practitioner": "PA"},
    {"on": "2025-10-15", "units": 2, "charge": "10.50", "pos": "pos"},
    {
        "on": "2025-10-15",
        "conversion_factor": "40",
        "gpci": {"work": 1, "pe": 2, "mp": 3},
    },
    {"options": {"rounding": "final"}, "zip": "zip"},
    {"participating": "x"},
    {"practitioner": "XX"},
    {"on": "2025-10-15", "zip": 2108, "modifiers": {"50"}},  # as Python writes them
    {"on": "2025-10-15", "modifiers": 26.0},
    {"on": "2025-10-15", "conversion_factor": "9999999999", "units": 999},
    {"on": "2025-10-15", "pos": "pos", "options": {"pos_overrides": CHOSEN}},
    {"on": "2025-10-15", "pos": "11", "options": {"pos_overrides": CHOSEN}},
    {"practitioner": "NP", "participating": False, "pos": "pos", "state": "OH"},
]


@pytest.mark.parametrize("fixed", FOR_EVERY_LINE, ids=str)
def test_duckdb_takes_a_value_for_every_line(fixed: dict[str, Any]) -> None:
    """Whatever holds for all lines, readable or not."""
    table = pa.table(
        {
            "code": ["99213", "junk", "71046", "27447", "99213-25", "64491"],
            "zip": ["60601", "bad", None, "10001", "43004", "60601"],
            "pos": ["11", "21", "??", "22", None, "24"],
        }
    )
    add = ["limiting_charge", "coinsurance", "total_rvus"]
    wanted = cptkit.frames.price(pl.from_arrow(table), code="code", add=add, **fixed)
    columns = {name: fixed[name] for name in ("zip", "pos") if fixed.get(name) == name}
    for row, allowed in enumerate(wanted["allowed"]):
        line = fixed | {f: table[f][row].as_py() or "?" for f in columns}
        (found,) = cptkit.price_many([{"code": table["code"][row].as_py(), **line}])
        assert allowed == (found.allowed if isinstance(found, cptkit.Payment) else None)
    with duckdb.connect() as connection:
        connection.register("given", table)
        given = connection.table("given")
        found = cptkit.frames.price(given, code="code", add=add, **fixed)
        rows = found.order("code").fetchall()
    assert rows == wanted.sort("code").rows()


OWN_NAMES = (
    "cpt_code cpt_units cpt_allowed cpt_reason cpt_engine cpt_rare cpt_edition"
    " cpt_own_0 cptn_fee l g k_code line lines number cell"
).split()


@pytest.mark.parametrize("name", OWN_NAMES)
def test_duckdb_takes_columns_of_any_name(name: str) -> None:
    """As the code and beside it: the query's own names are not the caller's."""
    wanted = cptkit.price("99213", on="2025-10-15").allowed
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE lines AS SELECT 1 AS other")
        given = connection.sql(f"SELECT '99213' AS c, '99213' AS {name}")
        for code in ("c", name):
            found = cptkit.frames.price(given, code=code, on="2025-10-15")
            assert found.columns[:2] == ["c", name]
            assert found.fetchall()[0][1:3] == ("99213", wanted)


def test_duckdb_heeds_no_case_in_names() -> None:
    """What is added may not differ from what is there by case alone."""
    with duckdb.connect() as connection:
        given = connection.sql("SELECT '99213' AS c, 1 AS Allowed")
        with pytest.raises(cptkit.InvalidInputError, match="has Allowed already"):
            cptkit.frames.price(given, code="c")


def test_duckdb_after_a_transaction_was_rolled_back() -> None:
    """Its functions went with it and are made again."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE a AS SELECT '99213' AS c; BEGIN")
        asked = {"code": "c", "on": "2025-10-15"}
        first = cptkit.frames.price(connection.table("a"), **asked).fetchall()
        connection.execute("ROLLBACK")
        assert cptkit.frames.price(connection.table("a"), **asked).fetchall() == first


@pytest.mark.parametrize("kind", ["INTEGER", "DOUBLE", "DECIMAL(9, 1)"])
def test_duckdb_takes_no_negative_code(kind: str) -> None:
    """A minus is no hyphen before modifiers."""
    with duckdb.connect() as connection:
        given = connection.sql(f"SELECT CAST(-99213 AS {kind}) AS c")
        found = cptkit.frames.price(given, code="c", on="2025-10-15").fetchall()
    assert found[0][1:3] == (None, "UNKNOWN_CODE")


def test_duckdb_takes_arrays_of_modifiers() -> None:
    """Of a fixed size too."""
    with duckdb.connect() as connection:
        given = connection.sql("SELECT '71046' AS c, ['26']::VARCHAR[1] AS m")
        asked = {"code": "c", "modifiers": "m", "on": "2025-10-15"}
        (row,) = cptkit.frames.price(given, **asked).fetchall()
    assert row[2] == cptkit.price("71046", "26", on="2025-10-15").allowed


def test_a_schedule_of_ones_own() -> None:
    """In memory it prices, each by its own figures; elsewhere it is refused."""
    frame = pl.DataFrame({"c": ["99213"]})
    held = cptkit.schedule("RVU25D")
    for source in ("RVU25D", "RVU22A"):
        own = cptkit.FeeSchedule(held.release, cptkit.schedule(source).figures)
        found = cptkit.frames.price(frame, code="c", release=own)
        assert found["allowed"][0] == cptkit.price("99213", release=own).allowed
    with duckdb.connect() as connection:
        given = connection.sql("SELECT '99213' AS c")
        with pytest.raises(cptkit.InvalidInputError, match="on DuckDB keep it"):
            cptkit.frames.price(given, code="c", release=own)
    with pytest.raises(cptkit.InvalidInputError, match="releases that are held"):
        cptkit.frames.price(frame, code="c", release=own, add="percentile")
    unheld = attrs.evolve(held.release, name="RVU25X")
    unknown = cptkit.FeeSchedule(unheld, held.figures)
    with pytest.raises(cptkit.InvalidInputError, match="RVU25X is not held"):
        cptkit.frames.price(frame, code="c", release=unknown)


def test_indices_that_overflow_are_refused() -> None:
    """A frame's arithmetic has 64 bits; `price_many` has no such bound."""
    frame = pl.DataFrame({"c": ["99213"]})
    huge = {"work": 10**6, "pe": 10**6, "mp": 10**6}
    with pytest.raises(cptkit.InvalidInputError, match="no index over 10"):
        cptkit.frames.price(frame, code="c", on="2025-10-15", gpci=huge)
    assert cptkit.price("99213", on="2025-10-15", gpci=huge).allowed > 10**7


def test_other_columns_are_refused_where_a_query_runs_elsewhere() -> None:
    """A practitioner by line is for frames in memory."""
    with duckdb.connect() as connection:
        given = connection.sql("SELECT '99213' AS c, 'NP' AS who")
        with pytest.raises(cptkit.InvalidInputError, match="practitioner: on DuckDB"):
            cptkit.frames.price(given, code="c", practitioner="who")
