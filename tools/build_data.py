"""Build ``src/cptkit/data/figures`` from a folder of CMS files.

    python tools/build_data.py ../shared/sources

The folder's ``manifest.csv`` names every file, its sha256, and the dates of
service it governs. Every file is checked against its sum before it is read;
the same files give the same bytes. A release is any folder with a relative
value file; one without its own county and anesthesia files takes them from
the folder that `BORROWED` names.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from cms_files import folder_asked, manifest_rows, read_checked, write_table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from cptkit._compile import compile_release  # noqa: E402
from cptkit._money import decimal_of  # noqa: E402
from cptkit._zips import ZipArea, pack_zips  # noqa: E402
from cptkit.cms import anes, anesthesia_base, gpci, locco, pprrvu, zip5  # noqa: E402

FIGURES = ROOT / "src" / "cptkit" / "data" / "figures"
#: The July 2026 download in hand lacks these; they hold for the whole year.
BORROWED = {
    "RVU26C": {"locality counties": "RVU26A", "anesthesia conversion factors": "RVU26A"}
}
ZIP5 = "ZIP5/ZIP5_JAN2026.csv"
BASE_UNITS = "ANESTHESIA/anesthesia_base_units_2022.txt"
RELATIVE_VALUES = "relative values"
KINDS = (
    RELATIVE_VALUES,
    "geographic indices",
    "locality counties",
    "anesthesia conversion factors",
)


class Source(NamedTuple):
    """One row of the folder's manifest."""

    folder: str
    kind: str
    path: str
    first: str
    last: str
    sha256: str


def read_manifest(sources: Path) -> list[Source]:
    """The manifest's rows, every file's sha256 checked."""
    rows = [
        Source(
            row["folder"],
            row["kind"],
            row["path"],
            row["first_date"],
            row["last_date"],
            row["sha256"],
        )
        for row in manifest_rows(sources)
    ]
    for row in rows:
        read_checked(sources, row.path, row.sha256)
    return rows


def write(name: str, header: str, rows: list[tuple[object, ...]]) -> None:
    """Write one table of the figures."""
    lines = ("\t".join(map(str, row)) for row in rows)
    write_table(FIGURES / name, "build_data.py", header, lines)


def build_releases(sources: Path, manifest: list[Source]) -> None:
    """Write one packed file a release, and the tables that describe them."""
    by_kind = {(row.folder, row.kind): row for row in manifest}
    releases: list[tuple[object, ...]] = []
    files: list[tuple[object, ...]] = []
    for own in (row for row in manifest if row.kind == RELATIVE_VALUES):
        name = own.folder
        borrowed = BORROWED.get(name, {})
        rows = [by_kind[borrowed.get(kind, name), kind] for kind in KINDS]
        paths = [sources / row.path for row in rows]
        values = pprrvu.read(paths[0])
        indices, counties = gpci.read(paths[1]), locco.read(paths[2])
        factors = anes.read(paths[3]).rows
        packed = compile_release(values.rows, indices, counties, factors)
        (FIGURES / f"{name}.bin").write_bytes(packed)
        codes = len({row.code for row in values.rows})
        factor = decimal_of(values.conversion_factor // 100, 4)
        releases.append((name, own.first, own.last, factor, len(values.rows), codes))
        counts = (len(values.rows), len(indices), len(counties), len(factors))
        files += [
            (name, row.kind, row.path, row.sha256, count)
            for row, count in zip(rows, counts, strict=True)
        ]
    header = "release\teffective\tends\tconversion_factor\trows\tcodes"
    write("manifest.tsv", header, sorted(releases, key=lambda row: str(row[1])))
    write("sources.tsv", "release\tkind\tpath\tsha256\trows", sorted(files))


def build_zips(sources: Path) -> None:
    """Write the ZIP to locality table."""
    rows = zip5.read(sources / ZIP5)
    edition = {row.year_quarter for row in rows}.pop()
    zips = {r.zip: ZipArea(r.state, r.mac, r.locality, r.plus_four) for r in rows}
    packed = pack_zips(f"{edition[:4]} quarter {edition[4]}", zips)
    (FIGURES / "zip5.bin").write_bytes(packed)


def build_base_units(sources: Path) -> None:
    """Write the anesthesia base units."""
    rows = sorted(anesthesia_base.read(sources / BASE_UNITS))
    write("anesthesia_base_units.tsv", "code\tunits", [tuple(r) for r in rows])


def main() -> None:
    """Build everything from the folder given."""
    sources = folder_asked(__doc__)
    FIGURES.mkdir(parents=True, exist_ok=True)
    for old in FIGURES.glob("*.bin"):
        old.unlink()
    manifest = read_manifest(sources)
    build_releases(sources, manifest)
    build_zips(sources)
    build_base_units(sources)


if __name__ == "__main__":
    main()
