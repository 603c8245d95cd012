"""The worked year: three physicians' export, every total checked by sums by hand.

The sums below use nothing of the library: the file is read with `csv`, work RVUs
are copied from CMS's relative value files of 2025 (the same in all four), shares
from the rule book (R13, R14, R22 to R24).
"""

from __future__ import annotations

import csv
import importlib.util
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from cptkit import productivity as pr
from tests.shared_files import SOURCES

ROOT = Path(__file__).resolve().parents[2]

#: Work RVU of each code's row, PPRRVU25_JAN.csv to PPRRVU2025_Oct.csv.
WORK = {
    "99214": "1.92",
    "99213": "1.30",
    "99203": "1.60",
    "99204": "2.60",
    "93000": "0.17",
    "93306-26": "1.46",
    "93015": "0.75",
    "93458-26": "5.60",
    "92928": "10.96",
    "93225": "0.00",
    "27447": "19.60",
    "27130": "19.60",
    "29881": "7.03",
    "64721": "4.97",
    "20610": "0.79",
    "73560-26": "0.16",
    "99395": "1.75",
    "G0439": "1.92",
    "11102": "0.66",
    "17110": "0.70",
    "36415": "0.00",
    "71046": "0.22",
}
#: What CMS-adjusted credit is of the row's work, all units together.
SHARE = {
    ("27447", "62"): "0.625",
    ("27447", "80"): "0.16",
    ("27130", "78"): "0.69",  # intra-operative share of the row
    ("29881", "50"): "1.5",
    ("64721", "52"): "0.6",
    ("20610", ""): "1.5",  # two units are both sides
    ("93225", ""): "2",
}


def tool() -> ModuleType:
    """The script that wrote the export."""
    spec = importlib.util.spec_from_file_location(
        "make_work_year", ROOT / "tools" / "make_work_year.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PATH: Path = tool().PATH


@pytest.fixture(scope="module")
def log() -> pr.WorkLog:
    """The export as the library reads it."""
    return pr.WorkLog.read_csv(PATH)


def lines() -> list[tuple[str, str, str, Fraction, Fraction]]:
    """Person, month, code, unadjusted and adjusted credit of each good line."""
    found = []
    with PATH.open(encoding="utf-8", newline="") as file:
        for cells in list(csv.reader(file))[4:-2]:
            month, _, year = cells[0].split("/")
            code, modifier, units = cells[3], cells[4], int(cells[6])
            row = f"{code}-26" if modifier == "26" else code
            work = Fraction(WORK[row])
            share = Fraction(SHARE.get((code, modifier), units))
            key = f"{year}-{int(month):02d}"
            found.append((cells[1], key, code, work * units, work * share))
    return found


def test_the_export_is_what_the_script_writes() -> None:
    """The committed file is the script's, to the byte."""
    assert PATH.read_bytes() == tool().text().encode("utf-8")


@pytest.mark.skipif(not SOURCES.exists(), reason="the CMS files are not at hand")
@pytest.mark.parametrize("release", ["RVU25A", "RVU25B", "RVU25C", "RVU25D"])
def test_the_work_rvus_are_cms_s(release: str) -> None:
    """Copied right, from each file of the year."""
    (path,) = (SOURCES / release).glob("PPRRVU*.csv")
    with path.open(encoding="latin-1", newline="") as file:
        printed = {
            "-".join(filter(None, (cells[0].strip(), cells[1].strip()))): cells[5]
            for cells in csv.reader(file)
            if len(cells) > 20
        }
    assert {code: printed[code].strip() for code in WORK} == WORK


def test_nothing_is_lost_and_the_flaws_are_named(log: pr.WorkLog) -> None:
    """Two rows are rejected and one is a duplicate; all others are entries."""
    assert len(log) == len(lines())
    assert [(each.kind, each.reason[:21]) for each in log.problems] == [
        ("duplicate", "the same as row 4747;"),
        ("rejected", "date '2/30/2025' cann"),
        ("rejected", "code '9921' has 4 dig"),
    ]


@pytest.mark.parametrize(("by", "column"), [("person", 0), ("month", 1), ("code", 2)])
@pytest.mark.parametrize(("policy", "worth"), [("unadjusted", 3), ("cms-adjusted", 4)])
def test_totals(log: pr.WorkLog, by: str, column: int, policy: str, worth: int) -> None:
    """By person, month and code, under both policies, to the last place."""
    wanted: defaultdict[str, Fraction] = defaultdict(Fraction)
    for line in lines():
        wanted[str(line[column])] += Fraction(line[worth])
    found = log.wrvus(by=by, credit=policy)
    assert not found.uncredited
    assert {row.key: Fraction(row.wrvus) for row in found} == wanted


def test_what_the_year_comes_to(log: pr.WorkLog) -> None:
    """Income under three plans, by hand from the adjusted sums."""
    for person in sorted({line[0] for line in lines()}):
        work = sum(Fraction(line[4]) for line in lines() if line[0] == person)
        found = log.select(person=person).income(
            pr.PayPlan.tiered({0: "40", 2000: "50"}),
            pr.PayPlan.base_plus_bonus("100000", above=2000, rate="45"),
            per_wrvu="48.50",
            credit="cms-adjusted",
        )
        above = max(work - 2000, Fraction(0))
        for pay, wanted in zip(
            found.pays,
            (
                40 * work + 10 * above,
                100_000 + 45 * above,
                Fraction("48.5") * work,
            ),
            strict=True,
        ):
            assert abs(Fraction(pay.pay) - wanted) <= Fraction("0.005")
