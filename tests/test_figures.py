"""The bundled figures are CMS's own, cell by cell, in every release.

The files are read here with the csv module alone, so that a reader of the library
cannot agree with itself.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import cptkit

from .oracle.sources import _cells, scaled
from .shared_files import SOURCES, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cptkit import FeeSchedule
    from cptkit._store import Row

COLUMNS = (
    "code",
    "modifier",
    "descriptor",
    "status",
    "not_used",
    "work",
    "pe_nonfacility",
    "na_nonfacility",
    "pe_facility",
    "na_facility",
    "mp",
    "total_nonfacility",
    "total_facility",
    "pctc",
    "global_days",
    "pre",
    "intra",
    "post",
    "multiple",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team",
    "pricing",
    "endoscopic_base",
    "factor",
    "supervision",
    "calculation_flag",
    "imaging_family",
    "opps_pe_nonfacility",
    "opps_pe_facility",
    "opps_mp",
)
PRICING = COLUMNS.index("pricing")
RVUS = (
    "work",
    "pe_nonfacility",
    "pe_facility",
    "mp",
    "opps_pe_nonfacility",
    "opps_pe_facility",
    "opps_mp",
)
TOTALS = ("total_nonfacility", "total_facility")
SHARES = ("pre", "intra", "post")
MARKS = (
    "status",
    "not_used",
    "na_nonfacility",
    "na_facility",
    "pctc",
    "global_days",
    "multiple",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team",
    "pricing",
    "endoscopic_base",
    "supervision",
    "calculation_flag",
    "imaging_family",
)
#: The public indicator of each column that has one.
INDICATORS = {
    "status": "status",
    "pctc": "pctc",
    "global_days": "global_period",
    "multiple": "multiple_procedure",
    "bilateral": "bilateral",
    "assistant": "assistant",
    "co_surgeon": "co_surgeon",
    "team": "team",
    "supervision": "supervision",
    "imaging_family": "imaging_family",
}
MANIFEST = rows(SOURCES / "manifest.csv")
RELATIVE_VALUES = {
    row["folder"]: row for row in MANIFEST if row["kind"] == "relative values"
}
REASON = "the CMS files are not at hand; set CPTKIT_SHARED to their folder"
#: One release of each kind of file: rewritten, re-issued, bare CR, 32 columns.
OBJECTS = ("RVU20A", "RVU24AR", "RVU25C", "RVU26C")
needs_sources = pytest.mark.skipif(not MANIFEST, reason=REASON)


class Published(NamedTuple):
    """One relative value file as CMS wrote it, and the schedule made of it."""

    name: str
    rows: list[dict[str, str]]
    schedule: FeeSchedule


def read(path: Path) -> list[dict[str, str]]:
    """Every row of a relative value file, each cell by its column's name."""
    found: list[dict[str, str]] = []
    columns: tuple[str, ...] = ()
    for cells in _cells(path):
        if columns and cells[0] not in ("", "\x1a"):
            found.append({"pricing": "", **dict(zip(columns, cells, strict=True))})
        elif cells and cells[0] == "HCPCS":
            narrow = COLUMNS[:PRICING] + COLUMNS[PRICING + 1 :]
            columns = {31: narrow, 32: COLUMNS}[len(cells)]
    return found


def code_of(schedule: FeeSchedule, row: dict[str, str]) -> cptkit.Code:
    """The code of a row, by the public way to it."""
    code = schedule[row["code"]]
    return code if code.modifier == row["modifier"] else code.component(row["modifier"])


_PROFILE = attrgetter(*SHARES, *MARKS)


def held_of(row: Row) -> tuple[object, ...]:
    """What the library holds of a row, in the order of `printed_of`."""
    totals = (
        row.work + row.pe_nonfacility + row.mp,
        row.work + row.pe_facility + row.mp,
    )
    return (*row[:9], *totals, *_PROFILE(row.profile))


def printed_of(row: dict[str, str]) -> tuple[object, ...]:
    """What CMS printed in a row; RVUs and shares in hundredths."""
    numbers = (_hundredths(row[name]) for name in (*RVUS, *TOTALS))
    shares = (_hundredths(row[name]) for name in SHARES)
    marks = (row[name] for name in MARKS)
    return (row["code"], row["modifier"], *numbers, *shares, *marks)


@cache
def _hundredths(cell: str) -> int:
    return scaled(cell, 2)


def each(names: Iterable[str]) -> list[Any]:
    """The names as parameters; one that is skipped where no file is at hand."""
    return list(names) or [pytest.param("", marks=needs_sources)]


def open_published(name: str) -> Published:
    """Read a release's file, and open the schedule made of it."""
    found = read(SOURCES / RELATIVE_VALUES[name]["path"])
    return Published(name, found, cptkit.schedule(name))


@pytest.fixture(scope="module", params=each(RELATIVE_VALUES))
def published(request: pytest.FixtureRequest) -> Published:
    """Every release in turn, its file read once."""
    return open_published(request.param)


@pytest.fixture(scope="module", params=each(OBJECTS if MANIFEST else ()))
def opened(request: pytest.FixtureRequest) -> Published:
    """A release of each kind of file, for what is asked of `Code` objects."""
    return open_published(request.param)


def compared_cells(published: Published) -> Iterator[tuple[bool, str]]:
    """Whether each cell that is held is the one in CMS's file, and which it is."""
    for row in published.rows:
        own = published.schedule.figures.find(row["code"], row["modifier"])
        printed = printed_of(row)
        held = (None,) * len(printed) if own is None else held_of(own)
        which = f"{published.name} {row['code']}-{row['modifier']}: {own}"
        for one, other in zip(held, printed, strict=True):
            yield one == other, which


def test_every_cell_is_the_files(published: Published) -> None:
    """Every figure and indicator of every row is the one in CMS's file."""
    wrong = {which for equal, which in compared_cells(published) if not equal}
    assert wrong == set()
    assert published.schedule.figures.rows == len(published.rows)


def test_no_row_is_found_that_is_not_there(published: Published) -> None:
    """Asking for a code's absent component finds nothing."""
    find = published.schedule.figures.find
    keys = {(row["code"], row["modifier"]) for row in published.rows}
    absent = {(code, "TC" if code[-1] in "02468" else "26") for code, _ in keys}
    assert all(find(*key) is None for key in absent - keys)
    assert find("ZZZZZ") is find("99213", "XX") is find("9921") is find("") is None


def test_rvus_are_published_to_the_last_place(opened: Published) -> None:
    """Every distinct set of RVUs comes out as printed: two places, totals, NA marks."""
    names = ("work", "pe_nonfacility", "pe_facility", "mp")
    marks = ("na_nonfacility", "na_facility")
    distinct = {
        tuple(row[name] for name in (*names, *marks)): row for row in opened.rows
    }
    for row in distinct.values():
        rvus = code_of(opened.schedule, row).rvus
        for name in (*names, *TOTALS):
            found = getattr(rvus, name)
            assert isinstance(found, Decimal)
            assert found == Decimal(row[name]), (row["code"], row["modifier"], name)
            assert found.as_tuple().exponent == -2
        for name in marks:
            assert getattr(rvus, name) is (row[name] == "NA")


def test_every_value_of_every_indicator_decodes(published: Published) -> None:
    """Each value that stands in a column is a member of the public enum, with words."""
    for column, attribute in INDICATORS.items():
        distinct = {row[column]: row for row in published.rows}
        for value, row in distinct.items():
            found = getattr(code_of(published.schedule, row), attribute)
            assert found.value == value
            assert found.meaning.strip()
            assert value in str(found)


def test_split_care_and_endoscopic_bases(published: Published) -> None:
    """Every distinct set of shares, and every endoscopic base, is the file's."""
    schedule = published.schedule
    for row in {
        tuple(row[name] for name in SHARES): row for row in published.rows
    }.values():
        shares = code_of(schedule, row).split_care
        assert shares == tuple(Decimal(row[name]) for name in SHARES)
        assert [share.as_tuple().exponent for share in shares] == [-2, -2, -2]
    complete = {row["code"] for row in published.rows if not row["modifier"]}
    for base, row in {row["endoscopic_base"]: row for row in published.rows}.items():
        found = code_of(schedule, row).endoscopic_base
        if base not in complete:
            assert found is None
        else:
            assert found == schedule[base]


def test_components_are_the_rows_of_the_code(opened: Published) -> None:
    """A code lists the modifiers its rows have, and each leads to that row."""
    modifiers: dict[str, set[str]] = {}
    for row in opened.rows:
        modifiers.setdefault(row["code"], set()).add(row["modifier"])
    for number, expected in modifiers.items():
        code = opened.schedule[number]
        assert set(code.components) == expected - {""}
        assert len(code.components) == len(expected - {""})
        assert code.modifier == ("" if "" in expected else min(expected))
        for modifier in code.components:
            component = code.component(modifier)
            assert (component.number, component.modifier) == (number, modifier)


def test_counts_are_the_manifests(published: Published) -> None:
    """Rows and codes: the file's, the manifest's, the release's and the schedule's."""
    release = published.schedule.release
    assert len(published.rows) == int(RELATIVE_VALUES[published.name]["rows"])
    assert release.rows == published.schedule.figures.rows == len(published.rows)
    codes = {row["code"] for row in published.rows}
    assert release.codes == len(published.schedule) == len(codes)
    assert published.schedule.numbers == tuple(sorted(codes))
    assert Counter(len(code) for code in codes) == {5: len(codes)}


def test_the_factor_is_one_and_the_laws(published: Published) -> None:
    """Every row prints one factor: the release's, and the rate in force on its days."""
    release = published.schedule.release
    (factor,) = {row["factor"] for row in published.rows}
    assert release.conversion_factor == Decimal(factor)
    assert published.schedule.conversion_factor == Decimal(factor)
    for day in (release.effective, release.ends):
        assert Decimal(factor) == rate_on("conversion-factor", day)
        priced = cptkit.price("99213", on=day)
        assert priced.conversion_factor == Decimal(factor)
        assert priced.release == release


def test_modifiers_are_the_four(published: Published) -> None:
    """Rows are blank, 26, TC, and 53 on exactly the four colonoscopies (R3)."""
    assert {row["modifier"] for row in published.rows} == {"", "26", "TC", "53"}
    stopped = {row["code"] for row in published.rows if row["modifier"] == "53"}
    assert stopped == {"44388", "45378", "G0105", "G0121"}
    modifiers = published.schedule.figures.modifiers
    assert all(modifiers(code) == ("", "53") for code in stopped)


def test_one_locality_is_found_as_among_all(published: Published) -> None:
    """A locality decoded alone is the one of the whole list; others are none."""
    figures = cptkit.schedule(published.name).figures
    for record in figures.localities:
        assert figures.locality(record.mac, record.number) == record
    for mac, number in (("", ""), ("0110", "05"), ("01102", "5"), ("AL", "ALABAMA")):
        assert figures.locality(mac, number) is None


def test_keys_are_sorted_and_unique(published: Published) -> None:
    """Rows stand in the order of their keys, each key once."""
    figures = published.schedule.figures
    keys = [figures.row(index)[:2] for index in range(figures.rows)]
    assert all(one < next_ for one, next_ in pairwise(keys))


def rate_on(name: str, day: date) -> Decimal:
    """A rate of the law's table on a day, read from the table itself."""
    path = Path(cptkit.__file__).parent / "data" / "law" / "rates.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        table = list(csv.DictReader(lines, delimiter="\t"))
    held = [
        (row["since"], row["value"])
        for row in table
        if row["rate"] == name and row["since"] <= day.isoformat()
    ]
    return Decimal(max(held)[1])


@needs_sources
def test_releases_are_the_folders_with_a_relative_value_file() -> None:
    """Every folder with a relative value file is bundled, and nothing else is."""
    bundled = [release.name for release in cptkit.releases() if release.bundled]
    assert sorted(bundled) == sorted(RELATIVE_VALUES)


@needs_sources
def test_dates_are_the_manifests() -> None:
    """First and last date of service of every release are the manifest's."""
    for release in cptkit.releases():
        row = RELATIVE_VALUES[release.name]
        assert release.effective.isoformat() == row["first_date"]
        assert release.ends.isoformat() == row["last_date"]


@needs_sources
def test_sha256_is_the_manifests_and_the_files() -> None:
    """Every source of every release is a file of the manifest: its sum, its rows."""
    by_path = {row["path"]: row for row in MANIFEST}
    for release in cptkit.releases():
        assert release.sha256 == RELATIVE_VALUES[release.name]["sha256"]
        kinds = [source.kind for source in release.sources]
        assert len(kinds) == len(set(kinds)) == 4
        for source in release.sources:
            row = by_path[source.path]
            assert (source.kind, source.sha256) == (row["kind"], row["sha256"])
            data = (SOURCES / source.path).read_bytes()
            assert hashlib.sha256(data).hexdigest() == source.sha256
            if source.kind == "relative values":
                assert source.rows == int(row["rows"])
            else:
                assert source.rows == len(localities(SOURCES / source.path))


def localities(path: Path) -> set[tuple[str, str]]:
    """MAC and locality of every data line of a companion file."""
    found = set()
    for cells in _cells(path):
        if cells and cells[0].isdigit() and len(cells[0]) in (4, 5):
            second, third = cells[1:3]
            number = second if second.isdigit() else third
            found.add((cells[0].zfill(5), number.zfill(2)))
    return found


@needs_sources
def test_companion_files_are_the_releases_own() -> None:
    """Only RVU26C, whose own are not at hand, takes files of another folder."""
    borrowed = {
        (release.name, source.kind)
        for release in cptkit.releases()
        for source in release.sources
        if not source.path.startswith(f"{release.name}/")
    }
    assert borrowed == {
        ("RVU26C", "locality counties"),
        ("RVU26C", "anesthesia conversion factors"),
    }


def test_releases_follow_one_another() -> None:
    """Releases are listed by date, do not overlap, and RVU24AR follows RVU24A."""
    found = cptkit.releases()
    assert all(
        one.effective <= one.ends < next_.effective for one, next_ in pairwise(found)
    )
    by_name = {release.name: release for release in found}
    assert (by_name["RVU24A"].effective, by_name["RVU24A"].ends) == (
        date(2024, 1, 1),
        date(2024, 3, 8),
    )
    assert (by_name["RVU24AR"].effective, by_name["RVU24AR"].ends) == (
        date(2024, 3, 9),
        date(2024, 3, 31),
    )
    for release in found:
        assert release.governs(release.effective)
        assert release.governs(release.ends)
        assert not release.governs(date(2019, 12, 31))


@pytest.mark.parametrize(
    "name",
    [
        *("RVU19D", "RVU24D", "RVU26A", "RVU26B", "RVU26D"),
        *("RVU19D_PARTIAL", "RVU24D_PARTIAL", "RVU26B_PARTIAL"),
    ],
)
def test_what_is_not_held_is_no_release(name: str) -> None:
    """Extracts and folders without a relative value file are not releases."""
    assert name not in {release.name for release in cptkit.releases()}
    with pytest.raises(cptkit.NotFoundError, match="is not held"):
        cptkit.schedule(name)


def test_the_march_reissue_changes_the_factor_alone() -> None:
    """RVU24A and RVU24AR hold the same rows at two conversion factors (R1)."""
    before, after = cptkit.schedule("RVU24A"), cptkit.schedule("RVU24AR")
    assert before.conversion_factor == Decimal("32.7442")
    assert after.conversion_factor == Decimal("33.2875")
    ours, theirs = before.figures, after.figures
    assert ours.rows == theirs.rows
    assert all(ours.row(index) == theirs.row(index) for index in range(ours.rows))


def test_a_whole_schedule_iterates_as_codes() -> None:
    """Iterating gives every code once, in order, each whole and readable."""
    schedule = cptkit.schedule("RVU26C")
    numbers = []
    for code in schedule:
        numbers.append(code.number)
        assert code.release == schedule.release
        assert len(code.indicators) == len(INDICATORS)
        rvus = code.rvus
        assert rvus.total_facility == rvus.work + rvus.pe_facility + rvus.mp
        assert sum(code.split_care) in (0, 1)
        assert code.title
    assert numbers == sorted(set(numbers))
    assert tuple(numbers) == schedule.numbers
    assert len(numbers) == len(schedule) == schedule.release.codes


@pytest.mark.parametrize("spelling", ["GXXX1", "gxxx1", " GXXX1 "])
def test_placeholder_codes_are_codes(spelling: str) -> None:
    """Placeholders that CMS prints in the July 2026 file are found as any code is."""
    schedule = cptkit.schedule("RVU26C")
    assert spelling in schedule
    code = schedule[spelling]
    assert code.number == "GXXX1"
    assert code == cptkit.code(spelling, release="RVU26C")
    assert code.to_dict()["number"] == "GXXX1"
    assert "GXXX1" in schedule.numbers
    assert "GXXX1" not in cptkit.schedule("RVU25D")


def test_a_placeholder_answers_for_its_status() -> None:
    """A placeholder is priced, or refused by its status and not as unknown."""
    answer = next(cptkit.price_many([{"code": "GXXX1", "release": "RVU26C"}]))
    if isinstance(answer, cptkit.NotPriced):
        assert answer.reason is not cptkit.Reason.UNKNOWN_CODE
    assert answer.code == "GXXX1"
