"""The lines of a frame in memory, resolved to plans and places.

The columns that decide the plan are numbered and packed into one integer; the
engine makes a plan for each distinct one, and so for places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from .._release import registry
from ..pricing.engine import UNITS_LIMIT
from .answer import engine_line
from .arguments import LINE_FIELDS, PAIRS, Asked
from .columns import Vocabulary, encode_all, factorize, integers
from .places import Indices
from .plans import PlanRow, release_names
from .readers import NOT_GIVEN, UNREADABLE, day, plain
from .remembered import PlaceTable, PlanTable, forget_tables, table_of

if TYPE_CHECKING:
    from collections.abc import Container

    from ..pricing.line import Line

    Series = Any

#: What arithmetic over columns reads of a line.
CELLS = frozenset({*PlanRow._fields, *Indices._fields, *LINE_FIELDS})

_VOCABULARIES: dict[str, Vocabulary] = {}
_READ_FOR: list[object] = []
_MOST_CELLS = 500_000


def vocabulary(field: str) -> Vocabulary:
    """What has been read of a field so far in this process."""
    held = registry()
    if not _READ_FOR or _READ_FOR[-1] is not held:  # a release was installed
        _VOCABULARIES.clear()
        forget_tables()
        _READ_FOR[:] = [held]
    found = _VOCABULARIES.get(field)
    if found is None or len(found.values) > _MOST_CELLS:
        found = _VOCABULARIES[field] = Vocabulary(field)
    return found


class Combined(NamedTuple):
    """Columns of numbers packed into one, and the way back to their values."""

    packed: Series
    span: int
    before: list[tuple[Any, ...]]
    parts: tuple[tuple[int, list[Any]], ...]

    def values(self, key: int) -> tuple[Any, ...]:
        """The values a packed number stands for."""
        found: list[Any] = []
        for size, values in reversed(self.parts):
            key, number = divmod(key, size)
            found.append(values[number])
        return (*self.before[key], *reversed(found))

    def signature(self) -> tuple[Any, ...] | None:
        """What calls whose numbers mean the same have in common."""
        if self.before != [()]:
            return None
        return tuple((size, id(values)) for size, values in self.parts)


_WIDEST = 2**58


def combine(frame: Any, columns: dict[str, str]) -> Combined:
    """The columns of some fields, packed into one column of integers."""
    found: Combined | None = None
    vocabularies = {field: vocabulary(field) for field in columns}
    for field, ids in encode_all(frame, columns, vocabularies).items():
        held = vocabularies[field]
        size = 1 << len(held.values).bit_length()  # the same while few more are met
        if found is None:
            found = Combined(ids, size, [()], ((size, held.values),))
            continue
        if found.span * size > _WIDEST:
            packed, keys = factorize(found.packed)
            found = Combined(packed, len(keys), [*map(found.values, keys)], ())
        packed = found.packed * size + ids
        parts = (*found.parts, (size, held.values))
        found = Combined(packed, found.span * size, found.before, parts)
    assert found is not None
    return found


class Lines:
    """The lines of a frame, resolved: plans, places, units and charges.

    Attributes:
        plan_at: Which plan of `plans` each line has.
        place_at: Which place of `places`.
        given: Units, charge and minutes: a column, or one integer for all lines.
    """

    def __init__(self, frame: Any, asked: Asked) -> None:
        self.frame, self.asked = frame, asked
        self.plan_at, self.plans = self._plans()
        self.place_at, self.places = self._places()
        self.answers = self.plans.answers(self.places)
        self.given = {field: self._number(field) for field in LINE_FIELDS}

    def table(
        self, rows: Series | None = None, names: Container[str] = CELLS
    ) -> tuple[Any, dict[str, Any]]:
        """The lines, or those numbered *rows*, as columns of integers.

        Returns:
            A frame of the cells named, and every cell by its name: a column of
            the frame, or an integer that holds for all lines.
        """
        plan_at, place_at = _at(self.plan_at, rows), _at(self.place_at, rows)
        columns: dict[str, Series] = {"plan_at": plan_at}
        cells: dict[str, Any] = {}
        for held, positions in (
            (self.plans.cells(plan_at), plan_at),
            (self.places.cells(place_at), place_at),
            (self.given, rows),
        ):
            for name, cell in held.items():
                cells[name] = cell if isinstance(cell, int) else nw.col(name)
                if not isinstance(cell, int) and name in names:
                    columns[name] = _at(cell, positions)
        return nw.from_dict(columns), cells

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
        fields = asked.plan_columns()
        combined = combine(self.frame, {f: asked.columns[f] for f in fields})
        fixed = asked.plan_values()

        def line(key: int) -> dict[str, Any]:
            named = zip(fields, combined.values(key), strict=True)
            return answered(fixed | dict(named), PAIRS[0], asked)

        table = table_of(PlanTable, fields, fixed, combined.signature(), combined.span)
        return table.positions(combined.packed, line), table

    def _places(self) -> tuple[Series, PlaceTable]:
        """Where each line is, for the release its plan is of."""
        asked = self.asked
        fields = asked.place_columns()
        fixed = asked.place_values()
        if fields:
            combined = combine(self.frame, {f: asked.columns[f] for f in fields})
        else:
            combined = Combined(self.plan_at * 0, 1, [()], ())
        stride = len(release_names()) + 1  # a date that cannot be read has none
        at = _at(self.plans.cells(self.plan_at)["release"], self.plan_at)
        packed = combined.packed * stride + at + 1

        def place(key: int) -> tuple[dict[str, Any], int]:
            number, at = divmod(key, stride)
            named = zip(fields, combined.values(number), strict=True)
            return answered(fixed | dict(named), PAIRS[1], asked), at - 1

        table = table_of(
            PlaceTable, fields, fixed, combined.signature(), combined.span * stride
        )
        return table.positions(packed, place, self.plans.examples), table

    def _number(self, field: str) -> Any:
        """Units, charge or minutes as integers."""
        column = self.asked.columns.get(field)
        read = vocabulary(field)
        if column is None:
            given = self.asked.values.get(field)
            missing = 1 if field == "units" else NOT_GIVEN
            return missing if given is None else read.values[read.number(given)]
        if field == "units" and self.frame[column].dtype.is_integer():
            return _whole_units(self.frame[column])
        ids = encode_all(self.frame, {field: column}, {field: read})[field]
        return integers(list(read.values), ids)[ids]


def _at(cell: Any, positions: Series | None) -> Any:
    """A column's cells by their number; an integer holds for every line."""
    return cell if positions is None or isinstance(cell, int) else cell[positions]


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
