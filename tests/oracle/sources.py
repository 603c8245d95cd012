"""Readers of the CMS files, independent of the library under test (R1, R3).

Everything is kept as text or exact integers: RVUs and split shares in hundredths,
geographic indices in thousandths, anesthesia factors in cents.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

# Releases in hand and their first day in force (R1); RVU24D, RVU26A and RVU26B hold
# no relative value file.  The 2024 re-issue starts inside the first quarter.
RELEASE_STARTS: dict[str, dt.date] = {
    **{
        f"RVU{year % 100}{letter}": dt.date(year, month, 1)
        for year in range(2020, 2027)
        for letter, month in zip("ABCD", (1, 4, 7, 10), strict=True)
        if (year, letter) not in {(2024, "D"), (2026, "A"), (2026, "B"), (2026, "D")}
    },
    "RVU24AR": dt.date(2024, 3, 9),
}

# Localities listed under either Southern California carrier (R3, R6).
SOUTHERN_CALIFORNIA = frozenset({"17", "18", "26", "71", "72", "73", "74"})


class Row(NamedTuple):
    """One record of the relative value file (R3); RVUs in hundredths."""

    code: str
    modifier: str
    status: str
    work: int
    pe_nonfacility: int
    pe_facility: int
    mp: int
    pctc: str
    global_days: str
    pre: int
    intra: int
    post: int
    multiple: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str
    endo_base: str
    imaging_family: str
    opps_pe_nonfacility: int
    opps_pe_facility: int
    opps_mp: int
    factor: str

    @property
    def has_rvus(self) -> bool:
        """Whether any of the four RVUs that make a fee is not zero (R5)."""
        return bool(self.work or self.pe_nonfacility or self.pe_facility or self.mp)

    @property
    def has_cap(self) -> bool:
        """Whether any of the three OPPS columns is not zero (R11)."""
        return bool(self.opps_pe_nonfacility or self.opps_pe_facility or self.opps_mp)


@dataclass(frozen=True)
class Gpci:
    """Geographic indices in thousandths."""

    work: int
    pe: int
    mp: int


NATIONAL = Gpci(1000, 1000, 1000)


@dataclass(frozen=True)
class Zip5:
    """One ZIP code (R6): its default carrier and locality."""

    state: str
    carrier: str
    locality: str
    plus_four: bool


@dataclass(frozen=True, eq=False)
class Release:
    """The tables of one release."""

    name: str
    rows: dict[tuple[str, str], Row]
    codes: frozenset[str]
    gpcis: dict[tuple[str, str], Gpci]
    anesthesia: dict[tuple[str, str], tuple[int, int]]

    def place(self, mac: str, locality: str) -> tuple[str, str] | None:
        """Return the pair as the GPCI file spells it, or None (R6, R3 alias)."""
        if (mac, locality) in self.gpcis:
            return mac, locality
        if locality in SOUTHERN_CALIFORNIA and mac in {"01112", "01182"}:
            other = "01182" if mac == "01112" else "01112"
            if (other, locality) in self.gpcis:
                return other, locality
        return None


def scaled(text: str, places: int) -> int:
    """Parse a plain decimal exactly into an integer of 10**-places."""
    whole, _, fraction = text.strip().partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > places:
        raise ValueError(f"{text!r} has more than {places} decimal places")
    return int((whole or "0") + fraction.ljust(places, "0"))


def _cells(path: Path) -> Iterator[list[str]]:
    """Yield stripped cells; accepts CR, LF and CRLF (R3)."""
    text = path.read_bytes().decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for cells in csv.reader(io.StringIO(text)):
        yield [cell.strip() for cell in cells]


def _read_rows(path: Path) -> dict[tuple[str, str], Row]:
    """Read a relative value file in the layout its column count tells (R3)."""
    rows: dict[tuple[str, str], Row] = {}
    columns = 0
    for cells in _cells(path):
        if not columns:
            if cells and cells[0] == "HCPCS":
                columns = len(cells)
                if columns not in {31, 32}:
                    raise ValueError(f"{path}: {columns} columns")
            continue
        if len(cells) != columns or len(cells[0]) != 5:
            continue  # blank lines and the end-of-file marker
        row = _row(cells)
        if (row.code, row.modifier) in rows:
            raise ValueError(f"{path}: {row.code} {row.modifier} twice")
        rows[row.code, row.modifier] = row
    return rows


def _row(cells: list[str]) -> Row:
    """Make a row of its cells; 2026 has one extra column before the endo base."""
    tail = cells[-8:]
    return Row(
        code=cells[0],
        modifier=cells[1],
        status=cells[3],
        work=scaled(cells[5], 2),
        pe_nonfacility=scaled(cells[6], 2),
        pe_facility=scaled(cells[8], 2),
        mp=scaled(cells[10], 2),
        pctc=cells[13],
        global_days=cells[14],
        pre=scaled(cells[15], 2),
        intra=scaled(cells[16], 2),
        post=scaled(cells[17], 2),
        multiple=cells[18],
        bilateral=cells[19],
        assistant=cells[20],
        co_surgeon=cells[21],
        team=cells[22],
        endo_base=tail[0],
        factor=tail[1],
        imaging_family=tail[4],
        opps_pe_nonfacility=scaled(tail[5], 2),
        opps_pe_facility=scaled(tail[6], 2),
        opps_mp=scaled(tail[7], 2),
    )


_NUMBER = re.compile(r"\d{4,5}")


def _read_gpcis(path: Path) -> dict[tuple[str, str], Gpci]:
    """Read a GPCI file; of two work columns the floored one counts (R3)."""
    gpcis: dict[tuple[str, str], Gpci] = {}
    work = 4
    for cells in _cells(path):
        if not cells or not _NUMBER.fullmatch(cells[0]):
            floored = [
                index
                for index, cell in enumerate(cells)
                if "GPCI" in cell and "(with 1.0" in cell.lower()
            ]
            work = floored[0] if len(floored) == 1 else work
            continue
        pair = cells[0].zfill(5), cells[2].zfill(2)
        w, pe, mp = (scaled(cell, 3) for cell in cells[work : work + 3])
        gpcis[pair] = Gpci(w, pe, mp)
    return gpcis


def _read_anesthesia(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Read locality factors as (QP, everyone else) in cents; 2026: QP first (R3)."""
    factors: dict[tuple[str, str], tuple[int, int]] = {}
    for cells in _cells(path):
        if cells and _NUMBER.fullmatch(cells[0]):
            values = [scaled(cell, 2) for cell in cells[3:] if cell]
            pair = cells[0].zfill(5), cells[1].zfill(2)
            factors[pair] = values[0], values[-1]
    return factors


def _one(folder: Path, pattern: str) -> Path:
    """Return the single file of a folder that matches."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(f"{folder}: {len(found)} files match {pattern}")
    return found[0]


class Sources:
    """The folder of CMS files; every table is read once, when first needed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._releases: dict[str, Release] = {}
        self._units: dict[str, int] = {}
        self._zips: dict[str, Zip5] = {}

    def release(self, name: str) -> Release:
        """Return one release; RVU26C takes the anesthesia factors of RVU26A."""
        if name not in self._releases:
            folder = self.root / name
            anesthesia = self.root / "RVU26A" if name == "RVU26C" else folder
            rows = _read_rows(_one(folder, "PPRRVU*.csv"))
            self._releases[name] = Release(
                name=name,
                rows=rows,
                codes=frozenset(code for code, _ in rows),
                gpcis=_read_gpcis(_one(folder, "GPCI*.csv")),
                anesthesia=_read_anesthesia(_one(anesthesia, "ANES*.csv")),
            )
        return self._releases[name]

    def base_units(self) -> dict[str, int]:
        """Return the anesthesia base units of the 2022 list (R32)."""
        if not self._units:
            path = self.root / "ANESTHESIA" / "anesthesia_base_units_2022.txt"
            for text in path.read_text("latin-1").splitlines():
                words = text.split()
                if len(words) == 2 and re.fullmatch(r"0\d{4}", words[0]):
                    self._units[words[0]] = int(words[1])
        return self._units

    def zips(self) -> dict[str, Zip5]:
        """Return the January 2026 ZIP table (R6)."""
        if not self._zips:
            for cells in _cells(self.root / "ZIP5" / "ZIP5_JAN2026.csv"):
                if len(cells) > 7 and cells[1].isdigit():
                    self._zips[cells[1].zfill(5)] = Zip5(
                        state=cells[0],
                        carrier=cells[2].zfill(5),
                        locality=cells[3].zfill(2),
                        plus_four=cells[7] == "1",
                    )
        return self._zips


@cache
def release_for(date: dt.date) -> tuple[str, bool] | None:
    """Return (release, exact) for a date of service, None for other years (R1).

    The release whose own period holds the date; failing that the nearest earlier
    one of the same calendar year, failing that the nearest later one.
    """
    year = [
        (start, name)
        for name, start in RELEASE_STARTS.items()
        if start.year == date.year
    ]
    if not year:
        return None
    started = [pair for pair in year if pair[0] <= date]
    if not started:
        return min(year)[1], False
    start, name = max(started)
    quarter = dt.date(date.year, 3 * ((date.month - 1) // 3) + 1, 1)
    return name, start >= quarter
