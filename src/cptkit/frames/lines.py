"""The lines of a frame in memory, resolved to plans and places.

The columns that decide the plan are numbered and packed into one integer; the
engine makes a plan for each distinct one, and so for places.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from .._release import registry
from ..pricing.engine import UNITS_LIMIT
from .answer import engine_line
from .arguments import LINE_FIELDS, PAIRS, Asked
from .columns import DENSE, Vocabulary, encode_all, factorize, integers
from .places import Indices
from .plans import PlanRow, release_names
from .readers import SILENT, UNREADABLE, day, plain
from .remembered import (
    Met,
    PlaceTable,
    PlanTable,
    forget_tables,
    met_of,
    table_of,
)

if TYPE_CHECKING:
    from collections.abc import Container

    from ..pricing.line import Line

    Series = Any

#: What arithmetic over columns reads of a line.
CELLS = frozenset({*PlanRow._fields, *Indices._fields, *LINE_FIELDS})

_LOCK = Lock()
_VOCABULARIES: dict[tuple[str, frozenset[str]], Vocabulary] = {}
_READ_FOR: list[object] = []
_MOST_CELLS = 500_000


def vocabulary(field: str, apart: frozenset[str] = frozenset()) -> Vocabulary:
    """What has been read of a field so far in this process.

    Places of service that are *apart* have readings of their own.
    """
    name = field, apart if field == "pos" else frozenset[str]()
    held = registry()
    with _LOCK:
        if not _READ_FOR or _READ_FOR[-1] is not held:  # a release was installed
            _VOCABULARIES.clear()
            forget_tables()
            _READ_FOR[:] = [held]
        found = _VOCABULARIES.get(name)
        if found is None or len(found.values) > _MOST_CELLS:
            found = _VOCABULARIES[name] = Vocabulary(*name)
        return found


class Combined(NamedTuple):
    """Columns of numbers packed into one, and the way back to their values.

    Attributes:
        packed: The column; its numbers are below `span`.
        first: Whose numbers stand first; they may become more, and the span wider.
        rest: Those behind it, each with how many numbers it has room for.
    """

    packed: Series
    span: int = 1
    first: Vocabulary | Met | None = None
    rest: tuple[tuple[int, Vocabulary], ...] = ()

    def signature(self) -> tuple[Any, ...]:
        """What calls whose packed numbers mean the same have in common."""
        return (self.first, *self.rest)

    def values(self, key: int) -> tuple[Any, ...]:
        """The values a packed number stands for."""
        found: tuple[Any, ...] = ()
        for size, held in reversed(self.rest):
            key, number = divmod(key, size)
            found = (*held.meaning(number), *found)
        return found if self.first is None else (*self.first.meaning(key), *found)


def combine(columns: list[tuple[Vocabulary, Series]]) -> Combined:
    """The numbers of some fields, packed into one column of integers.

    Where that would have too many numbers, those met so far are numbered again
    before the next column: few of all combinations are.
    """
    (held, numbers), *others = columns
    found = Combined(numbers, _room(held), held)
    for held, numbers in others:
        size = _room(held)
        if found.span * size > DENSE:
            # The way back to the values needs no column of the first call.
            met = met_of(found.signature(), found._replace(packed=None).values)
            places = met.places(found.packed, found.span).cast(nw.Int64)
            found = Combined(places, met.span, met)
        packed = found.packed * size + numbers
        rest = (*found.rest, (size, held))
        found = Combined(packed, found.span * size, found.first, rest)
    return found


def _room(held: Vocabulary) -> int:
    """More than a vocabulary has numbers; the same while few more are met."""
    return 1 << len(held.values).bit_length()


class Lines:
    """The lines of a frame, resolved: plans, places, units and charges.

    Attributes:
        plan_at: Which plan of `plans` each line has.
        place_at: Which place of `places`.
        given: Units, charge and minutes: a column, or one integer for all lines.
    """

    def __init__(self, frame: Any, asked: Asked) -> None:
        self.frame, self.asked = frame, asked
        self._read = self._encoded()
        self.plan_at, self.plans = self._plans()
        self.place_at, self.places = self._places()
        self.answers = self.plans.answers(self.places)
        self.given = {field: self._given(field) for field in LINE_FIELDS}

    def cells(
        self, names: Container[str] = CELLS, rows: Series | None = None
    ) -> dict[str, Any]:
        """The cells named, of all lines or of those numbered *rows*.

        Returns:
            Each a column of integers, or an integer that holds for all lines;
            such are there whether named or not.
        """
        found: dict[str, Any] = {}
        for table, at in ((self.plans, self.plan_at), (self.places, self.place_at)):
            positions = at if rows is None else at[rows]
            alike, differing = table.cells(positions)
            found |= alike
            read = [name for name in differing.columns if name in names]
            if read:
                found |= differing.select(read)[positions].to_dict()
        for name, cell in self.given.items():
            found[name] = cell if isinstance(cell, int) or rows is None else cell[rows]
        return found

    def keys(self, rows: Series) -> list[tuple[int, ...]]:
        """Plan, place, units, charge and minutes of the lines numbered *rows*."""
        columns = (
            [cell] * len(rows) if isinstance(cell, int) else cell[rows].to_list()
            for cell in (self.plan_at, self.place_at, *self.given.values())
        )
        return list(zip(*columns, strict=True))

    def line(self, key: tuple[int, ...]) -> Line:
        """A line for the engine, of one of `keys`."""
        plan_at, place_at, units, charge, minutes = key
        plan, place = self.plans.fields[plan_at], self.places.fields[place_at]
        return engine_line(plan, place, units, charge, minutes)

    def _plans(self) -> tuple[Series, PlanTable]:
        asked = self.asked
        # Codes last: all else has few values, which are numbered again before them.
        fields = tuple(sorted(asked.plan_columns(), key="code".__eq__))
        combined = combine([self._read[field] for field in fields])
        fixed = asked.plan_values()

        def line(key: int) -> dict[str, Any]:
            named = zip(fields, combined.values(key), strict=True)
            return answered(fixed | dict(named), PAIRS[0], asked)

        table = table_of(PlanTable, fields, fixed, combined.signature())
        return table.positions(combined.packed, combined.span, line), table

    def _places(self) -> tuple[Series, PlaceTable]:
        """Where each line is, for the release its plan is of."""
        asked = self.asked
        fields = asked.place_columns()
        fixed = asked.place_values()
        combined = Combined(self.plan_at.cast(nw.Int64) * 0)
        if fields:
            combined = combine([self._read[field] for field in fields])
        stride = len(release_names()) + 1  # a date that cannot be read has none
        alike, differing = self.plans.cells(self.plan_at)
        at = alike.get("release")
        if at is None:
            at = differing["release"][self.plan_at]
        packed = combined.packed * stride + at + 1

        def place(key: int) -> tuple[dict[str, Any], int]:
            number, at = divmod(key, stride)
            named = zip(fields, combined.values(number), strict=True)
            return answered(fixed | dict(named), PAIRS[1], asked), at - 1

        alike = fixed | asked.switches()
        table = table_of(PlaceTable, fields, alike, combined.signature())
        span = combined.span * stride
        return table.positions(packed, span, place, self.plans.examples), table

    def _encoded(self) -> dict[str, tuple[Vocabulary, Series]]:
        """What each column is read as, and its numbers; whole units need none."""
        columns = dict(self.asked.columns)
        units = columns.get("units")
        if units is not None and self.frame[units].dtype.is_integer():
            del columns["units"]
        apart = self.asked.apart()
        held = {field: vocabulary(field, apart) for field in columns}
        found = encode_all(self.frame, columns, held)
        return {field: (held[field], found[field]) for field in columns}

    def _given(self, field: str) -> Any:
        """Units, charge or minutes as integers."""
        column = self.asked.columns.get(field)
        if column is None:
            given = self.asked.values.get(field)
            read = vocabulary(field)
            return SILENT[field] if given is None else read.values[read.number(given)]
        if field not in self._read:
            return _whole_units(self.frame[column])
        held, numbers = self._read[field]
        return integers(list(held.values), numbers)[numbers]


def groups_of(lines: Lines, claim: str) -> list[list[int]]:
    """The rows of each claim and day, in their order; a null stands alone.

    Days are told apart by the date itself, not by its stretch of unchanged rates.
    """
    frame, on = lines.frame, lines.asked.columns.get("on")
    claims, names = factorize(frame[claim])
    days: list[int] = [0] * len(frame)
    if on is not None:
        positions, cells = factorize(frame[on])
        alike: dict[Any, int] = {}
        numbers = [alike.setdefault(day(cell), len(alike)) for cell in cells]
        days = integers(numbers or [0], frame[on])[positions].to_list()
    found: dict[tuple[int, int], list[int]] = {}
    for row, (number, at) in enumerate(zip(claims.to_list(), days, strict=True)):
        name = plain(names[number])
        key = (number, at) if name is not None else (-1, row)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _whole_units(series: Series) -> Series:
    """Units in whole numbers, 0 where they cannot be; most files hold these."""
    units = series.cast(nw.Int64).fill_null(0)
    frame = units.alias("u").to_frame()
    column = nw.col("u")
    fits = (column >= 1) & (column <= UNITS_LIMIT)
    return frame.select(nw.when(fits).then(column).otherwise(nw.lit(0)))["u"]


def answered(
    fields: dict[str, Any], pair: tuple[str, str], asked: Asked
) -> dict[str, Any]:
    """Fields of which both of a pair are null, where a frame was to say: unreadable."""
    first, second = pair
    named = [name for name in pair if name in asked.columns]
    if named and fields.get(first) is None and fields.get(second) is None:
        return fields | {named[-1]: UNREADABLE}
    return fields
