"""The library's figures and plans as tables to join, for frames that run elsewhere.

A database or a cluster cannot ask the engine line by line, so the engine is asked
beforehand: `editions` has the rows, `beforehand` the plans. A line that finds no plan
here is rare, and goes to the engine when the query runs.

Cells are joined by their spelling, every other table by one integer; `Spans` says how
several are packed into it. A release has the number of its place among those at hand,
counted from 1; 0 is none, where the date is refused.
"""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from .._release import registry
from .arguments import PAIRS
from .beforehand import plans_of, scenes_of, sets_of, stretches_of
from .editions import RVU_COLUMNS, bit_columns, editions_of, words
from .lines import answered
from .numbers import (
    ROWS,
    area_numbers,
    charge_numbers,
    code_numbers,
    day_numbers,
    modifier_numbers,
    modifier_sets,
    pos_numbers,
    setting_numbers,
    unit_numbers,
)
from .places import NOWHERE, Indices, place_row
from .plans import FACTOR_LIMIT, PlanRow, release_number
from .readers import SILENT, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._release import Registry
    from .arguments import Asked
    from .beforehand import Plans, Stretch
    from .editions import Editions, ShapedRow
    from .numbers import Numbers

_OF_ROWS = "release work pe mp factor cap_work cap_pe cap_mp".split()
#: What a query uses of a plan; RVUs and factor stand in tables of their own.
PLAN_COLUMNS = tuple(name for name in PlanRow._fields if name not in _OF_ROWS)


class Table(NamedTuple):
    """Rows under the names of their columns; texts and whole numbers."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def kinds(self) -> dict[str, str]:
        """Each column's type in SQL, no wider than its numbers need."""
        return {name: self._kind(at, name) for at, name in enumerate(self.names)}

    def _kind(self, at: int, name: str) -> str:
        if name in _TEXTS:
            return "VARCHAR"
        most = max((abs(row[at]) for row in self.rows), default=0)
        return "INTEGER" if most < 2**31 else "BIGINT"


_TEXTS = frozenset({"cell", "release", "locality"})


class Spans(NamedTuple):
    """How many there are of what is packed into one number, to join by it.

    Numbers may be integers or columns.
    """

    editions: int
    areas: int
    shapes: int
    epochs: int
    scenes: int
    sets: int

    def line(self, code: Any, edition: Any, row: Any) -> Any:
        """A row of the relative value files."""
        return (code * self.editions + edition) * len(ROWS) + row

    def place(self, release: Any, area: Any) -> Any:
        """Where a line is, in a release."""
        return release * self.areas + area

    def combination(self, shape: Any, epoch: Any, scene: Any, held: Any) -> Any:
        """What decides a plan; the last is the set of modifiers."""
        of_shape = shape * self.epochs + epoch
        return (of_shape * self.scenes + scene) * self.sets + held

    @property
    def unknown(self) -> int:
        """The shape of a code that the release does not hold."""
        return self.shapes - 2

    @property
    def without_row(self) -> int:
        """The shape of a code that the release holds, without 26 and TC."""
        return self.shapes - 1


class Tables(NamedTuple):
    """What a query joins, and what it knows of every line beforehand.

    Attributes:
        number: One that no other tables of this process have.
        tables: By name; the spellings of a column by the name of its field.
        numbers: How the cells of each column are read.
        values: The number of each field that is no column; None where there is
            none, so that every line is rare.
        changes: In which releases a code changes, as a cell spells it: as bits.
        alike: The numbers that all plans have in common.
        spans: How numbers are packed.
    """

    number: int
    tables: dict[str, Table]
    numbers: dict[str, Numbers]
    values: dict[str, int | None]
    changes: Callable[[str | None], tuple[int, ...] | None]
    alike: dict[str, int]
    spans: Spans


def tables_for(asked: Asked) -> Tables:
    """The tables of a call, made once for calls that ask alike."""
    key, held = asked.key(), registry()
    with _LOCK:
        found = _MADE.get(key)
        if found is None or found[0] is not held:  # a release was installed
            while len(_MADE) > 3:
                del _MADE[next(iter(_MADE))]
            found = _MADE[key] = held, tables(asked)
        return found[1]


_LOCK = Lock()
_MADE: dict[Any, tuple[Registry, Tables]] = {}
_COUNT = count(1)


def tables(asked: Asked) -> Tables:
    """Every table a query joins, for what holds of all its lines."""
    days = stretches_of(asked)
    names = sorted({each.release for each in days.values() if each.release})
    editions = editions_of(tuple(names), registry())
    read = _numbers(asked, tuple(days), names, editions)
    numbers = {
        field: each._replace(read=remembered(each.read))
        for field, each in read.items()
        if field in asked.columns
    }
    values = {
        field: _number_for_all(asked, field, each)
        for field, each in read.items()
        if field not in numbers
    }
    codes, areas = numbers["code"], read["zip"].values
    scenes = scenes_of(asked, numbers)
    shapes, rows = editions.shaped()
    spans = Spans(
        editions.most,
        len(areas),
        len(shapes),
        len({each.epoch for each in days.values()}),
        max(scenes) + 1,
        len(modifier_sets()),
    )
    plans, alike = _plan_table(
        plans_of(asked, shapes, days, scenes, sets_of(values)), spans
    )
    found = {
        field: Table(("cell", "number"), list(each.known.items()))
        for field, each in numbers.items()
        if each.known
    }
    found |= {
        "code": _code_table(codes, editions),
        "stretches": _stretch_table(days),
        "rvus": _rvu_table(rows, codes, spans),
        "places": _places(asked, names, areas, spans),
        "plans": plans,
    }
    changes = remembered(_changes_by(codes, editions))
    return Tables(next(_COUNT), found, numbers, values, changes, alike, spans)


def _numbers(
    asked: Asked, days: Sequence[Any], names: list[str], editions: Editions
) -> dict[str, Numbers]:
    """How every field that may be a column is read."""
    zips, localities = area_numbers(names)
    return {
        "code": code_numbers(editions.of),
        "modifiers": modifier_numbers(),
        "on": day_numbers(days),
        "pos": pos_numbers(asked.apart()),
        "setting": setting_numbers(),
        "zip": zips,
        "locality": localities,
        "units": unit_numbers(),
        "charge": charge_numbers(),
    }


def _number_for_all(asked: Asked, field: str, numbers: Numbers) -> int | None:
    """The number of a field that is one value for all lines, or is not given.

    A date, setting or place for all lines stands in the plans and places themselves.
    """
    value = asked.values.get(field)
    if value is None or field in ("on", "pos", "setting", "zip", "locality"):
        return SILENT.get(field, 0)
    if isinstance(value, float) and field == "modifiers":
        return None  # the engine takes none, though a column may have turned them so
    return numbers.read(value)


# --- dates ------------------------------------------------------------------------


def _stretch_table(days: dict[Any, Stretch]) -> Table:
    names = ("stretch", "release_number", "epoch", "factor", "release")
    return Table(
        (*names, *bit_columns("until")),
        [
            (
                number,
                release_number(each.release) + 1 if each.release else 0,
                each.epoch,
                each.factor if each.factor <= FACTOR_LIMIT else 0,
                each.release,
                *words((2 << release_number(each.release)) - 1 if each.release else 0),
            )
            for number, each in enumerate(days.values())
        ],
    )


# --- rows of the relative value files ---------------------------------------------


def _code_table(codes: Numbers, editions: Editions) -> Table:
    rows = [
        (code, number, *editions.words(code)) for code, number in codes.known.items()
    ]
    return Table(("cell", "number", *bit_columns("changes")), rows)


def _changes_by(
    codes: Numbers, editions: Editions
) -> Callable[[str | None], tuple[int, ...] | None]:
    """The bits of a code's changes, by any spelling of it."""

    def changes(text: str | None) -> tuple[int, ...] | None:
        number = codes.read(text)
        return None if number is None else editions.words(codes.values[number])

    return changes


def _rvu_table(rows: list[ShapedRow], codes: Numbers, spans: Spans) -> Table:
    parts = {modifier: number for number, modifier in enumerate(ROWS)}
    made = [
        (
            spans.line(codes.known[row.code], row.edition, parts[row.modifier]),
            row.shape,
            *row.rvus,
        )
        for row in rows
    ]
    return Table(("line", "shape", *RVU_COLUMNS), made)


# --- plans ----------------------------------------------------------------------------


def _plan_table(plans: Plans, spans: Spans) -> tuple[Table, dict[str, int]]:
    """The plans by what decides them, and the numbers that all have in common."""
    cells = zip(*(plans.values() or [PlanRow()]), strict=True)
    columns = dict(zip(PlanRow._fields, cells, strict=True))
    used = {name: columns[name] for name in PLAN_COLUMNS}
    alike = {name: held[0] for name, held in used.items() if len({*held}) == 1}
    names = [name for name in used if name not in alike]
    keys = [spans.combination(*at) for at in plans]
    rows = list(zip(keys, *(columns[name] for name in names), strict=True))
    return Table(("combination", *names), rows), alike


# --- places -----------------------------------------------------------------------


def _places(
    asked: Asked,
    names: list[str],
    areas: Sequence[tuple[str, str] | None],
    spans: Spans,
) -> Table:
    """Every area of the ZIP file and every locality, release by release."""
    columns = [field for field in PAIRS[1] if field in asked.columns]
    options = {k: v for k, v in asked.values.items() if k == "options"}
    rows: list[tuple[Any, ...]] = []
    for number, area in enumerate(areas):
        if area is not None and area[0] not in columns:
            continue
        stated = () if area is None else (area,)
        fields = answered(asked.place_values() | dict(stated), PAIRS[1], asked)
        rows.append((spans.place(0, number), *NOWHERE.indices, NOWHERE.locality))
        for name in names:
            plan = {"code": "99213", "release": name, **options}
            indices, locality = place_row(fields, plan)
            key = spans.place(release_number(name) + 1, number)
            rows.append((key, *indices, locality))
    return Table(("place", *Indices._fields, "locality"), rows)
