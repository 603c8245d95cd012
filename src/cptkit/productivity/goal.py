"""A goal of work RVUs for a year, and the pace towards it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import attrs

from ..errors import InvalidInputError, show
from .numbers import day, rounded, trimmed, written
from .periods import fiscal_year, month, year_bounds
from .totals import Totals, total_by

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from .log import WorkLog
    from .policy import Credit

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _wrvus(value: object) -> Decimal:
    return written(value, 6, "wrvus")


def _fiscal_start(value: object) -> int:
    return month(value, "fiscal_start")


def _year(value: object) -> int:
    if type(value) is int and 2000 <= value <= 2099:
        return value
    msg = f"year={show(value)} is not a year from 2000 to 2099"
    raise InvalidInputError(msg)


def _weekdays(value: object) -> str:
    words = str(value).lower().replace(",", " ").split()
    days = {_WEEKDAYS.index(w[:3]) for w in words if w[:3] in _WEEKDAYS}
    if not words or len(days) < len(words):
        msg = f"workdays={show(value)}: name weekdays, as 'Mon Tue Wed Thu Fri'"
        raise InvalidInputError(msg)
    return " ".join(_WEEKDAYS[each].title() for each in sorted(days))


def _days(value: Any) -> tuple[date, ...]:
    """Days from dates and from pairs of a first and a last day."""
    found: set[date] = set()
    for each in cast("Iterable[object]", value):
        if not isinstance(each, (tuple, list)):
            found.add(day(each))
            continue
        pair = cast("list[object]", each)
        ends = [day(end) for end in pair]
        if len(ends) != 2 or ends[0] > ends[1]:
            msg = f"{show(pair)} is not a first and a last day"
            raise InvalidInputError(msg)
        count = (ends[1] - ends[0]).days + 1
        found |= {ends[0] + timedelta(days=at) for at in range(count)}
    return tuple(sorted(found))


@attrs.frozen(kw_only=True)
class Goal:
    """Work RVUs to earn in a year.

    Args:
        wrvus: How many.
        year: Which; a fiscal year has the name of the year it ends in.
        fiscal_start: The month the year begins with.
        workdays: The weekdays worked.
        holidays: Days not worked: dates, or pairs of a first and a last day.
        leave: More of them, kept apart.

    Raises:
        InvalidInputError: A field cannot be read, or no working day is left.

    >>> goal = Goal(wrvus=5200, year=2026, holidays=["2026-01-01"])
    >>> goal.days
    260
    """

    wrvus: Decimal = attrs.field(converter=_wrvus)
    year: int = attrs.field(converter=_year)
    fiscal_start: int = attrs.field(default=1, converter=_fiscal_start)
    workdays: str = attrs.field(default="Mon Tue Wed Thu Fri", converter=_weekdays)
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_days)
    leave: tuple[date, ...] = attrs.field(default=(), converter=_days)

    def __attrs_post_init__(self) -> None:
        if self.wrvus and self.days:
            return
        msg = "a goal needs wrvus above 0 and a working day"
        raise InvalidInputError(msg)

    @property
    def first(self) -> date:
        """The year's first day."""
        return year_bounds(self.year, self.fiscal_start)[0]

    @property
    def last(self) -> date:
        """The year's last day."""
        return year_bounds(self.year, self.fiscal_start)[1]

    @property
    def days(self) -> int:
        """Working days of the year."""
        return self.working_days(self.first, self.last)

    def working_days(self, first: date, last: date) -> int:
        """Working days from one day to another, both included."""
        worked = {_WEEKDAYS.index(name.lower()) for name in self.workdays.split()}
        off = {*self.holidays, *self.leave}
        span = (first + timedelta(days=at) for at in range((last - first).days + 1))
        return sum(each.weekday() in worked and each not in off for each in span)

    def to_dict(self) -> dict[str, Any]:
        """The goal as plain data; ``Goal(**d)`` is the inverse."""
        return {
            "wrvus": str(self.wrvus),
            "year": self.year,
            "fiscal_start": self.fiscal_start,
            "workdays": self.workdays,
            "holidays": [each.isoformat() for each in self.holidays],
            "leave": [each.isoformat() for each in self.leave],
        }


@attrs.frozen(kw_only=True)
class Pace:
    """How far a goal is, on a day. Rates are rounded to two places, half up.

    Attributes:
        goal: The goal.
        as_of: The last day counted.
        totals: The year's credit so far, by day.
        days_done: Working days up to that day, included.
        days_left: Working days after it.
    """

    goal: Goal
    as_of: date
    totals: Totals = attrs.field(repr=False)
    days_done: int
    days_left: int

    @property
    def earned(self) -> Decimal:
        """Work RVUs credited so far, exactly."""
        return self.totals.total

    @property
    def expected(self) -> Decimal:
        """The goal times the working days done over those of the year."""
        return rounded(self._expected)

    @property
    def ahead(self) -> Decimal:
        """Earned less expected; negative when behind."""
        return rounded(Fraction(self.earned) - self._expected)

    @property
    def _expected(self) -> Fraction:
        days = self.days_done + self.days_left
        return Fraction(self.goal.wrvus) * self.days_done / days

    @property
    def per_day(self) -> Decimal | None:
        """Earned on a working day so far; None before the first."""
        if not self.days_done:
            return None
        return rounded(Fraction(self.earned) / self.days_done)

    @property
    def projected(self) -> Decimal | None:
        """The year's end at the rate so far; None before the first working day."""
        if not self.days_done:
            return None
        days = self.days_done + self.days_left
        return rounded(Fraction(self.earned) * days / self.days_done)

    @property
    def missing(self) -> Decimal:
        """What is still to earn, exactly; 0 once the goal is reached."""
        left = Fraction(self.goal.wrvus) - Fraction(self.earned)
        return trimmed(max(left, Fraction(0)))

    @property
    def required_per_day(self) -> Decimal | None:
        """What each working day left must earn; None where none is left."""
        if not self.days_left:
            return None
        return rounded(Fraction(self.missing) / self.days_left)

    def __str__(self) -> str:
        from .text import pace_text

        return pace_text(self)

    def _repr_html_(self) -> str:
        from .cards import pace_card

        return pace_card(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the daily totals, as plain data; numbers as text."""
        names = "earned expected ahead per_day projected missing required_per_day"
        numbers = {name: getattr(self, name) for name in names.split()}
        return {
            "goal": self.goal.to_dict(),
            "as_of": self.as_of.isoformat(),
            "days_done": self.days_done,
            "days_left": self.days_left,
            **{k: None if v is None else str(v) for k, v in numbers.items()},
        }


def pace(log: WorkLog, goal: Goal, as_of: object, credit: Credit) -> Pace:
    """The pace of a log towards a goal; see `WorkLog.pace`."""
    days = [
        entry.on
        for entry in log
        if fiscal_year(entry.on, goal.fiscal_start) == goal.year
    ]
    if as_of is None and not days:
        msg = f"no entry lies in {goal.first} to {goal.last}: give as_of="
        raise InvalidInputError(msg)
    on = max(days) if as_of is None else day(as_of)
    if not goal.first <= on <= goal.last:
        msg = f"as_of={on} is not in the goal's year, {goal.first} to {goal.last}"
        raise InvalidInputError(msg)
    done = goal.working_days(goal.first, on)
    held = log.select(since=goal.first, until=on)
    return Pace(
        goal=goal,
        as_of=on,
        totals=total_by(held, "day", credit, goal.fiscal_start),
        days_done=done,
        days_left=goal.days - done,
    )
