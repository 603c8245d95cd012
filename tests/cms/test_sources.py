"""Every real CMS file at hand reads whole. Skipped where they are not."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from cptkit import cms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCALITIES = {"20": 112, "21": 112, "22": 112, "23": 112}
"""Localities by year; 109 since three of California were retired in 2024."""


def manifest(shared: Path, kind: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield every listed file of a kind, checked against its digest."""
    with (shared / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for entry in csv.DictReader(file):
            if entry["kind"] != kind:
                continue
            path = shared / entry["path"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
            yield path, entry


def localities(entry: dict[str, str]) -> int:
    """How many localities the year of a file has."""
    return LOCALITIES.get(entry["folder"][3:5], 109)


@pytest.mark.bulk
def test_relative_values(shared: Path) -> None:
    """Rows as counted in the manifest; one factor; release from the title."""
    count = 0
    for path, entry in manifest(shared, "relative values"):
        file = cms.read_relative_values(path)
        assert len(file.rows) == int(entry["rows"]), path
        assert file.sha256 == entry["sha256"]
        assert file.qpp is False
        assert file.columns == (32 if "RVU26" in entry["folder"] else 31)
        assert file.release in (None, entry["folder"])
        assert (file.release is None) == (entry["folder"] < "RVU25"), path
        assert all(
            row.pricing == ("9" if file.columns == 32 else "") for row in file.rows
        )
        split = {row.code for row in file.rows if row.modifier == "53"}
        assert split == {"44388", "45378", "G0105", "G0121"}
        count += 1
    assert count == 25


def test_gpci(shared: Path) -> None:
    """Every locality once; the floor never below one where it holds."""
    for path, entry in manifest(shared, "geographic indices"):
        rows = cms.read_gpci(path)
        assert len(rows) == localities(entry), path
        assert all(row.work >= 1000 for row in rows), path
        assert {row.work for row in rows if row.name == "ALASKA"} == {1500}
        assert not any("*" in row.name for row in rows)


def test_the_two_editions_of_2026_agree(shared: Path) -> None:
    """The file with two work columns and the one with the floored one alone."""
    one, other = (
        cms.read_gpci(shared / folder / "GPCI2026.csv")
        for folder in ("RVU26A", "RVU26C")
    )
    assert one == other


def test_locco(shared: Path) -> None:
    """The localities are those of the indices of the same release."""
    for path, entry in manifest(shared, "locality counties"):
        rows = cms.read_locco(path)
        assert len(rows) == localities(entry), path
        indices = cms.read_gpci(path.parent)
        assert {(r.mac, r.locality) for r in rows} == {
            (r.mac, r.locality) for r in indices
        }, path
        assert {r.state_name for r in rows if r.mac == "13202"} == {"NEW YORK"}


def test_anes(shared: Path) -> None:
    """Factors for every locality; QP ones in 2026 only, and higher."""
    for path, entry in manifest(shared, "anesthesia conversion factors"):
        file = cms.read_anes(path)
        assert len(file.rows) == (
            109 if "RVU" not in entry["folder"] else localities(entry)
        )
        qp = entry["folder"] == "RVU26A"
        assert all((row.qp_factor is not None) is qp for row in file.rows)
        assert all(
            row.qp_factor is None or row.qp_factor > row.factor for row in file.rows
        )
    file = cms.read_anes(shared / "RVU26A")
    assert (file.national_factor, file.national_qp_factor) == (20_497540, 20_599835)
    published = cms.read_anes(shared / "RVU25A" / "ANES2025.csv")
    text = cms.read_anes(shared / "ANESTHESIA" / "anesthesia_cf_2025.txt")
    assert published == text
    assert published.national_factor == 20_317800


@pytest.mark.bulk
def test_oppscap(shared: Path) -> None:
    """Every row, whichever the spelling of the header."""
    for path, entry in manifest(shared, "OPPS caps by locality"):
        rows = cms.read_oppscap(path)
        lines = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        filled = [line for line in lines.split(b"\n") if line.strip(b",\x1a ")]
        assert len(rows) == len(filled) - 1, path
        if entry["folder"] >= "RVU25":
            assert len(rows) == 16_100


def test_zip5(shared: Path) -> None:
    """Both editions; every pair is a locality of 2026."""
    pairs = {(row.mac, row.locality) for row in cms.read_gpci(shared / "RVU26C")}
    for path, _ in manifest(shared, "ZIP to locality"):
        rows = cms.read_zip5(path)
        assert len(rows) == 42_956
        flagged = {"20254": 580, "20261": 581}[rows[0].year_quarter]
        assert sum(row.plus_four for row in rows) == flagged
        assert {(row.mac, row.locality) for row in rows} == pairs
        assert len({row.year_quarter for row in rows}) == 1
        assert {"EM", "WM", "EK", "WK"} < {row.state for row in rows}


def test_anesthesia_base(shared: Path) -> None:
    """Every code once."""
    rows = cms.read_anesthesia_base(
        shared / "ANESTHESIA" / "anesthesia_base_units_2022.txt"
    )
    assert len(rows) == 276
    assert rows[-1] == cms.BaseUnitsRow("01999", 0)


@pytest.mark.parametrize("release", ["RVU25A", "RVU25B", "RVU25C", "RVU25D"])
@pytest.mark.bulk
def test_folder_and_zip(shared: Path, release: str) -> None:
    """A folder as published, and the zip it came in, hold the same."""
    folder = cms.read_folder_or_zip(shared / release)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((shared / release).iterdir()):
            archive.write(path, f"{release}/{path.name}")
    packed = cms.read_folder_or_zip(buffer.getvalue())
    assert (folder.release, packed.release) == (release, release)
    assert folder.relative_values.rows == packed.relative_values.rows
    assert (folder.gpci, folder.locco, folder.anes, folder.oppscap) == (
        packed.gpci,
        packed.locco,
        packed.anes,
        packed.oppscap,
    )
    assert None not in (folder.gpci, folder.locco, folder.anes, folder.oppscap)


def test_rewritten_copies_need_a_name(shared: Path) -> None:
    """They have no title line."""
    found = cms.read_folder_or_zip(shared / "RVU24AR", "RVU24AR")
    assert found.release == "RVU24AR"
    assert found.relative_values.conversion_factor == 33_287500
