"""Comparisons: the same figures as from CMS's own file, read here line by line."""

from __future__ import annotations

import copy
import csv
import json
import pickle
from collections import defaultdict
from decimal import Context, Decimal, Inexact, setcontext
from fractions import Fraction
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest

import cptkit
from cptkit import Comparison, CptkitError, InvalidInputError, NotFoundError, NotPriced

from .shared_files import SOURCES

NEWEST = SOURCES / "RVU26C" / "PPRRVU2026_Jul_nonQPP.csv"
TAXONOMY = Path(cptkit.__file__).parent / "data" / "taxonomy.tsv"
RBCS = SOURCES / "RBCS" / "RBCS_RY_2025.csv"
#: Columns of CMS's file.
WORK, PE, PE_FACILITY, MP = 5, 6, 8, 10

needs_sources = pytest.mark.skipif(
    not NEWEST.exists(), reason="the CMS files are not at hand"
)


@cache
def printed() -> dict[str, dict[str, list[str]]]:
    """The rows of CMS's file by code and modifier, as they are printed."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    with NEWEST.open(encoding="latin-1", newline="") as file:
        for cells in csv.reader(file):
            if len(cells) == 32 and len(cells[0]) == 5 and cells[0] != "HCPCS":
                found[cells[0]][cells[1]] = cells
    return found


def values(*columns: int) -> dict[str, Decimal]:
    """One value a code: the complete service's, else the professional component's."""
    found: dict[str, Decimal] = {}
    for code, rows in printed().items():
        for modifier in ("", "26"):
            total = (
                sum((Decimal(rows[modifier][at]) for at in columns), Decimal(0))
                if (modifier in rows)
                else Decimal(0)
            )
            if total:
                found[code] = total
                break
    return found


@cache
def sections() -> dict[str, set[str]]:
    """The printed codes of each section, by the ranges of the taxonomy."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in TAXONOMY.read_text("utf-8").splitlines()[2:]:
        leaf, _, _, first, last, _ = line.split("\t")
        for code in printed():
            if kind(code) == kind(first) and first <= code <= last:
                found[leaf.partition(".")[0]].add(code)
    return found


def kind(code: str) -> tuple[bool, bool]:
    """All digits, letter first or letter last."""
    return code[0].isalpha(), code[-1].isalpha()


MEASURES: dict[str, tuple[int, ...]] = {
    "work": (WORK,),
    "total_nonfacility": (WORK, PE, MP),
    "total_facility": (WORK, PE_FACILITY, MP),
}


@needs_sources
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.bulk
def test_every_section_from_the_file_itself(measure: Any) -> None:
    """Population, median, highest and a code's standing, of each section."""
    worth = values(*MEASURES[measure])
    seen = 0
    for section, codes in sections().items():
        held = {code: worth[code] for code in codes if code in worth}
        ordered = sorted(held.values())
        for code in sorted(held)[:: max(len(held) // 7, 1)]:
            found = cptkit.code(code, release="RVU26C").compare(measure)
            assert found.population == len(held), section
            assert found.median == median(ordered), section
            assert found.maximum == ordered[-1], section
            assert found.value == held[code], code
            least = sum(each <= held[code] for each in ordered)
            assert found.percentile == Fraction(100 * least, len(ordered)), code
            assert found.rank == 1 + len(ordered) - least
            assert found.ratio_to_median == Fraction(held[code]) / Fraction(
                found.median
            )
            seen += 1
    assert seen > 40


def test_the_pump_refill_among_medicine() -> None:
    """96521 on RVU26C, as the page says it."""
    found = cptkit.code("96521", release="RVU26C").compare()
    assert found.population == 737
    assert round(found.percentile) == 13
    assert (found.median, found.maximum) == (Decimal("0.78"), Decimal("23.92"))
    assert round(float(1 / found.ratio_to_median), 1) == 3.7
    assert found.text == (
        "96521 has 0.21 work RVUs: the 13th percentile of 737 codes of Medicine in"
        " RVU26C. That is 3.7 \N{MULTIPLICATION SIGN} below the median of 0.78; the"
        " highest is 23.92."
    )
    assert "professional component" in found.method
    assert "every status" in found.method


@needs_sources
@pytest.mark.parametrize(
    ("among", "column"),
    [("rbcs", "rbcs_cat"), ("rbcs-subcategory", "rbcs_cat_subcat")],
)
def test_the_classification_of_cms(among: Any, column: str) -> None:
    """The population is that of CMS's file, read here."""
    with RBCS.open(encoding="ascii", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["rbcs_latest_assignment"] == "1"]
    class_of = {row["hcpcs_cd"]: row[column] for row in rows}
    worth = values(WORK)
    for code in ("96521", "99213", "27447", "71046", "45378"):
        peers = [worth[each] for each in worth if class_of.get(each) == class_of[code]]
        found = cptkit.code(code, release="RVU26C").compare(among=among)
        assert found.population == len(peers)
        assert found.median == median(peers)


@needs_sources
def test_a_family_of_the_classification() -> None:
    """Codes of one family, and none for a code whose family CMS leaves open."""
    found = cptkit.code("27447", release="RVU26C").compare(among="rbcs-family")
    assert found.among == "RBCS Arthroplasty - Knee"
    with pytest.raises(NotFoundError, match="96521 has no rbcs-family"):
        cptkit.code("96521").compare(among="rbcs-family")


def test_payment_here_is_that_of_price() -> None:
    """Each code's payment, in the place and the setting, is what `price` allows."""
    codes = ("99213", "71046", "45378", "27447", "96521", "97110", "74177")
    for setting in ("non-facility", "facility"):
        for code in codes:
            found = cptkit.code(code).compare(
                "payment", among=codes, zip="60601", setting=setting
            )
            wanted = cptkit.price(code, zip="60601", setting=setting).allowed
            assert found.value == wanted
            assert found.population == len(codes)
    assert "$" in found.text
    assert found.measured == "facility payment in Chicago, IL (06102-16)"
    national = cptkit.code("99213").compare("payment")
    assert national.value == cptkit.price("99213").allowed
    assert national.measured == "national non-facility payment"


def test_a_list_of_codes() -> None:
    """However they are written, each once; codes without a value are left out."""
    given = ["99213", 99214, cptkit.code("99215"), "99213", "80048"]
    found = cptkit.code("99214").compare(among=given)
    assert (found.population, found.rank) == (3, 2)
    assert found.among == "the list given"
    outside = cptkit.code("99212").compare(among=given)
    assert (outside.percentile, outside.rank) == (0, 4)


def test_a_component_has_its_own_value() -> None:
    """The professional row's, among one value a code."""
    code = cptkit.code("71046", release="RVU26C")
    whole = code.compare("total_nonfacility")
    found = code.component("26").compare("total_nonfacility")
    assert found.number == "71046-26"
    assert found.value == code.component("26").rvus.total_nonfacility < whole.value
    assert found.distribution == whole.distribution


def test_ordinals_and_ends_in_words() -> None:
    """The highest alone is the 100th; ordinals are English."""
    section = [cptkit.code("99213"), *("99202", "99203", "99204", "99205")]
    tops = [cptkit.code(code).compare(among=section) for code in ("99205", "99202")]
    assert [found.standing for found in tops] == ["100th", "20th"]
    words = {
        cptkit.code(code).compare(among="section").standing[-2:]
        for code in cptkit.schedule().numbers[3000:9000:60]
        if cptkit.code(code).rvus.work
    }
    assert words <= {"st", "nd", "rd", "th"}


@pytest.mark.parametrize(
    ("code", "asked", "kind", "told"),
    [
        ("99213", {"measure": "wrok"}, InvalidInputError, "did you mean work"),
        ("99213", {"among": "familly"}, InvalidInputError, "did you mean family"),
        ("99213", {"among": 5}, InvalidInputError, "not a list of codes"),
        ("99213", {"among": ["1234"]}, CptkitError, "1234"),
        ("99213", {"among": ["99999"]}, NotFoundError, "99999"),
        ("99213", {"among": ["99213-25"]}, NotFoundError, "99213-25"),
        ("99213", {"among": []}, InvalidInputError, "at least one value"),
        ("99213", {"zip": "60601"}, InvalidInputError, "measure='payment'"),
        ("80048", {}, NotFoundError, "80048 has no work RVUs"),
        (
            "99213",
            {"measure": "payment", "zipp": "60601"},
            InvalidInputError,
            "did you mean zip",
        ),
        ("99213", {"measure": "payment", "zip": "00000"}, NotPriced, "00000"),
        (
            "99213",
            {"measure": "payment", "county": "Cook"},
            InvalidInputError,
            "state=",
        ),
        (
            "99213",
            {"measure": "payment", "setting": "x"},
            InvalidInputError,
            "facility",
        ),
    ],
)
def test_what_cannot_be_compared(
    code: str, asked: dict[str, Any], kind: type[Exception], told: str
) -> None:
    """A typed error that names what was given."""
    with pytest.raises(kind, match=told) as refused:
        cptkit.code(code).compare(**asked)
    assert isinstance(refused.value, CptkitError)


def test_it_is_a_value() -> None:
    """Equal, hashable, pickled, plain data, and untouched by a decimal context."""
    found = cptkit.code("99213").compare("payment", zip="60601")
    assert found == cptkit.code("99213").compare("payment", zip="60601")
    assert hash(found) == hash(pickle.loads(pickle.dumps(found)))
    assert copy.deepcopy(found) == found
    told = json.loads(json.dumps(found.to_dict()))
    assert Fraction(told["percentile"]) == found.percentile
    assert cptkit.Distribution(told["distribution"]["values"]) == found.distribution
    assert len(repr(found)) < 100
    before = Context()
    setcontext(Context(prec=1, traps=[Inexact]))
    try:
        again = cptkit.code("99213").compare("payment", zip="60601")
        assert (again.text, again.to_dict()) == (found.text, found.to_dict())
    finally:
        setcontext(before)


def test_cards_show_the_standing() -> None:
    """A notebook shows the sentence and the strip with the code marked."""
    found = cptkit.code("96521", release="RVU26C").compare()
    card = found._repr_html_()
    assert found.text in card
    assert 'class="mark"' in card
    assert isinstance(found, Comparison)


def test_every_row_decodes_alike() -> None:
    """Rows decoded together are those decoded one by one."""
    figures = cptkit.schedule("RVU24C").figures
    assert figures.all_rows() == [figures.row(at) for at in range(figures.rows)]
