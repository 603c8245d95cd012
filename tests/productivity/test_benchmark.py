"""Percentiles between the points of a survey, and none beyond them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptkit import InvalidInputError, NotFoundError, SourceFileError
from cptkit import productivity as pr

SURVEY = pr.Benchmark(
    "made up, cardiology", p10=4000, p25=5000, p50="6500.50", p75=8000, p90=10_000
)


def test_by_hand() -> None:
    """On a point, between two, and at the ends."""
    assert SURVEY.percentile("6500.50") == 50
    assert SURVEY.percentile(4000) == 10
    assert SURVEY.percentile(10_000) == 90
    assert SURVEY.percentile(9000) == Decimal("82.5")
    assert SURVEY.percentile(5500) == Decimal("33.3")
    assert SURVEY.value_at(50) == Decimal("6500.50")
    assert SURVEY.value_at("82.5") == 9000


def test_beyond_the_ends_nothing_is_said() -> None:
    """`percentile` refuses; `position` says on which side."""
    for value, beyond in ((3999.99, "below p10"), (10_000.01, "above p90")):
        found = SURVEY.position(value)
        assert (found.percentile, found.beyond) == (None, beyond)
        assert beyond in str(found)
        assert beyond in found._repr_html_()
        with pytest.raises(InvalidInputError, match="says nothing beyond"):
            SURVEY.percentile(value)
    with pytest.raises(InvalidInputError, match="p10 to p90"):
        SURVEY.value_at(95)


def test_a_full_time_year() -> None:
    """4,200 at 0.8 of full time in seven months is 9,000 a year."""
    found = SURVEY.position(4200, fte="0.8", part_of_year="7/12")
    assert found.value == 9000
    assert found.percentile == Decimal("82.5")
    for wrong in ({"fte": 0}, {"fte": "2.5"}, {"part_of_year": "13/12"}):
        with pytest.raises(InvalidInputError, match=r"fte|part_of_year"):
            SURVEY.percentile(5000, **wrong)


def test_pay_is_a_rate() -> None:
    """Dollars per wRVU have percentiles too, but are no year's work."""
    pay = pr.Benchmark("pay", of="pay per wrvu", p25="44.10", p75="60.10")
    assert pay.percentile("52.10") == 50
    with pytest.raises(InvalidInputError, match="is a rate"):
        pay.percentile("52.10", fte="0.8")


def test_a_flat_stretch_counts_as_its_top() -> None:
    """Where p25 and p50 are one value, the value stands at p50."""
    flat = pr.Benchmark("flat", p25=10, p50=10, p75=20)
    assert flat.percentile(10) == 50
    assert pr.Benchmark("all flat", p25=10, p75=10).percentile(10) == 75


POINTS = st.lists(st.integers(0, 10**6), min_size=2, max_size=9).map(sorted)


@given(POINTS, st.integers(0, 1000))
def test_percentile_and_value_are_inverse(values: list[int], at: int) -> None:
    """The percentile of the value at a percentile is the percentile, where it rises."""
    points = {f"p{10 * n}": value for n, value in enumerate(values, start=1)}
    survey = pr.Benchmark("drawn", **points)
    wanted = Fraction(10) + Fraction(at, 1000) * 10 * (len(values) - 1)
    shown = Decimal(round(wanted * 10)) / 10
    value = survey.value_at(shown)
    found = survey.percentile(value)
    low = int(shown // 10) - 1
    if low + 1 < len(values) and values[low + 1] - values[low] >= 100:
        assert abs(found - shown) <= Decimal("0.1")


@given(POINTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_work_never_stands_lower(values: list[int], one: int, other: int) -> None:
    """Percentiles rise with the value."""
    points = {f"p{10 * n}": value for n, value in enumerate(values, start=1)}
    survey = pr.Benchmark("drawn", **points)
    low, high = sorted((one, other))
    if values[0] <= low and high <= values[-1]:
        assert survey.percentile(low) <= survey.percentile(high)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"p50": 1}, "two percentiles"),
        ({"p50": 2, "p75": 1}, "less than p50"),
        ({"p100": 1, "p50": 1}, "is not a percentile"),
        ({"median": 1, "p75": 2}, "is not a percentile"),
        ({"p50": "x", "p75": 2}, "made up p50"),
        ({"of": "salary", "p50": 1, "p75": 2}, "is not one of"),
    ],
)
def test_surveys_that_cannot_be_read(points: dict[str, Any], words: str) -> None:
    """The point is named."""
    with pytest.raises(InvalidInputError, match=words):
        pr.Benchmark("made up", **points)


def test_a_benchmark_is_its_dict() -> None:
    """And its repr."""
    assert pr.Benchmark(**SURVEY.to_dict()) == SURVEY
    assert hash(pr.Benchmark(**SURVEY.to_dict())) == hash(SURVEY)
    assert eval(repr(SURVEY), {"Benchmark": pr.Benchmark}) == SURVEY


TABLE = """\
Made-up survey,,,,,
Specialty,Measure,25th Percentile,p50,75th %ile,90
Cardiology,,5000,6500,8000,
Cardiology,pay per wRVU,44.1,52,60.1,71
Family medicine,wRVUs,"4,000","4,800","5,600",6700
"""


def test_a_table_of_many_specialties(tmp_path: Path) -> None:
    """Rows by specialty and measure; a withheld percentile is none."""
    path = tmp_path / "survey.csv"
    path.write_text(TABLE, encoding="utf-8")
    table = pr.Benchmarks.read_csv(path)
    assert len(table) == 3
    assert table["cardiology"].percentile(7250) == Decimal("62.5")
    assert table["Cardiology", "pay per wrvu"].value_at(90) == 71
    assert table["Family medicine"].percentile(5200) == Decimal("62.5")
    with pytest.raises(NotFoundError, match="did you mean Cardiology"):
        table["Cardiologie"]
    assert repr(table) == "<Benchmarks: 3 of 2 specialties>"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Cardiology,,1,2,3,4", "earlier row"),
        (",,1,2,3,4", "no specialty"),
        ("Urology,,4,2,3,4", "less than"),
        ("Urology,,4,n/a,,", "p50"),
        ("Urology,visits,1,2,3,4", "is not one of"),
    ],
)
def test_rows_that_cannot_be_read(tmp_path: Path, row: str, words: str) -> None:
    """A survey with a bad row is refused, naming the row."""
    path = tmp_path / "survey.csv"
    path.write_text(TABLE + row + "\n", encoding="utf-8")
    with pytest.raises(SourceFileError, match=f":6:.*{words}"):
        pr.Benchmarks.read_csv(path)
