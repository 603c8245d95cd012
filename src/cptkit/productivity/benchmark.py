"""Where a figure stands among the percentiles of a survey the user holds."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import (
    InvalidInputError,
    NotFoundError,
    SourceFileError,
    did_you_mean,
    show,
)
from .entry import fraction
from .numbers import rounded, written
from .tables import normal, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from .tables import Source

#: What may be surveyed, and its words.
_MEASURES = {"wrvus": "wRVUs", "pay per wrvu": "dollars per wRVU"}
_POINT = re.compile(r"p([1-9][0-9]?)")
_PERCENTILE = re.compile(
    r"(?:p|pctl|pct|percentile)?([1-9][0-9]?)(?:th|st|nd|rd)?(?:percentile|pctl|pct|ile)?"
)


@attrs.frozen(kw_only=True)
class Position:
    """Where a value stands in a benchmark.

    Attributes:
        benchmark: The benchmark.
        value: The value, made a full-time year's where that was asked.
        percentile: With one place; None beyond the survey's ends.
        beyond: ``"below p25"`` or ``"above p90"`` there, otherwise empty.
    """

    benchmark: Benchmark
    value: Decimal
    percentile: Decimal | None
    beyond: str = ""

    @property
    def text(self) -> str:
        """The position in a sentence."""
        what = f"{self.value:,} {_MEASURES[self.benchmark.of]}"
        where = self.beyond or f"percentile {self.percentile}"
        return f"{what}: {where} of {self.benchmark.name}"

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from .cards import position_card

        return position_card(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; numbers as text."""
        return {
            "benchmark": self.benchmark.to_dict(),
            "value": str(self.value),
            "percentile": None if self.percentile is None else str(self.percentile),
            "beyond": self.beyond,
        }


@attrs.frozen(init=False, repr=False)
class Benchmark:
    """The percentiles of a survey, for one specialty and measure.

    Between two published percentiles the value is taken to rise in a straight line.
    Where several percentiles have one value, the value stands at the highest of
    them. Nothing is said of values beyond the lowest and the highest percentile.

    Args:
        name: What a report should call it.
        of: ``wrvus`` of a full-time year, or ``pay per wrvu`` in dollars.
        **points: ``p25="4321"``, ``p50=``, any of ``p1`` to ``p99``; at least two.

    Raises:
        InvalidInputError: A point cannot be read, or values fall as percentiles rise.

    >>> survey = Benchmark("made up", p25=4000, p50=5000, p75=6000, p90=7200)
    >>> survey.percentile(5300)
    Decimal('57.5')
    >>> print(survey.position(9000))
    9,000.00 wRVUs: above p90 of made up
    """

    name: str
    of: str
    points: tuple[tuple[int, Decimal], ...]

    def __init__(self, name: str, *, of: str = "wrvus", **points: object) -> None:
        if of not in _MEASURES:
            msg = f"of={show(of)} is not one of {', '.join(_MEASURES)}"
            raise InvalidInputError(msg)
        found: dict[int, Decimal] = {}
        for key, value in points.items():
            named = _POINT.fullmatch(key)
            if named is None:
                msg = f"{show(key)} is not a percentile: write p1 to p99, as p25=4321"
                raise InvalidInputError(msg)
            found[int(named[1])] = written(value, 4, f"{name} {key}")
        points_held = tuple(sorted(found.items()))
        for field, held in (("name", str(name)), ("of", of), ("points", points_held)):
            object.__setattr__(self, field, held)
        self._check()

    def _check(self) -> None:
        if len(self.points) < 2:
            msg = f"{self.name}: a benchmark needs two percentiles, as p25= and p75="
            raise InvalidInputError(msg)
        for (lower, small), (upper, large) in pairwise(self.points):
            if small > large:
                msg = f"{self.name}: p{upper} {large} is less than p{lower} {small}"
                raise InvalidInputError(msg)

    def percentile(
        self, value: object, *, fte: object = 1, part_of_year: object = 1
    ) -> Decimal:
        """The percentile of a value, with one place.

        Args:
            value: Work RVUs, or dollars per wRVU.
            fte: The share of full time worked, above 0 and up to 2: ``"0.8"``.
            part_of_year: The share of the year in the value: ``"7/12"``.

        Raises:
            InvalidInputError: The value lies beyond the survey's ends, where the
                survey says nothing; `position` tells on which side.
        """
        found = self.position(value, fte=fte, part_of_year=part_of_year)
        if found.percentile is None:
            low, high = self.points[0], self.points[-1]
            msg = (
                f"{found.text}: the survey has p{low[0]} {low[1]} to p{high[0]}"
                f" {high[1]} and says nothing beyond; ask position()"
            )
            raise InvalidInputError(msg)
        return found.percentile

    def position(
        self, value: object, *, fte: object = 1, part_of_year: object = 1
    ) -> Position:
        """Where a value stands; beyond the survey's ends, on which side.

        Args:
            value: As for `percentile`.
            fte: As for `percentile`.
            part_of_year: As for `percentile`.

        Raises:
            InvalidInputError: A number cannot be read, or a rate of pay was to be
                made a full-time year's.
        """
        exact = self._annual(value, fte, part_of_year)
        shown = rounded(exact)
        low, high = self.points[0], self.points[-1]
        if exact < low[1]:
            return self._at(shown, None, f"below p{low[0]}")
        if exact > high[1]:
            return self._at(shown, None, f"above p{high[0]}")
        found = Fraction(high[0])
        for (lower, small), (upper, large) in pairwise(self.points):
            if small <= exact < large:
                step = (exact - Fraction(small)) / (Fraction(large) - Fraction(small))
                found = lower + step * (upper - lower)
        return self._at(shown, rounded(found, 1), "")

    def _at(self, value: Decimal, percentile: Decimal | None, beyond: str) -> Position:
        return Position(
            benchmark=self, value=value, percentile=percentile, beyond=beyond
        )

    def _annual(self, value: object, fte: object, part_of_year: object) -> Fraction:
        share = fraction(fte, "fte", 2) * fraction(part_of_year, "part_of_year")
        if not share:
            msg = "fte= and part_of_year= must be above 0"
            raise InvalidInputError(msg)
        if self.of != "wrvus" and share != 1:
            msg = "pay per wRVU is a rate: fte= and part_of_year= do not change it"
            raise InvalidInputError(msg)
        return Fraction(written(value, 6, self.of)) / share

    def value_at(self, percentile: object) -> Decimal:
        """The value at a percentile, with two places, by the same straight lines.

        Raises:
            InvalidInputError: The percentile lies beyond the survey's ends.
        """
        wanted = Fraction(written(percentile, 4, "percentile"))
        for (lower, small), (upper, large) in pairwise(self.points):
            if lower <= wanted <= upper:
                step = (wanted - lower) / (upper - lower)
                return rounded(
                    Fraction(small) + step * (Fraction(large) - Fraction(small))
                )
        ends = f"p{self.points[0][0]} to p{self.points[-1][0]}"
        msg = f"percentile {show(percentile)} is beyond the survey's, {ends}"
        raise InvalidInputError(msg)

    def __repr__(self) -> str:
        points = (f"p{at}={str(value)!r}" for at, value in self.points)
        return f"Benchmark({', '.join([repr(self.name), f'of={self.of!r}', *points])})"

    def to_dict(self) -> dict[str, Any]:
        """The benchmark as plain data; ``Benchmark(**d)`` is the inverse."""
        points = {f"p{at}": str(value) for at, value in self.points}
        return {"name": self.name, "of": self.of, **points}


class Benchmarks:
    """The benchmarks of many specialties, from one table of the user's.

    ``table["Cardiology"]`` is the specialty's `Benchmark` for work RVUs;
    ``table["Cardiology", "pay per wrvu"]`` the other one.
    """

    __slots__ = ("_held",)

    def __init__(self, held: Mapping[tuple[str, str], Benchmark]) -> None:
        self._held = {
            (name.casefold(), of): found for (name, of), found in held.items()
        }

    @classmethod
    def read_csv(cls, path: Source) -> Benchmarks:
        """A table with a column ``specialty`` and one for each percentile.

        A percentile's column is headed ``p25``, ``25th``, ``25th percentile`` or the
        like. A column ``measure`` says ``wrvus`` or ``pay per wrvu``; without it the
        rows are of work RVUs. Empty cells are percentiles the survey withholds.

        Raises:
            SourceFileError: No file, no header, or a row that cannot be read; it
                names the row.
        """
        table = read_table(path, _is_header)
        names = [normal(name) for name in table.header]
        held: dict[tuple[str, str], Benchmark] = {}
        for number, cells in table.rows:
            row = {n: c.strip() for n, c in zip(names, cells, strict=False)}
            try:
                found = _of_row(row)
            except InvalidInputError as error:
                raise SourceFileError(str(error), path=path, line=number) from None
            if (found.name, found.of) in held:
                msg = f"{found.name} has {found.of} in an earlier row already"
                raise SourceFileError(msg, path=path, line=number)
            held[found.name, found.of] = found
        return cls(held)

    def __getitem__(self, key: str | tuple[str, str]) -> Benchmark:
        specialty, of = (key, "wrvus") if isinstance(key, str) else key
        found = self._held.get((specialty.strip().casefold(), of))
        if found is None:
            names = [each.name for each in self if each.of == of]
            near = did_you_mean(specialty, names)
            msg = f"no benchmark of {of} for {show(specialty)}{near}"
            raise NotFoundError(msg)
        return found

    def __iter__(self) -> Iterator[Benchmark]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        specialties = {each.name for each in self}
        return f"<Benchmarks: {len(self)} of {len(specialties)} specialties>"


def _of_row(row: dict[str, str]) -> Benchmark:
    name = row.get("specialty", "")
    if not name:
        msg = "the row names no specialty"
        raise InvalidInputError(msg)
    points = {
        f"p{found[1]}": cell
        for key, cell in row.items()
        if cell and (found := _PERCENTILE.fullmatch(key))
    }
    of: Any = row.get("measure", "").lower() or "wrvus"
    return Benchmark(name, of=of, **points)


def _is_header(names: Sequence[str]) -> bool:
    plain = [normal(name) for name in names]
    return "specialty" in plain and any(map(_PERCENTILE.fullmatch, plain))
