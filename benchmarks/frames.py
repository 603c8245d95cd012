"""frames.price beside a hand-written join over the same tables, in the same run.

python benchmarks/frames.py                # Polars, pandas, DuckDB: a million lines
python benchmarks/frames.py polars 4000000

The hand-written join gives no reasons and knows no modifiers: codes to RVUs, ZIPs
to localities, localities to indices, one formula. It holds one quarter; on DuckDB a
second one looks up the release and the factor of the date of service first, in the
same figures as cptkit has. The junk file has odd spellings and unreadable cells in
every column.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import cptkit
import cptkit.frames
from cptkit._zips import zip_table

RELEASE = "RVU25D"
FACILITY = ["19", "21", "22", "23", "24"]
ASKED = {"code": "hcpcs", "zip": "zip", "pos": "pos", "on": "dos", "units": "units"}
JUNK: dict[str, list[Any]] = {
    "hcpcs": [None, "9921", "99213-25", " 99213 ", "g0439", "junk", "ABCDE", ""],
    "mods": [None, "25 59", "26", "ZZ", "50", "25,25", "TC", "??"],
    "zip": [None, "6060", "60601-1234", "99999", "junk", " 60601", "", "36855"],
    "pos": [None, "99", "1", "junk", "98", "", "02", " 11"],
    "dos": [None, "2018-01-01", "junk", "2025-13-01", "", "20251015", "2027-01-01"],
    "units": ["0", "junk", "-1", "2", "1.5", None, "3", "1000000"],
}


def clean(count: int) -> dict[str, list[Any]]:
    """Payable codes of one quarter, everywhere, office and hospital."""
    rng = random.Random(9)
    schedule = cptkit.schedule(RELEASE)
    codes = [
        code.number
        for code in schedule
        if code.status.value == "A" and code.rvus.work + code.rvus.mp > 0
    ]
    areas = {each: zip_table().find(each) for each in zip_table().alike}
    zips = [each for each, area in areas.items() if area and not area.plus_four]
    days = [
        f"2025-{month:02d}-{day:02d}" for month in (10, 11, 12) for day in range(1, 31)
    ]
    return {
        "hcpcs": rng.choices(codes, k=count),
        "zip": rng.choices(zips, k=count),
        "pos": rng.choices(["11", "22", "21", "12"], k=count),
        "dos": rng.choices(days, k=count),
        "units": rng.choices([1, 1, 1, 1], k=count),
    }


def spoilt(columns: dict[str, list[Any]], share: float = 0.02) -> dict[str, list[Any]]:
    """The same with a share of every column spoilt, modifiers among them."""
    rng = random.Random(10)
    count = len(columns["hcpcs"])
    found = {**columns, "mods": [""] * count}
    found["units"] = [str(units) for units in columns["units"]]
    for name, junk in JUNK.items():
        column = list(found[name])
        for at in rng.sample(range(count), int(count * share)):
            column[at] = rng.choice(junk)
        found[name] = column
    return found


def tables() -> dict[str, dict[str, list[Any]]]:
    """What the hand-written join reads: the same figures, in the same units."""
    figures = cptkit.schedule(RELEASE).figures
    rows = [figures.row(at) for at in range(figures.rows)]
    rows = [row for row in rows if not row.modifier]
    held = figures.localities
    zips = zip_table()
    areas = {z: zips.find(z) for z in zips.alike}
    return {
        "rvus": {
            "hcpcs": [row.code for row in rows],
            "work": [row.work for row in rows],
            "pe": [row.pe_nonfacility for row in rows],
            "pe_facility": [row.pe_facility for row in rows],
            "mp": [row.mp for row in rows],
        },
        "zips": {
            "zip": list(areas),
            "locality": [f"{a.mac}-{a.locality}" for a in areas.values() if a],
        },
        "gpcis": {
            "locality": [f"{place.mac}-{place.number}" for place in held],
            "gw": [place.work for place in held],
            "gp": [place.pe for place in held],
            "gm": [place.mp for place in held],
        },
    }


FACTOR = 32_346_500


def tables_by_date() -> dict[str, dict[str, list[Any]]]:
    """The same of every release, and each day's release and factor."""
    rvus: dict[str, list[Any]] = {}
    gpcis: dict[str, list[Any]] = {}
    days: dict[str, list[Any]] = {"dos": [], "release": [], "factor": []}
    for release in cptkit.releases():
        figures = cptkit.schedule(release).figures
        rows = [row for row in figures.all_rows() if not row.modifier]
        for name, cells in {
            "release": [release.name] * len(rows),
            "hcpcs": [row.code for row in rows],
            "work": [row.work for row in rows],
            "pe": [row.pe_nonfacility for row in rows],
            "pe_facility": [row.pe_facility for row in rows],
            "mp": [row.mp for row in rows],
        }.items():
            rvus.setdefault(name, []).extend(cells)
        held = figures.localities
        for name, cells in {
            "release": [release.name] * len(held),
            "locality": [f"{place.mac}-{place.number}" for place in held],
            "gw": [place.work for place in held],
            "gp": [place.pe for place in held],
            "gm": [place.mp for place in held],
        }.items():
            gpcis.setdefault(name, []).extend(cells)
        day = release.effective
        while day <= release.ends:
            days["dos"].append(day.isoformat())
            days["release"].append(release.name)
            days["factor"].append(int(release.conversion_factor * 10**6))
            day += timedelta(days=1)
    return {"all_rvus": rvus, "all_gpcis": gpcis, "days": days}


def best(*calls: Callable[[], Any], rounds: int = 7) -> list[float]:
    """The shortest of several rounds of each, run in turn, in seconds."""
    spent: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, spent, strict=True):
            begin = time.perf_counter()
            call()
            times.append(time.perf_counter() - begin)
    return [min(times) for times in spent]


def report(
    name: str,
    count: int,
    call: Callable[[Any], Any],
    hand: Callable[[], Any],
    good: Any,
    junk: Any,
) -> None:
    """Three times of one library, and their ratios."""
    begin = time.perf_counter()
    call((good, {}))
    first = time.perf_counter() - begin
    call((junk, {"modifiers": "mods"}))
    by_hand, ours, odd = best(
        hand, lambda: call((good, {})), lambda: call((junk, {"modifiers": "mods"}))
    )
    print(
        f"{name:8} {count:9,} lines  by hand {by_hand:6.3f} s  frames {ours:6.3f} s"
        f" ({ours / by_hand:.2f} x, {count / ours / 1e6:.2f} M lines/s;"
        f" first call {first:.2f} s)  junk {odd:6.3f} s ({odd / by_hand:.2f} x)"
    )


def polars(count: int) -> None:
    """Polars, eager."""
    import polars as pl

    columns = clean(count)
    good, junk = pl.DataFrame(columns), pl.DataFrame(spoilt(columns))
    held = {name: pl.DataFrame(table) for name, table in tables().items()}

    def hand() -> Any:
        pe = pl.when(pl.col("pos").is_in(FACILITY)).then("pe_facility").otherwise("pe")
        of = (
            pl.col("work") * pl.col("gw")
            + pe * pl.col("gp")
            + pl.col("mp") * pl.col("gm")
        )
        return (
            good.join(held["rvus"], on="hcpcs", how="left")
            .join(held["zips"], on="zip", how="left")
            .join(held["gpcis"], on="locality", how="left")
            .with_columns(
                allowed=(of * (2 * FACTOR) + 10**9) // (2 * 10**9) * pl.col("units")
            )
        )

    report(
        "Polars",
        count,
        lambda f: cptkit.frames.price(f[0], **ASKED, **f[1]),
        hand,
        good,
        junk,
    )


def pandas(count: int) -> None:
    """Pandas."""
    import pandas as pd

    columns = clean(count)
    good, junk = pd.DataFrame(columns), pd.DataFrame(spoilt(columns))
    held = {name: pd.DataFrame(table) for name, table in tables().items()}

    def hand() -> Any:
        found = (
            good.merge(held["rvus"], on="hcpcs", how="left")
            .merge(held["zips"], on="zip", how="left")
            .merge(held["gpcis"], on="locality", how="left")
        )
        pe = found["pe_facility"].where(found["pos"].isin(FACILITY), found["pe"])
        of = found["work"] * found["gw"] + pe * found["gp"] + found["mp"] * found["gm"]
        cents = (of * (2 * FACTOR) + 10**9) // (2 * 10**9)
        return found.assign(allowed=cents * found["units"])

    report(
        "pandas",
        count,
        lambda f: cptkit.frames.price(f[0], **ASKED, **f[1]),
        hand,
        good,
        junk,
    )


def duckdb(count: int) -> None:
    """DuckDB, tables in memory, the answers read by an aggregate, then written."""
    import duckdb as library
    import pyarrow as pa

    columns = clean(count)
    connection = library.connect()
    for name, table in {
        **tables(),
        **tables_by_date(),
        "good": columns,
        "junk": spoilt(columns),
    }.items():
        connection.register("given", pa.table(table))
        connection.execute(f"CREATE TABLE {name} AS FROM given")
    facility = ", ".join(f"'{pos}'" for pos in FACILITY)

    def amount(factor: str) -> str:
        pe = f"CASE WHEN pos IN ({facility}) THEN pe_facility ELSE pe END"
        of = f"(work * gw + {pe} * gp + mp * gm) * 2 * {factor}"
        return f"({of} + 1000000000) // 2000000000 * units"

    joined = """FROM good LEFT JOIN rvus USING (hcpcs) LEFT JOIN zips USING (zip)
        LEFT JOIN gpcis USING (locality)"""
    one_quarter = amount(str(FACTOR))
    by_hand = f"SELECT sum({one_quarter}), count(locality) {joined}"
    by_date = f"""
        SELECT sum({amount("factor")}), count(locality), count(release)
        FROM good LEFT JOIN days USING (dos) LEFT JOIN all_rvus USING (release, hcpcs)
        LEFT JOIN zips USING (zip) LEFT JOIN all_gpcis USING (release, locality)"""

    def ours(given: Any) -> Any:
        found = cptkit.frames.price(given[0], **ASKED, **given[1])
        return found.aggregate(
            "sum(allowed), count(reason), count(release), count(locality)"
        ).fetchall()

    report(
        "DuckDB",
        count,
        ours,
        lambda: connection.execute(by_hand).fetchall(),
        connection.table("good"),
        connection.table("junk"),
    )
    (dated,) = best(lambda: connection.execute(by_date).fetchall())
    print(f"{'':8} {count:9,} lines  by hand, by date of service {dated:6.3f} s")

    def written(query: str) -> Callable[[], Any]:
        return lambda: connection.execute(f"CREATE OR REPLACE TABLE priced AS {query}")

    for name, more in {"good": {}, "junk": {"modifiers": "mods"}}.items():
        priced = cptkit.frames.price(connection.table(name), **ASKED, **more)
        priced.create_view(f"priced_{name}")
    times = best(
        written(f"SELECT *, {one_quarter} AS allowed {joined}"),
        written("FROM priced_good"),
        written("FROM priced_junk"),
    )
    print(
        f"{'':8} {count:9,} lines  written to a table: by hand {times[0]:6.3f} s"
        f"  frames {times[1]:6.3f} s ({times[1] / times[0]:.2f} x)"
        f"  junk {times[2]:6.3f} s ({times[2] / times[0]:.2f} x)"
    )


ALL = {"polars": polars, "pandas": pandas, "duckdb": duckdb}

if __name__ == "__main__":
    words = sys.argv[1:]
    count = int(words.pop()) if words and words[-1].isdigit() else 1_000_000
    for name in words or ALL:
        ALL[name](count)
