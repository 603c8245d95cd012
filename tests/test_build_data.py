"""The bundled data is what its one command makes of the CMS files, byte for byte."""

from __future__ import annotations

import csv
import hashlib
import re
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cptkit

from .shared_files import SOURCES, rows
from .tool_files import load_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
FIGURES = Path(cptkit.__file__).parent / "data" / "figures"
MANIFEST = rows(SOURCES / "manifest.csv")

pytestmark = [
    pytest.mark.skipif(
        not MANIFEST,
        reason="the CMS files are not at hand; set CPTKIT_SHARED to their folder",
    ),
]


def table(path: Path) -> list[dict[str, str]]:
    """The rows of one tab-separated table, without its comments."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def unpacked(data: bytes) -> bytes:
    """A packed file's text line, and every compressed part behind it."""
    head, _, rest = data.partition(b"\n")
    parts = [head]
    while rest:
        stream = zlib.decompressobj()
        parts.append(stream.decompress(rest))
        rest = stream.unused_data
    return b"\n".join(parts)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that the command has filled from the CMS files."""
    folder = tmp_path_factory.mktemp("figures")
    (folder / "RVU99A.bin").write_bytes(b"of an older build")
    tool: Any = load_tool("build_data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "FIGURES", folder)
        patch.setattr(sys, "argv", ["build_data.py", str(SOURCES)])
        tool.main()
    yield folder
    for path in folder.iterdir():
        path.unlink()


def test_the_build_writes_the_bundled_files_and_no_other(built: Path) -> None:
    """The command makes exactly the files that ship; what is stale is gone."""
    made = {path.name for path in built.iterdir()}
    assert made == {path.name for path in FIGURES.iterdir()}
    assert "RVU99A.bin" not in made


def test_the_build_is_byte_for_byte_the_bundled_data(built: Path) -> None:
    """The same CMS files give the same bytes as those in the package."""
    differ = [
        path.name
        for path in sorted(built.iterdir())
        if path.read_bytes() != (FIGURES / path.name).read_bytes()
    ]
    assert differ == []


def test_every_source_is_the_manifests(built: Path) -> None:
    """The sources table names each file with the manifest's sum, and once."""
    sums = {(row["kind"], row["path"]): row["sha256"] for row in MANIFEST}
    found = table(built / "sources.tsv")
    for row in found:
        assert row["sha256"] == sums[row["kind"], row["path"]]
        assert int(row["rows"]) > 0
    keys = [(row["release"], row["kind"]) for row in found]
    assert len(keys) == len(set(keys))
    values = {row["folder"] for row in MANIFEST if row["kind"] == "relative values"}
    kinds = {kind for _, kind in keys}
    assert set(keys) == {(name, kind) for name in values for kind in kinds}
    assert kinds == {
        "relative values",
        "geographic indices",
        "locality counties",
        "anesthesia conversion factors",
    }


def test_every_file_is_what_its_sum_says() -> None:
    """Every file of the manifest still has the sha256 the manifest gives it."""
    for row in MANIFEST:
        data = (SOURCES / row["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"], row["path"]


def test_the_releases_table_is_the_manifests(built: Path) -> None:
    """Names, dates and row counts of the releases are the manifest's, by date."""
    expected = [
        (row["folder"], row["first_date"], row["last_date"], row["rows"])
        for row in MANIFEST
        if row["kind"] == "relative values"
    ]
    found = [
        (row["release"], row["effective"], row["ends"], row["rows"])
        for row in table(built / "manifest.tsv")
    ]
    assert found == sorted(expected, key=lambda row: row[1])


def test_the_tables_hold_figures_only(built: Path) -> None:
    """Tables have the columns of figures and sources, and none for words."""
    assert {path.suffix for path in built.iterdir()} == {".bin", ".tsv"}
    columns = {
        "manifest.tsv": {
            *("release", "effective", "ends"),
            *("conversion_factor", "rows", "codes"),
        },
        "sources.tsv": {"release", "kind", "path", "sha256", "rows"},
        "anesthesia_base_units.tsv": {"code", "units"},
    }
    for path in built.glob("*.tsv"):
        assert set(table(path)[0]) == columns[path.name]


def test_no_descriptor_is_packed(built: Path) -> None:
    """The packed figures hold no text of the file's DESCRIPTION column."""
    (path,) = SOURCES.glob("RVU26C/PPRRVU*.csv")
    with path.open(encoding="latin-1", newline="") as file:
        words = {row[2].strip() for row in csv.reader(file) if len(row) == 32}
    blob = unpacked((built / "RVU26C.bin").read_bytes())
    text = b"\n".join(re.findall(rb"[ -~]{6,}", blob)).decode("ascii").upper()
    long_enough = {word.upper() for word in words if len(word) > 9}
    assert len(long_enough) > 10_000
    assert {word for word in long_enough if word in text} == set()


def test_anesthesia_base_units_are_the_lists(built: Path) -> None:
    """Each anesthesia code has the units of CMS's list, read here word by word."""
    path = SOURCES / "ANESTHESIA" / "anesthesia_base_units_2022.txt"
    words = (line.split() for line in path.read_text("latin-1").splitlines())
    expected = {
        pair[0].zfill(5): pair[1]
        for pair in words
        if len(pair) == 2 and pair[0].isdigit() and pair[1].isdigit()
    }
    found = {
        row["code"]: row["units"] for row in table(built / "anesthesia_base_units.tsv")
    }
    assert found == expected


def test_a_changed_file_stops_the_build(tmp_path: Path) -> None:
    """A file whose sum is not the manifest's is refused before it is read."""
    tool: Any = load_tool("build_data")
    (tmp_path / "manifest.csv").write_text(
        "folder,kind,path,rows,first_date,last_date,sha256\n"
        f"RVU99A,relative values,PPRRVU.csv,1,2099-01-01,2099-03-31,{'0' * 64}\n",
        encoding="utf-8",
    )
    (tmp_path / "PPRRVU.csv").write_bytes(b"HCPCS\n")
    with pytest.raises(SystemExit, match=r"PPRRVU\.csv: sha256 is"):
        tool.read_manifest(tmp_path)


def test_the_package_holds_no_file_of_cms() -> None:
    """No bundled file is one of CMS's own, whatever its name."""
    sums = {row["sha256"] for row in MANIFEST}
    for path in (FIGURES.parent).rglob("*"):
        if path.is_file():
            assert hashlib.sha256(path.read_bytes()).hexdigest() not in sums
