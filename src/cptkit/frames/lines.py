"""The lines of a frame in memory, resolved to plans and places.

The columns that decide the plan are numbered and packed into one integer; the
engine makes a plan for each distinct one, and so for places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .arguments import LINE_FIELDS, PAIRS, Asked
from .columns import Vocabulary, encode, factorize, integers
from .places import NOWHERE, PlaceRow, place_row
from .plans import BOOK, PlanRow
from .readers import NOT_GIVEN, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    Series = Any
    Progress = Callable[[int], None]

_VOCABULARIES: dict[str, Vocabulary] = {}


def vocabulary(field: str) -> Vocabulary:
    """What has been read of a field so far in this process."""
    found = _VOCABULARIES.get(field)
    if found is None:
        found = _VOCABULARIES[field] = Vocabulary(field)
    return found


def forget_words() -> None:
    """Read every value anew, after an installation changed what is held."""
    _VOCABULARIES.clear()
    BOOK.forget()


_WIDEST = 2**62


def combinations(frame: Any, columns: dict[str, str]) -> tuple[Series, list[Any]]:
    """Which distinct combination of values each line has, and the combinations."""
    packed: Series | None = None
    before: list[tuple[Any, ...]] = [()]
    span, parts = 1, list[tuple[int, list[Any]]]()
    for field, column in columns.items():
        held = vocabulary(field)
        ids = encode(frame[column], held)
        size = len(held.values)
        if packed is not None and span * size > _WIDEST:
            packed, keys = factorize(packed)
            before = [_unpacked(key, before, parts) for key in keys]
            span, parts = len(before), []
        packed = ids if packed is None else packed * size + ids
        span *= size
        parts.append((size, held.values))
    positions, keys = factorize(packed)
    return positions, [_unpacked(key, before, parts) for key in keys]


def _unpacked(
    key: int, before: list[tuple[Any, ...]], parts: list[tuple[int, list[Any]]]
) -> tuple[Any, ...]:
    found: list[Any] = []
    for size, values in reversed(parts):
        key, number = divmod(key, size)
        found.append(values[number])
    return (*before[key], *reversed(found))


class Lines:
    """The lines of a frame, resolved: plans, places, units and charges.

    Attributes:
        plans: A plan a distinct combination of its fields.
        places: A place a distinct combination of its fields and the release.
        cells: Columns of integers by name, or one integer for all lines.
    """

    def __init__(self, frame: Any, asked: Asked) -> None:
        self.frame, self.asked = frame, asked
        self.columns: dict[str, Series] = {}
        self.cells: dict[str, Any] = {}
        self.plan_at, self.plan_fields = self._plan_keys()
        self.plans = BOOK.rows(self.plan_fields)
        self._spread(self.plan_at, self.plans or [PlanRow()])
        self.place_at, self.place_fields, self.places = self._places()
        self._spread(
            self.place_at, [row.indices for row in self.places] or [NOWHERE.indices]
        )
        for field in LINE_FIELDS:
            self._number(field)

    def table(self) -> Any:
        """The columns of integers as one frame."""
        columns = {"plan_at": self.plan_at, **self.columns}
        if self.place_at is not None:
            columns["place_at"] = self.place_at
        return nw.from_dict(columns)

    def _plan_keys(self) -> tuple[Series, list[dict[str, Any]]]:
        asked = self.asked
        fields = asked.plan_columns()
        positions, keys = combinations(
            self.frame, {field: asked.columns[field] for field in fields}
        )
        fixed = asked.plan_values()
        found = [fixed | dict(zip(fields, key, strict=True)) for key in keys]
        return positions, [answered(each, PAIRS[0], asked) for each in found]

    def _places(self) -> tuple[Series | None, list[dict[str, Any]], list[PlaceRow]]:
        """Where each line is, for the release its plan is of."""
        asked = self.asked
        fields = asked.place_columns()
        fixed = asked.place_values()
        positions: Series = None
        keys: list[tuple[Any, ...]] = [()]
        if fields:
            columns = {field: asked.columns[field] for field in fields}
            positions, keys = combinations(self.frame, columns)
        places = [fixed | dict(zip(fields, key, strict=True)) for key in keys]
        places = [answered(each, PAIRS[1], asked) for each in places]
        releases = sorted({row.release for row in self.plans})
        return self._by_release(positions, places, releases)

    def _by_release(
        self, positions: Series, places: list[dict[str, Any]], releases: list[int]
    ) -> tuple[Series, list[dict[str, Any]], list[PlaceRow]]:
        """Each place in each release of the plans."""
        first: dict[int, dict[str, Any]] = {}
        for fields, row in zip(self.plan_fields, self.plans, strict=True):
            first.setdefault(row.release, fields)
        rows = [
            NOWHERE if release < 0 else place_row(place, first[release])
            for place in places
            for release in releases
        ]
        if len(releases) > 1:
            order = {release: at for at, release in enumerate(releases)}
            numbers = [order[row.release] for row in self.plans]
            release_at = integers(numbers, self.plan_at)[self.plan_at]
            stride = len(releases)
            positions = (
                release_at if positions is None else (positions * stride + release_at)
            )
        return positions, [p for p in places for _ in releases], rows

    def _spread(self, positions: Series | None, rows: list[Any]) -> None:
        """A table's columns along the lines; what is the same for all as it is."""
        for name, column in zip(rows[0]._fields, zip(*rows, strict=True), strict=True):
            first = column[0] if column else 0
            if all(value == first for value in column):
                self.cells[name] = first
            else:
                self.columns[name] = integers(list(column), positions)[positions]
                self.cells[name] = nw.col(name)

    def _number(self, field: str) -> None:
        """Units or charge as integers; minutes are kept as read, for the engine."""
        column = self.asked.columns.get(field)
        read = vocabulary(field)
        if column is None:
            given = self.asked.values.get(field)
            missing = 1 if field == "units" else NOT_GIVEN
            self.cells[field] = (
                missing if given is None else read.values[read.number(given)]
            )
            return
        ids = encode(self.frame[column], read)
        self.columns[field] = integers(read.values, ids)[ids]
        self.cells[field] = nw.col(field)


def answered(
    fields: dict[str, Any], pair: tuple[str, str], asked: Asked
) -> dict[str, Any]:
    """Fields of which both of a pair are null, where a frame was to say: unreadable."""
    first, second = pair
    named = [name for name in pair if name in asked.columns]
    if named and fields.get(first) is None and fields.get(second) is None:
        return fields | {named[-1]: UNREADABLE}
    return fields
