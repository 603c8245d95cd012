"""Goals and pace, by hand; two years side by side."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cptkit
from cptkit import InvalidInputError
from cptkit import productivity as pr

from .entries import some_log


def test_working_days_by_hand() -> None:
    """Weekdays less holidays and leave; a day off twice counts once."""
    goal = pr.Goal(
        wrvus=5200,
        year=2026,
        workdays="Mon Tue Thu",
        holidays=["2026-01-01", "2026-12-24"],
        leave=[("2026-07-06", "2026-07-17"), "2026-01-01"],
    )
    first, days = date(2026, 1, 1), 0
    for at in range(365):
        on = first + timedelta(days=at)
        off = on in (first, date(2026, 12, 24)) or (
            date(2026, 7, 6) <= on <= date(2026, 7, 17)
        )
        days += on.weekday() in (0, 1, 3) and not off
    assert goal.days == days
    assert pr.Goal(**goal.to_dict()) == goal


def test_a_fiscal_year() -> None:
    """It begins with its month and has the name of the year it ends in."""
    goal = pr.Goal(wrvus=100, year=2026, fiscal_start=7)
    assert (goal.first, goal.last) == (date(2025, 7, 1), date(2026, 6, 30))
    log = pr.WorkLog([pr.Entry("2025-07-01", "99213"), pr.Entry("2025-06-30", "99213")])
    assert log.pace(goal).earned == Decimal("1.30")


def test_a_pace_by_hand() -> None:
    """January and the first week of February 2026: 27 of 261 working days."""
    log = pr.WorkLog()
    log.add("99214", on="2026-01-05", units=100)
    log.add("99214", on="2026-02-06", units=60)
    log.add("99214", on="2025-12-31", units=999)
    found = log.pace(pr.Goal(wrvus=2610, year=2026))
    assert (found.as_of, found.days_done, found.days_left) == (
        date(2026, 2, 6),
        27,
        234,
    )
    work = cptkit.code("99214", on="2026-01-05").rvus.work
    assert found.earned == 160 * work
    assert found.expected == Decimal("270.00")
    assert found.ahead == found.earned - 270
    assert found.per_day == round(found.earned / 27, 2)
    assert found.missing == 2610 - found.earned
    assert found.required_per_day == Decimal("9.84")
    assert found.projected == Decimal("2969.60")
    sooner = log.pace(pr.Goal(wrvus=2610, year=2026), as_of="2026-01-01")
    assert (sooner.earned, sooner.days_done) == (0, 1)


def test_the_ends_of_a_year() -> None:
    """No rate where no day is done, none required where none is left."""
    log = some_log()
    goal = pr.Goal(wrvus=10, year=2026, workdays="Fri")
    start = log.pace(goal, as_of="2026-01-01")
    assert (start.per_day, start.projected) == (None, None)
    end = log.pace(goal, as_of="2026-12-31")
    assert (end.required_per_day, end.missing) == (None, 0)
    assert end.ahead > 0
    assert "ahead" in str(end)
    assert "none" in str(start)
    assert "of 10.00 wRVUs" in end._repr_html_()


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 9000))
@settings(max_examples=60, deadline=None)
def test_working_at_the_required_rate_reaches_the_goal(on: date, wrvus: int) -> None:
    """Earned and the required rate over the days left come to the goal."""
    goal = pr.Goal(wrvus=wrvus, year=2026)
    found = some_log().pace(goal, as_of=on)
    assert found.days_done + found.days_left == goal.days
    if found.required_per_day is not None:
        reached = Fraction(found.earned) + Fraction(found.required_per_day) * (
            found.days_left
        )
        assert reached >= wrvus - Fraction(found.days_left, 200)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"wrvus": 0}, "above 0"),
        ({"wrvus": "many"}, "wrvus"),
        ({"year": 26}, "2000 to 2099"),
        ({"fiscal_start": 0}, "1 to 12"),
        ({"workdays": "Mon Moon"}, "name weekdays"),
        ({"workdays": ""}, "name weekdays"),
        ({"leave": [("2026-02-02", "2026-02-01")]}, "first and a last day"),
        ({"holidays": ["Christmas"]}, "is not a date"),
        ({"leave": [("2026-01-01", "2026-12-31")]}, "a working day"),
    ],
)
def test_goals_that_cannot_be_read(fields: dict[str, Any], words: str) -> None:
    """The field is named."""
    with pytest.raises(InvalidInputError, match=words):
        pr.Goal(**{"wrvus": 1, "year": 2026, **fields})


def test_days_outside_the_year() -> None:
    """Refused, and so is a year without entries."""
    goal = pr.Goal(wrvus=1, year=2026)
    with pytest.raises(InvalidInputError, match="not in the goal's year"):
        some_log().pace(goal, as_of="2027-01-01")
    with pytest.raises(InvalidInputError, match="give as_of="):
        pr.WorkLog().pace(goal)


def two_years() -> pr.WorkLog:
    """Ten knees and a hundred visits in 2025, twelve and ninety in 2026."""
    log = pr.WorkLog()
    for year, knees, visits in ((2025, 10, 100), (2026, 12, 90)):
        for on in (f"{year}-03-02", f"{year}-09-02"):
            log.add("27447", on=on, units=knees // 2)
            log.add("99213", on=on, units=visits // 2)
    return log


def test_year_over_year_by_hand() -> None:
    """The change is the work's, on one schedule, and the schedule's own."""
    found = two_years().year_over_year(2025, 2026)
    old = {c: cptkit.code(c, release="RVU25D").rvus.work for c in ("27447", "99213")}
    new = {c: cptkit.code(c, release="RVU26C").rvus.work for c in ("27447", "99213")}
    assert old["27447"] != new["27447"]
    assert found.release == "RVU26C"
    assert found.earlier.own.total == 10 * old["27447"] + 100 * old["99213"]
    assert found.earlier.same.total == 10 * new["27447"] + 100 * new["99213"]
    assert found.later.own.total == found.later.same.total
    assert found.work == 2 * new["27447"] - 10 * new["99213"]
    assert found.schedule == 10 * (new["27447"] - old["27447"])
    assert found.change == found.work + found.schedule
    assert f"both on {found.release}" in str(found)
    assert "2025 and 2026" in found._repr_html_()
    assert found.to_dict()["change"] == str(found.change)


def test_years_up_to_the_same_day() -> None:
    """A year that is not over is compared with the same part of the other."""
    found = two_years().year_over_year(2025, 2026, through="2026-06-30")
    assert found.earlier.last == date(2025, 6, 30)
    assert [row.key for row in found.earlier.own] == ["2025-03"]
    leap = two_years().year_over_year(2023, 2024, through="2024-02-29")
    assert leap.earlier.last == date(2023, 2, 28)
    assert leap.growth is None
    frozen = two_years().year_over_year(2025, 2026, release="RVU20D")
    assert frozen.earlier.same.total == Decimal("304.20")
    with pytest.raises(InvalidInputError, match="through="):
        two_years().year_over_year(2025, 2026, through="2025-06-30")


def test_a_code_that_one_schedule_lacks_is_told() -> None:
    """An entry without credit on the shared schedule is listed once."""
    new = set(cptkit.schedule("RVU26C").numbers) - set(
        cptkit.schedule("RVU25A").numbers
    )
    log = two_years()
    log.add(min(new), on="2026-03-02")
    found = log.year_over_year(2025, 2026, release="RVU25A")
    assert [each.entry.code for each in found.uncredited] == [min(new)]


def test_the_ambient_decimal_context_is_never_asked() -> None:
    """With two digits of precision every figure is the same."""

    def figures() -> list[object]:
        log = two_years()
        found = log.year_over_year(2025, 2026)
        paid = log.income(
            pr.PayPlan.per_wrvu("48.50", draw="9000"), credit="cms-adjusted"
        )
        pace = log.pace(pr.Goal(wrvus="5200", year=2026))
        mark = pr.Benchmark("x", p25=100, p75=1000).position(log.wrvus())
        return [found.to_dict(), paid.to_dict(), pace.to_dict(), mark.to_dict()]

    plain = figures()
    with localcontext() as context:
        context.prec = 2
        assert figures() == plain
