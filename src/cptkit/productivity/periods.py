"""Days, weeks, months, quarters and years: the period a date lies in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..errors import InvalidInputError, show

if TYPE_CHECKING:
    from collections.abc import Callable

#: The periods that totals may be taken by.
PERIODS = ("day", "week", "month", "quarter", "year")


def period_of(by: str, fiscal_start: int) -> Callable[[date], str]:
    """The function that names a date's period; names sort in order of time.

    Weeks are ISO weeks. A fiscal year has the name of the year it ends in.

    >>> period_of("quarter", 7)(date(2026, 8, 3))
    'FY2027-Q1'
    >>> period_of("week", 1)(date(2026, 1, 1))
    '2026-W01'
    """
    if by == "day":
        return date.isoformat
    if by == "week":
        return _week
    if by == "month":
        return lambda on: f"{on.year:04d}-{on.month:02d}"
    prefix = "" if fiscal_start == 1 else "FY"

    def year(on: date) -> str:
        return f"{prefix}{fiscal_year(on, fiscal_start):04d}"

    if by == "year":
        return year
    return lambda on: f"{year(on)}-Q{(on.month - fiscal_start) % 12 // 3 + 1}"


def _week(on: date) -> str:
    year, week, _ = on.isocalendar()
    return f"{year:04d}-W{week:02d}"


def fiscal_year(on: date, fiscal_start: int) -> int:
    """The fiscal year of a date, named for the year it ends in."""
    return on.year + (fiscal_start > 1 and on.month >= fiscal_start)


def year_bounds(year: int, fiscal_start: int) -> tuple[date, date]:
    """The first and last day of a year."""
    first = date(year - (fiscal_start > 1), fiscal_start, 1)
    return first, date(first.year + 1, first.month, 1) - timedelta(days=1)


def month(value: object, what: str) -> int:
    """A month's number, checked."""
    if type(value) is int and 1 <= value <= 12:
        return value
    msg = f"{what}={show(value)} is not the number of a month, 1 to 12"
    raise InvalidInputError(msg)
