"""Plans and places met so far, as tables that the next frame finds again."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import narwhals.stable.v2 as nw

from .arguments import likeness
from .columns import Keys, Words
from .places import NOWHERE, Indices, PlaceRow, place_row
from .plans import PlanRow, plan_row, release_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Answer

    Series = Any

#: Numbers of a plan that no arithmetic over columns reads.
_UNUSED = frozenset({"facility"})


class _Remembered:
    """Rows of integers by key, and their columns in each library's own form.

    Rows are only ever added, by one thread at a time; what was made of them is
    made anew where there are more.
    """

    def __init__(self, blank: Any) -> None:
        self.rows: list[Any] = []
        self.fields: list[dict[str, Any]] = []
        self._blank = blank
        self._keys = Keys()
        self._words = -1, Words([None])
        self._cells: dict[str, tuple[int, dict[str, int], Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def _integers(self, row: Any) -> tuple[int, ...]:
        """A row's integers, as a named tuple."""
        raise NotImplementedError

    def _name(self, row: Any) -> str | None:
        """What a row is called among the answers."""
        raise NotImplementedError

    def named(self, positions: Series) -> Series:
        """The name of each line's row; a null where it has none."""
        size, held = self._words
        rows = list(self.rows)
        if size != len(rows):
            held = Words([self._name(row) for row in rows or [self._blank]])
            self._words = len(rows), held
        return held.along(positions)

    def cells(self, like: Series) -> tuple[dict[str, int], Any]:
        """The integers that are alike in all rows, and a frame of the others.

        The frame is in the library of *like*.
        """
        name = str(like.implementation)
        size, alike, differing = self._cells.get(name, (-1, {}, None))
        rows = list(self.rows)
        if size != len(rows):
            table = [self._integers(row) for row in rows or [self._blank]]
            alike, differing = _columns(table, like)
            self._cells[name] = len(rows), alike, differing
        return alike, differing


def _columns(table: list[Any], like: Series) -> tuple[dict[str, int], Any]:
    """Rows as columns: one integer where they are alike, a frame of the others."""
    named = zip(table[0]._fields, zip(*table, strict=True), strict=True)
    columns = {name: list(cells) for name, cells in named if name not in _UNUSED}
    alike = {n: cells[0] for n, cells in columns.items() if len(set(cells)) == 1}
    rest = {name: cells for name, cells in columns.items() if name not in alike}
    kinds = dict.fromkeys(rest, nw.Int64())
    return alike, nw.from_dict(rest, kinds, backend=like.implementation)


class PlanTable(_Remembered):
    """The plan of each distinct combination of the fields that decide it."""

    rows: list[PlanRow]

    def __init__(self) -> None:
        super().__init__(PlanRow(release=-1))
        #: The fields of one plan of each release.
        self.examples: dict[int, dict[str, Any]] = {}
        self._answers: tuple[PlaceTable, dict[tuple[int, ...], Answer]] | None = None

    def answers(self, places: PlaceTable) -> dict[tuple[int, ...], Answer]:
        """What the engine has said of lines of these plans and places."""
        held = self._answers
        if held is None or held[0] is not places or len(held[1]) > _MOST_ROWS:
            held = self._answers = places, {}
        return held[1]

    def _integers(self, row: PlanRow) -> PlanRow:
        return row

    def _name(self, row: PlanRow) -> str | None:
        """Its release; none where the date cannot be read."""
        return None if row.release < 0 else release_names()[row.release]

    def positions(
        self, packed: Series, span: int, line: Callable[[int], dict[str, Any]]
    ) -> Series:
        """The place of each line's plan; plans not met before are made."""

        def add(key: int) -> None:
            fields = line(key)
            row = plan_row(fields)
            self.fields.append(fields)
            self.rows.append(row)
            self.examples.setdefault(row.release, fields)

        return self._keys.positions(packed, span, add)


class PlaceTable(_Remembered):
    """The place of each distinct combination of the fields that say where."""

    rows: list[PlaceRow]

    def __init__(self) -> None:
        super().__init__(NOWHERE)

    def _integers(self, row: PlaceRow) -> Indices:
        return row.indices

    def _name(self, row: PlaceRow) -> str | None:
        """Its locality; none for the nation and where none is found."""
        return row.locality

    def positions(
        self,
        packed: Series,
        span: int,
        place: Callable[[int], tuple[dict[str, Any], int]],
        examples: dict[int, dict[str, Any]],
    ) -> Series:
        """The place of each line, in the release of its plan."""

        def add(key: int) -> None:
            fields, release = place(key)
            where = NOWHERE if release < 0 else place_row(fields, examples[release])
            self.fields.append(fields)
            self.rows.append(where)

        return self._keys.positions(packed, span, add)


class Met:
    """Combinations met so far, numbered in the order they were met."""

    def __init__(self, values: Callable[[int], tuple[Any, ...]]) -> None:
        self._values, self._keys = values, Keys()
        self._met: list[int] = []

    def __len__(self) -> int:
        return len(self._met)

    @property
    def span(self) -> int:
        """More than their number; the same while few more are met."""
        return 1 << max(len(self._met).bit_length(), 8)

    def places(self, packed: Series, span: int) -> Series:
        """The number of each line's combination."""
        return self._keys.positions(packed, span, self._met.append)

    def meaning(self, number: int) -> tuple[Any, ...]:
        """The values of a combination."""
        return self._values(self._met[number])


_T = TypeVar("_T", PlanTable, PlaceTable)
_LOCK = Lock()
_TABLES: dict[Any, Any] = {}
_MET: dict[tuple[Any, ...], Met] = {}
_MOST_TABLES, _MOST_ROWS = 24, 400_000


def table_of(
    kind: type[_T],
    fields: tuple[str, ...],
    fixed: dict[str, Any],
    signature: tuple[Any, ...],
) -> _T:
    """The table of calls that ask alike."""
    key = kind, fields, tuple(map(likeness, fixed.items())), signature
    with _LOCK:
        found = _TABLES.get(key)
        if found is None or len(found) > _MOST_ROWS:
            while len(_TABLES) >= _MOST_TABLES:
                del _TABLES[next(iter(_TABLES))]
            found = _TABLES[key] = kind()
        return found


def met_of(signature: tuple[Any, ...], values: Callable[[int], tuple[Any, ...]]) -> Met:
    """The combinations that calls of the same columns have met."""
    with _LOCK:
        found = _MET.get(signature)
        if found is None or len(found) > _MOST_ROWS:
            while len(_MET) >= _MOST_TABLES:
                del _MET[next(iter(_MET))]
            found = _MET[signature] = Met(values)
        return found


def forget_tables() -> None:
    """Make every plan and place anew, after an installation changed what is held."""
    with _LOCK:
        _TABLES.clear()
        _MET.clear()
