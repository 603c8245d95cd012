"""Totals by anything sum to the whole; the worked year agrees with sums by hand."""

from __future__ import annotations

import copy
import json
import pickle
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cptkit
from cptkit import InvalidInputError, NotFoundError
from cptkit import productivity as pr
from cptkit.productivity.periods import year_bounds
from cptkit.productivity.totals import GROUPINGS

from .entries import entries, some_log

POLICIES = [
    pr.credit(),
    pr.credit("cms-adjusted"),
    pr.credit("cms-adjusted", multiple="day"),
    pr.credit("gpci-adjusted", zip="10001"),
]


@given(
    st.lists(entries(), max_size=15),
    st.sampled_from(POLICIES),
    st.integers(1, 12),
)
@settings(max_examples=60, deadline=None)
def test_totals_by_any_grouping_sum_to_the_whole(
    drawn: list[pr.Entry], policy: pr.Credit, fiscal_start: int
) -> None:
    """Every entry is in one row or has no credit, and nothing is lost in rounding."""
    log = pr.WorkLog(drawn)
    wholes = set()
    for by in GROUPINGS:
        found = log.wrvus(by=by, credit=policy, fiscal_start=fiscal_start)
        assert sum(row.wrvus for row in found) == found.total
        counted = sum(row.entries for row in found) + len(found.uncredited)
        assert counted == len(log)
        if found.total:
            assert sum(row.share for row in found) == 1
            assert found.running[-1][1] == found.total
        wholes.add(found.total)
    assert len(wholes) == 1


def test_keys_of_periods() -> None:
    """ISO weeks, quarters and fiscal years by the names people use."""
    log = pr.WorkLog()
    for on in ("2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01"):
        log.add("99213", on=on)
    keys = {
        by: [row.key for row in log.wrvus(by=by)]
        for by in ("day", "week", "month", "quarter", "year")
    }
    assert keys["week"] == ["2025-W27", "2026-W01"]
    assert keys["quarter"] == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
    assert keys["year"] == ["2025", "2026"]
    fiscal = log.wrvus(by="quarter", fiscal_start=7)
    assert [row.key for row in fiscal] == [
        "FY2025-Q4",
        "FY2026-Q1",
        "FY2026-Q2",
        "FY2026-Q3",
    ]
    assert year_bounds(2026, 7) == (date(2025, 7, 1), date(2026, 6, 30))
    assert fiscal["FY2026-Q1"] == Decimal("1.30")
    with pytest.raises(NotFoundError, match="did you mean FY2026-Q"):
        fiscal["2026-Q1"]


def test_case_mix_is_ordered_by_share() -> None:
    """The largest first; families have their labels."""
    mix = some_log().case_mix()
    shares = [row.share for row in mix]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == 1
    assert "Office and outpatient visits" in {row.label for row in mix}
    by_code = some_log().case_mix(by="code")
    assert by_code.rows[0].key == "27447"


def test_the_sum_alone_warns_of_what_it_leaves_out() -> None:
    """Totals list what has no credit; the bare sum says so as a warning."""
    log = some_log()
    log.add("45378", on="2026-03-01", modifiers="52")
    assert log.wrvus() == log.wrvus(by="code").total
    with pytest.warns(pr.UncreditedWarning, match="1 of 11 entries.*percent_payable"):
        total = log.wrvus(credit="cms-adjusted")
    found = log.wrvus(by="person", credit="cms-adjusted")
    assert found.total == total
    assert [each.entry.code for each in found.uncredited] == ["45378"]
    assert "Not credited: entry 11, 45378" in str(found)


def test_what_cannot_be_asked() -> None:
    """Groupings and months are named in the refusal."""
    with pytest.raises(InvalidInputError, match="did you mean month"):
        some_log().wrvus(by="months")
    with pytest.raises(InvalidInputError, match="1 to 12"):
        some_log().wrvus(by="year", fiscal_start=13)


def test_totals_are_shown() -> None:
    """As text, as a card, as plain data."""
    log = some_log()
    log.add("<b>99213"[3:], on="2026-03-01", person="<b>")
    found = log.wrvus(by="person")
    assert "Dr Ada" in str(found)
    assert "&lt;b&gt;" in found._repr_html_()
    assert "<b>" not in found._repr_html_()
    assert found.to_dict()["total"] == str(found.total)
    assert "WorkLog: 11 entries" in str(log)
    assert "11 entries" in log._repr_html_()
    assert "2026-01" in log._repr_html_()


def test_totals_by_hand() -> None:
    """Months, people and sections of the small log, added up from the rows."""
    log = some_log()
    months: defaultdict[str, Fraction] = defaultdict(Fraction)
    for entry in log:
        row = cptkit.code(entry.code, on=entry.on)
        if "26" in entry.modifiers:
            row = row.component("26")
        months[f"{entry.on:%Y-%m}"] += Fraction(row.rvus.work) * entry.units
    found = log.wrvus(by="month")
    assert {row.key: Fraction(row.wrvus) for row in found} == months


def test_value_objects_are_values() -> None:
    """Frozen, equal by what they hold, and the same after a pickle or a copy."""
    log = some_log()
    survey = pr.Benchmark("made up", p25=10, p75=90)
    goal = pr.Goal(wrvus=100, year=2026)
    values: list[object] = [
        log[1],
        log.wrvus(by="month"),
        log.pace(goal),
        log.income(per_wrvu=50),
        log.year_over_year(2025, 2026),
        survey.position(50),
        pr.credit("cms-adjusted", multiple="day", zip="60601"),
        pr.parse("99213 25"),
    ]
    for value in values:
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
        assert hash(value) == hash(copy.deepcopy(value))
        json.dumps(value.to_dict())  # type: ignore[attr-defined]
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            value.entries = ()  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(log)) == log
