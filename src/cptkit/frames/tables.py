"""The library's figures and plans as tables to join, for frames that run elsewhere.

A database or a cluster cannot ask the engine line by line, so the engine is asked
beforehand: `editions` has the rows, `beforehand` the plans. A line that finds no plan
here is rare, and goes to the engine when the query runs.

Cells are joined by their spelling, every other table by one integer; `Spans` says how
several are packed into it. Shapes are merged here: those of the same plans are one.
A release has the number of its place among those at hand, counted from 1; 0 is none,
where the date is refused.
"""

from __future__ import annotations

from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from .._release import registry
from .arguments import PAIRS
from .beforehand import packed_scene, plans_of, scenes_of, sets_of, stretches_of
from .editions import RVU_COLUMNS, bit_columns, editions_of, words
from .lines import answered
from .numbers import (
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
    from collections.abc import Sequence

    from .._release import Registry
    from .arguments import Asked
    from .beforehand import Plans, Stretch
    from .editions import Editions, Shaped, ShapedRow
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
        most = max((abs(row[at] or 0) for row in self.rows), default=0)
        return "INTEGER" if most < 2**31 else "BIGINT"


_TEXTS = frozenset({"cell", "release", "locality"})


#: The row for what no number stands for, in every table joined by one: a line that
#: meets it is rare. So every line meets a row, and joins may drop what meets none.
NONE = -1


class Spans(NamedTuple):
    """How many there are of what is packed into one number, to join by it.

    Numbers may be integers or columns.
    """

    areas: int
    sets: int
    epochs: int
    settings: int
    scenes: int

    def place(self, release: Any, area: Any) -> Any:
        """Where a line is, in a release."""
        return release * self.areas + area

    def scene(self, pos: Any, setting: Any) -> Any:
        """What a line says of its place of service."""
        return packed_scene(pos, setting, self.settings)

    def combination(self, shape: Any, held: Any, epoch: Any, scene: Any) -> Any:
        """What decides a plan; *held* is the set of modifiers."""
        return ((shape * self.sets + held) * self.epochs + epoch) * self.scenes + scene


class Tables(NamedTuple):
    """What a query joins, and what it knows of every line beforehand.

    Attributes:
        number: One that no other tables of this process have.
        tables: By name; the spellings of a column by the name of its field.
        numbers: How the cells of each column are read.
        values: The number of each field that is no column; None where there is
            none, so that every line is rare.
        alike: The numbers that all plans have in common.
        spans: How numbers are packed.
    """

    number: int
    tables: dict[str, Table]
    numbers: dict[str, Numbers]
    values: dict[str, int | None]
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
    if not days:
        values["on"] = None
    scenes = scenes_of(asked, numbers)
    shaped = editions.shaped()
    spans = Spans(
        len(read["zip"].values),
        modifier_sets()[-1].number + 1,
        len({each.epoch for each in days.values()}),
        len(read["setting"].values) if "setting" in numbers else 1,
        len(scenes),
    )
    made = plans_of(asked, shaped.shapes, days, scenes, sets_of(values))
    merged, combinations, plans = _combined(made, spans)
    cells, alike = _plan_table(plans)
    found = {
        field: Table(("cell", "number"), list(each.known.items()))
        for field, each in numbers.items()
        if field != "charge"  # no spelling of it is more common than another
    }
    found |= {
        "stretches": _stretch_table(days),
        "codes": _code_table(numbers["code"], editions, shaped),
        "rvus": _rvu_table(shaped.rows, merged),
        "places": _places(asked, names, read["zip"].values, spans),
        "combinations": combinations,
        "plans": cells,
    }
    return Tables(next(_COUNT), found, numbers, values, alike, spans)


def _numbers(
    asked: Asked, days: Sequence[Any], names: list[str], editions: Editions
) -> dict[str, Numbers]:
    """How every field that may be a column is read."""
    zips, localities = area_numbers(names)
    modifiers = modifier_numbers()

    def heeded(behind: tuple[str, ...]) -> bool:
        """Whether a query need not be told of modifiers behind a code, or is."""
        if "modifiers" in asked.columns:
            return True
        silent = asked.values.get("modifiers") is None
        return silent and modifiers.read(" ".join(behind)) == 0

    return {
        "code": code_numbers(editions.of, heeded),
        "modifiers": modifiers,
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
    columns = (*names, *bit_columns("until"))
    rows: list[tuple[Any, ...]] = [(NONE, *[None] * (len(columns) - 1))]
    for number, each in enumerate(days.values()):
        at = release_number(each.release) + 1 if each.release else 0
        factor = each.factor if each.factor <= FACTOR_LIMIT else 0
        until = words((1 << at) - 1)
        rows.append((number, at, each.epoch, factor, each.release, *until))
    return Table(columns, rows)


# --- rows of the relative value files ---------------------------------------------


def _code_table(codes: Numbers, editions: Editions, shaped: Shaped) -> Table:
    """Where the rows of a code begin, whether it has parts, when it changes.

    The first is any code that no release holds.
    """
    columns = ("code_number", "begins", "parts", *bit_columns("changes"))
    rows = [
        (number, shaped.begins[code], int(code in shaped.parts), *editions.words(code))
        for code, number in codes.known.items()
    ]
    zeros = (0,) * (len(columns) - 1)
    return Table(columns, [(NONE, *[None] * len(zeros)), (0, *zeros), *rows])


def _rvu_table(rows: list[ShapedRow], merged: list[int]) -> Table:
    made = [
        (line, None if row.shape is None else merged[row.shape], *row.rvus)
        for line, row in enumerate(rows)
    ]
    columns = ("line", "shape", *RVU_COLUMNS)
    return Table(columns, [(NONE, None, *[0] * len(RVU_COLUMNS)), *made])


# --- plans ----------------------------------------------------------------------------


def _combined(plans: Plans, spans: Spans) -> tuple[list[int], Table, list[PlanRow]]:
    """The shapes that are alike in every plan merged, and the plan of each.

    Returns:
        The number of each shape among the merged, the plans' numbers by what decides
        them, and the plans that differ.
    """
    kinds: dict[tuple[Any, ...], int] = {}
    distinct: dict[PlanRow, int] = {}
    merged: list[int] = []
    size = spans.combination(1, 0, 0, 0)
    for of_shape in plans:
        numbered = {
            spans.combination(0, *at): distinct.setdefault(_used(plan), len(distinct))
            for at, plan in of_shape.items()
        }
        kind = tuple(numbered.get(at, NONE) for at in range(size))
        merged.append(kinds.setdefault(kind, len(kinds)))
    numbers = [number for kind in kinds for number in kind]
    rows = [(NONE, NONE), *enumerate(numbers)]
    return merged, Table(("combination", "plan"), rows), list(distinct)


def _used(plan: PlanRow) -> PlanRow:
    """A plan without what stands in tables of its own."""
    return plan._replace(**dict.fromkeys(_OF_ROWS, 0))


def _plan_table(plans: list[PlanRow]) -> tuple[Table, dict[str, int]]:
    """The plans by number, and the integers that all have in common.

    A line without a plan goes to the engine: its row is a plan that no joins suffice
    for, else like the first, so that what all have in common stays so.
    """
    rare = (plans or [PlanRow()])[0]._replace(engine=1, plain_units=0)
    columns = dict(zip(PlanRow._fields, zip(rare, *plans, strict=True), strict=True))
    used = {name: columns[name] for name in PLAN_COLUMNS}
    alike = {name: held[0] for name, held in used.items() if len({*held}) == 1}
    names = [name for name in used if name not in alike]
    numbers = range(NONE, len(plans))
    rows = list(zip(numbers, *(columns[name] for name in names), strict=True))
    return Table(("plan", *names), rows), alike


# --- places -----------------------------------------------------------------------


def _places(
    asked: Asked,
    names: list[str],
    areas: Sequence[tuple[str, str] | None],
    spans: Spans,
) -> Table:
    """Every area of the ZIP file and every locality, release by release."""
    columns = [field for field in PAIRS[1] if field in asked.columns]
    rows: list[tuple[Any, ...]] = [(NONE, None, *[0] * 3, None)]
    for number, area in enumerate(areas):
        if area is not None and area[0] not in columns:
            continue
        stated = () if area is None else (area,)
        fields = answered(asked.place_values() | dict(stated), PAIRS[1], asked)
        rows.append((spans.place(0, number), *NOWHERE.indices, NOWHERE.locality))
        for name in names:
            plan = {"code": "99213", "release": name, **asked.switches()}
            indices, locality = place_row(fields, plan)
            key = spans.place(release_number(name) + 1, number)
            rows.append((key, *indices, locality))
    return Table(("place", *Indices._fields, "locality"), rows)
