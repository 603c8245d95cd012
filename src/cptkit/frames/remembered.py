"""Plans and places met so far, as tables that the next frame finds again."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from .columns import Keys, integers
from .places import NOWHERE, PlaceRow, place_row
from .plans import PlanRow, plan_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Answer

    Series = Any

#: Numbers of a plan that no arithmetic over columns reads.
_UNUSED = frozenset({"facility"})


class _Remembered:
    """Rows of integers by key, and their columns in each library's own form."""

    def __init__(self, span: int) -> None:
        self.fields: list[dict[str, Any]] = []
        self._keys = Keys(span)
        self._lock = Lock()
        self._cells: dict[str, tuple[int, dict[str, Any]]] = {}

    def __len__(self) -> int:
        return len(self.fields)

    def _integers(self) -> list[Any]:
        """The rows' integers, as named tuples of one kind."""
        raise NotImplementedError

    def cells(self, like: Series) -> dict[str, Any]:
        """The columns in the library of another, and integers where all are alike."""
        name = str(like.implementation)
        size, made = self._cells.get(name, (-1, {}))
        rows = self._integers()
        if size != len(rows):
            made = {}
            columns = zip(*rows, strict=True)
            for field, column in zip(rows[0]._fields, columns, strict=True):
                if field in _UNUSED:
                    continue
                alike = len(set(column)) == 1
                made[field] = column[0] if alike else integers(list(column), like)
            self._cells[name] = len(rows), made
        return made


class PlanTable(_Remembered):
    """The plan of each distinct combination of the fields that decide it."""

    def __init__(self, span: int) -> None:
        super().__init__(span)
        self.rows: list[PlanRow] = []
        #: The fields of one plan of each release.
        self.examples: dict[int, dict[str, Any]] = {}
        self._answers: tuple[PlaceTable, dict[tuple[int, ...], Answer]] | None = None

    def answers(self, places: PlaceTable) -> dict[tuple[int, ...], Answer]:
        """What the engine has said of lines of these plans and places."""
        if self._answers is None or self._answers[0] is not places:
            self._answers = places, {}
        if len(self._answers[1]) > _MOST_ROWS:
            self._answers[1].clear()
        return self._answers[1]

    def _integers(self) -> list[PlanRow]:
        return list(self.rows) or [PlanRow()]

    def positions(
        self, packed: Series, line: Callable[[int], dict[str, Any]]
    ) -> Series:
        """The place of each line's plan; plans not met before are made."""

        def add(key: int) -> None:
            fields = line(key)
            row = plan_row(fields)
            self.rows.append(row)
            self.fields.append(fields)
            self.examples.setdefault(row.release, fields)

        return self._keys.positions(packed, add, self._lock)


class PlaceTable(_Remembered):
    """The place of each distinct combination of the fields that say where."""

    def __init__(self, span: int) -> None:
        super().__init__(span)
        self.rows: list[PlaceRow] = []

    def _integers(self) -> list[Any]:
        return [row.indices for row in self.rows] or [NOWHERE.indices]

    def positions(
        self,
        packed: Series,
        place: Callable[[int], tuple[dict[str, Any], int]],
        examples: dict[int, dict[str, Any]],
    ) -> Series:
        """The place of each line, in the release of its plan."""

        def add(key: int) -> None:
            fields, release = place(key)
            where = NOWHERE if release < 0 else place_row(fields, examples[release])
            self.rows.append(where)
            self.fields.append(fields)

        return self._keys.positions(packed, add, self._lock)


_T = TypeVar("_T", PlanTable, PlaceTable)
_TABLES: dict[Any, Any] = {}
_MOST_TABLES, _MOST_ROWS = 24, 400_000


def table_of(
    kind: type[_T],
    fields: tuple[str, ...],
    fixed: dict[str, Any],
    signature: tuple[Any, ...] | None,
    span: int,
) -> _T:
    """The table of calls that ask alike; a new one where none can be shared."""
    if signature is None:
        return kind(span)
    key = kind, fields, tuple(map(repr, fixed.items())), signature
    found = _TABLES.get(key)
    if found is None or len(found) > _MOST_ROWS:
        while len(_TABLES) >= _MOST_TABLES:
            _TABLES.pop(next(iter(_TABLES)), None)
        found = _TABLES[key] = kind(span)
    return found


def forget_tables() -> None:
    """Make every plan and place anew, after an installation changed what is held."""
    _TABLES.clear()
