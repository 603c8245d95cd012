"""One year beside another: each on its own schedule, and both on the same."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from .._release import release_named
from ..errors import InvalidInputError
from .numbers import day, less
from .periods import month, year_bounds
from .totals import Totals, Uncredited, total_by

if TYPE_CHECKING:
    from decimal import Decimal

    from .log import WorkLog
    from .policy import Credit


@attrs.frozen(kw_only=True)
class Year:
    """One side of a comparison.

    Attributes:
        year: Its name.
        first: The first day counted.
        last: The last day counted.
        own: Totals by month on the schedule in force on each date.
        same: Totals by month on the schedule both years share.
    """

    year: int
    first: date
    last: date
    own: Totals = attrs.field(repr=False)
    same: Totals = attrs.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The year as plain data."""
        return {
            "year": self.year,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "own": self.own.to_dict(),
            "same": self.same.to_dict(),
        }


@attrs.frozen(kw_only=True)
class YearOverYear:
    """What changed from one year to the next, and how much of it is the schedule.

    Attributes:
        earlier: The first year.
        later: The second.
        release: The schedule both are put on.
    """

    earlier: Year
    later: Year
    release: str

    @property
    def change(self) -> Decimal:
        """The later year less the earlier, each on its own schedule."""
        return less(self.later.own.total, self.earlier.own.total)

    @property
    def work(self) -> Decimal:
        """The part of the change that is work done: both on the same schedule."""
        return less(self.later.same.total, self.earlier.same.total)

    @property
    def schedule(self) -> Decimal:
        """The rest: what the schedules' own changes make of it."""
        return less(self.change, self.work)

    @property
    def growth(self) -> Fraction | None:
        """`work` as a share of the earlier year, exactly; None where that is 0."""
        before = Fraction(self.earlier.same.total)
        return Fraction(self.work) / before if before else None

    @property
    def uncredited(self) -> tuple[Uncredited, ...]:
        """Entries without credit on either schedule, each once."""
        sides = (self.earlier, self.later)
        found = [
            u for side in sides for t in (side.own, side.same) for u in t.uncredited
        ]
        return tuple({each.entry.id: each for each in found}.values())

    def __str__(self) -> str:
        from .text import years_text

        return years_text(self)

    def _repr_html_(self) -> str:
        from .cards import years_card

        return years_card(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; numbers as text."""
        return {
            "earlier": self.earlier.to_dict(),
            "later": self.later.to_dict(),
            "release": self.release,
            "change": str(self.change),
            "work": str(self.work),
            "schedule": str(self.schedule),
        }


def year_over_year(
    log: WorkLog,
    years: tuple[int, int],
    credit: Credit,
    release: object,
    through: object,
    fiscal_start: int,
) -> YearOverYear:
    """The comparison of two years; see `WorkLog.year_over_year`."""
    start = month(fiscal_start, "fiscal_start")
    bounds = [year_bounds(year, start) for year in years]
    if through is not None:
        last = day(through)
        if not bounds[1][0] <= last <= bounds[1][1]:
            msg = f"through={last} is not in {bounds[1][0]} to {bounds[1][1]}"
            raise InvalidInputError(msg)
        bounds = [
            (bounds[0][0], _moved(last, years[0] - years[1])),
            (bounds[1][0], last),
        ]
    name = bounds[1][1].year if release is None else release
    same = release_named(name).name
    sides = [
        _side(log, year, bound, credit, same)
        for year, bound in zip(years, bounds, strict=True)
    ]
    return YearOverYear(earlier=sides[0], later=sides[1], release=same)


def _moved(on: date, years: int) -> date:
    """The same day of another year; the last of February for its 29th."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return on.replace(year=on.year + years, month=3, day=1) - timedelta(days=1)


def _side(
    log: WorkLog, year: int, bounds: tuple[date, date], credit: Credit, release: str
) -> Year:
    held = log.select(since=bounds[0], until=bounds[1])
    return Year(
        year=year,
        first=bounds[0],
        last=bounds[1],
        own=total_by(held, "month", attrs.evolve(credit, release=None), 1),
        same=total_by(held, "month", attrs.evolve(credit, release=release), 1),
    )
