"""Build ``src/cptkit/data/ncci`` from a folder of CMS files.

    python tools/build_ncci.py ../shared/sources

Figures only: units, indicators, codes and dates; no words. The folder's
``manifest.csv`` gives each file's sha256, checked before it is read; the same
files give the same bytes. A new quarter is a new `TABLES`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cms_files import folder_asked, read_checked, sums, write_table

DATA = Path(__file__).resolve().parents[1] / "src" / "cptkit" / "data" / "ncci"
RELEASE, FIRST, LAST = "2026Q3", "2026-07-01", "2026-09-30"
UNITS = "NCCI2026Q3/mue_practitioner_2026-07-01.csv"
ADD_ONS = "NCCI2026Q3/aoc_V2026Q3.csv"
CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
#: Stands where CMS leaves the primary codes to the contractor.
CONTRACTOR = "CCCCC"


class Table(NamedTuple):
    """One compiled table, and the file it comes from."""

    name: str
    header: str
    path: str
    lines: list[str]
    rows: int


def read_rows(sources: Path, path: str) -> list[dict[str, str]]:
    """The rows of one file, after its sum is checked against the manifest."""
    data = read_checked(sources, path, sums(sources)[path])
    return list(csv.DictReader(data.decode("ascii").splitlines()))


def check(path: str, line: int, cell: str, *, fits: bool) -> None:
    """Stop the build at a cell that is not what its column holds."""
    if not fits:
        sys.exit(f"{path}:{line}: {cell!r} does not fit its column")


def unlikely_units(rows: list[dict[str, str]]) -> list[str]:
    """The codes of each number of units and adjudication indicator."""
    codes: dict[tuple[int, str], list[str]] = defaultdict(list)
    for line, row in enumerate(rows, start=2):
        code, units, kind = row["hcpcs_code"], row["mue_units"], row["mai"]
        check(UNITS, line, code, fits=bool(CODE.fullmatch(code)))
        check(UNITS, line, units, fits=units.isdigit())
        check(UNITS, line, kind, fits=kind in ("1", "2", "3"))
        codes[int(units), kind].append(code)
    found = [code for each in codes.values() for code in each]
    if len(set(found)) < len(found):
        sys.exit(f"{UNITS}: a code stands twice")
    return [
        f"{units}\t{kind}\t{' '.join(sorted(each))}"
        for (units, kind), each in sorted(codes.items())
    ]


def add_ons(rows: list[dict[str, str]]) -> list[str]:
    """The primary codes of each add-on code, type and pair of dates."""
    primaries: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    types: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        code, kind, primary = row["add_on_code"], row["edit_type"], row["primary_code"]
        first, last = row["effective_date"], row["end_date"]
        for cell in (code, primary):
            fits = cell == CONTRACTOR or bool(CODE.fullmatch(cell))
            check(ADD_ONS, line, cell, fits=fits)
        check(ADD_ONS, line, kind, fits=types.setdefault(code, kind) == kind)
        check(ADD_ONS, line, kind, fits=kind in ("1", "2", "3"))
        for cell in filter(None, (first, last)):
            check(ADD_ONS, line, cell, fits=str(date.fromisoformat(cell)) == cell)
        primaries[code, kind, first, last].add(primary)
    return [
        "\t".join((*key, " ".join(sorted(each - {CONTRACTOR}))))
        for key, each in sorted(primaries.items())
    ]


def build(sources: Path) -> None:
    """Write both tables and the manifest."""
    units, added = read_rows(sources, UNITS), read_rows(sources, ADD_ONS)
    tables = {
        "medically unlikely edits": Table(
            "unlikely_units.tsv",
            "units\tadjudication\tcodes",
            UNITS,
            unlikely_units(units),
            len(units),
        ),
        "add-on code edits": Table(
            "add_ons.tsv",
            "add_on\ttype\teffective\tends\tprimaries",
            ADD_ONS,
            add_ons(added),
            len(added),
        ),
    }
    entries: list[str] = []
    for what, table in tables.items():
        write(table.name, table.header, table.lines)
        sha256 = sums(sources)[table.path]
        entry = (what, RELEASE, FIRST, LAST, table.path, sha256, str(table.rows))
        entries.append("\t".join(entry))
    write(
        "manifest.tsv", "table\trelease\teffective\tends\tpath\tsha256\trows", entries
    )


def write(name: str, header: str, lines: list[str]) -> None:
    """Write one table."""
    write_table(DATA / name, "build_ncci.py", header, lines)


def main() -> None:
    """Build everything from the folder given."""
    sources = folder_asked(__doc__)
    DATA.mkdir(parents=True, exist_ok=True)
    build(sources)


if __name__ == "__main__":
    main()
